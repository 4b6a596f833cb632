"""The sections Predictor, AutoPredictor and Forecast of ``forecast-defaults.yaml`` as Training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES, parse_forecast_types
from forecastle.jobs.training_request import ALGORITHM, HOLIDAY
from forecastle.models.registry import REGISTRY, check_training_parameters, check_tuning
from forecastle.pipelines.parameters import AUTO_ML
from forecastle.pipelines.pipeline import Training

AUTO_PREDICTOR, PREDICTOR = "AutoPredictor", "Predictor"
PREDICTORS = (AUTO_PREDICTOR, PREDICTOR)
MAX_AGE = 604800  # a week, in seconds: how old a predictor may be where the file does not say

_DAY = 86400.0
_FEATURES, _EVALUATION, _PARAMETERS = (
    "FeaturizationConfig",
    "EvaluationParameters",
    "TrainingParameters",
)
_TUNED, _RANGES = "PerformHPO", "HPOConfig"
_READ = frozenset(
    {
        *("MaxAge", "AlgorithmArn", "PerformAutoML", "ForecastHorizon", "ForecastFrequency"),
        *("ForecastTypes", "ForecastDimensions", "OptimizationMetric", "TimeAlignmentBoundary"),
        *(_FEATURES, _EVALUATION, _PARAMETERS, "InputDataConfig", "DataConfig", _TUNED, _RANGES),
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

    def frequency(self, of_data: str) -> str:
        """Of the forecast; the data are kept in its periods."""
        return str(Frequency.parse(str(self._scope.get("ForecastFrequency", of_data))))

    def training(self, forecast: Section) -> Training:
        """How to train; ``forecast`` is the section of that name."""
        self.left_out += [
            f"{self.kind}.{key} is not available"
            for key, value in self.section.items()
            if key not in _READ and value
        ]
        types = forecast.get("ForecastTypes") or self.section.get("ForecastTypes")
        return Training(
            algorithm=self.algorithm,
            forecast_types=parse_forecast_types(
                [str(each) for each in types or DEFAULT_FORECAST_TYPES]
            ),
            holidays=self._holidays(),
            backtest_windows=self._backtest_windows(),
            optimization_metric=self.section.get("OptimizationMetric"),
            retrain_after_days=float(self.section.get("MaxAge", MAX_AGE)) / _DAY,
            dimensions=tuple(self._scope.get("ForecastDimensions", ())),
            parameters=self._parameters(),
        )

    @cached_property
    def algorithm(self) -> str:
        """Its name; AutoML where there is no such algorithm."""
        arn = self.section.get("AlgorithmArn")
        if self._is_auto or self.section.get("PerformAutoML") or arn is None:
            return AUTO_ML
        name = str(arn).removeprefix(ALGORITHM)
        if name in REGISTRY:
            return name
        self.left_out.append(f"algorithm {name} is not available; {AUTO_ML} takes its place")
        return AUTO_ML

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
        if self.algorithm != AUTO_ML or given == 1:
            return given
        self.left_out.append(f"{given} backtest windows; {AUTO_ML} chooses how many it needs")
        return 1

    def _parameters(self) -> dict[str, Any]:
        """Parameters of the Create operation that a pipeline has no setting for."""
        filled, tuning = self._features.get("Featurizations"), self._tuning()
        if self.algorithm == AUTO_ML:
            return self._of_automl(filled or ())
        offset = _section(self.section, _EVALUATION).get("BackTestWindowOffset")
        found: dict[str, Any] = {
            _FEATURES: {"Featurizations": filled} if filled else {},
            _EVALUATION: {} if offset is None else {"BackTestWindowOffset": offset},
            _PARAMETERS: self._training_parameters(),
            **tuning,
        }
        return {key: value for key, value in found.items() if value}

    def _training_parameters(self) -> Section:
        """Those that the algorithm takes here too, or none."""
        given = _section(self.section, _PARAMETERS)
        try:
            check_training_parameters(self.algorithm, given)
        except InputError as error:
            self.left_out.append(f"{_PARAMETERS}: {error}")
            return {}
        return given

    def _tuning(self) -> Section:
        """PerformHPO and its ranges, where the algorithm can be tuned."""
        if not self.section.get(_TUNED):
            return {}
        if self.algorithm == AUTO_ML:
            self.left_out.append(f"{_TUNED} belongs to an algorithm that is not used")
            return {}
        try:
            check_tuning(self.algorithm, (), {})
        except InputError as error:
            self.left_out.append(f"{_TUNED}: {error}")
            return {}
        return {_TUNED: True, _RANGES: self.section.get(_RANGES)}

    def _of_automl(self, filled: Sequence[Section]) -> dict[str, Any]:
        """As CreateAutoPredictor takes them."""
        if self.section.get(_PARAMETERS):
            self.left_out.append(f"{_PARAMETERS} belong to an algorithm that is not used")
        boundary = self.section.get("TimeAlignmentBoundary")
        attributes = self._data.get("AttributeConfigs") or [_attribute(each) for each in filled]
        found = {
            "TimeAlignmentBoundary": boundary,
            "DataConfig": {"AttributeConfigs": attributes} if attributes else None,
        }
        return {key: value for key, value in found.items() if value}

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
