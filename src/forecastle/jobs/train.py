"""CreatePredictor and CreateAutoPredictor: the datasets of a group become a predictor."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path
from typing import Any

from forecastle.core.budget import Progress
from forecastle.jobs.accuracy import evaluation_results, execution_details, kept_algorithm
from forecastle.jobs.context import JobContext, Outcome, TellProgress
from forecastle.jobs.group_data import GroupData
from forecastle.jobs.retraining import earlier_predictor
from forecastle.jobs.training_request import ALGORITHM, TrainingRequest
from forecastle.series.building import BuiltPanel, build_panel, check_horizon
from forecastle.series.panel import Panel
from forecastle.series.recipe import DataRecipe
from forecastle.training.automl import train
from forecastle.training.predictor import TrainedPredictor
from forecastle.training.retraining import retrain

MODEL, _RECIPE = "model", "recipe.json"
_READ, _TRAINED = 0.05, 0.98


def train_predictor(context: JobContext) -> Outcome:
    """Train on what the datasets hold now, and keep the predictor as the artifact.

    Raises:
        InputError: the data cannot be used, or are not enough for the request.
    """
    resource = context.resource
    request = TrainingRequest.read(configuration(resource.request, resource.details))
    data = GroupData.of(context.catalog, context.stores, resource.account, request.group)
    context.tell(0.0, "reading the data")
    built = _built(request, data)
    warnings = check_horizon(built.panel, request.horizon)
    trained = _trained(context, request, built.panel)
    context.tell(_TRAINED, "saving")
    save_predictor(context.workspace, trained, built.recipe)
    messages = (*built.messages, *warnings, *trained.messages)
    return Outcome(_details(request, data, trained, built), " ".join(sentences(messages)) or None)


def _trained(context: JobContext, request: TrainingRequest, panel: Panel) -> TrainedPredictor:
    """Trained from scratch, or from the choices of an earlier predictor."""
    settings, spec = context.settings, request.spec()
    options = replace(
        request.options(settings.training_time_limit, settings.tuning_trials),
        shard_series=settings.shard_series,
    )
    earlier, listener = earlier_predictor(context), _listener(context.tell)
    with context.executor() as executor:
        if earlier is None:
            return train(panel, spec, options, executor, listener)
        previous, _ = load_predictor(earlier)
        return retrain(panel, spec, previous, options, executor, listener)


def configuration(request: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a predictor; those of a retraining are resolved into its details."""
    return {**request, **details.get("resolved", {})}


def save_predictor(folder: Path, trained: TrainedPredictor, recipe: DataRecipe) -> None:
    """Write a predictor, and how rows become its series, into an empty folder."""
    (folder / MODEL).mkdir()
    trained.save(folder / MODEL)
    (folder / _RECIPE).write_text(json.dumps(recipe.to_json()), encoding="utf-8")


def load_predictor(folder: Path, *, backtests: bool = False) -> tuple[TrainedPredictor, DataRecipe]:
    """Read back what `save_predictor` wrote."""
    return TrainedPredictor.load(folder / MODEL, backtests=backtests), load_recipe(folder)


def load_recipe(folder: Path) -> DataRecipe:
    """How rows became the panel of a predictor, without its models."""
    return DataRecipe.from_json(json.loads((folder / _RECIPE).read_text(encoding="utf-8")))


def _built(request: TrainingRequest, data: GroupData) -> BuiltPanel:
    related = None if data.related is None else data.related.schema
    rows = data.load()
    recipe = request.recipe(rows.alignment(request.frequency), data.target.schema, related)
    tables = rows.tables(recipe)
    return build_panel(tables.target, recipe, request.horizon, tables.related, tables.metadata)


def _details(
    request: TrainingRequest, data: GroupData, trained: TrainedPredictor, built: BuiltPanel
) -> dict[str, Any]:
    """What the Describe operations and GetAccuracyMetrics tell of a predictor."""
    report = trained.accuracy
    return {
        "accuracy": evaluation_results(report, request),
        "executions": execution_details(report, request),
        "algorithm_arn": None if request.is_auto else kept_algorithm(report, request),
        "algorithm_arns": [f"{ALGORITHM}{each.algorithm}" for each in report.algorithms],
        "weights": trained.weights,
        "training_parameters": dict(trained.spec.training_parameters),
        **trained.origin.to_json(),
        "left_out": dict(trained.left_out),
        "skill": _finite(report.skill),
        "import_jobs": list(data.import_jobs),
        "frequency": str(request.frequency),
        "horizon": request.horizon,
        "forecast_types": list(request.forecast_types),
        "dimensions": list(request.dimensions),
        "alignment": built.recipe.alignment.to_json(),
        "series": built.panel.n_series,
        "seconds": round(trained.seconds, 3),
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _listener(tell: TellProgress) -> Callable[[Progress], None]:
    """Training progress as a part of the job's."""

    def listen(progress: Progress) -> None:
        window = f" on the window from {progress.window}" if progress.window else ""
        step = f"training {progress.algorithm}{window}" if progress.algorithm else "training"
        parts = [asdict(part) for part in progress.parts]
        tell(_READ + (_TRAINED - _READ) * progress.fraction, step, parts)

    return listen


def sentences(messages: Sequence[str]) -> list[str]:
    """Messages of the engine as sentences of a resource's message."""
    return [f"{text[0].upper()}{text[1:].rstrip('.')}." for text in messages]
