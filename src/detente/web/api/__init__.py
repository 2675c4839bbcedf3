"""The API under /api/v1: the answers of `detente.analysis`, unchanged, and one error shape."""
