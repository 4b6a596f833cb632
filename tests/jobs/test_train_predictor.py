"""Trainings: the datasets of a group become a predictor."""

from datetime import date, timedelta
from pathlib import Path

import botocore.session
import polars as pl
import pytest
from botocore.stub import Stubber

from forecastle import Predictor, Settings
from forecastle.core.errors import DataError, InputError
from forecastle.core.names import ResourceType
from forecastle.jobs.train import load_predictor
from forecastle.models.registry import REGISTRY
from tests.jobs.job_world import ITEMS, PRICES, SALES, World, auto, legacy

UK_SALES = Path(__file__).parents[3] / "shared" / "data" / "uk_sales_daily.csv"
DAYS = 60


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.at(tmp_path)


def sales(items: str = "AB", days: int = DAYS) -> pl.DataFrame:
    """Weekly ups and downs, a little different for each item."""
    return pl.DataFrame(
        [
            (item, str(date(2024, 1, 1) + timedelta(day)), 10.0 + 3 * (day % 7) + day % 5 + place)
            for place, item in enumerate(items)
            for day in range(days)
        ],
        schema=["item_id", "timestamp", "demand"],
        orient="row",
    )


def prices(days: int, items: str = "AB") -> pl.DataFrame:
    return sales(items, days).select("item_id", "timestamp", pl.col("demand").alias("price"))


@pytest.fixture
def few_algorithms(monkeypatch: pytest.MonkeyPatch):
    """AutoML among those that are quick."""
    few = {name: REGISTRY[name] for name in ("SeasonalNaive", "NPTS", "Theta")}
    monkeypatch.setattr("forecastle.training.automl.REGISTRY", few)


def train(world: World, request: dict, name: str = "predictor"):
    return world.run(ResourceType.PREDICTOR, name, request)


def windows(result: dict) -> list[str]:
    return [window["EvaluationType"] for window in result["TestWindows"]]


def test_one_algorithm(world: World):
    made = train(
        world,
        legacy(world.sales(sales()), "ETS", EvaluationParameters={"NumberOfBacktestWindows": 2}),
    )
    (result,) = made.details["accuracy"]
    assert result["AlgorithmArn"] == "arn:aws:forecast:::algorithm/ETS"
    assert windows(result) == ["SUMMARY", "COMPUTED", "COMPUTED"]
    assert made.details["algorithm_arn"] == "arn:aws:forecast:::algorithm/ETS"
    assert made.details["weights"] == {"ETS": 1.0}
    (execution,) = made.details["executions"]["PredictorExecutions"]
    ends = [window["TestWindowEnd"] for window in execution["TestWindows"]]
    assert ends == [window["TestWindowEnd"] for window in result["TestWindows"][1:]], (
        "exclusive ends, in seconds since 1970"
    )
    assert made.details["import_jobs"]


def test_training_is_that_of_the_library(world: World):
    table = sales()
    made = train(world, legacy(world.sales(table), "NPTS", ForecastTypes=["0.5", "mean"]))
    trained, _ = load_predictor(world.artifact(made), backtests=True)
    settings = Settings(horizon=3, algorithms="NPTS", quantiles=("0.5", "mean"))
    library = Predictor.train(table, settings).trained
    assert trained.accuracy.blend.windows == library.accuracy.blend.windows
    assert (
        trained.backtests[0].forecast.quantiles == library.backtests[0].forecast.quantiles
    ).all()


@pytest.mark.skipif(not UK_SALES.is_file(), reason="the UK sales are not here")
def test_the_missions_case_is_that_of_the_library(world: World):
    lines = UK_SALES.read_text(encoding="utf-8")
    table = pl.read_csv(UK_SALES)
    item, time, demand = table.columns
    group = world.sales(lines)
    holidays = {"SupplementaryFeatures": [{"Name": "holiday", "Value": "UK"}]}
    made = train(world, legacy(group, "ETS", ForecastHorizon=7, InputDataConfig=holidays))
    settings = Settings(
        horizon=7, algorithms="ETS", holidays="UK", columns=(item, time, demand), frequency="D"
    )
    library = Predictor.train(UK_SALES, settings).trained
    trained, _ = load_predictor(world.artifact(made))
    assert trained.accuracy.blend.windows == library.accuracy.blend.windows


@pytest.mark.usefixtures("few_algorithms")
def test_legacy_automl_reports_the_winner_first(world: World):
    made = train(world, legacy(world.sales(sales()), None))
    arns = [result["AlgorithmArn"] for result in made.details["accuracy"]]
    assert arns[0] == made.details["algorithm_arn"]
    assert len(arns) == len(set(arns)) == 3
    assert sorted(arns) == sorted(made.details["algorithm_arns"])
    assert list(made.details["weights"].values()) == [1.0]


@pytest.mark.usefixtures("few_algorithms")
def test_an_auto_predictor_reports_its_blend(world: World):
    made = train(world, auto(world.sales(sales()), OptimizationMetric="WAPE"))
    (result,) = made.details["accuracy"]
    assert result["AlgorithmArn"] == "arn:aws:forecast:::algorithm/AutoPredictor"
    assert windows(result) == ["SUMMARY", "COMPUTED"]
    assert made.details["algorithm_arn"] is None
    fractions = [fraction for fraction, _ in world.told]
    assert fractions[-1] > 0.9


