"""Parts: the tables of one source with the cells that are read from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, DataError
from forecastle.series import cells
from forecastle.series.tables import Table

MARKS = (cells.ODD, cells.BROKEN, cells.BLANK, cells.BAD, cells.OPEN_END)
"""What `cells.read_cells` says about each row."""

TABLE = "table number"
"""Beside a record's number: which of the tables of the source holds it."""


@dataclass(frozen=True, eq=False)
class Part:
    """A table of the source, how its cells are read, and its rows with their `MARKS`."""

    table: Table
    cells: tuple[cells.Cell, ...]
    rows: pl.LazyFrame


def refuse_problems(parts: Sequence[Part]) -> int:
    """Look at odd rows: refuse what is broken, return how many rows are blank.

    Raises:
        DataError: cells that cannot be used, the first ten in full, or lines that are too short.
    """
    blank, bad, open_ends = (
        pl.concat(part.rows.select(cells.BLANK, cells.BAD, cells.OPEN_END) for part in parts)
        .sum()
        .collect(engine="streaming")
        .row(0)
    )
    if open_ends > blank:
        for part in parts:
            part.table.check_lines()
    if bad:
        found = [p for part in parts for p in cells.find_problems(part.table, part.cells)]
        raise DataError(found[:PROBLEMS_SHOWN], bad)
    return int(blank)
