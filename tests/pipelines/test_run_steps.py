"""What each step of a run asks for, makes and refuses."""

from __future__ import annotations

import gzip
import io

import polars as pl
import pytest

from forecastle.catalog.evaluations import SUCCESS, Evaluation
from forecastle.catalog.pipelines import FAILED, SKIPPED, SUCCEEDED
from forecastle.core.names import ResourceType
from tests.pipelines.run_world import RunWorld

TWO_DAYS = "a,2024-01-01,1\na,2024-01-02,2\n"
PRICES = {"item_id": "string", "timestamp": "timestamp", "price": "float"}
KINDS = {"item_id": "string", "category": "string"}
ALL = {"related": {"schema": PRICES}, "metadata": {"schema": KINDS}}
DAY = 86_400
DRIFT = {"retrain": "on drift"}
POINT = ("MAPE", "MASE", "RMSE", "WAPE")


@pytest.fixture
def world(tmp_path):
    with RunWorld.at(tmp_path) as world:
        yield world


def imports(world):
    return [job.request for job in world.made(ResourceType.DATASET_IMPORT_JOB)]


def parquet() -> bytes:
    file = io.BytesIO()
    frame = pl.DataFrame({"item_id": ["a"], "timestamp": ["2024-01-01"], "demand": [1.5]})
    frame.write_parquet(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "format_", "timestamps"),
    [
        ("sales.csv", TWO_DAYS, "CSV", "yyyy-MM-dd"),
        ("sales.csv", f"item_id,timestamp,demand\n{TWO_DAYS}", "CSV", "yyyy-MM-dd"),
        ("sales.csv", "demand,item_id,timestamp\n1,a,2024-01-01\n", "CSV", "yyyy-MM-dd"),
        ("sales.csv", "a,2010-12-01 08:26:00,6\n", "CSV", "yyyy-MM-dd HH:mm:ss"),
        ("sales.csv", "a,12/1/2010 8:26,6\nb,12/13/2010 9:00,1\n", "CSV", "MM/dd/yyyy HH:mm"),
        ("sales.csv.gz", gzip.compress(TWO_DAYS.encode(), mtime=0), "CSV", "yyyy-MM-dd"),
        ("sales.parquet", parquet(), "PARQUET", "yyyy-MM-dd"),
    ],
)
def test_how_a_file_is_written_is_told_from_it(world, name, content, format_, timestamps):
    run = world.go(world.begin({name: content}))
    assert run.status == SUCCEEDED, run.message
    [request] = imports(world)
    assert (request["Format"], request["TimestampFormat"]) == (format_, timestamps)
    assert request["DataSource"]["S3Config"]["Path"] == f"s3://{world.world.bucket}/input/{name}"
    assert request["ImportMode"] == "FULL"


def test_what_the_pipeline_says_of_the_timestamps_holds(world):
    datasets = {"target": {"timestamp_format": "dd/MM/yyyy"}}
    world.go(world.begin({"sales.csv": "a,01/02/2024,1\n"}, datasets=datasets))
    assert imports(world)[0]["TimestampFormat"] == "dd/MM/yyyy"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "sales.csv: the file is empty; put it there again"),
        ("\n\n", "sales.csv: the file is empty"),
        ("a;2024-01-01;1\n", "sales.csv, line 1: no delimiter recognised"),
        ("a,2024-01-01\n", "sales.csv, line 1: 2 columns found, but the attributes"),
        ("sku,date,units\na,2024-01-01,1\n", "sales.csv, line 1: the header is sku, date, units"),
        ("a,yesterday,1\n", "sales.csv, line 1: timestamp 'yesterday' is not recognised"),
        ("a,01/02/2024,1\n", "timestamp_format in the pipeline's YAML"),
        (b"PK\x03\x04", "sales.csv: is a workbook or zip archive"),
        (b"\x1f\x8b\x00", "sales.csv: the gzip archive is damaged"),
        (b"a,2024-01-01\xff,1\n", "sales.csv, line 1: "),
    ],
)
def test_a_poisoned_file_fails_its_run_with_the_reason_and_the_next_one_runs(
    world, content, reason
):
    failed = world.go(world.begin({"sales.csv": content}))
    assert failed.status == FAILED
    assert failed.message.startswith("check: ")
    assert reason in failed.message
    assert world.made(ResourceType.DATASET) == []
    world.world.now += 1
    assert world.go(world.begin({"sales.csv": TWO_DAYS})).status == SUCCEEDED


def test_a_file_that_is_gone_is_named(world):
    run = world.begin()
    world.bucket().delete("input/sales.csv")
    url = f"s3://{world.world.bucket}/input/sales.csv"
    assert f"the file is not at {url} any more" in world.go(run).message


