"""The accuracy of forecasts over backtest windows, in the terms of GetAccuracyMetrics."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forecastle.evaluation import metrics
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Bools, Floats, Panel
from forecastle.series.spec import ForecastSpec

_LOSSES = "weighted_quantile_losses"


@dataclass(frozen=True)
class Metrics:
    """The error of a forecast; point metrics are of the mean forecast.

    Attributes:
        weighted_quantile_losses: wQL by forecast type (``"0.1"`` …).
        average_weighted_quantile_loss: their plain mean.
        wape: fraction.
        rmse: units of demand.
        mape: fraction, zero actuals skipped; NaN if all are zero.
        mase: NaN if no series has a scale.
    """

    weighted_quantile_losses: Mapping[str, float]
    average_weighted_quantile_loss: float
    wape: float
    rmse: float
    mape: float
    mase: float

    @classmethod
    def average(cls, parts: Sequence[Metrics]) -> Metrics:
        """The plain mean over windows, as in the SUMMARY of Amazon Forecast; NaN is skipped."""
        losses = [part.weighted_quantile_losses for part in parts]
        return cls(
            {key: _mean([loss[key] for loss in losses]) for key in losses[0]},
            *(
                _mean([getattr(part, field.name) for part in parts])
                for field in dataclasses.fields(cls)[1:]
            ),
        )

    def of(self, metric: str) -> float:
        """One of `metrics.OPTIMIZATION_METRICS`."""
        if metric == metrics.AVERAGE_WEIGHTED_QUANTILE_LOSS:
            return self.average_weighted_quantile_loss
        return float(getattr(self, metric.lower()))

    def to_json(self) -> dict[str, Any]:
        """Plain values; None for NaN, which JSON does not know."""
        values = dataclasses.asdict(self)
        losses = {key: _number(loss) for key, loss in values.pop(_LOSSES).items()}
        return {_LOSSES: losses, **{name: _number(value) for name, value in values.items()}}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Metrics:
        """What `to_json` gave."""
        losses = {key: _or_nan(loss) for key, loss in values[_LOSSES].items()}
        rest = {name: _or_nan(value) for name, value in values.items() if name != _LOSSES}
        return cls(losses, **rest)


@dataclass(frozen=True)
class WindowAccuracy:
    """The error within one window; ``end`` is exclusive, as in GetAccuracyMetrics."""

    start: np.datetime64
    end: np.datetime64
    item_count: int
    metrics: Metrics


@dataclass(frozen=True)
class AlgorithmAccuracy:
    """The error of one algorithm over all reported windows, and the seconds it took."""

    algorithm: str
    windows: tuple[WindowAccuracy, ...]
    seconds: float = 0.0

    @property
    def summary(self) -> Metrics:
        """The average over the windows."""
        return Metrics.average([window.metrics for window in self.windows])

    def to_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        windows = [
            {
                "start": _iso(window.start),
                "end": _iso(window.end),
                "item_count": window.item_count,
                "metrics": window.metrics.to_json(),
            }
            for window in self.windows
        ]
        return {"algorithm": self.algorithm, "seconds": self.seconds, "windows": windows}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> AlgorithmAccuracy:
        """What `to_json` gave."""
        windows = tuple(
            WindowAccuracy(
                np.datetime64(window["start"], "s"),
                np.datetime64(window["end"], "s"),
                window["item_count"],
                Metrics.from_json(window["metrics"]),
            )
            for window in values["windows"]
        )
        return cls(values["algorithm"], windows, values["seconds"])


def scored(actual: npt.NDArray[np.float64], observed: Bools) -> Bools:
    """``[n_series]`` which series count in a window.

    Amazon Forecast leaves out items with filled values in the window (guide: metrics). A missing
    period of sales that was filled with zero counts here: nothing sold is an outcome, and a till
    file without it would leave slow items, and every closed day, out of the accuracy.
    """
    return np.asarray((np.isfinite(actual) & (observed | (actual == 0.0))).all(axis=1))


def window_metrics(
    panel: Panel, window: Window, forecast: Forecast, spec: ForecastSpec
) -> tuple[Metrics, int]:
    """The error of ``forecast`` in ``window`` and the number of series that counted."""
    actual, observed = panel.actuals(window.first, window.horizon)
    counts = scored(actual, observed)
    scale = metrics.seasonal_naive_error(
        panel.target[counts, : window.first], panel.frequency.season
    )
    values = forecast.at(spec.levels)[counts]
    quantiles = {f"{level:g}": values[:, :, k] for k, level in enumerate(spec.levels)}
    return measured(actual[counts], forecast.mean[counts], quantiles, scale), int(counts.sum())


def measured(
    actual: Floats, point: Floats, quantiles: Mapping[str, Floats], scale: Floats
) -> Metrics:
    """The error of a forecast over series that count.

    Args:
        actual: ``[n_series, horizon]`` without missing values.
        point: the mean forecast, of the same shape.
        quantiles: forecast type (``"0.1"``) → the same shape; without any, the average loss is NaN.
        scale: ``[n_series]`` from `metrics.seasonal_naive_error`.
    """
    losses = {
        level: metrics.weighted_quantile_loss(actual, values, float(level))
        for level, values in quantiles.items()
    }
    return Metrics(
        weighted_quantile_losses=losses,
        average_weighted_quantile_loss=_mean(list(losses.values())),
        wape=metrics.wape(actual, point),
        rmse=metrics.rmse(actual, point),
        mape=metrics.mape(actual, point),
        mase=metrics.mase(actual, point, scale),
    )


def window_accuracy(
    panel: Panel, window: Window, forecast: Forecast, spec: ForecastSpec
) -> WindowAccuracy:
    """`window_metrics` with the window's times."""
    values, item_count = window_metrics(panel, window, forecast, spec)
    first, end = panel.frequency.shift(panel.origin, np.array([window.first, window.end]))
    return WindowAccuracy(first, end, item_count, values)


