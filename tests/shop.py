"""A small shop's sales for the tests of the command line and the library."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

FIRST = date(2024, 1, 1)  # a Monday


def rows(items: tuple[str, ...] = ("tea",), days: int = 120, first: date = FIRST) -> pl.DataFrame:
    """Daily sales with a weekday pattern, closed on Sundays."""
    dates = [first + timedelta(days=day) for day in range(days)]
    return pl.DataFrame(
        [
            {
                "item_id": item,
                "timestamp": day,
                "demand": 0.0
                if day.weekday() == 6
                else 10.0 * (place + 1) + 3 * day.weekday() + (day.toordinal() * 7 % 5),
            }
            for place, item in enumerate(items)
            for day in dates
        ]
    )


def write_sales(path: Path, **options) -> Path:
    rows(**options).write_csv(path)
    return path
