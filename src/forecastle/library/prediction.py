"""Prediction: a forecast beside the history that it continues, as tables."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from forecastle.core.quantiles import column_name
from forecastle.reports.figures import weekday
from forecastle.reports.outlook import holiday_names
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel
from forecastle.series.reading import ReadFacts


@dataclass(frozen=True, eq=False)
class Prediction:
    """A forecast and what it rests on.

    Attributes:
        panel: the history.
        forecast: what may come after it.
        forecast_types: what was asked for: ``"0.1"`` … and ``"mean"``.
        facts: what was found while reading; None where nothing was read.
        messages: what the user should know about the data.
    """

    panel: Panel
    forecast: Forecast
    forecast_types: tuple[str, ...]
    facts: ReadFacts | None
    messages: tuple[str, ...]

    @property
    def value_columns(self) -> list[str]:
        """``p10`` … and ``mean``, in the order of the forecast types."""
        return [column_name(forecast_type) for forecast_type in self.forecast_types]

    def by_step(self) -> pl.DataFrame:
        """``horizon`` rows: ``timestamp``, ``weekday``, the values summed over all series, and
        ``holiday`` (names joined, empty for none).

        The sum of the series' p10 is lower than the p10 of the sum, and p90 is higher: not every
        series has its bad day at once.
        """
        times = self.forecast.times
        values = {
            column_name(forecast_type): self.forecast.of_type(forecast_type).sum(axis=0)
            for forecast_type in self.forecast_types
        }
        return pl.DataFrame(
            {
                "timestamp": times.astype("datetime64[us]"),
                "weekday": [weekday(time) for time in times],
                **values,
                "holiday": holiday_names(self.panel.calendar, times, self.forecast.frequency),
            }
        )

    def by_series(self) -> pl.DataFrame:
        """``n_series`` rows, largest first: the keys and the values summed over the horizon."""
        values = [
            pl.Series(column_name(forecast_type), self.forecast.of_type(forecast_type).sum(axis=1))
            for forecast_type in self.forecast_types
        ]
        table = self.forecast.keys.hstack(values)
        middle = self.value_columns[(len(self.value_columns) - 1) // 2]
        return table.sort(middle, descending=True, maintain_order=True)
