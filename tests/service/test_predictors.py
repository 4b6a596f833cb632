"""CreatePredictor, DescribePredictor, ListPredictors, GetAccuracyMetrics."""

from __future__ import annotations

from typing import Any

import pytest

from forecastle.catalog import status as life
from tests.service.service_world import ITEMS, NOON, PRICES, SALES, World, legacy

ARN = "arn:aws:forecast:::algorithm/"
STORES = (*SALES, ("store", "string"))
SPECIALS = (*PRICES, ("day_name", "string"))


def test_a_predictor_waits_for_a_worker(world: World) -> None:
    group = world.sales()
    arn = world.do("CreatePredictor", **legacy(group))["PredictorArn"]
    assert arn.endswith(":predictor/daily_ets")
    described = world.do("DescribePredictor", PredictorArn=arn)
    assert described == {
        "PredictorArn": arn,
        "PredictorName": "daily_ets",
        "AlgorithmArn": f"{ARN}ETS",
        "ForecastHorizon": 7,
        "ForecastTypes": ["0.1", "0.5", "0.9"],
        "PerformAutoML": False,
        "PerformHPO": False,
        "IsAutoPredictor": False,
        "EvaluationParameters": {"NumberOfBacktestWindows": 1, "BackTestWindowOffset": 7},
        "InputDataConfig": {"DatasetGroupArn": group},
        "FeaturizationConfig": {"ForecastFrequency": "D"},
        "Status": "CREATE_PENDING",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }


def test_what_training_found_is_told(world: World) -> None:
    parameters = legacy(world.sales(), AlgorithmArn=None, PerformAutoML=True)
    arn = world.do("CreatePredictor", **parameters)["PredictorArn"]
    window = {"TestWindowStart": NOON, "TestWindowEnd": NOON + 7 * 86_400, "Status": "ACTIVE"}
    executions = {"PredictorExecutions": [{"AlgorithmArn": f"{ARN}ETS", "TestWindows": [window]}]}
    job = f"arn:aws:forecast:eu-central-1:{world.account}:dataset-import-job/sales/first"
    world.finish(
        arn,
        algorithm_arn=f"{ARN}ETS",
        algorithm_arns=[f"{ARN}ETS", f"{ARN}NPTS"],
        executions=executions,
        import_jobs=[job],
    )
    described = world.do("DescribePredictor", PredictorArn=arn)
    assert described["PerformAutoML"] is True
    assert described["AlgorithmArn"] == f"{ARN}ETS"
    assert described["AutoMLAlgorithmArns"] == [f"{ARN}ETS", f"{ARN}NPTS"]
    assert described["PredictorExecutionDetails"] == executions
    assert described["DatasetImportJobArns"] == [job]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"AlgorithmArn": f"{ARN}Magic"},
            f"Invalid Algorithm ARN specified: {ARN}Magic. Options: {ARN}ARIMA, {ARN}CNN-QR",
        ),
        ({"AlgorithmArn": None}, "AlgorithmArn is missing; give one, or set PerformAutoML"),
        ({"PerformAutoML": True}, "AlgorithmArn and PerformAutoML exclude each other"),
        (
            {"AlgorithmArn": None, "PerformAutoML": True, "TrainingParameters": {"a": "1"}},
            "TrainingParameters and PerformAutoML exclude each other",
        ),
        ({"PerformHPO": True}, "ETS cannot be tuned, only CNN-QR and Deep_AR_Plus can"),
        ({"HPOConfig": {}}, "HPOConfig is for tuning; set PerformHPO to true or leave it out"),
        (
            {"AlgorithmArn": None, "PerformAutoML": True, "PerformHPO": True},
            "PerformHPO and PerformAutoML exclude each other",
        ),
        (
            {"AlgorithmArn": None, "PerformHPO": True},
            "AlgorithmArn is missing; give one, or set PerformAutoML",
        ),
        ({"AutoMLOverrideStrategy": "LatencyOptimized"}, "AutoMLOverrideStrategy is for AutoML"),
        ({"TrainingParameters": {"a": "1"}}, "ETS takes no training parameters"),
        (
            {"AlgorithmArn": f"{ARN}NPTS", "TrainingParameters": {"kernel_type": "round"}},
            "'round' cannot be used; use exponential or uniform",
        ),
        ({"ForecastHorizon": 501}, "ForecastHorizon 501 is out of range; use 1 to 500"),
        ({"ForecastHorizon": 0}, "ForecastHorizon 0 is out of range"),
        ({"ForecastTypes": ["0.00"]}, "quantile '0.00' is not known"),
        (
            {"EvaluationParameters": {"NumberOfBacktestWindows": 6}},
            "NumberOfBacktestWindows 6 is out of range; use 1 to 5",
        ),
        (
            {"EvaluationParameters": {"BackTestWindowOffset": 6}},
            "BackTestWindowOffset 6 is less than the ForecastHorizon 7",
        ),
        (
            {"FeaturizationConfig": {"ForecastFrequency": "H"}},
            "ForecastFrequency H is finer than the target time series, which has D",
        ),
        (
            {"FeaturizationConfig": {"ForecastDimensions": ["store"]}},
            "ForecastDimensions: 'store' is no dimension of the TARGET_TIME_SERIES dataset",
        ),
        (
            {"InputDataConfig": {"SupplementaryFeatures": [{"Name": "weather", "Value": "true"}]}},
            "the weather index is not available",
        ),
        (
            {"InputDataConfig": {"SupplementaryFeatures": [{"Name": "holiday", "Value": "XX"}]}},
            "country 'XX' is not known",
        ),
        (
            {"InputDataConfig": {"SupplementaryFeatures": [{"Name": "moon", "Value": "full"}]}},
            "additional dataset 'moon' is not known; use holiday",
        ),
    ],
)
def test_a_request_that_cannot_be_trained(world: World, change: dict[str, Any], said: str) -> None:
    name, message = world.refusal("CreatePredictor", **legacy(world.sales(), **change))
    assert name == "InvalidInputException"
    assert said in message


