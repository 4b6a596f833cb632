"""``forecastle pipeline``: on the data directory, for people and as JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from forecastle.catalog.catalog import Catalog
from forecastle.catalog.pipelines import FAILED, RUNNING, SUCCEEDED, Step
from forecastle.cli.main import run_app
from forecastle.core.settings import ServiceSettings

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
ARN = "arn:aws:forecast:us-east-1:000000000000:forecast/uk"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FORECASTLE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def file(tmp_path: Path, data_dir: Path) -> Path:
    path = tmp_path / "uk.yaml"
    path.write_text(UK)
    return path


@pytest.fixture
def applied(file: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder that files are dropped into; one is there."""
    assert run_app(["pipeline", "apply", str(file), "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    folder = data_dir / "buckets" / "demo-forecast" / "input"
    (folder / "sales.csv").write_text("A,2024-01-01,1\n")
    return folder


@pytest.fixture
def catalog(applied: Path, data_dir: Path):
    opened = Catalog.open(ServiceSettings(data_dir=data_dir))
    yield opened
    opened.close()


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run_app(["pipeline", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def words(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run_app(["pipeline", *arguments]) == code
    printed = capsys.readouterr()
    return printed.out + printed.err


def start(capsys: pytest.CaptureFixture[str]) -> str:
    return str(told(capsys, "run", "uk_sales")["RunId"])


def end(catalog: Catalog, run_id: str, status: str, message: str | None = None) -> None:
    ending = {"status": status, "ended_at": 2_000_000_000.5, "message": message}
    assert catalog.pipelines.change_run(run_id, ending)


@contextmanager
def ends_once_it_goes_on(
    catalog: Catalog, run_id: str, status: str, message: str
) -> Iterator[None]:
    """A worker that ends a run as soon as it is RUNNING."""
    given_up = threading.Event()

    def work() -> None:
        while not given_up.wait(0.01):
            if catalog.pipelines.run(run_id).status == RUNNING:
                end(catalog, run_id, status, message)
                given_up.set()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        given_up.set()
        worker.join()


def test_a_file_is_applied_listed_and_shown(file: Path, capsys):
    applied = told(capsys, "apply", str(file))
    assert applied["Pipeline"] == "uk_sales"
    assert (applied["Source"], applied["Export"]) == (
        "s3://demo-forecast/input/",
        "s3://demo-forecast/output/",
    )
    assert told(capsys, "list") == [applied]
    assert told(capsys, "show", "uk_sales") == applied | {"Text": UK}
    assert words(capsys, "show", "uk_sales") == UK
    assert "uk_sales" in words(capsys, "list")


def test_people_are_told_where_to_put_files_and_that_nobody_works(file: Path, capsys):
    printed = words(capsys, "apply", str(file))
    assert "a file under s3://demo-forecast/input/ becomes a forecast under" in printed
    assert "No worker is running: `forecastle serve` starts the service." in printed


def test_every_problem_of_a_file_is_told_with_its_line(file: Path, capsys):
    file.write_text(UK.replace("horizon: 7", "horizon: seven").replace("UK", "XX"))
    assert run_app(["pipeline", "apply", str(file), "--json"]) == 2
    failure = json.loads(capsys.readouterr().err)
    assert [problem["line"] for problem in failure["problems"]] == [6, 7]
    assert failure["error"].startswith("uk.yaml, line 6: horizon 'seven' is no whole number")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "No such file"), (b"name: \xff\n", "is no UTF-8 text (byte 6); save it as UTF-8")],
)
def test_what_is_no_text_file_is_refused(file: Path, content: bytes | None, complaint, capsys):
    file.unlink() if content is None else file.write_bytes(content)
    assert complaint in words(capsys, "apply", str(file), code=2)


def test_a_byte_order_mark_does_no_harm(file: Path, capsys):
    file.write_bytes(b"\xef\xbb\xbf" + UK.encode())
    assert told(capsys, "apply", str(file))["Pipeline"] == "uk_sales"


def test_a_run_is_listed_in_the_shape_of_the_contract(applied: Path, capsys):
    started = told(capsys, "run", "uk_sales", "--key", "input/sales.csv")
    (run,) = told(capsys, "runs", "uk_sales")
    assert run == started
    assert run.keys() >= {"RunId", "Pipeline", "Status", "Object", "StartedAt", "EndedAt"}
    assert (run["Pipeline"], run["Status"], run["EndedAt"]) == ("uk_sales", "RUNNING", None)
    assert run["Object"] == "s3://demo-forecast/input/sales.csv"
    assert run["RunId"] in words(capsys, "runs")


def test_without_a_limit_a_hundred_runs_are_listed(applied: Path, capsys):
    for _ in range(3):
        start(capsys)
    assert len(told(capsys, "runs")) == 3
    assert len(told(capsys, "runs", "--limit", "2")) == 2


def test_the_log_of_a_run_shows_its_steps(catalog: Catalog, capsys):
    run_id = start(capsys)
    done = Step(run_id, "forecast", SUCCEEDED, 10.0, 12.5, "7 days", 2, {"forecast": ARN, "n": 3})
    for step in (done, Step(run_id, "export", RUNNING, 13.0)):
        catalog.pipelines.put_step(step)
    steps = told(capsys, "logs", run_id)["Steps"]
    assert steps[0] == {
        "Step": "forecast",
        "Status": "SUCCEEDED",
        "StartedAt": "1970-01-01T00:00:10.000+00:00",
        "EndedAt": "1970-01-01T00:00:12.500+00:00",
        "Seconds": 2.5,
        "Attempts": 2,
        "Message": "7 days",
        "Results": {"forecast": ARN, "n": 3},
    }
    assert (steps[1]["Step"], steps[1]["EndedAt"], steps[1]["Seconds"]) == ("export", None, None)
    printed = words(capsys, "logs", run_id)
    assert f"  forecast: {ARN}\n" in printed
    assert "7 days" in printed


def test_a_failed_run_is_retried_and_cancelled(catalog: Catalog, capsys):
    run_id = start(capsys)
    end(catalog, run_id, FAILED, "sales.csv, line 3: no number")
    assert "sales.csv, line 3: no number" in words(capsys, "logs", run_id)
    again = told(capsys, "retry", run_id)
    assert (again["Status"], again["Attempt"], again["Message"]) == ("RUNNING", 2, None)
    assert told(capsys, "cancel", run_id)["Status"] == "CANCELLED"
    other = start(capsys)
    assert f"`forecastle pipeline retry {other}` goes on" in words(capsys, "cancel", other)


@pytest.mark.parametrize(("status", "code"), [(SUCCEEDED, 0), (FAILED, 1)])
def test_waiting_ends_with_the_run(catalog: Catalog, status: str, code: int, capsys):
    run_id = start(capsys)
    end(catalog, run_id, FAILED)
    catalog.pipelines.put_step(Step(run_id, "check", SUCCEEDED, 1.0, 2.0, "1 file"))
    with ends_once_it_goes_on(catalog, run_id, status, "the end"):
        printed = words(capsys, "retry", run_id, "--wait", code=code)
    assert "  check: SUCCEEDED, 1 file\n" in printed
    assert f"Run {run_id} {status}: the end" in printed


def test_the_end_of_a_run_that_was_waited_for_is_given_as_json(catalog: Catalog, capsys):
    run_id = start(capsys)
    end(catalog, run_id, FAILED)
    with ends_once_it_goes_on(catalog, run_id, FAILED, "no"):
        given = told(capsys, "retry", run_id, "--wait", code=1)
    assert (given["Status"], given["Message"], given["Steps"]) == ("FAILED", "no", [])
    assert given["EndedAt"] == "2033-05-18T03:33:20.500+00:00"


def test_a_deleted_pipeline_leaves_its_runs(catalog: Catalog, capsys):
    run_id = start(capsys)
    assert "1 run(s) that are RUNNING" in words(capsys, "delete", "uk_sales", code=2)
    end(catalog, run_id, SUCCEEDED)
    assert told(capsys, "delete", "uk_sales") == {"Deleted": "uk_sales"}
    assert told(capsys, "list") == []
    assert [run["RunId"] for run in told(capsys, "runs")] == [run_id]


def test_a_pipeline_that_can_no_longer_be_read_is_listed_all_the_same(catalog: Catalog, capsys):
    """A later version may refuse what an earlier one took."""
    record = catalog.pipelines.find("000000000000", "uk_sales")
    catalog.pipelines.apply(type(record)(**{**vars(record), "text": "name: uk_sales"}))
    (listed,) = told(capsys, "list")
    assert "source is missing" in listed["Problem"]
    assert "cannot be read" in words(capsys, "list")
    assert told(capsys, "delete", "uk_sales") == {"Deleted": "uk_sales"}


def test_what_is_done_is_audited(catalog: Catalog, capsys):
    run_id = start(capsys)
    told(capsys, "cancel", run_id)
    told(capsys, "retry", run_id)
    told(capsys, "cancel", run_id)
    told(capsys, "delete", "uk_sales")
    entries = [(entry.operation, entry.resource) for entry in catalog.audit.entries()]
    assert entries == [
        ("ApplyPipeline", "uk_sales"),
        ("StartPipelineRun", run_id),
        ("CancelPipelineRun", run_id),
        ("RetryPipelineRun", run_id),
        ("CancelPipelineRun", run_id),
        ("DeletePipeline", "uk_sales"),
    ]


NOT_THERE = {
    ("show", "none"): "pipeline 'none' is not there; `forecastle pipeline list` shows all",
    ("run", "none"): "pipeline 'none' is not there",
    ("delete", "none"): "pipeline 'none' is not there",
    ("runs", "none"): "pipeline 'none' is not there",
    ("logs", "none"): "run 'none' is not there; `forecastle pipeline runs` shows all",
    ("retry", "none"): "run 'none' is not there",
    ("cancel", "none"): "run 'none' is not there",
    ("run", "uk_sales", "--key", "input/x.csv"): "s3://demo-forecast/input/x.csv is not there",
}


def test_what_is_not_there_is_told(applied: Path, capsys):
    complaints = {arguments: words(capsys, *arguments, code=2) for arguments in NOT_THERE}
    assert {
        arguments: complaint in complaints[arguments] for arguments, complaint in NOT_THERE.items()
    } == dict.fromkeys(NOT_THERE, True)
