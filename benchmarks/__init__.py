"""Accuracy and speed, beside others."""