@pytest.mark.parametrize(
    ("attribute", "rules", "said"),
    [
        ("demand", {"frontfill": "zero"}, "frontfill 'zero' is not allowed"),
        ("demand", {"aggregation": "product"}, "aggregation 'product' is not known"),
        ("demand", {"middlefill": "value"}, "middlefill_value is missing"),
        ("price", {"middlefill": "nan"}, "middlefill 'nan' is not allowed"),
        ("price", {"aggregation": "sum"}, "filling rule 'aggregation' is not known"),
        ("colour", {"middlefill": "zero"}, "attribute 'colour' is neither the target nor"),
    ],
)
def test_filling_rules_are_checked(
    world: World, attribute: str, rules: dict[str, str], said: str
) -> None:
    prices = world.dataset("prices", PRICES, kind="RELATED_TIME_SERIES")
    group = world.group(world.filled(world.dataset()), world.filled(prices))
    filling = {"FeaturizationMethodName": "filling", "FeaturizationMethodParameters": rules}
    featurization = {"AttributeName": attribute, "FeaturizationPipeline": [filling]}
    parameters = legacy(group, FeaturizationConfig={"Featurizations": [featurization]})
    name, message = world.refusal("CreatePredictor", **parameters)
    assert name == "InvalidInputException"
    assert said in message


def test_related_data_keep_their_frequency(world: World) -> None:
    prices = world.dataset("prices", PRICES, kind="RELATED_TIME_SERIES")
    group = world.group(world.filled(world.dataset()), world.filled(prices))
    parameters = legacy(group, FeaturizationConfig={"ForecastFrequency": "W"})
    _, message = world.refusal("CreatePredictor", **parameters)
    assert "ForecastFrequency W is not that of the related time series, which has D" in message


def test_text_in_related_data_is_refused_in_amazons_words(world: World) -> None:
    specials = world.dataset("specials", SPECIALS, kind="RELATED_TIME_SERIES")
    group = world.group(world.filled(world.dataset()), world.filled(specials))
    _, message = world.refusal("CreatePredictor", **legacy(group))
    assert message == (
        "The attribute(s) [day_name] present in the RELATED_TIME_SERIES schema should be of "
        "numeric type such as `integer` or `float`, or be added as a forecast dimension"
    )


def test_dimensions_are_columns_of_the_target(world: World) -> None:
    group = world.group(world.filled(world.dataset(attributes=STORES)))
    parameters = legacy(group, FeaturizationConfig={"ForecastDimensions": ["store"]})
    arn = world.do("CreatePredictor", **parameters)["PredictorArn"]
    config = world.do("DescribePredictor", PredictorArn=arn)["FeaturizationConfig"]
    assert config["ForecastDimensions"] == ["store"]


