"""Negotiators: parts that answer one question each, and the negotiators made of them."""
