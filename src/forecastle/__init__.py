"""Forecastle: sales forecasting, one file in, next week's p10/p50/p90 out."""
