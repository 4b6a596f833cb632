"""Prophet: trend, seasons and holidays as a regression."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.sequences import Sequence, SequenceModel
from forecastle.series.forecast import normal_scores
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

# Under this many days a yearly season is mistaken for the trend.
_FEWEST_DAYS_FOR_YEAR = 400
# Without a handler cmdstanpy gives itself one at its first run, which prints each run's details.
_SILENCE = logging.NullHandler()


class Prophet(SequenceModel):
    """Prophet (Taylor and Letham 2018) with the calendar's holidays, on open days.

    Quantiles are normal, with the spread of its residuals: over the short horizons of sales the
    uncertainty of its trend is small beside it, and nothing is left to chance.
    """

    name: ClassVar[str] = "Prophet"
    capabilities: ClassVar[Capability] = Capability.CALENDAR

    def forecast(self, sequence: Sequence, history: Panel, spec: ForecastSpec) -> Floats:
        """See `SequenceModel.forecast`."""
        import pandas as pd

        times, ahead = _times(sequence, history, spec)
        days = float((times[-1] - times[0]).astype("timedelta64[h]").astype(float)) / 24
        method = _method(history, days)
        method.fit(pd.DataFrame({"ds": times, "y": sequence.values}), seed=spec.seed)
        fitted = method.predict(pd.DataFrame({"ds": times}))["yhat"].to_numpy()
        mean = np.full(sequence.length, sequence.values[-1])
        found = method.predict(pd.DataFrame({"ds": ahead}))["yhat"].to_numpy()
        mean[sequence.positions] = found
        deviation = float(np.std(sequence.values - fitted))
        return np.asarray(mean[:, None] + deviation * normal_scores(GRID)[None, :])


def _times(sequence: Sequence, history: Panel, spec: ForecastSpec) -> tuple[Any, Any]:
    """Timestamps of the values and of the open steps ahead, as pandas likes them."""
    times = history.times[sequence.columns].astype("datetime64[ns]")
    ahead = history.future_times(spec.horizon)[sequence.steps].astype("datetime64[ns]")
    return times, ahead


def _silence() -> None:
    """Prophet reports a missing plotting library, cmdstanpy each run: both set up on import."""
    for name in ("prophet.plot", "prophet", "cmdstanpy"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL)
        logger.disabled = True


def _method(history: Panel, days: float) -> Any:
    import pandas as pd

    _silence()
    import prophet

    _silence()  # importing puts the loggers back

    first = history.origin - np.timedelta64(7, "D")
    last = history.future_times(max(history.n_future, 1))[-1] + np.timedelta64(400, "D")
    named = history.calendar.days(first, last)
    holidays = pd.DataFrame(
        {
            "ds": np.array([date for date, _ in named], dtype="datetime64[ns]"),
            "holiday": [name for _, name in named],
        }
    )
    step = history.frequency.approximate_days
    return prophet.Prophet(
        holidays=holidays if len(named) else None,
        weekly_seasonality=step <= 1,
        daily_seasonality=step < 1,
        yearly_seasonality=days >= _FEWEST_DAYS_FOR_YEAR,
        uncertainty_samples=0,
    )
