"""A pipeline's YAML: what it may say, its defaults, and what is refused, line by line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.core.errors import DataError, InputError
from forecastle.pipelines.dataset_parts import SUFFIX_OF
from forecastle.pipelines.keys import KEYS, REQUIRED, keys_of
from forecastle.pipelines.pipeline import (
    METADATA,
    RELATED,
    TARGET,
    DatasetPart,
    Destination,
    Notification,
    Pipeline,
    Source,
    Training,
)
from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.references import resolve
from forecastle.pipelines.writing import pipeline_to_yaml

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "pipeline.md"

UK = """\
name: uk_sales
source:
  bucket: demo-forecast
  prefix: input/
frequency: D
horizon: 7
holidays: UK
export:
  bucket: demo-forecast
  prefix: output/
"""

EVERYTHING = """\
name: shop
enabled: false
source:
  bucket: shop-in
  prefix: input/
  suffixes: [.CSV, .txt]
  quiet_seconds: 0.5
frequency: W
horizon: 4
holidays: NO
group: shop_group
domain: retail
datasets:
  target:
    schema:
      timestamp: timestamp
      item_id: string
      location: string
      demand: float
    timestamp_format: dd/MM/yyyy
    import_mode: incremental
  related:
    schema: {item_id: string, timestamp: timestamp, price: float}
  metadata:
    schema: {item_id: string, category: string}
    suffix: -items
algorithm: npts
quantiles: [mean, 0.90, .1]
backtest_windows: 2
optimization_metric: wape
dimensions: [location]
parameters:
  TrainingParameters:
    context_length: 30
retrain_after_days: 7
gather_seconds: 60
export:
  bucket: shop-out
  prefix: daily
  format: parquet
notifications:
  - mailto://user:pass@example.com
  - url: https://example.com/hook
    on: failure
    secret: ${NOTIFY_SECRET}
