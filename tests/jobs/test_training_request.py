"""Both ways to ask for a predictor become one request."""

import numpy as np
import pytest

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.jobs.training_request import TrainingRequest
from forecastle.series.alignment import Alignment, default_alignment
from forecastle.series.dataset import DatasetSchema
from forecastle.series.domains import Field
from forecastle.series.filling import Fill

GROUP = "arn:aws:forecast:us-east-1:000000000000:dataset-group/group"
AUTO = {
    "PredictorName": "p",
    "ForecastHorizon": 7,
    "ForecastFrequency": "D",
    "DataConfig": {"DatasetGroupArn": GROUP},
}
LEGACY = {
    "PredictorName": "p",
    "ForecastHorizon": 7,
    "AlgorithmArn": "arn:aws:forecast:::algorithm/NPTS",
    "InputDataConfig": {"DatasetGroupArn": GROUP},
    "FeaturizationConfig": {"ForecastFrequency": "D"},
}
TARGET = DatasetSchema(
    "RETAIL",
    "TARGET_TIME_SERIES",
    (
        Field("item_id", "string"),
        Field("timestamp", "timestamp"),
        Field("demand", "float"),
        Field("store", "string"),
    ),
    Frequency.parse("D"),
)
RELATED = DatasetSchema(
    "RETAIL",
    "RELATED_TIME_SERIES",
    (Field("item_id", "string"), Field("timestamp", "timestamp"), Field("price", "float")),
    Frequency.parse("D"),
)
DAILY = default_alignment(Frequency.parse("D"))


def filled(attribute: str, **rules: str) -> dict:
    return {
        "AttributeName": attribute,
        "FeaturizationPipeline": [
            {"FeaturizationMethodName": "filling", "FeaturizationMethodParameters": rules}
        ],
    }


def test_the_least_that_both_take():
    for request in (AUTO, LEGACY):
        asked = TrainingRequest.read(request)
        assert (asked.group, str(asked.frequency), asked.horizon) == (GROUP, "D", 7)
        assert asked.forecast_types == ("0.1", "0.5", "0.9")
        recipe = asked.recipe(DAILY, TARGET, None)
        assert recipe.aggregation == "sum"
        assert recipe.filling.middlefill == Fill("zero")
        assert recipe.alignment == DAILY


def test_an_auto_predictor_blends_all_algorithms():
    asked = TrainingRequest.read({**AUTO, "OptimizationMetric": "WAPE"})
    options = asked.options(0, 12)
    assert asked.is_auto
    assert (options.algorithms, options.select, options.optimization_metric) == (
        (),
        "blend",
        "WAPE",
    )
    assert options.time_limit is None


def test_a_legacy_predictor_is_one_algorithm():
    asked = TrainingRequest.read(
        {
            **LEGACY,
            "TrainingParameters": {"kernel_type": "uniform"},
            "EvaluationParameters": {"NumberOfBacktestWindows": 2, "BackTestWindowOffset": 14},
        }
    )
    options = asked.options(60, 12)
    assert not asked.is_auto
    assert options.algorithms == ("NPTS",)
    assert (options.backtest_windows, options.backtest_window_offset) == (2, 14)
    assert options.time_limit == 60
    assert asked.spec().training_parameters == {"kernel_type": "uniform"}


def test_legacy_automl_keeps_the_best():
    asked = TrainingRequest.read({**LEGACY, "AlgorithmArn": None, "PerformAutoML": True})
    assert (asked.options(0, 12).algorithms, asked.options(0, 12).select) == ((), "best")


def test_rules_of_attributes_are_the_same_in_both():
    target = {"aggregation": "avg", "frontfill": "none", "middlefill": "nan"}
    price = {"middlefill": "mean", "futurefill": "value", "futurefill_value": "5"}
    auto = {
        "DatasetGroupArn": GROUP,
        "AttributeConfigs": [
            {"AttributeName": "demand", "Transformations": target},
            {"AttributeName": "price", "Transformations": price},
        ],
    }
    featurizations = [filled("demand", **target), filled("price", **price)]
    recipes = [
        TrainingRequest.read(request).recipe(DAILY, TARGET, RELATED)
        for request in (
            {**AUTO, "DataConfig": auto},
            {
                **LEGACY,
                "FeaturizationConfig": {
                    "ForecastFrequency": "D",
                    "Featurizations": featurizations,
                },
            },
        )
    ]
    assert recipes[0] == recipes[1]
    assert recipes[0].aggregation == "avg"
    assert recipes[0].filling.middlefill == Fill("nan")
    assert recipes[0].related_filling["price"].futurefill == Fill("value", 5.0)


def test_holidays_are_asked_for_in_two_ways():
    extra = [{"Name": "holiday", "Configuration": {"CountryCode": ["UK"]}}]
    auto = {**AUTO, "DataConfig": {"DatasetGroupArn": GROUP, "AdditionalDatasets": extra}}
    features = [{"Name": "holiday", "Value": "UK"}]
    old = {
        **LEGACY,
        "InputDataConfig": {"DatasetGroupArn": GROUP, "SupplementaryFeatures": features},
    }
    assert TrainingRequest.read(auto).countries == TrainingRequest.read(old).countries == ("UK",)


def test_a_boundary_comes_before_the_periods_of_the_data():
    fridays = Alignment(Frequency.parse("W"), np.datetime64("2024-01-05"))
    weekly = {**AUTO, "ForecastFrequency": "W"}
    assert TrainingRequest.read(weekly).recipe(fridays, TARGET, None).alignment == fridays
    sundays = {**weekly, "TimeAlignmentBoundary": {"DayOfWeek": "SUNDAY"}}
    alignment = TrainingRequest.read(sundays).recipe(fridays, TARGET, None).alignment
    assert str(alignment) == "periods that start on Sunday"


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        (
            {**AUTO, "ForecastDimensions": ["shop"]},
            "'shop' is no dimension of the TARGET_TIME_SERIES dataset; its dimensions are: store",
        ),
        (
            {
                **AUTO,
                "DataConfig": {
                    "DatasetGroupArn": GROUP,
                    "AttributeConfigs": [{"AttributeName": "cost", "Transformations": {}}],
                },
            },
            "attribute 'cost' is neither the target nor a number of the related time series; "
            "use one of demand, price",
        ),
        (
            {
                **LEGACY,
                "FeaturizationConfig": {
                    "ForecastFrequency": "D",
                    "Featurizations": [filled("price", middlefill="nan")],
                },
            },
            "middlefill 'nan' is not allowed",
        ),
    ],
    ids=["dimension", "attribute", "rule"],
)
def test_what_the_datasets_do_not_have(request_: dict, complaint: str):
    with pytest.raises(InputError, match=complaint):
        TrainingRequest.read(request_).recipe(DAILY, TARGET, RELATED)
