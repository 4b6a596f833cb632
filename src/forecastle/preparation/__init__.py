"""From well-known public data to sales files that can be forecast."""
