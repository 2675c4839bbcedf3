"""The page of a brief: one HTML file from the brief's JSON, with no number of its own."""
