"""The user's own events: promotions, fairs, stocktakings, read from a small file.

One event per line, ``name,date`` or ``date,name``, with an optional last date for events of several
days; dates are ``yyyy-MM-dd``; a header is skipped.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from forecastle.core.errors import DataError, InputError, Problem
from forecastle.storage import delimited
from forecastle.storage.files import opened

_LONGEST = 366  # days


@dataclass(frozen=True)
class Event:
    """A day of the user's own: a promotion, a fair, a stocktaking."""

    name: str
    date: np.datetime64


@dataclass(frozen=True)
class _Layout:
    """Columns of a file of events; ``last`` is None where events have no last date."""

    name: int
    first: int
    last: int | None

    @property
    def n_columns(self) -> int:
        return 2 if self.last is None else 3


def read_events(path: Path) -> tuple[Event, ...]:
    """Read a file of events; an event of several days becomes one `Event` per day.

    Raises:
        InputError: there is no such file.
        DataError: the file is no list of events; names the lines.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; check the path of the events")
    records = _records(path)
    layout = _layout(path, records)
    has_header = _date(records[0][1][layout.first]) is None
    events: list[Event] = []
    problems: list[Problem] = []
    for line, record in records[has_header:]:
        try:
            events += _events_of(record, layout)
        except ValueError as error:
            problems.append(Problem(path.name, str(error), line))
    if problems:
        raise DataError(problems)
    return tuple(sorted(set(events), key=lambda event: (event.date, event.name)))


def _records(path: Path) -> list[tuple[int, list[str]]]:
    """``(line, fields)`` of every line that is not blank."""
    with opened(path) as file:
        if file.is_parquet:
            raise DataError.of(path.name, "events are read from CSV; save them as name,date")
        delimiter = delimited.sample(file.path, path.name).delimiter
        try:
            text = file.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError.of(path.name, f"is not UTF-8 ({error.reason}); save it so") from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [
        (reader.line_num, [field.strip() for field in record])
        for record in reader
        if not delimited.is_blank(record)
    ]


def _layout(path: Path, records: Sequence[tuple[int, list[str]]]) -> _Layout:
    """Where names and dates stand, told from the first line that has a date."""
    for _, record in records:
        dated = [column for column, field in enumerate(record) if _date(field) is not None]
        named = [c for c, field in enumerate(record) if field and c not in dated]
        if dated and named and len(record) in (2, 3):
            rest = {*range(len(record))} - {named[0], dated[0]}
            return _Layout(named[0], dated[0], rest.pop() if rest else None)
    raise DataError.of(path.name, "no line holds a name and a date; write name,yyyy-MM-dd")


def _events_of(record: Sequence[str], layout: _Layout) -> Iterator[Event]:
    """The events of one line.

    Raises:
        ValueError: says what is wrong with the line.
    """
    if len(record) != layout.n_columns:
        raise ValueError(f"{len(record)} columns found, {layout.n_columns} expected")
    name, text = record[layout.name], record[layout.first]
    last_text = "" if layout.last is None else record[layout.last]
    first, last = _date(text), _date(last_text or text)
    if not name:
        raise ValueError("the event has no name; give it one")
    if first is None or last is None:
        wrong = text if first is None else last_text
        raise ValueError(f"date '{wrong}' does not match yyyy-MM-dd")
    n_days = int((last - first).astype(np.int64)) + 1
    if not 1 <= n_days <= _LONGEST:
        raise ValueError(f"event '{name}' lasts from {first} to {last}; use 1 to {_LONGEST} days")
    return (Event(name, first + day) for day in range(n_days))


def _date(text: str) -> np.datetime64 | None:
    try:
        return np.datetime64(datetime.datetime.strptime(text, "%Y-%m-%d").date(), "D")
    except ValueError:
        return None
