"""Rows to regular series: schemas, alignment, aggregation, filling, calendars → Panel."""
