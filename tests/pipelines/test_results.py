"""What a run publishes beside its export."""

import json
import os
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from forecastle.core.errors import ResourceNotFound
from forecastle.core.frequency import Frequency
from forecastle.jobs.forecast import FILE
from forecastle.pipelines.athena import athena_statements
from forecastle.pipelines.drawing import Drawing
from forecastle.pipelines.manifest import quicksight_manifest
from forecastle.pipelines.stored_forecast import read_forecast
from forecastle.pipelines.totals import StepTotals
from tests.jobs.job_world import World
from tests.pipelines.results_world import Runs, sales


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(World.at(tmp_path))


def text_of(runs: Runs, url: str) -> str:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return (runs.world.settings.buckets_dir / bucket / key).read_text(encoding="utf-8")


def table_of(runs: Runs, arn: str) -> pl.DataFrame:
    return pl.read_parquet(runs.world.artifact(runs.world.find(arn)) / FILE)


def words_of(html: str) -> str:
    body = re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_only_the_parts_of_exports_stand_directly_under_the_prefix(runs: Runs):
    runs.publish(*runs.run(sales()))
    files = list(runs.world.exported("output"))
    assert [name for name in files if "/" not in name] == [
        name for name in files if "_part" in name
    ]
    assert {name.split("/")[0] for name in files if "/" in name} == {"_manifest", "_report"}


def test_the_manifest_names_the_files_of_the_latest_run_alone(runs: Runs):
    runs.publish(*runs.run(sales()))
    published = runs.publish(*runs.run(sales()))
    manifest = json.loads(text_of(runs, published["manifest"]))
    assert manifest["globalUploadSettings"] == {
        "format": "CSV",
        "delimiter": ",",
        "textqualifier": '"',
        "containsHeader": "true",
    }
    [location] = manifest["fileLocations"]
    [url] = location["URIs"]
    assert url == f"{published['export']}0.csv"
    assert text_of(runs, url).startswith("item_id,date,p10,p50,p90\n")


def test_quicksight_takes_a_thousand_files():
    assert len(quicksight_manifest(["s3://a/b"] * 1000)["fileLocations"][0]["URIs"]) == 1000
    with pytest.raises(ValueError, match=r"1001 files.*at most 1000.*Parquet"):
        quicksight_manifest(["s3://a/b"] * 1001)


def test_a_parquet_export_comes_with_statements_for_athena(runs: Runs):
    runs.format = "PARQUET"
    published = runs.publish(*runs.run(sales()))
    assert published["manifest"] is None
    statements = text_of(runs, published["athena"])
    assert "CREATE EXTERNAL TABLE IF NOT EXISTS `uk_sales`" in statements
    assert "LOCATION 's3://retail/output/';" in statements
    declared = dict(re.findall(r"^  `(\w+)` (\w+)", statements, flags=re.MULTILINE))
    [part] = [path for name, path in runs.world.exported("output").items() if "_part" in name]
    written = {name: str(kind) for name, kind in pl.read_parquet_schema(part).items()}
    as_written = {"string": "String", "double": "Float64"}
    assert {name: as_written[kind] for name, kind in declared.items()} == written
    [latest] = re.findall(r"strpos\(\"\$path\", '/(.*)'\)", statements)
    assert part.name.startswith(latest)


def test_athena_names_and_texts_are_quoted():
    statements = athena_statements("t", "s3://b/it's/", pl.Schema({"a`b": pl.String()}), "x'y", "c")
    assert "`a``b` string" in statements
    assert r"LOCATION 's3://b/it\'s/'" in statements
    assert "'/x''y'" in statements


def test_the_totals_are_sums_over_series_and_the_next_seven_days(runs: Runs):
    run, arns = runs.run(sales(items=("tea", "jam")))
    published = runs.publish(run, arns)
    table = table_of(runs, arns["forecast"])
    for column in ("p10", "p50", "p90", "mean"):
        assert published[f"total_{column}"] == pytest.approx(table[column].sum())
    assert (published["first"], published["last"]) == ("2024-02-12T00:00:00", "2024-02-18T00:00:00")
    assert (published["steps"], published["series"]) == (7, 2)
    # 10 + weekday, and 20 + weekday, over a week.
    assert published["sales_before"] == 30 * 7 + 2 * 21
    assert published["change_from_sales"] == pytest.approx(0)
    json.dumps(published, allow_nan=False)


def test_a_longer_horizon_is_told_by_its_first_week():
    times = pl.datetime_range(pl.datetime(2024, 1, 1), pl.datetime(2024, 1, 28), "1d", eager=True)
    table = pl.DataFrame({"timestamp": times, "mean": np.arange(28.0)})
    days = StepTotals(Frequency.parse("D"), ("mean",), table)
    assert days.next_period().sums() == {"mean": 21.0}
    assert StepTotals(Frequency.parse("12H"), ("mean",), table).next_period().table.height == 14
    assert StepTotals(Frequency.parse("W"), ("mean",), table).next_period().table.height == 28


def test_the_first_run_has_nothing_to_compare_with(runs: Runs):
    published = runs.publish(*runs.run(sales()))
    assert published["previous_total_p50"] is published["change"] is published["overlap"] is None
    assert "What changed" not in text_of(runs, published["report"])