def skill(ours: float, naive: float) -> float:
    """Share of the naive's error that a forecast removes: ``1 - ours / naive``; NaN without one."""
    return 1 - ours / naive if naive > 0 else float("nan")


def as_evaluation_result(accuracy: AlgorithmAccuracy) -> dict[str, Any]:
    """One entry of ``PredictorEvaluationResults`` in the shape of GetAccuracyMetrics."""
    summary = {"EvaluationType": "SUMMARY", "Metrics": _as_metrics(accuracy.summary)}
    computed = [
        {
            "EvaluationType": "COMPUTED",
            "TestWindowStart": _iso(window.start),
            "TestWindowEnd": _iso(window.end),
            "ItemCount": window.item_count,
            "Metrics": _as_metrics(window.metrics),
        }
        for window in accuracy.windows
    ]
    return {"AlgorithmArn": _arn(accuracy.algorithm), "TestWindows": [summary, *computed]}


def _as_metrics(values: Metrics) -> dict[str, Any]:
    losses = sorted(values.weighted_quantile_losses.items(), key=lambda item: -float(item[0]))
    errors = {"WAPE": values.wape, "RMSE": values.rmse, "MASE": values.mase, "MAPE": values.mape}
    return {
        "RMSE": _number(values.rmse),
        "WeightedQuantileLosses": [
            {"Quantile": float(level), "LossValue": _number(loss)} for level, loss in losses
        ],
        "ErrorMetrics": [
            {"ForecastType": "mean", **{name: _number(value) for name, value in errors.items()}}
        ],
        "AverageWeightedQuantileLoss": _number(values.average_weighted_quantile_loss),
    }


def _arn(algorithm: str) -> str:
    return f"arn:aws:forecast:::algorithm/{algorithm}"


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _iso(time: np.datetime64) -> str:
    return str(time.astype("datetime64[s]"))


def _mean(values: Sequence[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")
