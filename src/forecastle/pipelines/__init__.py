"""Pipelines: a file lands in a bucket, the forecast appears."""
