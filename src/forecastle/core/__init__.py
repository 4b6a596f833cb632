"""Shared names and types: frequency, quantiles, budget, executor, errors. No I/O."""
