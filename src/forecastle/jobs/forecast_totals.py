"""Totals of a forecast, kept beside it: of all series, and by each column that groups them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from forecastle.series.forecast import Forecast
from forecastle.series.groups import is_name, series_table
from forecastle.series.panel import Panel
from forecastle.training.dependence import Dependence
from forecastle.training.predictor import TrainedPredictor
from forecastle.training.totals import MOST_NUMBERS
from forecastle.training.totals_table import totals_table

TOTALS = "totals.parquet"
GROUPS = "groups.parquet"
BY = "grouped_by"
DEPENDENCE = "dependence"
"""In the details of a forecast that has totals: how its series go together."""

_MOST_VALUES = 100


def write_totals(
    folder: Path,
    trained: TrainedPredictor,
    panel: Panel,
    forecast: Forecast,
    types: tuple[str, ...],
) -> Dependence | None:
    """Write `TOTALS` and `GROUPS`.

    `TOTALS` has ``grouped_by`` (a dimension or a column of the metadata that names something and
    has at most 100 values; null: all series), ``value``, ``timestamp`` (null: the whole horizon)
    and a column per type. `GROUPS` has the keys of the series and the columns that the dependence
    groups them by.

    Args:
        folder: of the artifact.
        trained: what forecast.
        panel: what it forecast from.
        forecast: of the series of ``panel``, or of some.
        types: ``"0.1"`` … and ``"mean"``.

    Returns:
        How the series go together; None, and nothing is written, where the predictor does not know
        (earlier versions did not look).
    """
    dependence = trained.dependence
    if dependence is None:
        return None
    series = _series(panel, forecast)
    columns = [None, *_columns(series)]
    share = MOST_NUMBERS // len(columns)
    tables = [
        totals_table(
            forecast, series, by, dependence, types, seed=trained.spec.seed, most=share
        ).select(pl.lit(by, pl.String).alias(BY), pl.all())
        for by in columns
    ]
    pl.concat(tables).write_parquet(folder / TOTALS)
    kept = [name for name in series.columns if name in {*panel.keys.columns, *dependence.columns}]
    series.select(kept).write_parquet(folder / GROUPS)
    return dependence


def _series(panel: Panel, forecast: Forecast) -> pl.DataFrame:
    """A row per series that is forecast: its keys, and the metadata that names something, as text.

    Shops that are numbered 1.0 and 2.0 are called 1 and 2.
    """
    table = series_table(panel)
    names = [each for each in table.columns if is_name(table[each])]
    numbers = [each for each in names if table[each].dtype != pl.String]
    known = table.select(names).cast(dict.fromkeys(numbers, pl.Int64)).cast(pl.String)
    return forecast.keys.join(known, on=panel.keys.columns, how="left", maintain_order="left")


def _columns(series: pl.DataFrame) -> list[str]:
    return [name for name in series.columns if 1 < series[name].n_unique() <= _MOST_VALUES]
