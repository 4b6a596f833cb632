"""docs/tutorials/daily-forecast.md: every command of it, typed into a shell one after the other."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from tests.compat.running import PATIENCE, free_port, without_aws
from tests.end_to_end.tutorial import blocks, yaml_name

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "daily-forecast.md"
RUNS = "forecastle pipeline runs uk_sales\n"


@dataclass
class Reader:
    """Somebody who follows the tutorial in an empty folder with a home of their own.

    ``quick`` trains the cheapest model instead of AutoML, where that is not the point.
    """

    folder: Path
    quick: bool
    runs_seen: int = 0

    def __post_init__(self) -> None:
        self.environment = {
            **without_aws(os.environ),
            "HOME": str(self.folder / "home"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "FORECASTLE_PORT": str(free_port()),
        }
        (self.folder / "home").mkdir()

    def types(self, command: str) -> str:
        """What a block of commands prints; it stops at the first that fails."""
        if self.quick:
            command = command.replace("forecastle run ", "forecastle run --algorithms ETS ")
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def saves(self, text: str) -> None:
        """The YAML block, under the name that the page gives it."""
        more = "algorithm: SeasonalNaive\n" if self.quick else ""
        (self.folder / yaml_name(PAGE)).write_text(text + more)

    def looks_until_done(self) -> str:
        """The list of runs, again and again, until one more has succeeded."""
        self.runs_seen += 1
        deadline = time.monotonic() + PATIENCE
        while (shown := self.types(RUNS)).count("SUCCEEDED") < self.runs_seen:
            assert "FAILED" not in shown, self.types("forecastle pipeline runs --json")
            assert time.monotonic() < deadline, shown
            time.sleep(1)
        return shown

    @contextmanager
    def other_terminal(self, command: str) -> Iterator[None]:
        """A command that goes on, ended by Ctrl-C."""
        log = self.folder / "serve.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            deadline = time.monotonic() + PATIENCE
            while "listens on" not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("quick", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_every_command_does_what_the_page_says(tmp_path: Path, quick: bool) -> None:
    reader = Reader(tmp_path, quick)
    told = [block for block in blocks(PAGE) if block.language != "download"]
    serve = next(number for number, block in enumerate(told) if block.text == "forecastle serve\n")
    for block in told[:serve]:
        reader.types(block.text)
    assert (tmp_path / "by-hand" / "report.html").exists()
    with reader.other_terminal(told[serve].text):
        shown = [_follows(reader, block.language, block.text) for block in told[serve + 1 :]]
    dates = [line for text in shown for line in re.findall(r"2010-12-10.*", text)]
    assert dates, "the new forecast begins on 10 December"
    assert reader.runs_seen == 2


def _follows(reader: Reader, language: str, text: str) -> str:
    if language == "yaml":
        reader.saves(text)
        return ""
    return reader.looks_until_done() if text == RUNS else reader.types(text)


def test_the_real_invoices_give_files_of_the_same_names(tmp_path: Path) -> None:
    """The block that downloads, with a file of a few invoices in the place of the network."""
    (block,) = [block for block in blocks(PAGE) if block.language == "download"]
    columns = ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price")
    rows = [("489434", "85048", "LIGHTS", 2, f"2010-12-0{day} 09:00:00", 5.0) for day in (1, 2, 8)]
    table = pl.DataFrame(rows, columns, orient="row").with_columns(
        pl.lit(1).alias("Customer ID"), pl.lit("United Kingdom").alias("Country")
    )
    table.write_csv(tmp_path / "invoices.csv")
    reader = Reader(tmp_path, quick=True)
    reader.types(block.text.replace("--download", "--input invoices.csv"))
    made = {path.name for path in (tmp_path / "uk").glob("*.csv")}
    needed = set(re.findall(r"tr_target\w+\.csv", PAGE.read_text("utf-8")))
    assert needed == made