def test_boto3_can_read_the_accuracy(world: World):
    made = train(world, legacy(world.sales(sales()), "ETS"))
    client = botocore.session.get_session().create_client(
        "forecast", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    answer = {"PredictorEvaluationResults": made.details["accuracy"], "IsAutoPredictor": False}
    with Stubber(client) as stub:
        stub.add_response("get_accuracy_metrics", answer)
        stub.add_response(
            "describe_predictor", {"PredictorExecutionDetails": made.details["executions"]}
        )
        client.get_accuracy_metrics(PredictorArn=made.arn)
        client.describe_predictor(PredictorArn=made.arn)


def test_related_data_and_metadata_take_part(world: World):
    target = world.dataset("sales", SALES)
    related = world.dataset("prices", PRICES, kind="RELATED_TIME_SERIES")
    items = world.dataset("items", ITEMS, kind="ITEM_METADATA", frequency=None)
    world.import_data(target, world.upload("t/sales.csv", sales("ABC")), "t")
    world.import_data(related, world.upload("r/prices.csv", prices(DAYS + 3)), "r")
    world.import_data(items, world.upload("m/items.csv", "A,toys\nB,toys\nC,food\n"), "m")
    made = train(world, legacy(world.group(target, related, items), "ETS"))
    _, recipe = load_predictor(world.artifact(made))
    assert recipe.known == ("price",)
    assert recipe.metadata == {"category": "string"}
    assert made.message is not None
    assert "Related data cover 2 of 3 series; left out: C; add their rows" in made.message


def test_related_data_with_gaps_need_a_rule(world: World):
    target = world.dataset("sales", SALES)
    related = world.dataset("prices", PRICES, kind="RELATED_TIME_SERIES")
    world.import_data(target, world.upload("t/sales.csv", sales()), "t")
    gap = prices(DAYS + 3).filter(pl.col("timestamp") != "2024-01-10")
    world.import_data(related, world.upload("r/prices.csv", gap), "r")
    group = world.group(target, related)
    with pytest.raises(DataError, match="no value of 'price' on 2024-01-10"):
        train(world, legacy(group, "ETS"))
    pipeline = {
        "FeaturizationMethodName": "filling",
        "FeaturizationMethodParameters": {"middlefill": "mean"},
    }
    rules = [{"AttributeName": "price", "FeaturizationPipeline": [pipeline]}]
    request = legacy(group, "ETS", FeaturizationConfig={"Featurizations": rules})
    assert train(world, request, "filled").details["series"] == 2


def test_related_data_are_never_aggregated(world: World):
    target = world.dataset("sales", SALES)
    related = world.dataset("prices", PRICES, kind="RELATED_TIME_SERIES")
    world.import_data(target, world.upload("t/sales.csv", sales()), "t")
    world.import_data(related, world.upload("r/prices.csv", prices(DAYS)), "r")
    request = legacy(
        world.group(target, related), "ETS", FeaturizationConfig={"ForecastFrequency": "W"}
    )
    with pytest.raises(DataError, match=r"comes more than once .* never aggregated"):
        train(world, request)


def test_dimensions_tell_series_apart(world: World):
    attributes = (*SALES, ("store", "string"))
    table = sales().with_columns(pl.lit("Leeds").alias("store"))
    both = pl.concat([table, table.with_columns(pl.lit("York").alias("store"))])
    group = world.sales(both, attributes=attributes)
    dims = {"ForecastDimensions": ["store"]}
    assert train(world, legacy(group, FeaturizationConfig=dims)).details["series"] == 4


def test_a_horizon_beyond_a_third_of_the_history(world: World):
    with pytest.raises(InputError, match="horizon 30 is too long"):
        train(world, legacy(world.sales(sales()), ForecastHorizon=30))


def test_a_horizon_beyond_a_quarter_is_told_of(world: World):
    made = train(world, legacy(world.sales(sales()), ForecastHorizon=18))
    assert made.message is not None
    assert "Horizon 18 is more than a quarter of the longest series" in made.message


def test_another_domain(world: World):
    attributes = (
        ("metric_name", "string"),
        ("timestamp", "timestamp"),
        ("metric_value", "float"),
    )
    group = world.sales(
        sales().rename({"item_id": "metric_name", "demand": "metric_value"}),
        attributes=attributes,
        domain="METRICS",
    )
    rules = [
        {
            "AttributeName": "metric_value",
            "FeaturizationPipeline": [
                {
                    "FeaturizationMethodName": "filling",
                    "FeaturizationMethodParameters": {"aggregation": "avg"},
                }
            ],
        }
    ]
    made = train(world, legacy(group, FeaturizationConfig={"Featurizations": rules}))
    _, recipe = load_predictor(world.artifact(made))
    assert (recipe.domain, recipe.aggregation) == ("METRICS", "avg")


def test_a_large_group_is_worked_on_in_shards(tmp_path: Path, few_algorithms):
    world = World.at(tmp_path, shard_series=2)
    made = train(world, auto(world.sales(sales("ABCDE"))))
    assert "5 series are worked on in 3 shards" in made.message
    trained, _ = load_predictor(world.artifact(made), backtests=True)
    assert trained.shard_series == 2
    assert trained.keys["item_id"].to_list() == list("ABCDE")
    assert [len(test.actual) for test in trained.backtests] == [5]
    assert {window["ItemCount"] for window in made.details["accuracy"][0]["TestWindows"][1:]} == {5}


def test_shards_of_nothing_are_refused_at_the_start(tmp_path: Path):
    with pytest.raises(InputError, match="shard_series 0 is too few; use 1 or more"):
        World.at(tmp_path, shard_series=0)
