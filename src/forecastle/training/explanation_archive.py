"""An explanation on disk: one Parquet table of contributions, and what they are laid to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.training.explanation import Attribute, Explanation, Kind

_TABLE, _MANIFEST = "explanation.parquet", "explanation.json"
_BASE = "base"


def save_explanation(explanation: Explanation, folder: Path) -> None:
    """Write it into an existing folder; rows by series and step."""
    n_series, n_steps, count = explanation.contributions.shape
    values = explanation.contributions.reshape(-1, count)
    columns = [pl.Series(_BASE, explanation.base.ravel())]
    columns += [pl.Series(_column(place), values[:, place]) for place in range(count)]
    keys = explanation.keys[np.repeat(np.arange(n_series), n_steps)]
    pl.concat([keys, pl.DataFrame(columns)], how="horizontal").write_parquet(folder / _TABLE)
    manifest = {
        "frequency": str(explanation.frequency),
        "start": str(explanation.start.astype("datetime64[s]")),
        "steps": n_steps,
        "keys": explanation.keys.columns,
        "attributes": [[each.name, str(each.kind)] for each in explanation.attributes],
        "messages": list(explanation.messages),
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def load_explanation(folder: Path) -> Explanation:
    """Read back what `save_explanation` wrote."""
    manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    table, steps = pl.read_parquet(folder / _TABLE), manifest["steps"]
    attributes = tuple(Attribute(name, Kind(kind)) for name, kind in manifest["attributes"])
    columns = [_column(place) for place in range(len(attributes))]
    return Explanation(
        Frequency.parse(manifest["frequency"]),
        table.select(manifest["keys"]).gather_every(steps),
        np.datetime64(manifest["start"]),
        attributes,
        table.select(columns).to_numpy().reshape(-1, steps, len(attributes)),
        table[_BASE].to_numpy().reshape(-1, steps),
        tuple(manifest["messages"]),
    )


def between(explanation: Explanation, first: np.datetime64, last: np.datetime64) -> Explanation:
    """The steps from ``first`` to ``last``, both inclusive; perhaps none."""
    times = explanation.times
    kept = np.flatnonzero((times >= first) & (times <= last))
    start = times[kept[0]] if kept.size else explanation.start
    return replace(
        explanation,
        start=start,
        contributions=explanation.contributions[:, kept],
        base=explanation.base[:, kept],
    )


def _column(place: int) -> str:
    """Names of attributes may be those of keys."""
    return f"attribute_{place}"
