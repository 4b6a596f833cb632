"""A forecast read back from its table, for the report: the very numbers of the export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from forecastle.catalog.resources import Resource
from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import GRID, MEAN, column_name
from forecastle.series.columns import ITEM, TIMESTAMP
from forecastle.series.forecast import Forecast, normal_scores
from forecastle.series.panel import Floats


@dataclass(frozen=True, eq=False)
class StoredForecast(Forecast):
    """A forecast of which only some types are known exactly.

    Attributes:
        stored: ``[n_series, horizon]`` by forecast type. ``quantiles`` run on straight lines in
            normal scores between them, and level beyond the outermost.
    """

    stored: Mapping[str, Floats]

    @cached_property
    def mean(self) -> Floats:
        """``[n_series, horizon]``: the stored mean, else that of the quantiles."""
        known = self.stored.get(MEAN)
        return super().mean if known is None else known

    def of_type(self, forecast_type: str) -> Floats:
        """``[n_series, horizon]``: as stored, else between the stored ones."""
        known = self.stored.get(forecast_type)
        return super().of_type(forecast_type) if known is None else known


def read_forecast(path: Path, forecast: Resource) -> StoredForecast:
    """The table of an ACTIVE forecast as a forecast.

    Args:
        path: of the table: series by series, steps in order.
        forecast: whose details say what is in it.
    """
    table = pl.read_parquet(path, glob=False)
    keys = table.select(ITEM, *forecast.details["dimensions"]).unique(maintain_order=True)
    shape = (keys.height, table.height // keys.height)
    types = dict.fromkeys((*forecast.details["forecast_types"], MEAN))
    stored = {
        kind: table[column_name(kind)].to_numpy().reshape(shape)
        for kind in types
        if column_name(kind) in table.columns
    }
    return StoredForecast(
        frequency=Frequency.parse(forecast.details["frequency"]),
        keys=keys,
        start=table[TIMESTAMP].to_numpy()[0].astype("datetime64[s]"),
        quantiles=_on_grid(stored),
        stored=stored,
    )


def _on_grid(stored: Mapping[str, Floats]) -> Floats:
    """``[n_series, horizon, len(GRID)]``; a mean alone stands for all quantiles."""
    kinds = sorted((kind for kind in stored if kind != MEAN), key=float)
    if not kinds:
        return np.repeat(stored[MEAN][:, :, None], len(GRID), axis=2)
    known = np.stack([stored[kind] for kind in kinds], axis=2)
    on_grid = known @ _weights([float(kind) for kind in kinds])
    return np.asarray(np.maximum.accumulate(on_grid, axis=2))  # rounding may cross them


def _weights(levels: Sequence[float]) -> Floats:
    """``[len(levels), len(GRID)]`` that take quantiles at ``levels`` to those of the grid."""
    scores, grid = normal_scores(levels), normal_scores(GRID)
    return np.stack([np.interp(grid, scores, row) for row in np.eye(len(levels))])
