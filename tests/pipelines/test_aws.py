"""AWS's forecast-defaults.yaml becomes pipelines that do what AWS's own did."""

from __future__ import annotations

import pytest
import yaml

from forecastle.core.errors import DataError
from forecastle.pipelines.aws import ImportedGroup, read_forecast_defaults
from forecastle.pipelines.pipeline import METADATA, RELATED, TARGET
from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.writing import pipeline_to_yaml

DEFAULT = """
Default:
  DatasetGroup:
    Domain: RETAIL
  Datasets:
    - &target
      Domain: RETAIL
      DatasetType: TARGET_TIME_SERIES
      DataFrequency: D
      TimestampFormat: yyyy-MM-dd
      Schema:
        Attributes:
          - {AttributeName: item_id, AttributeType: string}
          - {AttributeName: timestamp, AttributeType: timestamp}
          - {AttributeName: demand, AttributeType: float}
          - {AttributeName: location, AttributeType: string}
    - &related
      Domain: RETAIL
      DatasetType: RELATED_TIME_SERIES
      DataFrequency: D
      TimestampFormat: yyyy-MM-dd
      Schema:
        Attributes:
          - {AttributeName: item_id, AttributeType: string}
          - {AttributeName: timestamp, AttributeType: timestamp}
          - {AttributeName: price, AttributeType: float}
    - &metadata
      Domain: RETAIL
      DatasetType: ITEM_METADATA
      Schema:
        Attributes:
          - {AttributeName: item_id, AttributeType: string}
          - {AttributeName: category, AttributeType: string}
  AutoPredictor:
    MaxAge: 259200
    ForecastHorizon: 14
    ForecastFrequency: D
    DataConfig:
      AdditionalDatasets:
        - {Name: holiday, Configuration: {CountryCode: [UK]}}
  Forecast:
    ForecastTypes: ["0.10", "0.50", "0.90"]
"""
TEA = (
    DEFAULT
    + """
tea:
  DatasetGroup:
    Domain: RETAIL
  Datasets: [*metadata, *target, *related]
  Predictor:
    AlgorithmArn: arn:aws:forecast:::algorithm/NPTS
    ForecastHorizon: 30
    FeaturizationConfig:
      ForecastFrequency: W
      ForecastDimensions: [location]
      Featurizations:
        - AttributeName: demand
          FeaturizationPipeline:
            - FeaturizationMethodName: filling
              FeaturizationMethodParameters: {middlefill: zero}
    InputDataConfig:
      SupplementaryFeatures:
        - {Name: holiday, Value: DE}
        - {Name: weather, Value: "true"}
    EvaluationParameters: {NumberOfBacktestWindows: 3, BackTestWindowOffset: 30}
    TrainingParameters: {kernel_type: uniform}
  Forecast:
    ForecastTypes: [mean]
"""
)


def imported(text: str, *groups: str) -> dict[str, ImportedGroup]:
    found = read_forecast_defaults(text, "forecast-defaults.yaml", "shop", groups)
    return {each.pipeline.name: each for each in found}


def changed(text: str, group: str, **sections: object) -> str:
    """The file with other sections of a group; None takes one away."""
    content = yaml.safe_load(text)
    for key, value in sections.items():
        content[group] = {**content.get(group, {}), key: value}
    return yaml.safe_dump(content)


def refusal(text: str, *groups: str) -> str:
    with pytest.raises(DataError) as caught:
        imported(text, *groups)
    return str(caught.value)


def test_default_holds_for_the_groups_that_are_named() -> None:
    found = imported(DEFAULT, "bread", "milk")
    assert list(found) == ["bread", "milk"]
    pipeline = found["bread"].pipeline
    assert (pipeline.source.bucket, pipeline.source.prefix) == ("shop", "train/bread.")
    assert (pipeline.export.bucket, pipeline.export.prefix) == ("shop", "exports/bread/")
    assert (pipeline.frequency, pipeline.horizon, pipeline.domain) == ("D", 14, "RETAIL")
    assert pipeline.training.algorithm == "AutoML"
    assert pipeline.training.holidays == "UK"
    assert pipeline.training.forecast_types == ("0.1", "0.5", "0.9")
    assert found["bread"].left_out == ()