schedule: 0 6 * * 1-5
retention_days: 90
"""


def problems(text: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_pipeline(text, "uk.yaml")
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert old in UK
    return UK.replace(old, new)


def test_the_uk_case_says_no_more_than_this():
    assert read_pipeline(UK, "uk.yaml") == Pipeline(
        name="uk_sales",
        source=Source("demo-forecast", "input/"),
        frequency="D",
        horizon=7,
        export=Destination("demo-forecast", "output/"),
        training=Training(holidays="UK"),
    )


def test_every_key_is_read():
    assert read_pipeline(EVERYTHING, "shop.yaml") == Pipeline(
        name="shop",
        source=Source("shop-in", "input/", (".csv", ".txt"), 0.5),
        frequency="W",
        horizon=4,
        export=Destination("shop-out", "daily/", "PARQUET"),
        group="shop_group",
        domain="RETAIL",
        datasets=(
            DatasetPart(
                TARGET,
                {
                    "timestamp": "timestamp",
                    "item_id": "string",
                    "location": "string",
                    "demand": "float",
                },
                "dd/MM/yyyy",
                import_mode="INCREMENTAL",
            ),
            DatasetPart(
                RELATED,
                {"item_id": "string", "timestamp": "timestamp", "price": "float"},
                suffix=".related",
            ),
            DatasetPart(METADATA, {"item_id": "string", "category": "string"}, suffix="-items"),
        ),
        training=Training(
            algorithm="NPTS",
            forecast_types=("0.1", "0.9", "mean"),
            holidays="NO",
            backtest_windows=2,
            optimization_metric="WAPE",
            retrain_after_days=7.0,
            dimensions=("location",),
            parameters={"TrainingParameters": {"context_length": "30"}},
        ),
        gather_seconds=60.0,
        notifications=(
            Notification("mailto://user:pass@example.com"),
            Notification("https://example.com/hook", ("failure",), "${NOTIFY_SECRET}"),
        ),
        schedule="0 6 * * 1-5",
        retention_days=90.0,
        enabled=False,
    )


def test_the_order_of_the_columns_is_that_of_the_file():
    (target, *_) = read_pipeline(EVERYTHING, "shop.yaml").datasets
    assert list(target.schema or {}) == ["timestamp", "item_id", "location", "demand"]


@pytest.mark.parametrize("key", [key.name for key in keys_of("") if key.default != REQUIRED])
def test_an_empty_key_is_one_that_is_not_given(key: str):
    """``schedule:`` without a value is what people leave behind when they take one away."""
    line = re.search(rf"^{key}:.*\n( .*\n)*", UK, re.M)
    text = UK.replace(line[0], "") if line else UK
    assert read_pipeline(f"{text}{key}: ~\n", "x") == read_pipeline(text, "x")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("horizon: 7", "horizon: seven",
         "line 6: horizon 'seven' is no whole number; write one from 1 to 500"),
        ("horizon: 7", "horizon: 501", "line 6: horizon 501 is out of range; use 1 to 500"),
        ("horizon: 7", "horizon: 7.5", "line 6: horizon '7.5' is no whole number"),
        ("horizon: 7", "horizon: [7]", "line 6: horizon is a list; write one value"),
        ("horizon: 7", "horizn: 7", "line 6: key 'horizn' is not known; did you mean horizon?"),
        ("  prefix: input/", "  prefx: in/", "line 4: key 'source.prefx' is not known"),
        ("horizon: 7", "horizon: 7\nhorizon: 8", "line 7: key 'horizon' comes twice; keep one"),
        ("frequency: D", "frequency: daily", "line 5: frequency 'daily' is not known; use a count"),
        ("holidays: UK", "holidays: XX", "line 7: country 'XX' is not known"),
        ("name: uk_sales", "name: uk-sales", "line 1: name 'uk-sales' cannot be used; write a let"),
        ("name: uk_sales", "name: " + "x" * 41, "40 at most"),
        ("  bucket: demo-forecast\n  prefix: in", "  bucket: Demo\n  prefix: in",
         "line 3: path 's3://Demo/': 'Demo' is no name of a bucket"),
        ("  bucket: demo-forecast\n  prefix: in", "  bucket: demo/x\n  prefix: in",
         "line 3: bucket 'demo/x' holds a slash; write what follows it as prefix"),
        ("prefix: input/", "prefix: ../secret/", "line 4: key '../secret/' holds '.' or '..'"),
        ("prefix: output/", "prefix: input/", "is the source itself, so that every forecast would"),
        ("holidays: UK", "quantiles: [0.1, 1.5]", "line 7: quantile '1.5' is not known"),
        ("holidays: UK", "algorithm: ETSS", "line 7: algorithm 'ETSS' is not known; use AutoML or"),
        ("holidays: UK", "backtest_windows: 2", "line 7: backtest_windows 2 needs an algorithm"),
        ("holidays: UK", "optimization_metric: WAPPE", "did you mean WAPE?"),
        ("holidays: UK", "dimensions: store", "line 7: ForecastDimensions: 'store' is no"),
        ("holidays: UK", "schedule: '@daily'", "is no cron expression of five fields"),
        ("holidays: UK", "schedule: 0 6 * * 1-5 *", "is no cron expression of five fields"),
        ("holidays: UK", "schedule: 99 6 * * *", "is no cron expression of five fields"),
        ("holidays: UK", "gather_seconds: -1", "line 7: gather_seconds -1 is out of range; use a"),
        ("holidays: UK", "retention_days: 0", "retention_days 0 is out of range; use a number"),
        ("holidays: UK", "retention_days: .inf", "retention_days '.inf' is no number"),
        ("holidays: UK", "retention_days: nan", "retention_days nan is out of range"),
        ("holidays: UK", "enabled: maybe", "enabled 'maybe' is neither true nor false"),
        ("holidays: UK", "domain: RETALI", "line 7: domain 'RETALI' is not known; did you"),
        ("holidays: UK", "notifications: [slack]", "line 7: notifications 'slack' cannot be used"),
        ("holidays: UK", "notifications: [{on: never}]", "notifications.url is missing"),
        ("holidays: UK", "notifications: ['json://h/${FORECASTLE_S3_SECRET_ACCESS_KEY}']",
         "a pipeline reads only variables that begin with NOTIFY_"),
        ("holidays: UK", 'group: "a\\0"', "holds control characters"),
        ("holidays: UK", "datasets: {related: {}}", "datasets.related.schema is missing"),
        ("holidays: UK", "datasets: {target: {timestamp_format: dmy}}", "timestamp format 'dmy'"),
        ("holidays: UK", "datasets: {target: {schema: {item_id: strng}}}", "did you mean string?"),
        ("holidays: UK", "datasets: {target: {schema: {item_id: string}}}",
         "datasets.target: Schema: attribute 'timestamp' is missing"),
        ("holidays: UK", "datasets: {metadata: {schema: {item_id: string, c: string}, suffix: ''}}",
         "suffix '' belongs to 2 datasets"),
        ("holidays: UK", "parameters: {ForecastHorizon: 8}",
         "line 7: parameters.ForecastHorizon: write the key horizon"),
        ("holidays: UK", "parameters: {ExplainPredict: true}", "did you mean ExplainPredictor?"),
        ("holidays: UK", "parameters: {TimeAlignmentBoundary: {Hour: 25}}",
         "parameters.TimeAlignmentBoundary.Hour '25' cannot be used"),
        ("holidays: UK", "algorithm: NPTS\nparameters: {TrainingParameters: {context_length: x}}",
         "context_length"),
        ("holidays: UK",
         "parameters: {DataConfig: {AttributeConfigs: [{AttributeName: demand}]}}",
         "parameters.DataConfig.AttributeConfigs.Transformations is missing"),
        ("holidays: UK",
         "parameters: {DataConfig: {AttributeConfigs: "
         "[{AttributeName: price, Transformations: {middlefill: zero}}]}}",
         "line 7: attribute 'price' is neither the target nor a number of the related"),
        ("holidays: UK",
         "parameters: {DataConfig: {AttributeConfigs: "
         "[{AttributeName: demand, Transformations: {middlefill: zeroes}}]}}",
         "line 7: "),
        ("holidays: UK", "parameters: {TimeAlignmentBoundary: {Hour: soon}}",
         "parameters.TimeAlignmentBoundary.Hour 'soon' is no whole number"),
        ("holidays: UK", "a: &x 1\nb: *x", "line 8: holds an alias (*), which no pipeline needs"),
        ("holidays: UK", "holidays: [", "is no YAML"),
        ("holidays: UK", "holidays: " + "[" * 21, "holds more than 20 levels"),
        ("holidays: UK", "holidays: \x00", "is no YAML"),
        ("holidays: UK", "holidays: !!python/name:os.system x", "country 'x' is not known"),
        ("holidays: UK", "? [a, b]\n: 1", "key 'a list' is not known"),
        ("holidays: UK", "holidays: UK\n---\nname: two", "is no YAML"),
        ("holidays: UK", "# " + "x" * 65_536, "a pipeline has at most 65536"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, problem: str):
    found = problems(changed(old, new))
    assert any(problem in each for each in found), found
    assert all(each.startswith("uk.yaml") for each in found)


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "just words", "7"])
def test_what_holds_no_keys_is_told_as_such(text: str):
    assert len(problems(text)) == 1


def test_all_problems_are_told_at_once_by_line():
    text = changed("horizon: 7", "horizon: 0").replace("holidays: UK", "holidays: XX")
    found = problems(text.replace("name: uk_sales", "name: 1"))
    assert [re.search(r"line (\d+)", each)[1] for each in found] == ["1", "6", "7"]


@pytest.mark.parametrize("key", ["name", "source", "frequency", "horizon", "export"])
def test_what_is_missing_is_told(key: str):
    text = re.sub(rf"^{key}:.*\n( .*\n)*", "", UK, flags=re.M)
    (problem,) = problems(text)
    assert f"{key} is missing; " in problem


@pytest.mark.parametrize("bucket", ["source", "export"])
def test_a_section_without_its_bucket(bucket: str):
    (problem,) = problems(changed(f"{bucket}:\n  bucket: demo-forecast", f"{bucket}:"))
    assert f"{bucket}.bucket is missing; name the bucket" in problem


def test_an_export_below_the_source_is_allowed():
    assert read_pipeline(changed("  prefix: input/\n", ""), "x").source.prefix == ""


def test_attributes_are_filled_as_the_api_says_it():
    text = changed(
        "holidays: UK",
        "parameters:\n"
        "  DataConfig:\n"
        "    AttributeConfigs:\n"
        "      - AttributeName: demand\n"
        "        Transformations: {middlefill: value, middlefill_value: 5}",
    )
    (config,) = read_pipeline(text, "x").training.parameters["DataConfig"]["AttributeConfigs"]
    assert config["Transformations"] == {"middlefill": "value", "middlefill_value": "5"}


@pytest.mark.parametrize("text", ["yes", "on", "No", "null", "1:30", "0x1F", "2024-01-01", "1e3"])
def test_words_are_taken_as_they_are_written(text: str):
    """YAML itself would make truth, times and numbers of them; ``null`` is nothing given."""
    prefix = read_pipeline(changed("prefix: input/", f"prefix: {text}"), "x").source.prefix
    assert prefix == ("" if text == "null" else text)


_WORDS = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
_PREFIXES = st.lists(_WORDS, max_size=3).map(lambda parts: "".join(f"{part}/" for part in parts))
_DAYS = st.none() | st.floats(0.01, 1e4).map(lambda value: round(value, 3))
_PIPELINES = st.builds(
    Pipeline,
    name=_WORDS,
    source=st.builds(
        Source,
        bucket=st.just("the-source"),
        prefix=_PREFIXES,
        suffixes=st.lists(st.sampled_from([".csv", ".txt", ".csv.gz"]), unique=True).map(tuple),
        quiet_seconds=st.floats(0, 100).map(lambda value: round(value, 2)),
    ),
    frequency=st.sampled_from(["D", "2W", "M", "30min", "H"]),
    horizon=st.integers(1, 500),
    export=st.builds(
        Destination,
        bucket=st.just("the-export"),
        prefix=_PREFIXES,
        format=st.sampled_from(["CSV", "PARQUET"]),
    ),
    group=st.just("") | _WORDS,
    domain=st.sampled_from(["RETAIL", "CUSTOM", "WORK_FORCE"]),
    datasets=st.just((DatasetPart(TARGET),))
    | st.just((DatasetPart(TARGET, timestamp_format="yyyy-MM-dd HH:mm:ss", suffix=".tts"),)),
    training=st.builds(
        Training,
        algorithm=st.sampled_from(["ETS", "NPTS"]),
        forecast_types=st.sampled_from([("0.1", "0.5", "0.9"), ("0.05", "mean"), ("0.99",)]),
        holidays=st.sampled_from([None, "UK", "NO", "US-CA"]),
        backtest_windows=st.integers(1, 5),
        optimization_metric=st.sampled_from([None, "WAPE", "RMSE"]),
        retrain_after_days=_DAYS,
        parameters=st.just({}) | st.just({"FeaturizationConfig": {"Featurizations": []}}),
    ),
    gather_seconds=st.sampled_from([0.0, 5.0, 0.25]),
    notifications=st.lists(
        st.builds(
            Notification,
            url=st.sampled_from(["json://host/path", "${NOTIFY_URL}", "https://a.example/x?y=1#z"]),
            on=st.sampled_from([("success", "failure"), ("failure",)]),
            secret=st.sampled_from([None, "hush: hush # no", "${NOTIFY_SECRET}"]),
        ),
        max_size=2,
    ).map(tuple),
    schedule=st.sampled_from([None, "*/5 * * * *", "0 6 1 1 *"]),
    retention_days=_DAYS,
    enabled=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(_PIPELINES)
def test_what_is_written_reads_as_the_same_pipeline(pipeline: Pipeline):
    assert read_pipeline(pipeline_to_yaml(pipeline), "x") == pipeline


def test_everything_is_written_and_read_again():
    pipeline = read_pipeline(EVERYTHING, "x")
    assert read_pipeline(pipeline_to_yaml(pipeline), "x") == pipeline


def test_defaults_are_not_written():
    assert pipeline_to_yaml(read_pipeline(UK, "x")) == UK


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="name: -[]{}#&*!|>'\"%@\n\t", max_size=60))
def test_no_text_is_more_than_refused(text: str):
    with pytest.raises(DataError):
        read_pipeline(text, "x")


def test_a_file_belongs_to_the_dataset_that_its_name_ends_with():
    pipeline = read_pipeline(EVERYTHING, "x")
    types = {
        key: pipeline.dataset_of(f"input/{key}").type
        for key in ("uk.csv", "uk.related.csv", "uk-items.CSV", "uk.related.old.csv")
    }
    assert list(types.values()) == [TARGET, RELATED, METADATA, TARGET]


def test_zipped_and_plain_names_have_one_stem():
    source = Source("shop")
    assert {source.stem(f"in/uk.related{end}") for end in source.suffixes} == {"uk.related"}
    assert source.stem("in/uk.txt") == "uk"
    assert source.stem("uk") == "uk"


@pytest.mark.parametrize(
    ("key", "is_taken"),
    [
        ("input/uk.csv", True),
        ("input/2024/uk.CSV", True),
        ("input/uk.csv.gz", True),
        ("inputs/uk.csv", False),
        ("input/uk.pdf", False),
        ("input/.uk.csv", False),
        ("input/_temporary/uk.csv", False),
        ("input/", False),
    ],
)
def test_which_files_count(key: str, is_taken: bool):
    assert Source("shop", "input/").takes(key) is is_taken


def test_without_suffixes_every_file_counts():
    assert replace(Source("shop"), suffixes=()).takes("uk.pdf")


def test_the_suffixes_are_those_of_the_aws_original():
    assert SUFFIX_OF == {TARGET: "", RELATED: ".related", METADATA: ".metadata"}


def test_references_are_resolved_where_the_worker_runs():
    environment = {"NOTIFY_USER": "me", "NOTIFY_PASSWORD": "hush", "HOME": "/root"}
    url = "mailto://${NOTIFY_USER}:${NOTIFY_PASSWORD}@example.com"
    assert resolve(url, environment) == "mailto://me:hush@example.com"
    assert resolve("$HOME costs $5", environment) == "$HOME costs $5"
    with pytest.raises(InputError, match="environment variable NOTIFY_X is not set; set it where"):
        resolve("${NOTIFY_X}", environment)
    with pytest.raises(InputError, match="only variables that begin with NOTIFY_"):
        resolve("${HOME}", environment)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_reference_tells_of_every_key(key):
    line = f"| `{key.name}` | {key.takes} | {key.default} | {key.help} |"
    assert line in REFERENCE.read_text(encoding="utf-8").splitlines()


def test_the_examples_of_the_reference_can_be_applied():
    small, large = re.findall(r"```yaml\n(.*?)```", REFERENCE.read_text("utf-8"), re.S)
    assert read_pipeline(small, "x") == read_pipeline(UK, "x")
    assert read_pipeline(large, "x").name == "shop"
    top = {key.name for key in keys_of("")}
    only_on_drift = {"drift_factor"}
    assert set(re.findall(r"^([a-z_]+):", large, re.M)) == top - only_on_drift


class TestTuning:
    RANGES = (
        "algorithm: CNN-QR\nparameters:\n  PerformHPO: true\n  HPOConfig:\n    ParameterRanges:\n"
        "      IntegerParameterRanges: [{Name: context_length, MinValue: %d, MaxValue: 90}]\n"
    )

    def test_ranges_are_those_of_the_api(self):
        parameters = read_pipeline(f"{UK}{self.RANGES % 5}", "x").training.parameters
        assert parameters["PerformHPO"] is True
        (span,) = parameters["HPOConfig"]["ParameterRanges"]["IntegerParameterRanges"]
        assert span == {"Name": "context_length", "MinValue": 5, "MaxValue": 90}

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            (RANGES % 0, "context_length of CNN-QR: '0' cannot be used"),
            ("algorithm: ETS\nparameters: {PerformHPO: true}\n", "ETS cannot be tuned, only"),
        ],
    )
    def test_what_cannot_be_tuned_is_refused(self, more, said):
        with pytest.raises(InputError, match=said):
            read_pipeline(f"{UK}{more}", "x")


class TestRetraining:
    def test_on_drift(self):
        assert read_pipeline(UK, "x").training.drift_factor is None
        training = read_pipeline(f"{UK}retrain: on drift\n", "x").training
        assert training.drift_factor == 1.25

    def test_the_factor_is_written_where_it_is_another(self):
        text = f"{UK}retrain: on drift\ndrift_factor: 1.5\n"
        pipeline = read_pipeline(text, "x")
        assert pipeline.training.drift_factor == 1.5
        written = pipeline_to_yaml(pipeline)
        assert "retrain: on drift\ndrift_factor: 1.5\n" in written
        assert read_pipeline(written, "x") == pipeline

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ("drift_factor: 2\n", "drift_factor 2 needs retrain: on drift"),
            ("retrain: on drift\ndrift_factor: 0.5\n", "use a number from 1"),
            ("retrain: on drift\nalgorithm: ETS\n", "retrain: on drift needs AutoML"),
            ("retrain: never\n", "retrain 'never' is not known"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, more, said):
        with pytest.raises(InputError, match=said):
            read_pipeline(f"{UK}{more}", "x")
