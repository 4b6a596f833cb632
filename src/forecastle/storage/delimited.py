"""Delimited text: which dialect a file is written in, scanning it, finding its broken lines."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, DataError, Problem

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_SAMPLE_BYTES = 262_144
_SAMPLE_RECORDS = 1_000
_CONSISTENT = 0.9
_CHUNK = 1 << 20

Record = list[str]


@dataclass(frozen=True)
class Sample:
    """The dialect of a file and its first records.

    Attributes:
        delimiter: one of `DELIMITERS`.
        records: the first records with content, the header among them if there is one.
        positions: where each of them stands among all records, blank ones included.
        n_columns: the number of fields that most records have.
    """

    delimiter: str
    records: tuple[Record, ...]
    positions: tuple[int, ...]
    n_columns: int


def sample(
    path: Path, name: str, delimiters: Sequence[str] = tuple(DELIMITERS), fewest: int = 2
) -> Sample:
    """Read the beginning of a text file and recognise its delimiter among ``delimiters``.

    Args:
        path: the file.
        name: how messages call it.
        delimiters: those that may be.
        fewest: columns that there must be; a file of one column needs no delimiter.

    Raises:
        DataError: no delimiter splits the lines into columns.
    """
    lines = _first_lines(path)
    chosen = max((_parsed(lines, delimiter) for delimiter in delimiters), key=_fitness)
    if chosen.n_columns < fewest:
        known = [DELIMITERS[delimiter] for delimiter in delimiters]
        choice = known[0] if len(known) == 1 else f"one of {', '.join(known)}"
        raise DataError.of(
            name, f"no delimiter recognised; separate the columns by {choice}", line=1
        )
    return chosen


def _first_lines(path: Path) -> list[str]:
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
        whole = not file.read(1)
    lines = head.decode("utf-8-sig", errors="replace").splitlines(keepends=True)
    return lines if whole or len(lines) < 2 else lines[:-1]


def _parsed(lines: list[str], delimiter: str) -> Sample:
    records = list(_records(lines, delimiter, strict=False))[:_SAMPLE_RECORDS]
    filled = {i: record for i, record in enumerate(records) if not is_blank(record)}
    counts = Counter(len(record) for record in filled.values())
    return Sample(delimiter, tuple(filled.values()), tuple(filled), counts.most_common(1)[0][0])


def _fitness(candidate: Sample) -> tuple[bool, bool, int]:
    """Delimiters that split all records alike come first, then those that give more columns."""
    n_columns = candidate.n_columns
    alike = sum(len(record) == n_columns for record in candidate.records)
    consistent = alike >= _CONSISTENT * len(candidate.records)
    return (n_columns > 1, consistent, n_columns)


def is_blank(record: Sequence[str]) -> bool:
    """Whether a record has no content: an empty line, or nothing but delimiters and spaces."""
    return not any(field.strip() for field in record)


def _records(lines: Iterable[str], delimiter: str, *, strict: bool) -> Iterator[Record]:
    csv.field_size_limit(sys.maxsize)
    return csv.reader(lines, delimiter=delimiter, strict=strict)


def scan(path: Path, delimiter: str, names: Sequence[str], skip: int) -> pl.LazyFrame:
    """All columns as text, lazily; empty fields are null, and so are all fields of blank lines.

    Args:
        path: UTF-8 text, with or without a byte-order mark.
        delimiter: what separates the fields.
        names: the columns in file order.
        skip: records before the data: blank ones and the header. The first that is read must
            have all columns.
    """
    return pl.scan_csv(
        path,
        has_header=False,
        separator=delimiter,
        schema=dict.fromkeys(names, pl.String),
        skip_rows=skip,
        glob=False,
    )


def line_numbers(path: Path, delimiter: str, records: Sequence[int]) -> dict[int, int]:
    """The line on which each of ``records`` (counted from 0, header included) starts."""
    wanted, found, line = set(records), {}, 1
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        for index, _ in enumerate(reader):
            if index in wanted:
                found[index] = line
                if len(found) == len(wanted):
                    break
            line = reader.line_num + 1
    return found


def check_structure(path: Path, name: str, delimiter: str, n_columns: int) -> None:
    """Refuse broken UTF-8, broken quotes and records of the wrong width. Reads the whole file.

    Raises:
        DataError: the first problems with their lines; all are counted.
    """
    _raise_if_any(_encoding_problems(path, name))
    _raise_if_any(_width_problems(path, name, delimiter, n_columns))


def is_plainly_regular(path: Path, delimiter: str, n_columns: int) -> bool:
    """Whether counting bytes shows that no line is short: ASCII, no quotes, no blank lines.

    A fast first look. A line too long could make up for one too short: `scan` refuses those.
    """
    delimiters = lines = 0
    chunk = b""
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            chunk = part
            if b'"' in chunk or not chunk.isascii():
                return False
            delimiters += chunk.count(delimiter.encode())
            lines += chunk.count(b"\n")
    lines += not chunk.endswith(b"\n")
    return delimiters == lines * (n_columns - 1)


def _raise_if_any(problems: Iterator[Problem]) -> None:
    shown: list[Problem] = []
    count = 0
    for problem in problems:
        count += 1
        if len(shown) < PROBLEMS_SHOWN:
            shown.append(problem)
    if shown:
        raise DataError(shown, count)


def _encoding_problems(path: Path, name: str) -> Iterator[Problem]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                found = line[error.start : error.end].hex()
                message = f"byte 0x{found} is not valid UTF-8; save the file as UTF-8"
                yield Problem(name, message, number)


def _width_problems(path: Path, name: str, delimiter: str, n_columns: int) -> Iterator[Problem]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        line = 1
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Problem(name, f"a quoted field is broken ({error}); close the quotes", line)
            else:
                if len(record) != n_columns and not is_blank(record):
                    yield Problem(name, _width_message(len(record), n_columns), line)
            line = reader.line_num + 1


def _width_message(found: int, expected: int) -> str:
    plural = "column" if found == 1 else "columns"
    return f"{found} {plural} found, {expected} expected; give every line the same columns"


def rewrite(path: Path, target: Path, delimiter: str) -> None:
    """Write the same records with standard quoting, for files with quotes amid their fields."""
    with (
        path.open(encoding="utf-8-sig", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as plain,
    ):
        writer = csv.writer(plain, delimiter=delimiter, lineterminator="\n")
        writer.writerows(csv.reader(source, delimiter=delimiter))