def test_a_predictor_is_reused_up_to_its_greatest_age() -> None:
    assert imported(DEFAULT, "bread")["bread"].pipeline.training.retrain_after_days == 3
    assert imported(TEA)["tea"].pipeline.training.retrain_after_days == 7, "a week unless it says"


def test_default_waits_for_the_target_alone() -> None:
    pipeline = imported(DEFAULT, "bread")["bread"].pipeline
    assert [part.type for part in pipeline.datasets] == [TARGET]
    assert pipeline.gather_seconds == 0


def test_a_group_with_datasets_of_its_own_waits_for_them_all() -> None:
    pipeline = imported(TEA)["tea"].pipeline
    assert [(part.type, part.suffix) for part in pipeline.datasets] == [
        (TARGET, ""),
        (RELATED, ".related"),
        (METADATA, ".metadata"),
    ]
    assert pipeline.gather_seconds > 0
    target = pipeline.datasets[0]
    assert target.timestamp_format == "yyyy-MM-dd"
    assert list(target.schema or {}) == ["item_id", "timestamp", "demand", "location"]


def test_a_group_of_its_own_says_how_it_is_trained() -> None:
    found = imported(TEA)["tea"]
    training = found.pipeline.training
    assert (training.algorithm, training.holidays) == ("NPTS", "DE")
    assert training.forecast_types == ("mean",)
    assert training.dimensions == ("location",)
    assert training.backtest_windows == 3
    assert found.pipeline.frequency == "W"
    assert training.parameters["FeaturizationConfig"]["Featurizations"]
    assert training.parameters["EvaluationParameters"] == {"BackTestWindowOffset": 30}
    assert training.parameters["TrainingParameters"] == {"kernel_type": "uniform"}
    assert found.left_out == ("additional dataset weather is not available",)


def test_an_algorithm_that_is_not_there_gives_way_to_automl() -> None:
    predictor = yaml.safe_load(TEA)["tea"]["Predictor"]
    predictor["AlgorithmArn"] = "arn:aws:forecast:::algorithm/Magic"
    found = imported(changed(TEA, "tea", Predictor=predictor))["tea"]
    assert found.pipeline.training.algorithm == "AutoML"
    assert found.pipeline.training.parameters == {
        "DataConfig": {
            "AttributeConfigs": [
                {"AttributeName": "demand", "Transformations": {"middlefill": "zero"}}
            ]
        },
    }
    assert any("Magic" in sentence for sentence in found.left_out)
    assert any("TrainingParameters" in sentence for sentence in found.left_out)


@pytest.mark.parametrize("group", ["tea", "bread"])
def test_the_file_of_a_pipeline_reads_as_the_same_pipeline(group: str) -> None:
    pipeline = imported(TEA, "bread")[group].pipeline
    assert read_pipeline(pipeline_to_yaml(pipeline), "tea.yaml") == pipeline


@pytest.mark.parametrize("algorithm", ["CNN-QR", "NPTS", "Magic"])
def test_tuning_is_kept_where_the_algorithm_can_be_tuned(algorithm: str) -> None:
    predictor = yaml.safe_load(TEA)["tea"]["Predictor"]
    ranges = {"IntegerParameterRanges": [{"Name": "epochs", "MinValue": 5, "MaxValue": 9}]}
    predictor |= {
        "AlgorithmArn": f"arn:aws:forecast:::algorithm/{algorithm}",
        "PerformHPO": True,
        "HPOConfig": {"ParameterRanges": ranges},
    }
    found = imported(changed(TEA, "tea", Predictor=predictor))["tea"]
    parameters = found.pipeline.training.parameters
    is_tuned = algorithm == "CNN-QR"
    assert parameters.get("PerformHPO", False) is is_tuned
    assert ("HPOConfig" in parameters) is is_tuned
    assert any("PerformHPO" in sentence for sentence in found.left_out) is not is_tuned