def test_a_run_without_files_says_how_to_start_one(world):
    assert "forecastle pipeline run uk_sales" in world.go(world.begin({})).message


def test_group_and_dataset_are_made_as_the_pipeline_says(world):
    schema = {"item_id": "string", "demand": "integer", "timestamp": "timestamp"}
    run = world.begin(
        {"sales.csv": "a,1,2024-01-01\n"},
        group="shop",
        datasets={"target": {"schema": schema}},
    )
    assert world.go(run).status == SUCCEEDED
    [dataset] = world.made(ResourceType.DATASET)
    assert dataset.name == "shop_target"
    assert dataset.request["DataFrequency"] == "D"
    attributes = dataset.request["Schema"]["Attributes"]
    assert {each["AttributeName"]: each["AttributeType"] for each in attributes} == schema
    assert [each["AttributeName"] for each in attributes] == list(schema)
    [group] = world.made(ResourceType.DATASET_GROUP)
    assert (group.name, group.request["DatasetArns"]) == ("shop", [dataset.arn])


def test_the_next_run_uses_the_same_group(world):
    for _ in range(2):
        assert world.go(world.begin({"sales.csv": TWO_DAYS})).status == SUCCEEDED
        world.world.now += 1
    assert len(world.made(ResourceType.DATASET)) == 1
    assert len(world.made(ResourceType.DATASET_GROUP)) == 1
    assert len(world.made(ResourceType.FORECAST)) == 2


def test_a_group_that_somebody_made_by_hand_is_used_with_its_datasets(world):
    schema = (("item_id", "string"), ("timestamp", "timestamp"), ("demand", "integer"))
    dataset = world.world.dataset("by_hand", schema)
    world.world.group(dataset, name="uk_sales")
    assert world.go(world.begin({"sales.csv": TWO_DAYS})).status == SUCCEEDED
    assert imports(world)[0]["DatasetArn"] == dataset
    assert len(world.made(ResourceType.DATASET)) == 1


def test_a_dataset_with_other_columns_is_refused(world):
    schema = (("item_id", "string"), ("timestamp", "timestamp"), ("demand", "integer"))
    world.world.group(world.world.dataset("by_hand", schema), name="uk_sales")
    own = {"item_id": "string", "timestamp": "timestamp", "demand": "float"}
    failed = world.go(world.begin(datasets={"target": {"schema": own}}))
    assert "demand (integer)" in failed.message
    assert "demand (float); " not in failed.message
    assert "give it another group" in failed.message


def test_a_group_of_another_domain_is_refused(world):
    world.world.group(name="uk_sales", domain="WEB_TRAFFIC")
    failed = world.go(world.begin())
    assert "is of the domain WEB_TRAFFIC, the pipeline says RETAIL" in failed.message


def test_files_of_several_datasets_come_together(world):
    files = {
        "uk.metadata.csv": "a,toys\n",
        "uk.csv": TWO_DAYS,
        "uk.related.csv": "a,2024-01-01,9.5\n",
    }
    run = world.go(world.begin(files, datasets=ALL))
    assert run.status == SUCCEEDED, run.message
    datasets = {each.arn: each.request["DatasetType"] for each in world.made(ResourceType.DATASET)}
    paths = {
        datasets[each["DatasetArn"]]: each["DataSource"]["S3Config"]["Path"].rpartition("/")[2]
        for each in imports(world)
    }
    assert paths == {
        "TARGET_TIME_SERIES": "uk.csv",
        "RELATED_TIME_SERIES": "uk.related.csv",
        "ITEM_METADATA": "uk.metadata.csv",
    }
    assert "TimestampFormat" not in imports(world)[2]
    [group] = world.made(ResourceType.DATASET_GROUP)
    assert set(group.request["DatasetArns"]) == set(datasets)


def test_the_forecast_waits_until_each_dataset_has_had_a_file(world):
    told = {"notifications": ["mailto://shop.example"]}
    first = world.go(world.begin({"uk.csv": TWO_DAYS}, datasets=ALL, **told))
    assert first.status == SUCCEEDED
    assert first.message == (
        "2 rows imported; the forecast waits for the first file of RELATED_TIME_SERIES "
        "(*.related.csv) and ITEM_METADATA (*.metadata.csv)"
    )
    assert list(world.steps(first)) == ["check", "import", "notify"]
    assert not world.runs.perform(first.run_id, 1, "import"), "done again, it ends the run again"
    assert world.told == []
    world.world.now += 1
    rest = {"uk.metadata.csv": "a,toys\n", "uk.related.csv": "a,2024-01-01,9.5\n"}
    assert "results" in world.steps(world.go(world.begin(rest, datasets=ALL, **told)))


