"""What a contestant is given, as files: nothing of a window is on disk beside its own past.

FOLDER/case.json            horizon, frequency, season, country, holidays (date and name)
FOLDER/static.parquet       item metadata, where there are any
FOLDER/000/train.parquet    item_id, timestamp, demand before the first window
FOLDER/000/known.parquet    item_id, timestamp and what is known up to the window's end
FOLDER/001/ ...
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.cases import TIME, Case
from forecastle.series.calendar import Calendar


def write_task(case: Case, folder: Path) -> None:
    """Write ``case`` into the existing, empty ``folder``."""
    (folder / "case.json").write_text(json.dumps(_described(case)))
    if case.static is not None:
        case.static.write_parquet(folder / "static.parquet")
    for number, window in enumerate(case.windows):
        place = folder / f"{number:03}"
        place.mkdir()
        _timed(case.training(window)).write_parquet(place / "train.parquet")
        if case.known is not None:
            known = case.known.filter(pl.col(TIME) <= window.last)
            _timed(known).write_parquet(place / "known.parquet")


def _described(case: Case) -> dict[str, object]:
    return {
        "frequency": case.frequency,
        "horizon": case.horizon,
        "season": case.season,
        "country": case.country,
        "holidays": _holidays(case),
    }


def _holidays(case: Case) -> list[list[str]]:
    """``[date, name]`` of the country's holidays from the first sale to the last window's end."""
    if not case.country:
        return []
    first, last = case.sales[TIME].min(), case.windows[-1].last
    days = Calendar((case.country,)).days(np.datetime64(first), np.datetime64(last))
    return [[str(day), name] for day, name in days]


def _timed(table: pl.DataFrame) -> pl.DataFrame:
    """With timestamps that pandas reads as such."""
    return table.with_columns(pl.col(TIME).cast(pl.Datetime("ns")))
