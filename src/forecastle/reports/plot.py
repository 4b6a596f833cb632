"""The chart behind ``Predictor.plot()``."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES
from forecastle.reports.charts import Chart, forecast_chart
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel


def plot_forecast(
    panel: Panel,
    forecast: Forecast,
    forecast_types: Sequence[str] = DEFAULT_FORECAST_TYPES,
    item: str | Sequence[str] | None = None,
) -> Chart:
    """A forecast chart of one series, or of the total.

    Args:
        panel: the history.
        forecast: the steps after it.
        forecast_types: quantiles asked for; the band runs from the lowest to the highest.
        item: an item_id, or the item_id and each dimension; None for all items together.

    Raises:
        InputError: no series, or several, have that item_id.
    """
    if item is None:
        name = "All items together" if panel.n_series > 1 else str(panel.keys.row(0)[0])
        return forecast_chart(panel, forecast, forecast_types, None, name)
    row = _row_of(panel.keys, [item] if isinstance(item, str) else list(item))
    return forecast_chart(panel, forecast, forecast_types, row, " · ".join(panel.keys.row(row)))


def _row_of(keys: pl.DataFrame, parts: list[str]) -> int:
    columns = keys.columns[: len(parts)]
    condition = [pl.col(name) == part for name, part in zip(columns, parts, strict=True)]
    rows = keys.with_row_index("row").filter(*condition)["row"].to_list()
    wanted = " · ".join(parts)
    if not rows:
        raise InputError(f"item '{wanted}' is not in the data")
    if len(rows) > 1:
        raise InputError(
            f"item '{wanted}' has {len(rows)} series; name the dimensions as well: "
            f"{', '.join(keys.columns)}"
        )
    return int(rows[0])
