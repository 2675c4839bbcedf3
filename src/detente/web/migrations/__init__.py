"""Changes of the store's tables, one file each, run in order."""
