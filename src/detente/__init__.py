"""Détente: a laboratory for trade wars and trade talks."""

__version__ = "0.1.0"
