"""The folder of results: forecast.csv, backtest.csv, accuracy.json, predictor/, report.html."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from forecastle.core.quantiles import column_name
from forecastle.library.prediction import Prediction
from forecastle.library.predictor import Predictor
from forecastle.library.reporting import report_content
from forecastle.reports.html import write_report
from forecastle.series.frames import forecast_frame
from forecastle.storage.atomic import atomic_directory
from forecastle.storage.exports import write_backtest_csv, write_forecast_csv
from forecastle.training.backtest_tables import exported_types, forecasted_values
from forecastle.training.origin import Trial
from forecastle.training.predictor import TrainedPredictor

FORECAST, BACKTEST, ACCURACY = "forecast.csv", "backtest.csv", "accuracy.json"
PREDICTOR, REPORT = "predictor", "report.html"


def default_folder(source: Path) -> Path:
    """``forecast-`` and the file's stem, beside the file: ``sales.csv.gz`` → ``forecast-sales``."""
    name = source.resolve().name
    stem = name.split(".")[0] or name.lstrip(".")
    return source.parent / f"forecast-{stem}"


def write_training_results(
    folder: Path, predictor: Predictor, prediction: Prediction, title: str, *, overwrite: bool
) -> dict[str, Path]:
    """Write all results of a training; the folder appears whole or not at all.

    Args:
        folder: made if it is not there.
        predictor: as it came out of training, with its backtests.
        prediction: its forecast.
        title: the report's heading.
        overwrite: whether to replace an earlier run's results.

    Returns:
        Name → path of everything written.

    Raises:
        InputError: the folder is in the way and may not be replaced.
    """
    with atomic_directory(folder, overwrite=overwrite) as place:
        _write_forecast(place, prediction)
        _write_backtests(place / BACKTEST, predictor.trained)
        _write_json(place / ACCURACY, accuracy_record(predictor.trained))
        (place / PREDICTOR).mkdir()
        predictor.write_to(place / PREDICTOR)
        content = report_content(predictor, prediction, title, trained_now=True)
        write_report(place / REPORT, content)
    return {name: folder / name for name in (FORECAST, BACKTEST, ACCURACY, PREDICTOR, REPORT)}


def write_forecast_results(
    folder: Path, predictor: Predictor, prediction: Prediction, title: str, *, overwrite: bool
) -> dict[str, Path]:
    """Write forecast.csv and report.html alone; otherwise as `write_training_results`."""
    with atomic_directory(folder, overwrite=overwrite) as place:
        _write_forecast(place, prediction)
        content = report_content(predictor, prediction, title, trained_now=False)
        write_report(place / REPORT, content)
    return {name: folder / name for name in (FORECAST, REPORT)}


def accuracy_record(trained: TrainedPredictor) -> dict[str, Any]:
    """GetAccuracyMetrics, plus the seasonal naive, the skill, the blend and what was asked for."""
    report = trained.accuracy
    naive = report.naive.summary
    return {
        **report.as_accuracy_metrics(),
        "SeasonalNaive": {
            "AverageWeightedQuantileLoss": _finite(naive.average_weighted_quantile_loss),
            "WeightedQuantileLosses": {
                level: _finite(loss) for level, loss in naive.weighted_quantile_losses.items()
            },
            **{name.upper(): _finite(getattr(naive, name)) for name in _POINT_METRICS},
        },
        "Skill": _finite(report.skill),
        "Weights": trained.weights,
        "LeftOut": dict(trained.left_out),
        "TrainingParameters": dict(trained.spec.training_parameters),
        "Trials": [_trial(each) for each in trained.origin.trials],
        "Messages": list(trained.messages),
        "ForecastHorizon": trained.spec.horizon,
        "ForecastFrequency": str(trained.frequency),
        "ForecastTypes": list(trained.spec.forecast_types),
        "Seed": trained.spec.seed,
        "TrainingSeconds": round(trained.seconds, 3),
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "Parameters": dict(trial.parameters),
        "Loss": trial.loss,
        "Failure": trial.failure or None,
    }


_POINT_METRICS = ("wape", "rmse", "mape", "mase")


def _write_forecast(place: Path, prediction: Prediction) -> None:
    frame = forecast_frame(prediction.forecast, prediction.forecast_types)
    dimensions = prediction.forecast.keys.columns[1:]
    write_forecast_csv(frame, place / FORECAST, dimensions, prediction.value_columns)


def _write_backtests(path: Path, trained: TrainedPredictor) -> None:
    """Every reported window, always with the mean, as Amazon Forecast exports it."""
    frame = forecasted_values(trained.backtests, trained.spec.forecast_types)
    names = [column_name(kind) for kind in exported_types(trained.spec.forecast_types)]
    write_backtest_csv(frame, path, trained.keys.columns[1:], names)


def _write_json(path: Path, record: dict[str, Any]) -> None:
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