def test_several_files_of_a_dataset_are_laid_on_top_of_each_other(world):
    files = {f"{name}.csv": TWO_DAYS for name in ("first", "second", "third")}
    assert world.go(world.begin(files)).status == SUCCEEDED
    paths = [each["DataSource"]["S3Config"]["Path"].rpartition("/")[2] for each in imports(world)]
    assert paths == ["first.csv", "second.csv", "third.csv"]
    assert [each["ImportMode"] for each in imports(world)] == ["FULL", "INCREMENTAL", "INCREMENTAL"]


def test_an_incremental_pipeline_begins_with_a_full_import(world):
    datasets = {"target": {"import_mode": "INCREMENTAL"}}
    for _ in range(2):
        assert world.go(world.begin({"sales.csv": TWO_DAYS}, datasets=datasets)).status == SUCCEEDED
        world.world.now += 1
    assert [each["ImportMode"] for each in imports(world)] == ["FULL", "INCREMENTAL"]


def test_auto_ml_is_an_auto_predictor(world):
    parameters = {
        "DataConfig": {
            "AttributeConfigs": [
                {"AttributeName": "demand", "Transformations": {"aggregation": "sum"}}
            ]
        },
    }
    run = world.begin(holidays="UK", quantiles=["0.1", "0.9"], parameters=parameters)
    assert world.go(run).status == SUCCEEDED
    [predictor] = world.made(ResourceType.PREDICTOR)
    [group] = world.made(ResourceType.DATASET_GROUP)
    name = f"uk_sales_{run.run_id[-12:].lower()}"
    assert predictor.request == {
        "PredictorName": name,
        "ForecastHorizon": 7,
        "ForecastFrequency": "D",
        "ForecastTypes": ["0.1", "0.9"],
        "DataConfig": {
            "DatasetGroupArn": group.arn,
            "AdditionalDatasets": [{"Name": "holiday", "Configuration": {"CountryCode": ["UK"]}}],
            **parameters["DataConfig"],
        },
    }
    [forecast] = world.made(ResourceType.FORECAST)
    assert forecast.request["ForecastTypes"] == ["0.1", "0.9"]


def test_one_algorithm_is_a_legacy_predictor(world):
    run = world.begin(
        algorithm="NPTS",
        holidays="US",
        backtest_windows=2,
        optimization_metric="WAPE",
        parameters={"TrainingParameters": {"kernel_type": "uniform"}},
    )
    assert world.go(run).status == SUCCEEDED
    [predictor] = world.made(ResourceType.PREDICTOR)
    request = predictor.request
    assert request["AlgorithmArn"] == "arn:aws:forecast:::algorithm/NPTS"
    assert request["InputDataConfig"]["SupplementaryFeatures"] == [
        {"Name": "holiday", "Value": "US"}
    ]
    assert request["FeaturizationConfig"] == {"ForecastFrequency": "D"}
    assert request["EvaluationParameters"] == {"NumberOfBacktestWindows": 2}
    assert request["OptimizationMetric"] == "WAPE"
    assert request["TrainingParameters"] == {"kernel_type": "uniform"}


def test_a_young_predictor_is_used_again(world):
    first = world.go(world.begin(retrain_after_days=7))
    world.world.now += 6 * DAY
    second = world.go(world.begin(retrain_after_days=7))
    step = world.steps(second)["train"]
    assert step.status == SKIPPED
    assert "6.0 days old and is used again" in step.message
    assert second.details["arns"]["predictor"] == first.details["arns"]["predictor"]
    assert second.details["arns"]["forecast"] != first.details["arns"]["forecast"]


@pytest.mark.parametrize("changes", [{"days": 8}, {"horizon": 14}, {"holidays": "UK"}])
def test_one_that_is_older_or_was_asked_for_otherwise_is_not(world, changes):
    days = changes.pop("days", 1)
    world.go(world.begin(retrain_after_days=7))
    world.world.now += days * DAY
    second = world.go(world.begin(retrain_after_days=7, **changes))
    assert world.steps(second)["train"].status == SUCCEEDED
    assert len(world.made(ResourceType.PREDICTOR)) == 2


@pytest.mark.parametrize("algorithm", ["AutoML", "NPTS"])
def test_an_older_predictor_of_automl_is_what_the_next_training_starts_from(world, algorithm):
    first = world.go(world.begin(retrain_after_days=7, algorithm=algorithm))
    world.world.now += 8 * DAY
    second = world.go(world.begin(retrain_after_days=7, algorithm=algorithm))
    reference = {
        each.request.get("ReferencePredictorArn") for each in world.made(ResourceType.PREDICTOR)
    }
    earlier = {first.details["arns"]["predictor"]} if algorithm == "AutoML" else set()
    assert second.status == SUCCEEDED
    assert reference == {None} | earlier


