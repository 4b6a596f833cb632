"""The console: forecasting without programming, in the browser."""
