"""Markets: an event study around the record's events, and what a move says of the odds."""