def test_every_file_trains_where_nothing_is_said(world):
    for _ in range(2):
        world.go(world.begin())
        world.world.now += 1
    assert len(world.made(ResourceType.PREDICTOR)) == 2


def test_the_export_goes_where_the_pipeline_says(world):
    export = {"bucket": world.world.bucket, "prefix": "out/daily", "format": "PARQUET"}
    run = world.go(world.begin(export=export))
    [job] = world.made(ResourceType.FORECAST_EXPORT_JOB)
    url = f"s3://{world.world.bucket}/out/daily/"
    assert job.request["Destination"]["S3Config"]["Path"] == url
    assert job.request["Format"] == "PARQUET"
    step = world.steps(run)["export"]
    assert step.message == f"s3://{world.world.bucket}/{step.results['parts']}*"
    assert step.results["parts"].startswith(f"out/daily/{job.name}_2023-")


class TestDrift:
    """``retrain: on drift``: the actuals decide."""

    def trained(self, world, loss=None, **changes):
        """A run; its predictor's loss was 0.1 in the backtest, and ``loss`` when it forecast."""
        first = world.go(world.begin(**DRIFT, **changes))
        [arn] = (each.arn for each in world.made(ResourceType.PREDICTOR))
        summary = {"AverageWeightedQuantileLoss": 0.1, "ErrorMetrics": [dict.fromkeys(POINT, 1.0)]}
        window = {"EvaluationType": "SUMMARY", "Metrics": summary}
        world.world.change(arn, details={"accuracy": [{"TestWindows": [window]}]})
        [monitor] = world.made(ResourceType.MONITOR)
        if loss is not None:
            metrics = {"AverageWeightedQuantileLoss": loss}
            made = Evaluation(
                "f", "n", "d", arn, None, SUCCESS, 1.0, 2.0, metrics, evaluated_at=3.0
            )
            world.world.service.catalog.evaluations.add(monitor.arn, [made])
        world.world.now += DAY
        return first

    def test_the_predictor_is_monitored_and_used_until_something_is_known(self, world):
        first = self.trained(world)
        [monitor], [predictor] = map(world.made, (ResourceType.MONITOR, ResourceType.PREDICTOR))
        assert monitor.request["ResourceArn"] == predictor.arn
        second = world.go(world.begin(**DRIFT))
        step = world.steps(second)["train"]
        assert step.status == SKIPPED
        assert "no forecast of it was compared with actuals yet" in step.message
        assert second.details["arns"]["predictor"] == first.details["arns"]["predictor"]

    def test_while_it_is_good_enough_it_is_used_again(self, world):
        self.trained(world, loss=0.12)
        step = world.steps(world.go(world.begin(**DRIFT)))["train"]
        assert step.status == SKIPPED
        assert "was 1.20 times that of its backtest, 1.25 is allowed" in step.message

    def test_when_it_has_become_worse_it_is_retrained_and_the_run_says_so(self, world):
        first = self.trained(world, loss=0.13)
        second = world.go(world.begin(**DRIFT))
        step = world.steps(second)["train"]
        assert step.status == SUCCEEDED
        assert "was 1.30 times that of its backtest, more than 1.25; trained" in step.message
        made = {each.arn: each for each in world.made(ResourceType.PREDICTOR)}
        request = made[second.details["arns"]["predictor"]].request
        assert request["ReferencePredictorArn"] == first.details["arns"]["predictor"]
        assert request["MonitorConfig"] == {"MonitorName": request["PredictorName"]}
        world.world.now += DAY
        third = world.go(world.begin(**DRIFT))
        assert third.details["arns"]["predictor"] == second.details["arns"]["predictor"]

    def test_how_much_worse_is_said_by_the_pipeline(self, world):
        self.trained(world, loss=0.13)
        run = world.go(world.begin(**DRIFT, drift_factor=1.5))
        assert world.steps(run)["train"].status == SKIPPED

    def test_one_that_is_too_old_is_trained_anew_all_the_same(self, world):
        self.trained(world, loss=0.1)
        run = world.go(world.begin(**DRIFT, retrain_after_days=1))
        step = world.steps(run)["train"]
        assert step.status == SUCCEEDED
        assert "1.0 days old, 1 or more; trained" in step.message

    def test_a_predictor_without_a_monitor_gets_one(self, world):
        world.go(world.begin(retrain_after_days=7))
        assert world.made(ResourceType.MONITOR) == []
        run = world.go(world.begin(**DRIFT))
        assert world.steps(run)["train"].status == SKIPPED
        assert len(world.made(ResourceType.MONITOR)) == 1
