"""Talks: negotiations played forward from the record and strategy's payoffs, and odds that keep score."""