def test_what_changed_since_the_last_successful_run(runs: Runs):
    runs.publish(*runs.run(sales(items=("tea", "jam"))))
    runs.run(sales(days=43, items=("tea", "jam"), level=100))  # never published: it failed
    published = runs.publish(*runs.run(sales(days=43, items=("tea", "jam"), level=12)))
    assert published["previous_total_p50"] == pytest.approx(252)
    assert published["total_p50"] == pytest.approx(294)
    assert published["change"] == pytest.approx(42 / 252)
    overlap = published["overlap"]
    assert (overlap["first"], overlap["steps"]) == ("2024-02-13T00:00:00", 6)
    assert overlap["total"] - overlap["previous_total"] == pytest.approx(6 * 6)
    words = words_of(text_of(runs, published["report"]))
    assert "What changed since the last forecast" in words
    assert "Of the 6 days that both forecasts have (13 Feb 2024 to 18 Feb 2024)" in words
    assert "Of the last forecast 1 day have passed" not in words
    assert "Of the last forecast 1 day has passed: it expected 30.0, 36.0 came in" in words
    assert "jam 141 165 +17 %" in words, "the item that moved the most"


def test_published_again_it_is_the_same(runs: Runs):
    run, arns = runs.run(sales())
    first = runs.publish(run, arns)
    before = {name: path.read_bytes() for name, path in runs.world.exported("output").items()}
    assert runs.publish(run, arns) == first
    after = {name: path.read_bytes() for name, path in runs.world.exported("output").items()}
    assert after == before


def test_each_run_keeps_its_report_and_one_is_the_latest(runs: Runs):
    first = runs.publish(*runs.run(sales()))
    second = runs.publish(*runs.run(sales(days=43)))
    assert first["latest_report"] == second["latest_report"]
    assert text_of(runs, second["latest_report"]) == text_of(runs, second["report"])
    assert text_of(runs, first["report"]) != text_of(runs, second["report"])


def test_data_that_came_since_are_left_out_of_the_report(runs: Runs):
    run, arns = runs.run(sales())
    runs.world.import_data(runs.dataset, runs.world.upload("later.csv", sales(days=60)), "later")
    published = runs.publish(run, arns)
    assert published["sales_before"] == 10 * 7 + 21
    assert published["messages"] == []


def test_data_that_were_replaced_by_older_ones_cost_the_report_and_no_more(runs: Runs):
    run, arns = runs.run(sales())
    runs.world.import_data(runs.dataset, runs.world.upload("older.csv", sales(days=30)), "older")
    published = runs.publish(run, arns)
    assert published["report"] is published["sales_before"] is None
    assert published["manifest"] is not None
    assert published["total_p50"] > 0
    [message] = published["messages"]
    assert "run the pipeline again" in message


def test_a_fault_in_the_report_fails_no_run(runs: Runs):
    def broken(_task: object) -> None:
        raise RuntimeError("no ink")

    published = runs.publish(*runs.run(sales()), draw=broken)
    assert published["messages"] == [
        "No report: it could not be drawn (RuntimeError); see the worker's log."
    ]


def test_reports_are_drawn_in_a_process_that_is_kept_for_a_while(runs: Runs):
    drawing = Drawing(idle_seconds=0.0)
    run, arns = runs.run(sales())
    published = runs.publish(run, arns, draw=drawing.draw)
    assert published["messages"] == []
    assert "Forecast · uk_sales" in words_of(text_of(runs, published["report"]))
    assert runs.publish(run, arns, draw=drawing.draw) == published, "after an idle time again"
    drawing.close()


def test_a_process_that_dies_costs_the_report_and_no_more(runs: Runs):
    drawing = Drawing()
    run, arns = runs.run(sales())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("forecastle.pipelines.drawing.draw_report", os._exit)
        published = runs.publish(run, arns, draw=lambda _task: drawing.draw(1))
    assert published["report"] is None
    assert "could not be drawn" in published["messages"][0]
    assert runs.publish(run, arns, draw=drawing.draw)["report"] is not None
    drawing.close()


def test_what_is_gone_is_named(runs: Runs):
    run, arns = runs.run(sales())
    forecast = runs.world.find(arns["forecast"])
    runs.world.catalog.resources.remove(forecast.arn, forecast.nonce)
    with pytest.raises(ResourceNotFound, match=r"forecast/uk_sales_.* is gone; run the pipeline"):
        runs.publish(run, arns)


def test_a_stored_forecast_gives_back_what_it_was_made_with(runs: Runs):
    _, arns = runs.run(sales(items=("tea", "jam")), ForecastTypes=["0.33", "0.5", "mean"])
    record = runs.world.find(arns["forecast"])
    table = table_of(runs, arns["forecast"])
    forecast = read_forecast(runs.world.artifact(record) / FILE, record)
    assert forecast.keys.rows() == [("jam",), ("tea",)]
    for kind, column in (("0.33", "p33"), ("0.5", "p50"), ("mean", "mean")):
        assert forecast.of_type(kind).ravel().tolist() == table[column].to_list()
    assert (np.diff(forecast.quantiles, axis=2) >= 0).all()
    assert np.allclose(forecast.of_type("0.1"), forecast.of_type("0.33")), "level beyond the ends"
