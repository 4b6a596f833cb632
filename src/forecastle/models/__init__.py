"""The Model protocol, one file per algorithm, one registry."""