def test_parameters_that_the_algorithm_does_not_take_are_left_out() -> None:
    predictor = yaml.safe_load(TEA)["tea"]["Predictor"]
    predictor["TrainingParameters"] = {"epochs": "250"}
    found = imported(changed(TEA, "tea", Predictor=predictor))["tea"]
    assert "TrainingParameters" not in found.pipeline.training.parameters
    assert any("epochs" in sentence for sentence in found.left_out)


def test_datasets_can_be_those_of_another_group() -> None:
    text = changed(TEA, "coffee", Datasets={"From": "tea"})
    pipeline = imported(text)["coffee"].pipeline
    assert pipeline.source.prefix == "train/tea."
    assert pipeline.export.prefix == "exports/coffee/"
    assert len(pipeline.datasets) == 3


def test_what_has_no_place_in_a_pipeline_is_listed() -> None:
    datasets = yaml.safe_load(TEA)["tea"]["Datasets"]
    datasets[1]["TimeZone"] = "Europe/London"
    datasets[1]["Schema"]["Attributes"].append(
        {"AttributeName": "place", "AttributeType": "geolocation"}
    )
    text = changed(TEA, "tea", Datasets=datasets, Tags=[{"Key": "team", "Value": "food"}])
    found = imported(text)["tea"]
    told = " ".join(found.left_out)
    for word in ("TimeZone Europe/London", "geolocation place", "Tags"):
        assert word in told
    assert (found.pipeline.datasets[0].schema or {})["place"] == "string"


def test_a_name_too_long_for_a_pipeline_stays_the_groups() -> None:
    group = "a_shop_in_a_street_of_a_town_in_a_country_"
    pipeline = next(iter(imported(DEFAULT, group).values())).pipeline
    assert pipeline.name == group[:40]
    assert pipeline.group_name == group
    assert pipeline.source.prefix == f"train/{group}."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DEFAULT, "--group"),
        (TEA.replace("tea:", "2024-tea:"), "2024-tea: is no name of a group"),
        ("Default: [", "line 1: is no YAML"),
        ("- one\n", "must hold Default"),
        (changed(TEA, "tea", Predictor={"AlgorithmArn": "x"}), "tea: Predictor.ForecastHorizon"),
        (changed(TEA, "tea", DatasetGroup={"Domain": "CUSTOM"}), "domain RETAIL, the group CUSTOM"),
        (changed(TEA, "coffee", Datasets={"From": "cocoa"}), "coffee: Datasets is missing"),
        (changed(TEA, "tea", Datasets=[{"DatasetType": RELATED}]), f"one {TARGET}"),
        (changed(TEA, "tea", Datasets=[{"DatasetType": TARGET}]), f"{TARGET} has no Schema"),
        ("tea: {Datasets: [{DatasetType: TARGET_TIME_SERIES}]}", "neither Predictor nor"),
    ],
)
def test_what_cannot_be_a_pipeline_is_refused_with_its_name(text: str, words: str) -> None:
    assert words in refusal(text)


def test_all_groups_that_cannot_be_pipelines_are_named_at_once() -> None:
    text = changed(TEA, "tea", Predictor={"AlgorithmArn": "x"})
    text = changed(text, "coffee", Datasets={"From": "cocoa"})
    assert {"tea", "coffee"} <= {line.split(": ")[1] for line in refusal(text).splitlines()}


def test_a_section_that_only_keeps_anchors_is_no_group() -> None:
    assert list(imported(TEA + "\n__Anchors__:\n  Words: [one]\n")) == ["tea"]
