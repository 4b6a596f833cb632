"""Names and types that everything shares: frequency, quantiles, budget, executor, errors. No I/O."""
