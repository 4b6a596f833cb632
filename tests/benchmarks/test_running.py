"""A case from its files to the table, with a contestant that needs nothing to be installed."""

import json
import sys
from datetime import date, timedelta

import pandas as pd
import polars as pl
import pytest

from benchmarks.__main__ import run_case
from benchmarks.cases import Case
from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.measuring import _family, _Process, measure
from benchmarks.peers.exchange import Task
from benchmarks.results import CaseResult, Entry, as_json, as_markdown
from benchmarks.tasks import write_task

DAYS = [date(2023, 12, 1) + timedelta(days=k) for k in range(60)]
CASE = Case(
    name="toy",
    title="Toy",
    frequency="D",
    horizon=7,
    last_days=(DAYS[52], DAYS[59]),
    sales=pl.DataFrame(
        {
            "item_id": ["A"] * 60 + ["B"] * 20,
            "timestamp": [*DAYS, *DAYS[10:30]],
            "demand": [10.0 + k % 7 for k in range(80)],
        }
    ),
    country="UK",
)


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> CaseResult:
    contestants = [CONTESTANTS["seasonal_naive"], Contestant("nobody", "Nobody")]
    return run_case(CASE, contestants, tmp_path_factory.mktemp("out"))


def test_a_contestant_is_scored_and_measured(result):
    entry = result.entries[0]
    assert entry.score is not None
    assert len(entry.score.window_losses) == 2
    # A repeats its week and B ended: the seasonal naive is right on every day.
    assert entry.score.wape == pytest.approx(0)
    assert entry.cost.exit_code == 0
    assert entry.cost.seconds > 0
    assert entry.cost.processor_seconds > 0
    assert entry.cost.peak_megabytes > 10
    assert set(entry.versions) == {"statsforecast"}


def test_a_contestant_that_fails_leaves_the_others_their_table(result):
    assert result.entries[1].score is None
    text = as_markdown([result])
    assert "## Toy (2 windows, 2 series)" in text
    assert "| Seasonal naive | " in text
    assert "- Nobody: failed with 1; see " in text


def test_results_are_plain_json(result):
    read = json.loads(json.dumps(as_json([result])))
    assert [case["case"] for case in read["cases"]] == ["toy"]
    assert read["cases"][0]["contestants"][0]["score"]["wape"] == pytest.approx(0)


def test_a_contestant_that_is_not_installed_is_said_so():
    missing = Entry(Contestant("autogluon", "AutoGluon medium"), note="not installed")
    text = as_markdown([CaseResult("toy", "Toy", 1, 1, (missing,))])
    assert "- AutoGluon medium: not installed" in text


def test_nothing_of_a_window_is_in_its_task(tmp_path):
    write_task(CASE, tmp_path)
    folders = sorted(path for path in tmp_path.iterdir() if path.is_dir())
    for window, folder in zip(CASE.windows, folders, strict=True):
        latest = pl.read_parquet(folder / "train.parquet")["timestamp"].max()
        assert latest.date() == window.first - timedelta(days=1)


def test_holidays_are_known_up_to_the_end_of_the_last_window(tmp_path):
    write_task(CASE, tmp_path)
    described = json.loads((tmp_path / "case.json").read_text())
    assert ["2024-01-01", "New Year's Day"] in described["holidays"]


def test_peers_get_series_without_gaps_up_to_the_common_end(tmp_path):
    days = pd.to_datetime(["2024-01-01", "2024-01-04", "2024-01-02"])
    sales = pd.DataFrame({"item_id": ["A", "A", "B"], "timestamp": days, "demand": [1.0, 2, 3]})
    sales.to_parquet(tmp_path / "train.parquet")
    found = Task(tmp_path, 7, "D", 7, "", []).regular()
    assert found["item_id"].to_list() == ["A"] * 4 + ["B"] * 3
    assert found["demand"].to_list() == [1, 0, 0, 2, 3, 0, 0]


def test_the_cost_of_a_command_includes_its_exit_code_and_output(tmp_path):
    log = tmp_path / "log.txt"
    cost = measure([sys.executable, "-c", "print('said'); raise SystemExit(3)"], log)
    assert cost.exit_code == 3
    assert log.read_text() == "said\n"


def test_memory_is_that_of_all_descendants():
    processes = [_Process(k, parent, 0.0, 1.0) for k, parent in [(1, 0), (5, 1), (7, 5), (8, 1)]]
    assert {process.identity for process in _family(5, processes)} == {5, 7}
