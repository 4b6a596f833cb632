"""Algorithm ARNs: which algorithms a legacy predictor can be trained with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecastle.core.errors import InputError
from forecastle.jobs.training_request import ALGORITHM
from forecastle.models.ranges import read_ranges
from forecastle.models.registry import REGISTRY, check_training_parameters
from forecastle.training.tuning import Tuning, check_tunable

_AMAZON = ("ARIMA", "CNN-QR", "Deep_AR_Plus", "ETS", "NPTS", "Prophet")
# Amazon Forecast's first, as its users look for them; those of Forecastle after them.
AVAILABLE = (
    *_AMAZON,
    *(name for name in REGISTRY if name not in _AMAZON),
)


def check_choice(request: Mapping[str, Any]) -> None:
    """Whether CreatePredictor names one algorithm, or leaves the choice to AutoML.

    Raises:
        InputError: both, neither, an algorithm that is not there, a parameter that it does not
            take, one that it cannot be tuned in, or a range that cannot be searched.
    """
    if "HPOConfig" in request and not request.get("PerformHPO"):
        raise InputError("HPOConfig is for tuning; set PerformHPO to true or leave it out")
    if request.get("PerformAutoML"):
        _check_automl(request)
        return
    if "AutoMLOverrideStrategy" in request:
        raise InputError(
            "AutoMLOverrideStrategy is for AutoML; set PerformAutoML to true or leave it out"
        )
    if "AlgorithmArn" not in request:
        raise InputError("AlgorithmArn is missing; give one, or set PerformAutoML to true")
    name = _algorithm(request["AlgorithmArn"])
    parameters = request.get("TrainingParameters", {})
    check_training_parameters(name, parameters)
    if request.get("PerformHPO"):
        ranges = read_ranges(request.get("HPOConfig", {}).get("ParameterRanges", {}))
        check_tunable(name, Tuning(ranges), parameters)


def _check_automl(request: Mapping[str, Any]) -> None:
    for member in ("AlgorithmArn", "TrainingParameters", "PerformHPO"):
        if request.get(member):
            raise InputError(
                f"{member} and PerformAutoML exclude each other; leave one of them out"
            )


def _algorithm(arn: str) -> str:
    name = arn.removeprefix(ALGORITHM)
    if name == arn or name not in AVAILABLE:
        options = ", ".join(f"{ALGORITHM}{each}" for each in AVAILABLE)
        raise InputError(f"Invalid Algorithm ARN specified: {arn}. Options: {options}")
    missing = REGISTRY[name].missing()
    if missing:
        raise InputError(f"algorithm {name} is not available here: {missing}")
    return name
