"""Totals of a forecast as a table: of all series, or by a column that groups them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from forecastle.core.quantiles import MEAN, column_name, levels_of
from forecastle.series.columns import TIMESTAMP
from forecastle.series.forecast import Forecast
from forecastle.series.groups import members_of
from forecastle.training.dependence import Dependence
from forecastle.training.totals import MOST_NUMBERS, total_quantiles

VALUE = "value"


def totals_table(
    forecast: Forecast,
    series: pl.DataFrame,
    by: str | None,
    dependence: Dependence,
    types: Sequence[str],
    *,
    seed: int = 0,
    most: int = MOST_NUMBERS,
) -> pl.DataFrame:
    """Quantiles and means of sums of series.

    Args:
        forecast: of the series.
        series: a row per series, with the columns that group them.
        by: one of them: a total per value; None: of all series.
        dependence: how series and steps go together.
        types: ``"0.1"`` … and ``"mean"``.
        seed: decides every draw.
        most: numbers to draw, see `total_quantiles`.

    Returns:
        Sorted by value and time: ``value`` (null for all series), ``timestamp`` (null: all steps
        together, after the steps) and a column per type.
    """
    values, groups = _groups(series, by)
    members = members_of(series, dependence.columns)
    found = total_quantiles(
        forecast.quantiles, groups, dependence, members, levels_of(types), seed=seed, most=most
    )
    means = np.zeros((len(values), forecast.horizon))
    np.add.at(means, groups, forecast.mean)
    # Steps, then all of them; the mean of a sum is the sum of the means: no need to draw.
    drawn = iter(np.moveaxis(np.concatenate([found.steps, found.whole[:, None]], axis=1), -1, 0))
    expected = np.concatenate([means, means.sum(axis=1, keepdims=True)], axis=1)
    numbers = {
        column_name(each): (expected if each == MEAN else next(drawn)).ravel() for each in types
    }
    times = [*forecast.times.astype("datetime64[us]").tolist(), None]
    moments = pl.Series(TIMESTAMP, times * len(values), pl.Datetime("us"))
    rows = np.repeat(np.arange(len(values)), len(times))
    return pl.DataFrame({VALUE: values.gather(rows), TIMESTAMP: moments, **numbers})


def _groups(series: pl.DataFrame, by: str | None) -> tuple[pl.Series, npt.NDArray[np.int64]]:
    """The sorted values of a column, and for each series the place of its own."""
    if by is None:
        return pl.Series([None], dtype=pl.String), np.zeros(len(series), dtype=np.int64)
    values = series[by].unique().sort()
    places = pl.DataFrame({by: values}).with_row_index("place")
    joined = series.select(by).join(
        places, on=by, how="left", nulls_equal=True, maintain_order="left"
    )
    return values, joined["place"].cast(pl.Int64).to_numpy()
