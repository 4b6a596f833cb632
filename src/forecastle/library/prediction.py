"""Prediction: a forecast beside the history that it continues, as tables."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.quantiles import column_name, parse_forecast_types
from forecastle.reports.figures import weekday
from forecastle.reports.outlook import holiday_names
from forecastle.series.columns import TIMESTAMP
from forecastle.series.forecast import Forecast
from forecastle.series.groups import series_table
from forecastle.series.panel import Panel
from forecastle.series.reading import ReadFacts
from forecastle.training.dependence import INDEPENDENT, Dependence
from forecastle.training.totals_table import VALUE, totals_table

_UNKNOWN = (
    "the predictor was trained by an earlier version, which did not look how series go up and down "
    "together: totals take them for independent and are too narrow; train again"
)


@dataclass(frozen=True, eq=False)
class Prediction:
    """A forecast and what it rests on.

    Attributes:
        panel: the history.
        forecast: what may come after it.
        forecast_types: what was asked for: ``"0.1"`` … and ``"mean"``.
        facts: what was found while reading; None where nothing was read.
        messages: what the user should know about the data.
        dependence: how series and steps go up and down together; None where that is not known.
    """

    panel: Panel
    forecast: Forecast
    forecast_types: tuple[str, ...]
    facts: ReadFacts | None
    messages: tuple[str, ...]
    dependence: Dependence | None = None

    @property
    def value_columns(self) -> list[str]:
        """``p10`` … and ``mean``, in the order of the forecast types."""
        return [column_name(forecast_type) for forecast_type in self.forecast_types]

    def by_step(self) -> pl.DataFrame:
        """``horizon`` rows: ``timestamp``, ``weekday``, the total of all series as `total` has
        it, and ``holiday`` (names joined, empty for none).
        """
        times = self.forecast.times
        values = self.total().select(self.value_columns)
        return pl.DataFrame(
            {
                "timestamp": times.astype("datetime64[us]"),
                "weekday": [weekday(time) for time in times],
                **values.to_dict(),
                "holiday": holiday_names(self.panel.calendar, times, self.forecast.frequency),
            }
        )

    def by_series(self) -> pl.DataFrame:
        """``n_series`` rows, largest first: the keys and the values summed over the horizon.

        The sum of the steps' p10 is lower than the p10 of the sum, and p90 is higher: not every
        step is a bad one.
        """
        values = [
            pl.Series(column_name(forecast_type), self.forecast.of_type(forecast_type).sum(axis=1))
            for forecast_type in self.forecast_types
        ]
        table = self.forecast.keys.hstack(values)
        middle = self.value_columns[(len(self.value_columns) - 1) // 2]
        return table.sort(middle, descending=True, maintain_order=True)

    def total(
        self,
        by: str | None = None,
        *,
        over_time: bool = False,
        quantiles: Sequence[str | float] | None = None,
        seed: int = 0,
    ) -> pl.DataFrame:
        """Quantiles of sums of series, as dependent as the backtests showed them to be.

        Args:
            by: a dimension or a column of the metadata: a total per value; None: of all series.
            over_time: whether to add up the steps too.
            quantiles: 0.01 to 0.99 and ``"mean"``; None: those of the prediction.
            seed: decides every draw.

        Returns:
            A row per total, sorted: ``by``, ``timestamp`` unless ``over_time``, ``p10`` … and
            ``mean``. Where ``dependence`` is None, series count as independent, and a warning
            says so.

        Raises:
            InputError: no column has that name, or a quantile is not known.
        """
        types = self.forecast_types if quantiles is None else parse_forecast_types(quantiles)
        series = series_table(self.panel)
        if by is not None and by not in series.columns:
            raise InputError(
                f"no total by '{by}': it is no dimension and no column of the metadata; "
                f"use one of {', '.join(sorted(series.columns))}"
            )
        if self.dependence is None:
            warnings.warn(_UNKNOWN, stacklevel=2)
        dependence = self.dependence or INDEPENDENT
        table = totals_table(self.forecast, series, by, dependence, types, seed=seed)
        is_whole = pl.col(TIMESTAMP).is_null()
        found = table.filter(is_whole if over_time else ~is_whole)
        left_out = ([TIMESTAMP] if over_time else []) + ([VALUE] if by is None else [])
        found = found.drop(left_out)
        return found if by is None else found.rename({VALUE: by})
