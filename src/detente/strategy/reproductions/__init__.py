"""Published games, played again."""
