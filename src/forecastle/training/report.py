"""What training says of itself: accuracy per algorithm and for the blend, backtests, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forecastle.evaluation.accuracy import (
    AlgorithmAccuracy,
    as_evaluation_result,
    scored,
    skill,
)
from forecastle.evaluation.metrics import AVERAGE_WEIGHTED_QUANTILE_LOSS, seasonal_naive_error
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Panel

AUTOML = "AutoML"
"""The name under which the accuracy of the blend is reported."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """The predictor's own forecast of one reported window, beside what happened.

    Attributes:
        window: the steps of the training panel.
        forecast: by the blend, from what was known before the window.
        actual: ``[n_series, horizon]`` demand, NaN where missing.
        scored: ``[n_series]`` which series count in the accuracy.
        scale: ``[n_series]`` error of the seasonal naive before the window, for MASE.
    """

    window: Window
    forecast: Forecast
    actual: Floats
    scored: npt.NDArray[np.bool_]
    scale: Floats

    @classmethod
    def of(cls, panel: Panel, window: Window, forecast: Forecast) -> Backtest:
        """``forecast`` beside what happened in ``window`` of ``panel``."""
        actual, observed = panel.actuals(window.first, window.horizon)
        before = panel.target[:, : window.first]
        scale = seasonal_naive_error(before, panel.frequency.season)
        return cls(window, forecast, actual, scored(actual, observed), scale)


@dataclass(frozen=True)
class AccuracyReport:
    """The accuracy of the blend, of every algorithm and of the seasonal naive.

    The reported windows played no part in choosing the algorithms and the weights whose accuracy
    this is; the predictor's own weights are chosen on them too.

    Attributes:
        blend: what the predictor itself achieved; its algorithm is `AUTOML`.
        algorithms: each algorithm alone, most accurate first by the optimization metric.
        naive: the seasonal naive, the yardstick.
        optimization_metric: what training was to make small.
        best: the algorithm that was kept alone, where training was to find the best one; its
            own accuracy is among ``algorithms``.
    """

    blend: AlgorithmAccuracy
    algorithms: tuple[AlgorithmAccuracy, ...]
    naive: AlgorithmAccuracy
    optimization_metric: str = AVERAGE_WEIGHTED_QUANTILE_LOSS
    best: str | None = None

    @classmethod
    def of(
        cls,
        blend: AlgorithmAccuracy,
        algorithms: Sequence[AlgorithmAccuracy],
        metric: str,
        best: str | None,
    ) -> AccuracyReport:
        """The report, the algorithms ranked by ``metric``; the first one is the naive."""
        ranked = sorted(
            algorithms, key=lambda each: np.nan_to_num(each.summary.of(metric), nan=np.inf)
        )
        return cls(blend, tuple(ranked), algorithms[0], metric, best)

    @property
    def average_weighted_quantile_loss(self) -> float:
        """Of the blend, averaged over the windows."""
        return self.blend.summary.average_weighted_quantile_loss

    @property
    def skill(self) -> float:
        """Share of the seasonal naive's average wQL that the blend removes."""
        return self.skill_of(self.blend)

    def skill_of(self, accuracy: AlgorithmAccuracy) -> float:
        """Share of the seasonal naive's average wQL that an algorithm removes."""
        return skill(
            accuracy.summary.average_weighted_quantile_loss,
            self.naive.summary.average_weighted_quantile_loss,
        )

    def as_accuracy_metrics(self) -> dict[str, Any]:
        """The shape of GetAccuracyMetrics, plus ``Skill`` and ``Seconds`` beside each result."""
        everyone = [self.blend, *self.algorithms]
        if self.naive not in self.algorithms:
            everyone.append(self.naive)
        results = [
            {
                **as_evaluation_result(accuracy),
                "Skill": _finite(self.skill_of(accuracy)),
                "Seconds": round(accuracy.seconds, 3),
            }
            for accuracy in everyone
        ]
        return {
            "PredictorEvaluationResults": results,
            "IsAutoPredictor": True,
            "OptimizationMetric": self.optimization_metric,
            **({} if self.best is None else {"BestAlgorithm": self.best}),
        }

    def to_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        return {
            "blend": self.blend.to_json(),
            "algorithms": [accuracy.to_json() for accuracy in self.algorithms],
            "naive": self.naive.to_json(),
            "optimization_metric": self.optimization_metric,
            "best": self.best,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> AccuracyReport:
        """What `to_json` gave; earlier versions knew neither other metrics nor a best one."""
        return cls(
            AlgorithmAccuracy.from_json(values["blend"]),
            tuple(AlgorithmAccuracy.from_json(each) for each in values["algorithms"]),
            AlgorithmAccuracy.from_json(values["naive"]),
            values.get("optimization_metric", AVERAGE_WEIGHTED_QUANTILE_LOSS),
            values.get("best"),
        )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
