"""Linear quantile regression over all series: what trees cannot do, which is to draw a line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.core.threads import one_blas_thread
from forecastle.models.base import Capability
from forecastle.models.design import design_matrix
from forecastle.models.global_rows import (
    Context,
    rows_ahead,
    sample_rows,
    too_few_origins,
    without_closed_days,
)
from forecastle.models.levels import TRAINED_LEVELS, spread_to_grid
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

_FILE = "model.json"
_MOST_ROWS = 40_000
_FEWEST_SERIES = 20
_PENALTY = 1e-3
# What happens to all series at once was seen a few dozen times, however many rows tell of it.
_RELATED_PENALTY = 1.0
_FARTHEST = 8.0  # standard deviations: a spike must not bend the line
_STEPS, _CHANGE = 60, 1e-4
_SOFTNESS = 0.02  # of an error of zero, in units of the scale


class QuantileRegression:
    """One linear quantile regression per level over the rows and features of the trees.

    Koenker and Bassett 1978, "Regression Quantiles", Econometrica 46(1), solved by majorising the
    check loss with parabolas (Hunter and Lange 2000, "Quantile Regression via an MM Algorithm",
    JCGS 9(1)) under a slight ridge penalty. Demand is over the series' scale at the origin; where
    a feature of demand is not known, the series' level stands for it. Related series count as
    deviations from the series' own mean, in its standard deviations.
    """

    name: ClassVar[str] = "QuantileRegression"
    capabilities: ClassVar[Capability] = (
        Capability.GLOBAL | Capability.KNOWN | Capability.PAST | Capability.CALENDAR
    )

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Needs series to learn from: lines through one alone are drawn through its noise."""
        if panel.n_series < _FEWEST_SERIES:
            return f"only {panel.n_series} series to learn from together; it needs {_FEWEST_SERIES}"
        return too_few_origins(panel, spec)

    def fit(self, train: Panel, spec: ForecastSpec, budget: Budget) -> FittedRegression:
        """Learn from rows sampled over all series and origins."""
        train = without_closed_days(train)
        context = Context.of(train)
        rows = sample_rows(train, spec, _MOST_ROWS)
        features, names, scale = context.describe(train, rows, spec.horizon)
        design, is_related = design_matrix(train, rows, features, names)
        mean, deviation = design.mean(axis=0), design.std(axis=0)
        deviation = np.where(deviation > 0, deviation, 1.0)
        standard = _standardised(design, mean, deviation)
        target = train.target[rows.series, rows.target] / scale
        weight = np.sqrt(scale / scale.mean())
        penalty = np.array([0.0, *np.where(is_related, _RELATED_PENALTY, _PENALTY)])
        with one_blas_thread():
            slopes = regress(standard, target, weight, penalty, budget)
        return FittedRegression(spec, context, mean, deviation, slopes)

    def load(self, folder: Path) -> FittedRegression:
        """Read back what `FittedRegression.save` wrote."""
        values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        spec = values["spec"] | {"forecast_types": tuple(values["spec"]["forecast_types"])}
        context = values["context"] | {"pooled": tuple(values["context"]["pooled"])}
        return FittedRegression(
            ForecastSpec(**spec),
            Context(**context),
            *(np.array(values[name]) for name in ("mean", "deviation", "slopes")),
        )


@dataclass(frozen=True, eq=False)
class FittedRegression:
    """A line per level.

    Attributes:
        spec: what is forecast.
        context: what rows to predict share with those learnt from.
        mean: ``[n_columns]`` of the design.
        deviation: ``[n_columns]``.
        slopes: ``[n_columns + 1, n_levels]``, the constant first.
    """

    spec: ForecastSpec
    context: Context
    mean: Floats
    deviation: Floats
    slopes: Floats

    def predict(self, history: Panel) -> Forecast:
        """Describe every series and step from the end of ``history`` and predict."""
        horizon = self.spec.horizon
        history = without_closed_days(history)
        rows = rows_ahead(history, np.arange(history.n_series), horizon)
        features, names, scale = self.context.describe(history, rows, horizon)
        design, _ = design_matrix(history, rows, features, names)
        with one_blas_thread():
            trained = _standardised(design, self.mean, self.deviation) @ self.slopes
        trained = np.sort(trained, axis=1) * scale[:, None]
        quantiles = spread_to_grid(trained, TRAINED_LEVELS)
        quantiles = quantiles.reshape(history.n_series, horizon, len(GRID))
        return Forecast.after(history, quantiles)

    def save(self, folder: Path) -> None:
        """As JSON."""
        values = {"spec": asdict(self.spec), "context": asdict(self.context)}
        arrays = {"mean": self.mean, "deviation": self.deviation, "slopes": self.slopes}
        values |= {name: array.tolist() for name, array in arrays.items()}
        (folder / _FILE).write_text(json.dumps(values), encoding="utf-8")


def _standardised(design: Floats, mean: Floats, deviation: Floats) -> Floats:
    """``[n_rows, n_columns + 1]`` with a constant first."""
    standard = np.clip((design - mean) / deviation, -_FARTHEST, _FARTHEST)
    return np.concatenate([np.ones((len(design), 1)), standard], axis=1)


def regress(
    design: Floats, target: Floats, weight: Floats, penalty: Floats, budget: Budget
) -> Floats:
    """``[n_columns, n_levels]`` slopes that make the check loss at each level least.

    The check loss is half the absolute error plus ``(level - 1/2)`` times the error; the parabola
    ``error**2 / (2 * |e|) + |e| / 2`` touches the absolute error from above at ``e``. Each level
    begins with the errors of the one before, the first with errors that are all alike.
    """
    weight = np.asarray(weight / weight.sum())
    total = weight @ design
    curvature, found = weight, []
    slopes = np.zeros(design.shape[1])
    for level in TRAINED_LEVELS:
        for _ in range(_STEPS):
            before = slopes
            heavy = design * curvature[:, None]
            pull = heavy.T @ target + (2 * level - 1) * total
            slopes = np.asarray(np.linalg.solve(heavy.T @ design + np.diag(penalty), pull))
            curvature = np.asarray(weight / (np.abs(target - design @ slopes) + _SOFTNESS))
            if np.abs(slopes - before).max() < _CHANGE or budget.remaining <= 0:
                break
        found.append(slopes)
    return np.stack(found, axis=1)
