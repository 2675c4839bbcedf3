"""Aims of governments, best responses, trade wars and bargains, each with a certificate."""
