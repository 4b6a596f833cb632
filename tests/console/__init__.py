"""The console: its parts, and its pages in a real browser."""
