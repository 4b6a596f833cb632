"""What the choosing windows say of the members: their loss by the metric asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from forecastle.evaluation import metrics
from forecastle.evaluation.accuracy import scored
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import interpolation_weights, mean_weights
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

_ALMOST_ZERO = 1e-9


@dataclass(frozen=True, eq=False)
class Evidence(ABC):
    """Actuals and what the members forecast, over all choosing windows.

    Attributes:
        actual: ``[n_windows, n_series, horizon]``, NaN where it does not count.
        members: ``[n_members, n_windows, n_series, horizon, n_values]``: the quantiles at the
            wanted levels, or the mean alone. Both are linear in the members' quantile functions,
            so a blend of these is what the blend of the members forecasts.
    """

    actual: Floats
    members: Floats

    @abstractmethod
    def loss(self, forecast: Floats) -> float:
        """The loss of ``[n_windows, n_series, horizon, n_values]``, averaged over the windows.

        Where no window can be measured by the metric, the summed loss without its scale.
        """

    @abstractmethod
    def series_losses(self) -> Floats:
        """``[n_members, n_series]`` loss of each member on each series, in any scale."""

    def member_losses(self) -> Floats:
        """``[n_members]`` loss of each member alone."""
        return np.array([self.loss(member) for member in self.members])


@dataclass(frozen=True, eq=False)
class QuantileEvidence(Evidence):
    """Evidence by the average weighted quantile loss at ``levels``."""

    levels: tuple[float, ...]

    def loss(self, forecast: Floats) -> float:
        """See `Evidence.loss`."""
        counts = np.isfinite(self.actual)
        actual = np.where(counts, self.actual, 0.0)
        losses = np.zeros(len(actual))
        for k, level in enumerate(self.levels):
            every = metrics.quantile_loss(actual, forecast[..., k], level)
            losses += (every * counts).sum(axis=(1, 2))
        totals = np.abs(actual).sum(axis=(1, 2))
        positive = totals > 0
        if not positive.any():
            return float(losses.sum())
        return float(np.mean(losses[positive] / totals[positive]) / len(self.levels))

    def series_losses(self) -> Floats:
        """See `Evidence.series_losses`: mean quantile losses."""
        counts = np.isfinite(self.actual)
        actual = np.where(counts, self.actual, 0.0)
        losses = np.zeros((len(self.members), self.actual.shape[1]))
        for k, level in enumerate(self.levels):
            every = metrics.quantile_loss(actual[None], self.members[..., k], level)
            losses += (every * counts[None]).sum(axis=(1, 3))
        return np.asarray(losses / np.maximum(counts.sum(axis=(0, 2)), 1)[None])


@dataclass(frozen=True, eq=False)
class PointEvidence(Evidence):
    """Evidence by an error of the mean forecast.

    Attributes:
        metric: ``WAPE``, ``RMSE``, ``MASE`` or ``MAPE``.
        scale: ``[n_windows, n_series]`` from `metrics.seasonal_naive_error`, for MASE.
    """

    metric: str
    scale: Floats

    def loss(self, forecast: Floats) -> float:
        """See `Evidence.loss`."""
        losses = [
            self._of_window(k, forecast[k, :, :, 0])
            for k in range(len(self.actual))
            if np.isfinite(self.actual[k]).any()
        ]
        known = [loss for loss in losses if np.isfinite(loss)]
        if known:
            return float(np.mean(known))
        return float(np.nansum(np.abs(self.actual - forecast[..., 0])))

    def _of_window(self, k: int, point: Floats) -> float:
        counts = np.isfinite(self.actual[k]).all(axis=1)
        actual, point = self.actual[k, counts], point[counts]
        measures: Mapping[str, Callable[[Floats, Floats], float]] = {
            metrics.WAPE: metrics.wape,
            metrics.RMSE: metrics.rmse,
            metrics.MAPE: metrics.mape,
            metrics.MASE: partial(metrics.mase, scale=self.scale[k, counts]),
        }
        return measures[self.metric](actual, point)

    def series_losses(self) -> Floats:
        """See `Evidence.series_losses`: mean squared, relative or absolute errors."""
        error = np.abs(self.actual[None] - self.members[..., 0])
        counts = np.isfinite(self.actual)
        if self.metric == metrics.MAPE:
            counts &= np.abs(np.where(counts, self.actual, 0.0)) > _ALMOST_ZERO
            error = error / np.where(counts, np.abs(self.actual), 1.0)[None]
        if self.metric == metrics.RMSE:
            error = error**2
        totals = np.where(counts[None], error, 0.0).sum(axis=(1, 3))
        means = totals / np.maximum(counts.sum(axis=(0, 2)), 1)[None]
        return np.asarray(np.sqrt(means) if self.metric == metrics.RMSE else means)


def gather(
    panel: Panel,
    windows: Sequence[Window],
    results: Mapping[str, Sequence[Floats]],
    spec: ForecastSpec,
    metric: str,
) -> Evidence:
    """The evidence of ``windows`` by ``metric``.

    Args:
        panel: holds the actuals.
        windows: the choosing windows.
        results: per algorithm its quantiles ``[n_series, horizon, len(GRID)]`` per window.
        spec: gives the levels whose loss counts.
        metric: one of `metrics.OPTIMIZATION_METRICS`.
    """
    actuals = []
    for window in windows:
        actual, observed = panel.actuals(window.first, window.horizon)
        actuals.append(np.where(scored(actual, observed)[:, None], actual, np.nan))
    by_quantiles = metric == metrics.AVERAGE_WEIGHTED_QUANTILE_LOSS
    weights = interpolation_weights(spec.levels) if by_quantiles else mean_weights()[:, None]
    members = np.stack(
        [np.stack([quantiles @ weights for quantiles in member]) for member in results.values()]
    )
    if by_quantiles:
        return QuantileEvidence(np.stack(actuals), members, spec.levels)
    season = panel.frequency.season
    scales = [metrics.seasonal_naive_error(panel.target[:, : w.first], season) for w in windows]
    return PointEvidence(np.stack(actuals), members, metric, np.stack(scales))
