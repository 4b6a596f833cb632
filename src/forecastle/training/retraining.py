"""Training again on newer data, with the algorithms and the shares of an earlier predictor.

A search backtests every algorithm on up to twelve windows to find out which are good together.
What it found holds for longer than a week of data: a retraining takes it over, fits only what was
kept, and backtests that on the reported windows alone. Beside it stands the seasonal naive: the
loss in units of the naive's says whether the choices still hold, as a loss by itself does not (a
window before Christmas is harder than one in June). Where they do not, everything is searched anew.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from forecastle.core.budget import ProgressListener, no_progress
from forecastle.core.executor import Executor
from forecastle.evaluation.windows import backtest_windows
from forecastle.models.registry import REGISTRY, model
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.automl import TrainingOptions, train
from forecastle.training.origin import Retraining
from forecastle.training.predictor import TrainedPredictor

LARGEST_LOSS, LARGEST_OF_FEW = 1.25, 2.0
"""The loss may be so many times that of the search, both in the seasonal naive's; the latter where
fewer than `_SOME_POINTS` were forecast. Of a single daily series and a week, it is more than 1.25
times that of the week before in two weeks of five, and more than twice in one of ten, though
nothing has changed."""

_SOME_POINTS = 400

FEWEST_KNOWN = 0.5
"""Of the series, the share that the earlier predictor must know: its shares were chosen on them."""

_LEAST_SECONDS = 1.0


def retrain(
    panel: Panel,
    spec: ForecastSpec,
    previous: TrainedPredictor,
    options: TrainingOptions | None = None,
    executor: Executor | None = None,
    progress: ProgressListener = no_progress,
) -> TrainedPredictor:
    """Train again, from the choices of ``previous`` if they hold; `Origin.retraining` says which.

    Args:
        panel: the newer data.
        spec: what is forecast.
        previous: trained for the same question.
        options: how to search where the choices do not hold.
        executor: where to train.
        progress: called as training goes on; it begins anew with a search.

    Raises:
        InputError: as `train` does.
    """
    options, started = options or TrainingOptions(), time.perf_counter()
    reason = outdated(panel, spec, previous, options)
    if not reason:
        keeping = replace(options, algorithms=(), tuning=None, previous=previous)
        tuned = replace(spec, training_parameters=previous.spec.training_parameters)
        kept = train(panel, tuned, keeping, executor, progress)
        reason = worse(previous, kept) if _has_choice(options) else ""
        if not reason:
            return _as_retrained(kept, previous)
    left = options.time_limit
    if left is not None:
        left = max(left - (time.perf_counter() - started), _LEAST_SECONDS)
    searched = train(panel, spec, replace(options, time_limit=left), executor, progress)
    retraining = Retraining(kept=False, reason=reason, standard=relative_loss(searched))
    return replace(
        searched,
        origin=replace(searched.origin, retraining=retraining),
        messages=(*searched.messages, f"the algorithms were chosen anew: {reason}"),
        seconds=time.perf_counter() - started,
    )


def outdated(
    panel: Panel, spec: ForecastSpec, previous: TrainedPredictor, options: TrainingOptions
) -> str:
    """Why the choices of ``previous`` cannot be taken over; empty if they can."""
    if (panel.frequency, spec.horizon) != (previous.frequency, previous.spec.horizon):
        return (
            f"the earlier predictor forecasts {previous.spec.horizon} steps of "
            f"{previous.frequency}, not {spec.horizon} of {panel.frequency}"
        )
    metric = previous.accuracy.optimization_metric
    if options.optimization_metric != metric:
        return f"the earlier predictor makes {metric} small, not {options.optimization_metric}"
    seen = previous.origin.seen
    if seen is not None and not seen.fits(panel):
        return (
            "the earlier predictor was trained with other attributes beside the sales: "
            f"{', '.join(seen.attributes) or 'none'}"
        )
    known = panel.keys.join(previous.keys, on=previous.keys.columns, how="semi").height
    if known < FEWEST_KNOWN * panel.n_series:
        return f"the earlier predictor knows only {known} of {panel.n_series} series"
    return _unsuited(panel, spec, previous, options)


def worse(previous: TrainedPredictor, kept: TrainedPredictor) -> str:
    """Why what was kept does not hold, by its accuracy; empty if it does."""
    standard, loss = _standard(previous), relative_loss(kept)
    points = sum(int(test.scored.sum()) * test.window.horizon for test in kept.backtests)
    largest = LARGEST_LOSS if points >= _SOME_POINTS else LARGEST_OF_FEW
    if standard is None or loss is None or loss <= largest * standard:
        return ""
    return (
        f"with the earlier ones the average wQL was {loss:.2f} times that of the seasonal naive, "
        f"{standard:.2f} times when they were chosen"
    )


def relative_loss(trained: TrainedPredictor) -> float | None:
    """Average wQL in those of the seasonal naive; None where that has none."""
    skill = trained.accuracy.skill
    return 1 - skill if np.isfinite(skill) else None


def _unsuited(
    panel: Panel, spec: ForecastSpec, previous: TrainedPredictor, options: TrainingOptions
) -> str:
    """Which of the earlier algorithms cannot be used any more, and why; empty if all can."""
    reported = backtest_windows(
        panel.n_time, spec.horizon, options.backtest_windows, options.backtest_window_offset
    )
    earliest = panel.until(reported[0].first, spec.horizon)
    for name in previous.blend.algorithms:
        if name not in REGISTRY:
            return f"there is no {name} any more"
        reason = model(name).unsuited(earliest, spec)
        if reason:
            return f"{name} cannot be used any more: {reason}"
    return ""


def _has_choice(options: TrainingOptions) -> bool:
    """Whether a search could come to anything else."""
    return len(options.algorithms) != 1 or options.tuning is not None


def _as_retrained(kept: TrainedPredictor, previous: TrainedPredictor) -> TrainedPredictor:
    retraining = Retraining(kept=True, standard=_standard(previous))
    return replace(
        kept,
        # A search sees more windows to tell how series go up and down together.
        dependence=previous.dependence or kept.dependence,
        left_out={**previous.left_out, **kept.left_out},
        origin=replace(kept.origin, retraining=retraining),
        messages=(
            *kept.messages,
            "the algorithms and their shares are those of the earlier predictor",
        ),
    )


def _standard(previous: TrainedPredictor) -> float | None:
    """What the accuracy is compared with: that of the search, however often one retrained since."""
    retraining = previous.origin.retraining
    return relative_loss(previous) if retraining is None else retraining.standard
