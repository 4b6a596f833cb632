"""How a contestant reads its task and hands in its forecast; needs pandas and pyarrow alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

ITEM, TIME, DEMAND = "item_id", "timestamp", "demand"
COLUMNS = [ITEM, TIME, "p10", "p50", "p90", "mean"]


@dataclass(frozen=True)
class Task:
    """One window of a case; see benchmarks/tasks.py for the files.

    Attributes:
        folder: with ``train.parquet`` and, for some cases, ``known.parquet``.
        horizon: steps to forecast.
        frequency: ``D`` or ``W``.
        season: steps after which the pattern repeats.
        country: whose holidays count; may be empty.
        holidays: ``[date, name]`` up to the end of the last window.
    """

    folder: Path
    horizon: int
    frequency: str
    season: int
    country: str
    holidays: list[list[str]]

    @property
    def train_file(self) -> Path:
        """The past sales."""
        return self.folder / "train.parquet"

    @property
    def known_file(self) -> Path | None:
        """What is known in advance, past and future."""
        return _if_there(self.folder / "known.parquet")

    @property
    def static_file(self) -> Path | None:
        """Item metadata."""
        return _if_there(self.folder.parent / "static.parquet")

    def regular(self) -> pd.DataFrame:
        """The past sales without gaps: each series from its first sale to the common end."""
        sales = pd.read_parquet(self.train_file)
        wide = sales.pivot(index=TIME, columns=ITEM, values=DEMAND).asfreq(self.pandas_frequency)
        begun = wide.notna().cummax()
        wide = wide.fillna(0.0).where(begun)
        return (
            wide.melt(ignore_index=False, value_name=DEMAND)
            .dropna()
            .reset_index()[[ITEM, TIME, DEMAND]]
        )

    @property
    def pandas_frequency(self) -> str:
        """As pandas spells it; the weeks of the cases end on Friday."""
        return {"D": "D", "W": "W-FRI"}[self.frequency]


Forecaster = Callable[[Task], pd.DataFrame]


def answer(forecaster: Forecaster, *packages: str) -> None:
    """Forecast every window of the task in ``argv[1]``; write the file ``argv[2]``.

    Args:
        forecaster: gives `COLUMNS` for one window.
        packages: whose versions are noted beside the forecasts.
    """
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    described: dict[str, Any] = json.loads((source / "case.json").read_text())
    folders = sorted(path for path in source.iterdir() if path.is_dir())
    parts = []
    for number, folder in enumerate(folders):
        part = forecaster(Task(folder, **described))[COLUMNS]
        parts.append(part.assign(window=number))
        print(f"window {number + 1} of {len(folders)}", flush=True)
    pd.concat(parts).to_parquet(target, index=False)
    versions = {package: version(package) for package in packages}
    target.with_suffix(".json").write_text(json.dumps(versions))


def _if_there(path: Path) -> Path | None:
    return path if path.exists() else None
