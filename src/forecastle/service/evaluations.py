"""How good a predictor is: every algorithm that was tried, beside the seasonal naive."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Resource
from forecastle.core.names import ResourceType
from forecastle.evaluation.accuracy import AlgorithmAccuracy, Metrics, WindowAccuracy
from forecastle.jobs.train import MODEL
from forecastle.models.registry import NAIVE
from forecastle.service.context import Context
from forecastle.service.records import find, require_active
from forecastle.service.rights import require
from forecastle.training.origin import Origin
from forecastle.training.report import AUTOML
from forecastle.training.summary import TrainingSummary


@dataclass(frozen=True)
class Errors:
    """Errors of a forecast, all better when smaller; None where one is not defined.

    Attributes:
        losses: wQL by quantile (``"0.1"`` …), fractions.
        average: the mean of these.
        wape: fraction.
        rmse: units of demand.
        mape: fraction.
        mase: 1 is as good as the seasonal naive within the history.
    """

    losses: Mapping[str, float | None]
    average: float | None
    wape: float | None
    rmse: float | None
    mape: float | None
    mase: float | None


@dataclass(frozen=True)
class WindowErrors:
    """The errors within one window.

    Attributes:
        first: its first timestamp.
        end: exclusive.
        items: how many series counted.
        errors: of these.
    """

    first: datetime
    end: datetime
    items: int
    errors: Errors


@dataclass(frozen=True)
class Candidate:
    """An algorithm, or the blend of several.

    Attributes:
        name: of the algorithm; `training.report.AUTOML` for the blend.
        errors: averaged over the windows.
        windows: earliest first.
        seconds: that its backtests took; of the blend those of all.
        skill: share of the seasonal naive's average wQL that it removes; None if not defined.
        share: of the forecasts of this predictor: its weight in the blend; 0 of those left aside.
        is_kept: whether it is what this predictor forecasts with.
        is_naive: whether it is the yardstick.
    """

    name: str
    errors: Errors
    windows: tuple[WindowErrors, ...]
    seconds: float
    skill: float | None
    share: float
    is_kept: bool
    is_naive: bool


@dataclass(frozen=True)
class Evaluation:
    """What the backtests of a predictor say.

    Attributes:
        arn: of the predictor.
        candidates: what is kept first, then by the metric that training made small.
        quantiles: whose losses are told, ascending, as text.
        weights: of the members of the blend, largest first.
        left_out: algorithms that took no part → why.
        metric: that training made small, as the API spells it.
        season_days: after how many days the seasonal naive repeats.
        seconds: that the training took.
        origin: the trials of its tuning, and how it was retrained.
    """

    arn: str
    candidates: tuple[Candidate, ...]
    quantiles: tuple[str, ...]
    weights: Mapping[str, float]
    left_out: Mapping[str, str]
    metric: str
    season_days: float
    seconds: float
    origin: Origin

    @property
    def kept(self) -> Candidate:
        """What the predictor forecasts with."""
        return self.candidates[0]

    @property
    def naive(self) -> Candidate:
        """The yardstick."""
        return next(each for each in self.candidates if each.is_naive)

    @property
    def is_blend(self) -> bool:
        """Whether it is several algorithms together."""
        return self.kept.name == AUTOML


def evaluate(context: Context, predictor_arn: str) -> Evaluation:
    """What is known of a predictor's accuracy.

    Raises:
        ResourceNotFound: there is no such predictor.
        ResourceInUse: it is being trained.
        InputError: its training did not succeed.
    """
    require(context, Role.VIEWER, "EvaluatePredictor")
    predictor, folder = trained_model(context, predictor_arn)
    summary = TrainingSummary.read(folder)
    frequency = summary.frequency
    return Evaluation(
        arn=predictor.arn,
        candidates=_candidates(summary),
        quantiles=tuple(f"{level:g}" for level in summary.levels),
        weights=summary.weights,
        left_out=summary.left_out,
        metric=summary.accuracy.optimization_metric,
        season_days=frequency.season * frequency.approximate_days,
        seconds=summary.seconds,
        origin=summary.origin,
    )


def trained_model(context: Context, predictor_arn: str) -> tuple[Resource, Path]:
    """A predictor and the folder of its model.

    Raises:
        ResourceNotFound: there is no such predictor.
        ResourceInUse: it is being trained.
        InputError: its training did not succeed.
    """
    predictor = require_active(find(context, predictor_arn, ResourceType.PREDICTOR))
    folder = context.service.stores.artifacts.open(predictor.details["artifact"])
    return predictor, folder / MODEL


def _candidates(summary: TrainingSummary) -> tuple[Candidate, ...]:
    """The blend first; where one algorithm was kept, that one in its place."""
    report = summary.accuracy
    only = next(iter(summary.weights)) if len(summary.weights) == 1 else None
    others = [each for each in report.algorithms if each.algorithm != only]
    if only != NAIVE and report.naive.algorithm not in {each.algorithm for each in others}:
        others.append(report.naive)
    own_seconds = next(
        (each.seconds for each in report.algorithms if each.algorithm == only), report.blend.seconds
    )
    kept = AlgorithmAccuracy(only or AUTOML, report.blend.windows, own_seconds)
    return tuple(_candidate(summary, each, is_kept=each is kept) for each in (kept, *others))


def _candidate(
    summary: TrainingSummary, accuracy: AlgorithmAccuracy, *, is_kept: bool
) -> Candidate:
    return Candidate(
        name=accuracy.algorithm,
        errors=_errors(accuracy.summary),
        windows=tuple(_window(window) for window in accuracy.windows),
        seconds=accuracy.seconds,
        skill=_known(summary.accuracy.skill_of(accuracy)),
        share=1.0 if is_kept else summary.weights.get(accuracy.algorithm, 0.0),
        is_kept=is_kept,
        is_naive=accuracy.algorithm == NAIVE,
    )


def _window(window: WindowAccuracy) -> WindowErrors:
    first, end = (time.astype("datetime64[us]").item() for time in (window.start, window.end))
    return WindowErrors(first, end, window.item_count, _errors(window.metrics))


def _errors(metrics: Metrics) -> Errors:
    losses = metrics.weighted_quantile_losses
    return Errors(
        losses={f"{float(level):g}": _known(losses[level]) for level in sorted(losses, key=float)},
        average=_known(metrics.average_weighted_quantile_loss),
        wape=_known(metrics.wape),
        rmse=_known(metrics.rmse),
        mape=_known(metrics.mape),
        mase=_known(metrics.mase),
    )


def _known(value: float | np.floating) -> float | None:
    return float(value) if math.isfinite(value) else None
