"""``forecastle sql``."""

import json
from pathlib import Path

import pytest

from forecastle.cli.main import run_app
from tests.jobs.job_world import World
from tests.pipelines.results_world import Runs, sales


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = World.at(tmp_path_factory.mktemp("sql-command"))
    Runs(world).run(sales(items=("tea", "=1+1")))
    world.catalog.close()
    return world.settings.data_dir


@pytest.fixture
def run(data_dir: Path, capsys: pytest.CaptureFixture[str]):
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_app(["sql", *arguments, "--data-dir", str(data_dir)])
        return code, *capsys.readouterr()

    return call


TOTALS = "SELECT item_id, sum(p50) AS total FROM forecasts GROUP BY ALL ORDER BY ALL"


def test_as_json(run):
    code, printed, _ = run(TOTALS, "--json")
    assert code == 0
    assert json.loads(printed) == [
        {"item_id": "=1+1", "total": 161.0},
        {"item_id": "tea", "total": 91.0},
    ]


def test_as_csv_without_formulas(run):
    code, printed, _ = run(TOTALS, "--csv")
    assert (code, printed) == (0, "item_id,total\n'=1+1,161.0\ntea,91.0\n")


def test_for_people(run):
    code, printed, _ = run(TOTALS)
    assert code == 0
    assert "item_id" in printed
    assert "161.0" in printed
    assert printed.endswith("2 rows\n")


def test_times_as_text(run):
    _, printed, _ = run("SELECT min(timestamp) AS first FROM forecasts", "--json")
    assert json.loads(printed) == [{"first": "2024-02-12 00:00:00"}]


def test_of_another_account_nothing(run):
    _, printed, _ = run("SELECT count(*) AS n FROM history", "--account", "111111111111", "--json")
    assert json.loads(printed) == [{"n": 0}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("COPY history TO '/tmp/x'",), "only SELECT is allowed"),
        (("SELECT * FROM read_csv('/etc/passwd')",), "read_csv(…) is not allowed"),
        (("SELECT * FROM range(9)", "--rows", "8"), "more than 8 rows"),
        (("SELECT [1] AS list", "--csv"), "cast the column to VARCHAR"),
        (("SELECT 1", "--csv", "--json"), "--csv and --json exclude each other"),
    ],
)
def test_refusals(run, arguments: tuple[str, ...], message: str):
    code, printed, complaint = run(*arguments)
    assert (code, printed) == (2, "")
    assert message in complaint
