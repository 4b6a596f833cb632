"""Realistic till data that the project makes itself, for demos, documentation and tests."""
