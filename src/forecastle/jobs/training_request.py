"""TrainingRequest: what CreatePredictor and CreateAutoPredictor ask for, in one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES, parse_forecast_types
from forecastle.evaluation.metrics import AVERAGE_WEIGHTED_QUANTILE_LOSS
from forecastle.models.ranges import Range, read_ranges
from forecastle.models.registry import resolve
from forecastle.series.aggregation import DEFAULT_AGGREGATION
from forecastle.series.alignment import Alignment
from forecastle.series.calendar import Calendar
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_target import check_dimensions
from forecastle.series.filling import FillingRules
from forecastle.series.recipe import DataRecipe
from forecastle.series.spec import ForecastSpec
from forecastle.training.automl import BEST, BLEND, TrainingOptions
from forecastle.training.tuning import Tuning

ALGORITHM = "arn:aws:forecast:::algorithm/"
HOLIDAY = "holiday"

Values = Mapping[str, Any]
Rules = Mapping[str, str]

_AGGREGATION, _FRONT = "aggregation", "frontfill"


@dataclass(frozen=True)
class TrainingRequest:
    """What to train.

    Attributes:
        group: ARN of the dataset group.
        frequency: of the forecast.
        horizon: steps ahead.
        forecast_types: quantiles and ``mean``.
        dimensions: columns that tell series apart beside the item.
        attributes: per column of the target and the related data, how gaps are filled and how
            rows of one period become one, as Amazon Forecast spells it.
        countries: whose holidays count.
        boundary: TimeAlignmentBoundary; None: the data's own, else the default.
        algorithms: those asked for; empty for AutoML.
        select: ``blend`` of AutoPredictors, ``best`` of legacy AutoML.
        metric: what training makes small.
        parameters: TrainingParameters of the one algorithm.
        is_tuned: whether its other training parameters are searched for.
        ranges: where; empty: where the algorithm says.
        backtest_windows: how many windows the accuracy is measured on.
        backtest_offset: steps from the end to the start of the latest one; None: the horizon.
        is_auto: whether CreateAutoPredictor asked.
    """

    group: str
    frequency: Frequency
    horizon: int
    forecast_types: tuple[str, ...] = DEFAULT_FORECAST_TYPES
    dimensions: tuple[str, ...] = ()
    attributes: Mapping[str, Rules] = field(default_factory=dict)
    countries: tuple[str, ...] = ()
    boundary: Values | None = None
    algorithms: tuple[str, ...] = ()
    select: str = BLEND
    metric: str = AVERAGE_WEIGHTED_QUANTILE_LOSS
    parameters: Rules = field(default_factory=dict)
    is_tuned: bool = False
    ranges: tuple[Range, ...] = ()
    backtest_windows: int = 1
    backtest_offset: int | None = None
    is_auto: bool = True

    @classmethod
    def read(cls, request: Values) -> TrainingRequest:
        """From the parameters of either operation.

        Raises:
            InputError: a value is not known.
        """
        return _of_auto(request) if "DataConfig" in request else _of_legacy(request)

    def spec(self) -> ForecastSpec:
        """What is to be forecast."""
        return ForecastSpec(
            self.horizon, self.forecast_types, training_parameters=dict(self.parameters)
        )

    def options(self, time_limit: int, trials: int) -> TrainingOptions:
        """How to train; ``time_limit`` in seconds, 0 for none; ``trials`` where it is tuned."""
        return TrainingOptions(
            algorithms=self.algorithms,
            backtest_windows=self.backtest_windows,
            backtest_window_offset=self.backtest_offset,
            time_limit=time_limit or None,
            optimization_metric=self.metric,
            select=self.select,
            tuning=Tuning(self.ranges, trials) if self.is_tuned else None,
        )

    def recipe(
        self, alignment: Alignment, target: DatasetSchema, related: DatasetSchema | None
    ) -> DataRecipe:
        """How the datasets become series.

        Args:
            alignment: the periods that the target has already; a boundary comes before it.
            target: schema of the target time series.
            related: schema of the related time series, if there is one.

        Raises:
            InputError: a dimension or an attribute is no column, or a rule is not known.
        """
        self.check_columns(target, related)
        rules = self.attributes.get(str(target.target), {})
        return DataRecipe(
            alignment=self._boundary or alignment,
            dimensions=self.dimensions,
            aggregation=rules.get(_AGGREGATION, DEFAULT_AGGREGATION),
            filling=FillingRules.for_target(_without(rules, _AGGREGATION)),
            related_filling={
                name: FillingRules.for_related(_related_rules(rules))
                for name, rules in self.attributes.items()
                if name != target.target
            },
            calendar=Calendar(self.countries),
            domain=target.domain,
        )

    def check_columns(self, target: DatasetSchema, related: DatasetSchema | None) -> None:
        """Whether the columns that the request names are there.

        Raises:
            InputError: a dimension or an attribute is no column that could be one.
        """
        check_dimensions(target, self.dimensions)
        columns = (str(target.target), *(related.features if related else ()))
        for name in self.attributes:
            if name not in columns:
                raise InputError(
                    f"attribute '{name}' is neither the target nor a number of the related time "
                    f"series; use one of {', '.join(columns)}"
                )

    @property
    def _boundary(self) -> Alignment | None:
        return Alignment.from_boundary(self.frequency, self.boundary) if self.boundary else None


def _of_auto(request: Values) -> TrainingRequest:
    config = request["DataConfig"]
    attributes = {
        a["AttributeName"]: a["Transformations"] for a in _list(config, "AttributeConfigs")
    }
    countries = [
        country
        for extra in _list(config, "AdditionalDatasets")
        if extra["Name"].lower() == HOLIDAY
        for country in extra.get("Configuration", {}).get("CountryCode", ())
    ]
    return TrainingRequest(
        group=config["DatasetGroupArn"],
        frequency=Frequency.parse(request["ForecastFrequency"]),
        horizon=request["ForecastHorizon"],
        forecast_types=_types(request),
        dimensions=tuple(_list(request, "ForecastDimensions")),
        attributes=attributes,
        countries=tuple(countries),
        boundary=request.get("TimeAlignmentBoundary"),
        metric=request.get("OptimizationMetric", AVERAGE_WEIGHTED_QUANTILE_LOSS),
    )


def _of_legacy(request: Values) -> TrainingRequest:
    config, data = request["FeaturizationConfig"], request["InputDataConfig"]
    evaluation = request.get("EvaluationParameters", {})
    extras = _list(data, "SupplementaryFeatures")
    return TrainingRequest(
        group=data["DatasetGroupArn"],
        frequency=Frequency.parse(config["ForecastFrequency"]),
        horizon=request["ForecastHorizon"],
        forecast_types=_types(request),
        dimensions=tuple(_list(config, "ForecastDimensions")),
        attributes={
            each["AttributeName"]: _pipeline(each) for each in _list(config, "Featurizations")
        },
        countries=tuple(each["Value"] for each in extras if each["Name"].lower() == HOLIDAY),
        algorithms=_algorithms(request),
        select=BEST if request.get("PerformAutoML") else BLEND,
        metric=request.get("OptimizationMetric", AVERAGE_WEIGHTED_QUANTILE_LOSS),
        parameters=request.get("TrainingParameters", {}),
        is_tuned=bool(request.get("PerformHPO")),
        ranges=read_ranges(request.get("HPOConfig", {}).get("ParameterRanges", {})),
        backtest_windows=evaluation.get("NumberOfBacktestWindows", 1),
        backtest_offset=evaluation.get("BackTestWindowOffset"),
        is_auto=False,
    )


def _types(request: Values) -> tuple[str, ...]:
    return parse_forecast_types(request.get("ForecastTypes", DEFAULT_FORECAST_TYPES))


def _algorithms(request: Values) -> tuple[str, ...]:
    """The algorithm's name behind its ARN; none with PerformAutoML."""
    arn = request.get("AlgorithmArn")
    if request.get("PerformAutoML") or arn is None:
        return ()
    return resolve((arn.removeprefix(ALGORITHM),))


def _pipeline(featurization: Values) -> Rules:
    """The rules of a featurization, whose only method is filling."""
    rules: dict[str, str] = {}
    for method in _list(featurization, "FeaturizationPipeline"):
        rules |= method.get("FeaturizationMethodParameters", {})
    return rules


def _related_rules(rules: Rules) -> Rules:
    """Without a frontfill of none, which is all that it could be."""
    return _without(rules, _FRONT) if rules.get(_FRONT) == "none" else rules


def _without(rules: Rules, name: str) -> Rules:
    return {key: value for key, value in rules.items() if key != name}


def _list(values: Values, name: str) -> Sequence[Any]:
    return values.get(name) or ()
