"""The total of all series by forecast type: its own quantiles, not sums of the series'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forecastle.core.quantiles import column_name
from forecastle.series.forecast import Forecast
from forecastle.series.groups import series_table
from forecastle.series.panel import Floats, Panel
from forecastle.training.dependence import Dependence
from forecastle.training.totals_table import totals_table

_MOST_NUMBERS = 40_000_000  # a second of work: a report shows several totals


@dataclass(frozen=True, eq=False)
class TotalByType:
    """Of all series together, by forecast type.

    Attributes:
        steps: ``[horizon]`` of each step.
        whole: of all steps together.
    """

    steps: dict[str, Floats]
    whole: dict[str, float]


def total_by_type(
    panel: Panel,
    forecast: Forecast,
    dependence: Dependence,
    types: Sequence[str],
    steps: int | None = None,
) -> TotalByType:
    """The quantiles and the mean of the total.

    Args:
        panel: holds the columns that group the series.
        forecast: of its series, or of some.
        dependence: how they go together.
        types: ``"0.1"`` … and ``"mean"``.
        steps: how many, from the first on; None: all.
    """
    keys = panel.keys.columns
    series = forecast.keys.join(series_table(panel), on=keys, how="left", maintain_order="left")
    quantiles = forecast.quantiles[:, :steps]
    shown = Forecast(forecast.frequency, forecast.keys, forecast.start, quantiles)
    table = totals_table(shown, series, None, dependence, types, most=_MOST_NUMBERS)
    values = {each: table[column_name(each)].to_numpy() for each in types}
    return TotalByType(
        {each: found[:-1] for each, found in values.items()},
        {each: float(found[-1]) for each, found in values.items()},
    )
