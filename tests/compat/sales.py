"""A small shop's sales as Amazon Forecast takes them: no header, columns in schema order."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

ITEMS = ("bread", "milk", "tea")
DAYS = 120
FIRST = date(2024, 1, 1)
NEXT = FIRST + timedelta(days=DAYS)
ROLE = "arn:aws:iam::000000000000:role/forecast"
SCHEMA = {
    "Attributes": [
        {"AttributeName": "item_id", "AttributeType": "string"},
        {"AttributeName": "timestamp", "AttributeType": "timestamp"},
        {"AttributeName": "demand", "AttributeType": "float"},
    ]
}


def units(item: int, day: int) -> int:
    """A level, a weekly season, some noise that is the same every time."""
    return 20 * (item + 1) + 5 * ((FIRST + timedelta(days=day)).weekday() >= 4) + day * 7919 % 5


def write_sales(path: Path, days: int = DAYS) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(
            f"{item},{FIRST + timedelta(days=day)},{units(k, day)}\n"
            for k, item in enumerate(ITEMS)
            for day in range(days)
        )
    )


def write_broken_sales(path: Path) -> None:
    """Its fourth line holds words for a number."""
    write_sales(path, 10)
    lines = path.read_text().splitlines()
    lines[3] = "bread,2024-01-04,many"
    path.write_text("\n".join(lines) + "\n")
