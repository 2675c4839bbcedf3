"""Talks: negotiations played forward from the record and the payoffs of strategy, and odds that keep score."""
