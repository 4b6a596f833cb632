"""The sections Predictor, AutoPredictor and Forecast of ``forecast-defaults.yaml`` as Training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from forecastle.core.errors import InputError
from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES
from forecastle.jobs.training_request import ALGORITHM, HOLIDAY
from forecastle.models.registry import REGISTRY
from forecastle.pipelines.pipeline import Training

AUTO_PREDICTOR, PREDICTOR = "AutoPredictor", "Predictor"
PREDICTORS = (AUTO_PREDICTOR, PREDICTOR)
AUTOML = "AutoML"
MAX_AGE = 604800  # a week, in seconds: how old a predictor may be where the file does not say

_DAY = 86400.0
_FEATURES, _EVALUATION, _PARAMETERS = (
    "FeaturizationConfig",
    "EvaluationParameters",
    "TrainingParameters",
)
_READ = frozenset(
    {
        *("MaxAge", "AlgorithmArn", "PerformAutoML", "ForecastHorizon", "ForecastFrequency"),
        *("ForecastTypes", "ForecastDimensions", "OptimizationMetric", "TimeAlignmentBoundary"),
        *(_FEATURES, _EVALUATION, _PARAMETERS, "InputDataConfig", "DataConfig"),
    }
)
Section = Mapping[str, Any]


@dataclass
class PredictorSection:
    """One section, read piece by piece.

    Attributes:
        kind: ``Predictor`` or ``AutoPredictor``.
        section: what the file says.
        left_out: what a pipeline has no place for, in sentences; grows while pieces are read.
    """

    kind: str
    section: Section
    left_out: list[str] = field(default_factory=list)

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        if "ForecastHorizon" not in self.section:
            raise InputError(
                f"{self.kind}.ForecastHorizon is missing; give the number of steps ahead"
            )
        return int(self.section["ForecastHorizon"])

    def training(self, forecast: Section, data_frequency: str) -> Training:
        """How to train.

        Args:
            forecast: the section Forecast.
            data_frequency: of the target.
        """
        self.left_out += [
            f"{self.kind}.{key} is not available"
            for key, value in self.section.items()
            if key not in _READ and value
        ]
        types = forecast.get("ForecastTypes") or self.section.get("ForecastTypes")
        return Training(
            algorithm=self.algorithm,
            forecast_types=tuple(str(each) for each in types or DEFAULT_FORECAST_TYPES),
            holidays=self._holidays(),
            backtest_windows=self._backtest_windows(),
            optimization_metric=self.section.get("OptimizationMetric"),
            retrain_after_days=float(self.section.get("MaxAge", MAX_AGE)) / _DAY,
            dimensions=tuple(self._scope.get("ForecastDimensions", ())),
            parameters=self._parameters(data_frequency),
        )

    @cached_property
    def algorithm(self) -> str:
        """Its name; AutoML where there is no such algorithm."""
        arn = self.section.get("AlgorithmArn")
        if self._is_auto or self.section.get("PerformAutoML") or arn is None:
            return AUTOML
        name = str(arn).removeprefix(ALGORITHM)
        if name in REGISTRY:
            return name
        self.left_out.append(f"algorithm {name} is not available; {AUTOML} takes its place")
        return AUTOML

    @property
    def _is_auto(self) -> bool:
        return self.kind == AUTO_PREDICTOR

    @property
    def _scope(self) -> Section:
        """Where frequency and dimensions of the forecast stand."""
        return self.section if self._is_auto else _section(self.section, _FEATURES)

    @property
    def _data(self) -> Section:
        return _section(self.section, "DataConfig" if self._is_auto else "InputDataConfig")

    def _holidays(self) -> str | None:
        """The country; other additional data are left out."""
        country = None
        extras = self._data.get("AdditionalDatasets" if self._is_auto else "SupplementaryFeatures")
        for each in extras or ():
            if str(each["Name"]).lower() == HOLIDAY:
                country = _country(each)
            else:
                self.left_out.append(f"additional dataset {each['Name']} is not available")
        return country

    def _backtest_windows(self) -> int:
        given = int(_section(self.section, _EVALUATION).get("NumberOfBacktestWindows", 1))
        if self.algorithm != AUTOML or given == 1:
            return given
        self.left_out.append(f"{given} backtest windows; {AUTOML} chooses how many it needs")
        return 1

    def _parameters(self, data_frequency: str) -> dict[str, Any]:
        """Parameters of the Create operation that a pipeline has no setting for."""
        frequency = self._scope.get("ForecastFrequency", data_frequency)
        coarser = {} if frequency == data_frequency else {"ForecastFrequency": frequency}
        if self.algorithm == AUTOML:
            return self._of_automl(coarser)
        filled = self._features.get("Featurizations")
        features = coarser | ({"Featurizations": filled} if filled else {})
        offset = _section(self.section, _EVALUATION).get("BackTestWindowOffset")
        found: dict[str, Any] = {
            _FEATURES: features,
            _EVALUATION: {} if offset is None else {"BackTestWindowOffset": offset},
            _PARAMETERS: self.section.get(_PARAMETERS) or {},
        }
        return {key: value for key, value in found.items() if value}

    def _of_automl(self, coarser: dict[str, Any]) -> dict[str, Any]:
        """As CreateAutoPredictor takes them."""
        if self.section.get(_PARAMETERS):
            self.left_out.append(f"{_PARAMETERS} belong to an algorithm that is not used")
        found = dict(coarser)
        if "TimeAlignmentBoundary" in self.section:
            found["TimeAlignmentBoundary"] = self.section["TimeAlignmentBoundary"]
        attributes = self._data.get("AttributeConfigs") or [
            _attribute(each) for each in self._features.get("Featurizations", ())
        ]
        return found | ({"DataConfig": {"AttributeConfigs": attributes}} if attributes else {})

    @property
    def _features(self) -> Section:
        return _section(self.section, _FEATURES)


def _attribute(featurization: Section) -> dict[str, Any]:
    """A featurization of CreatePredictor as CreateAutoPredictor spells it."""
    rules: dict[str, str] = {}
    for method in featurization.get("FeaturizationPipeline", ()):
        rules |= method.get("FeaturizationMethodParameters", {})
    return {"AttributeName": featurization["AttributeName"], "Transformations": rules}


def _country(feature: Section) -> str | None:
    if "Value" in feature:
        return str(feature["Value"])
    codes = feature.get("Configuration", {}).get("CountryCode", ())
    return str(codes[0]) if codes else None


def _section(holder: Section, key: str) -> Section:
    found = holder.get(key) or {}
    if not isinstance(found, Mapping):
        raise InputError(f"{key} is '{found}'; it must hold keys and values")
    return found
