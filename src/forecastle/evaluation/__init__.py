"""Metrics and backtest windows."""
