"""Networks and what they learn from."""
