"""``algorithms``, ``prepare``, ``--version`` and the pieces of the command line."""

import json
from pathlib import Path

import polars as pl
import pytest

import forecastle
from forecastle.cli.main import run_app
from forecastle.cli.options import split
from forecastle.cli.progress import describe, time_left
from forecastle.core.budget import Progress
from forecastle.library.outputs import default_folder
from forecastle.models.registry import REGISTRY


def test_the_version(capsys):
    assert run_app(["--version"]) == 0
    assert capsys.readouterr().out == f"forecastle {forecastle.__version__}\n"


def test_algorithms_lists_the_registry(capsys):
    assert run_app(["algorithms", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)["algorithms"]
    assert [record["name"] for record in records] == list(REGISTRY)
    by_name = {record["name"]: record for record in records}
    assert by_name["ETS"]["uses"] == []
    assert {"related data of the past", "item metadata", "new items", "a GPU"} <= set(
        by_name["CNN-QR"]["uses"]
    )
    assert {name for name, each in by_name.items() if each["is_tunable"]} == {
        "CNN-QR",
        "Deep_AR_Plus",
    }
    assert {name for name, each in by_name.items() if each["parameters"]} == {
        "NPTS",
        "CNN-QR",
        "Deep_AR_Plus",
    }


def test_algorithms_for_people(capsys):
    assert run_app(["algorithms"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in REGISTRY)


def test_the_sample_can_be_forecast_from(tmp_path: Path, capsys):
    out = tmp_path / "sample"
    size = ("--items", "3", "--years", "0.5")
    assert run_app(["prepare", "sample", "--out", str(out), *size, "--json"]) == 0
    files = json.loads(capsys.readouterr().out)
    side = ("--related", files["related"], "--metadata", files["metadata"])
    quick = ("--algorithms", "SeasonalNaive", "--workers", "1", "--quiet")
    assert run_app(["run", files["sales"], *side, *quick]) == 0
    assert (out / "forecast-sales" / "forecast.csv").is_file()


def test_the_sample_is_not_overwritten_unless_told(tmp_path: Path, capsys):
    command = ["prepare", "sample", "--out", str(tmp_path), "--items", "2", "--years", "0.2"]
    assert run_app(command) == 0
    assert run_app(command) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert run_app([*command, "--overwrite"]) == 0


def test_the_sample_ends_on_the_day_that_is_asked_for(tmp_path: Path):
    size = ("--items", "2", "--years", "0.1", "--last-day", "2010-12-09")
    assert run_app(["prepare", "sample", "--out", str(tmp_path), *size, "--quiet"]) == 0
    days = [line.split(",")[1][:10] for line in (tmp_path / "sales.csv").read_text().splitlines()]
    assert max(days) == "2010-12-09"


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    lines = [
        ("489434", "85048", "LIGHTS", 2, f"2009-12-{day:02} 09:00:00", 5.0, 1, "United Kingdom")
        for day in range(1, 20)
    ]
    names = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price",
             "Customer ID", "Country"]  # fmt: skip
    pl.DataFrame(lines, schema=names, orient="row").write_csv(tmp_path / "retail.csv")
    return tmp_path / "retail.csv"


def test_online_retail_shows_an_analysis_and_writes_the_training_files(invoices: Path, capsys):
    out = invoices.parent / "out"
    command = ["prepare", "online-retail-ii", "--input", str(invoices), "--out", str(out)]
    assert run_app(command) == 0
    assert "19 invoice lines" in capsys.readouterr().out
    training = (out / "tr_target_20091201_20101202.csv").read_text().splitlines()
    assert training[0] == "United Kingdom,2009-12-01,10.0"
    assert (out / "tr_target_add_20091201_20101209.csv").is_file()


def test_online_retail_as_json(invoices: Path, capsys):
    out = str(invoices.parent / "out")
    command = ["prepare", "online-retail-ii", "--input", str(invoices), "--out", out, "--json"]
    assert run_app(command) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["files"]["training_rows"] == 19
    assert record["analysis"]["items"] == 1


@pytest.mark.parametrize("given", [[], ["--download", "--input", "retail.csv"]])
def test_online_retail_needs_one_source(given, capsys):
    assert run_app(["prepare", "online-retail-ii", *given]) == 2
    assert "--input FILE, or --download" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("data/sales.csv", "data/forecast-sales"),
        ("sales.csv.gz", "forecast-sales"),
        ("data/tills/", "data/forecast-tills"),
        ("data/.hidden", "data/forecast-hidden"),
    ],
)
def test_results_go_beside_the_file(file, folder):
    assert default_folder(Path(file)) == Path(folder)


def test_lists_are_separated_by_commas():
    assert split(" a, b,,c ") == ("a", "b", "c")
    assert split("") == ()


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(1, 4, "ETS", "2011-11-25"), "ETS, 2011-11-25"),
        (Progress(1, 4, "ETS"), "ETS"),
        (Progress(0, 4), "Training"),
    ],
)
def test_the_bar_names_algorithm_and_window(progress, words):
    assert describe(progress) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.0, "0:00:00 left"), (90.4, "0:01:30 left")]
)
def test_the_bar_tells_the_time_left_where_it_is_known(seconds, words):
    assert time_left(Progress(1, 4, seconds_left=seconds)) == words