class TestTheDataIsThere:
    def test_a_target_is_in_the_group(self, world: World) -> None:
        items = world.filled(world.dataset("items", ITEMS, kind="ITEM_METADATA", frequency=None))
        group = world.group(items)
        name, message = world.refusal("CreatePredictor", **legacy(group))
        assert name == "InvalidInputException"
        assert f"dataset group {group} has no dataset of the type TARGET_TIME_SERIES" in message

    def test_every_dataset_holds_data(self, world: World) -> None:
        dataset = world.dataset()
        name, message = world.refusal("CreatePredictor", **legacy(world.group(dataset)))
        assert name == "InvalidInputException"
        assert f"dataset {dataset} holds no data; import some" in message

    def test_none_is_being_imported_into(self, world: World) -> None:
        dataset = world.filled(world.dataset())
        group = world.group(dataset)
        world.import_job(dataset, "second")
        name, message = world.refusal("CreatePredictor", **legacy(group))
        assert name == "ResourceInUseException"
        assert f"data are being imported into dataset {dataset}" in message

    def test_none_is_gone(self, world: World) -> None:
        dataset = world.filled(world.dataset())
        group = world.group(dataset)
        world.service.catalog.resources.remove(dataset, world.find(dataset).nonce)
        name, message = world.refusal("CreatePredictor", **legacy(group))
        assert name == "ResourceNotFoundException"
        assert f"dataset {dataset} of the dataset group {group} does not exist any more" in message


class TestAccuracy:
    def test_is_told_in_amazons_shape(self, world: World) -> None:
        arn = world.do("CreatePredictor", **legacy(world.sales()))["PredictorArn"]
        summary = {
            "EvaluationType": "SUMMARY",
            "Metrics": {
                "RMSE": 1.5,
                "WeightedQuantileLosses": [{"Quantile": 0.9, "LossValue": 0.1}],
                "ErrorMetrics": [{"ForecastType": "mean", "WAPE": 0.2, "MAPE": None}],
                "AverageWeightedQuantileLoss": 0.1,
            },
        }
        world.finish(arn, accuracy=[{"AlgorithmArn": f"{ARN}ETS", "TestWindows": [summary]}])
        told = world.do("GetAccuracyMetrics", PredictorArn=arn)
        assert told["IsAutoPredictor"] is False
        assert told["OptimizationMetric"] == "AverageWeightedQuantileLoss"
        (result,) = told["PredictorEvaluationResults"]
        assert result["AlgorithmArn"] == f"{ARN}ETS"
        (window,) = result["TestWindows"]
        assert window["Metrics"]["ErrorMetrics"] == [{"ForecastType": "mean", "WAPE": 0.2}]

    def test_is_there_when_the_training_is_over(self, world: World) -> None:
        arn = world.do("CreatePredictor", **legacy(world.sales()))["PredictorArn"]
        name, message = world.refusal("GetAccuracyMetrics", PredictorArn=arn)
        assert name == "ResourceInUseException"
        assert message == f"predictor {arn} is CREATE_PENDING; wait until it is ACTIVE"

    def test_is_never_there_when_the_training_failed(self, world: World) -> None:
        arn = world.do("CreatePredictor", **legacy(world.sales()))["PredictorArn"]
        world.fail(arn, "no")
        name, message = world.refusal("GetAccuracyMetrics", PredictorArn=arn)
        assert name == "InvalidInputException"
        assert f"predictor {arn} is {life.CREATE_FAILED}; delete it" in message


def test_both_kinds_are_listed_by_their_group(world: World) -> None:
    group = world.sales()
    old = world.do("CreatePredictor", **legacy(group))["PredictorArn"]
    world.now += 1
    new = world.predictor(group)
    wanted = [{"Key": "DatasetGroupArn", "Value": group, "Condition": "IS"}]
    first, second = world.do("ListPredictors", Filters=wanted)["Predictors"]
    assert (first["PredictorArn"], first["IsAutoPredictor"]) == (new, True)
    assert second == {
        "PredictorArn": old,
        "PredictorName": "daily_ets",
        "DatasetGroupArn": group,
        "IsAutoPredictor": False,
        "Status": "CREATE_PENDING",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }
    wanted[0]["Condition"] = "IS_NOT"
    assert world.do("ListPredictors", Filters=wanted)["Predictors"] == []
