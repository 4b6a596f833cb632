"""Bad input, faults of ours and Ctrl-C: one message, the exit code, nothing written."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from forecastle.cli.main import run_app
from tests.shop import write_sales

CSV = "item_id,timestamp,demand\n"

BAD_FILES = {
    "empty": (b"", ""),
    "header only": (CSV.encode(), ""),
    "random bytes": (bytes(range(256)) * 20, ""),
    "an unparsable demand": (f"{CSV}tea,2024-01-01,1\ntea,2024-01-02,many\n".encode(), "line 3"),
    "an unparsable date": (f"{CSV}tea,2024-01-01,1\ntea,tomorrow,1\n".encode(), "line 3"),
    "text for a missing number": (
        f"{CSV}tea,2024-01-01,1\ntea,2024-01-02,NaN\n".encode(),
        "line 3",
    ),
    "one observation": (f"{CSV}tea,2024-01-01,1\n".encode(), "bad.csv: there is one"),
    "a column too many": (f"{CSV}tea,2024-01-01,1\ntea,2024-01-02,1,9\n".encode(), "line 3"),
}

BAD_OPTIONS = [
    (["--horizon", "300"], "horizon 300 is too long"),
    (["--horizon", "0"], "horizon 0"),
    (["--frequency", "fortnight"], "frequency 'fortnight' is not known"),
    (["--frequency", "H"], "finer than the data"),
    (["--country", "Atlantis"], "country 'Atlantis' is not known"),
    (["--quantiles", "1.5"], "quantile '1.5' is not known"),
    (["--quantiles", ""], "no quantile"),
    (["--algorithms", "ETS,Oracle"], "algorithm 'Oracle' is not known; use AutoML or"),
    (["--backtest-windows", "9"], "backtest windows 9 is out"),
    (["--dimensions", "store"], "store"),
    (["--columns", "sku,when,pieces"], "sku"),
    (["--related", "missing.csv"], "missing.csv"),
    (["--metadata", "missing.csv"], "missing.csv"),
    (["--events", "missing.csv"], "missing.csv"),
    (["--workers", "0"], "workers: 0"),
    (["--horizon", "soon"], "'--horizon'"),
    (["--no-such-option"], "--no-such-option"),
]


def refused(arguments: list[str], capsys) -> str:
    """The message of a command that must end with code 2, tell it once and write nothing."""
    assert run_app(arguments) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "Traceback" not in streams.err
    return streams.err


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_refused_by_name_and_line(kind: str, tmp_path: Path, capsys):
    content, part = BAD_FILES[kind]
    (tmp_path / "bad.csv").write_bytes(content)
    message = refused(["run", str(tmp_path / "bad.csv"), "--workers", "1"], capsys)
    assert part in message
    assert "bad.csv" in message
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


def test_a_missing_file_is_refused_by_name(tmp_path: Path, capsys):
    assert "nowhere.csv" in refused(["run", str(tmp_path / "nowhere.csv")], capsys)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("options", "part"), BAD_OPTIONS, ids=str)
def test_a_bad_option_is_refused_with_the_value(options, part, tmp_path: Path, capsys):
    sales = write_sales(tmp_path / "sales.csv")
    quick = [] if "--algorithms" in options else ["--algorithms", "SeasonalNaive"]
    workers = [] if "--workers" in options else ["--workers", "1"]
    assert part in refused(["run", str(sales), *quick, *workers, *options], capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["sales.csv"]


def test_with_json_the_error_is_json_with_its_problems(tmp_path: Path, capsys):
    content = CSV + "".join(f"tea,2024-01-{day:02},x{day}\n" for day in range(1, 20))
    (tmp_path / "bad.csv").write_text(content)
    record = json.loads(refused(["run", str(tmp_path / "bad.csv"), "--json"], capsys))
    assert record["exit_code"] == 2
    assert record["problem_count"] == 19
    assert len(record["problems"]) == 10
    assert record["problems"][0]["line"] == 2


def test_with_json_a_wrong_option_is_json_too(capsys):
    assert json.loads(refused(["run", "--json"], capsys))["exit_code"] == 2


def test_no_predictor_there(tmp_path: Path, capsys):
    sales = write_sales(tmp_path / "sales.csv")
    message = refused(["forecast", str(tmp_path / "p"), "--data", str(sales)], capsys)
    assert "no predictor is there" in message


class TestFaultOfOurs:
    @pytest.fixture(autouse=True)
    def fault(self, monkeypatch, tmp_path: Path):
        def train(*_, **__):
            raise RuntimeError("the cogs jam")

        monkeypatch.setattr("forecastle.library.predictor.train", train)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def test_a_short_message_and_a_log(self, tmp_path: Path, capsys):
        sales = write_sales(tmp_path / "sales.csv")
        assert run_app(["run", str(sales), "--workers", "1"]) == 1
        message = capsys.readouterr().err
        assert "the cogs jam" in message
        assert "Traceback" not in message
        log = Path(re.search(r"\S+\.log", message)[0])
        assert "Traceback" in log.read_text()
        assert not (tmp_path / "forecast-sales").exists()

    def test_debug_shows_the_trace(self, tmp_path: Path, capsys):
        sales = write_sales(tmp_path / "sales.csv")
        assert run_app(["run", str(sales), "--workers", "1", "--debug"]) == 1
        assert "Traceback" in capsys.readouterr().err


def children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in listed]


def wait_until(condition, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_nothing_stays_behind(tmp_path: Path, sent: signal.Signals):
    sales = write_sales(tmp_path / "sales.csv", items=tuple("abcdefgh"), days=800)
    command = [sys.executable, "-m", "forecastle", "run", str(sales), "--workers", "2"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert wait_until(lambda: len(children(run.pid)) >= 2), "the workers have started"
        workers = children(run.pid)
        run.send_signal(sent)
        output, errors = run.communicate(timeout=60)
    assert run.returncode == 130
    assert (output, errors) == ("", "stopped; nothing was written\n")
    assert [path.name for path in tmp_path.iterdir()] == ["sales.csv"]
    assert wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
