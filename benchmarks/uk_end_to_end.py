"""Seconds from the UK sales file to the report, through the command line.

    python -m benchmarks.uk_end_to_end [--repeats 3] [--data FILE]

Every run is a fresh process that reads the file, trains with AutoML, forecasts and writes all
results. Its unit is a Python that only imports the libraries of others that do the fitting: what
no program on top of them can go below. Runs and units alternate, so that both meet the same
machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.cases import FOLDER
from benchmarks.measuring import Cost, measure

_UNIT = [sys.executable, "-c", "import lightgbm, statsforecast, prophet"]


def run_once(sales: Path) -> Cost:
    """One run of ``forecastle run``; raises if it fails or leaves no report."""
    with tempfile.TemporaryDirectory() as folder:
        out, log = Path(folder) / "forecast", Path(folder) / "log.txt"
        options = ["--horizon", "7", "--country", "UK", "--quiet", "--out", str(out)]
        cost = measure([sys.executable, "-m", "forecastle", "run", str(sales), *options], log)
        if cost.exit_code != 0 or not (out / "report.html").exists():
            raise RuntimeError(f"the run failed with {cost.exit_code}: {log.read_text()}")
        return cost


def unit() -> Cost:
    """One start of Python with the imports."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(_UNIT, Path(folder) / "log.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description="Seconds from the UK sales file to the report.")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--data", type=Path, default=FOLDER / "uk_sales_daily.csv")
    arguments = parser.parse_args()
    pairs = []
    for number in range(arguments.repeats):
        pairs.append((run_once(arguments.data), unit()))
        print(f"run {number + 1} of {arguments.repeats}: {_told(pairs[-1][0])}", flush=True)
    for title, costs in zip(
        ("from file to report", "imports alone"), zip(*pairs, strict=True), strict=True
    ):
        seconds = statistics.median(cost.seconds for cost in costs)
        processor = statistics.median(cost.processor_seconds for cost in costs)
        memory = statistics.median(cost.peak_megabytes for cost in costs)
        print(f"{title:20} {seconds:7.1f} s {processor:7.1f} CPU s {memory:7.0f} MB   (medians)")
    wall = statistics.median(ours.seconds / bare.seconds for ours, bare in pairs)
    work = statistics.median(
        ours.processor_seconds / bare.processor_seconds for ours, bare in pairs
    )
    print(f"ratio, median of {len(pairs)} pairs: {wall:.1f} in seconds, {work:.1f} in CPU seconds")


def _told(cost: Cost) -> str:
    return f"{cost.seconds:.1f} s, {cost.processor_seconds:.1f} CPU s"


if __name__ == "__main__":
    main()
