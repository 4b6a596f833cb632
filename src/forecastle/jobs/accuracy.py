"""What GetAccuracyMetrics and DescribePredictor say of a training, in Amazon Forecast's shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from forecastle.evaluation.accuracy import AlgorithmAccuracy, as_evaluation_result
from forecastle.jobs.training_request import ALGORITHM, TrainingRequest
from forecastle.training.automl import BEST
from forecastle.training.report import AccuracyReport

AUTO_PREDICTOR = "AutoPredictor"
"""The algorithm under whose ARN the accuracy of an AutoPredictor's blend is told. The service
model wants an ARN there; Amazon Forecast's own is not documented."""

_TIMES = ("TestWindowStart", "TestWindowEnd")


def evaluation_results(report: AccuracyReport, request: TrainingRequest) -> list[dict[str, Any]]:
    """``PredictorEvaluationResults``.

    One entry for the blend of an AutoPredictor, and for the one algorithm that was asked for. For
    legacy AutoML an entry per algorithm that was tried, the one that was kept first. Times are
    seconds since 1970; metrics that are not defined, such as MAPE where all actuals are zero, are
    None.
    """
    return [_in_seconds(as_evaluation_result(each)) for each in _reported(report, request)]


def kept_algorithm(report: AccuracyReport, request: TrainingRequest) -> str:
    """ARN of the algorithm that the predictor consists of."""
    return f"{ALGORITHM}{_reported(report, request)[0].algorithm}"


def execution_details(report: AccuracyReport, request: TrainingRequest) -> dict[str, Any]:
    """``PredictorExecutionDetails``: the backtests that were run; times are seconds since 1970."""
    executions = [
        {
            "AlgorithmArn": f"{ALGORITHM}{each.algorithm}",
            "TestWindows": [
                {
                    "TestWindowStart": _seconds(window.start),
                    "TestWindowEnd": _seconds(window.end),
                    "Status": "ACTIVE",
                }
                for window in each.windows
            ],
        }
        for each in _reported(report, request)
    ]
    return {"PredictorExecutions": executions}


def _reported(report: AccuracyReport, request: TrainingRequest) -> list[AlgorithmAccuracy]:
    """The algorithms to be reported, each under its own name; what was kept comes first."""
    if request.is_auto:
        return [replace(report.blend, algorithm=AUTO_PREDICTOR)]
    if request.select == BEST:
        kept = report.best or report.algorithms[0].algorithm
        others = [each for each in report.algorithms if each.algorithm != kept]
        return [replace(report.blend, algorithm=kept), *others]
    return [replace(report.blend, algorithm=request.algorithms[0])]


def _in_seconds(result: dict[str, Any]) -> dict[str, Any]:
    """An evaluation result with its times as seconds since 1970."""
    windows = [
        {
            key: _seconds(np.datetime64(value)) if key in _TIMES else value
            for key, value in w.items()
        }
        for w in result["TestWindows"]
    ]
    return {**result, "TestWindows": windows}


def _seconds(time: np.datetime64) -> float:
    return float(time.astype("datetime64[s]").astype(np.int64))
