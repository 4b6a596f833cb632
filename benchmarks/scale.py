"""What many series cost: generated daily sales of two years, from the file to the forecast.

    python -m benchmarks.scale [--series 1000,10000,50000] [--dask] [--markdown FILE]

Each size runs in processes of its own, as a user of the library would run it: Parquet files of one
row per item and day are read, AutoML trains on as many processes as there are cores, and 14 days
are forecast. Memory is that of all processes together, the Dask scheduler and its workers
included. With ``--dask`` each size runs once more on a scheduler with two workers of which one is
killed half-way through the shards; the forecast must be the same to the last bit.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.measuring import Cost, measure

_DAYS, _FIRST = 730, np.datetime64("2023-01-01", "D")
_SERIES_PER_FILE = 2_000
_MOST_GIGABYTES = 6.0


@dataclass(frozen=True)
class Run:
    """One size, once.

    Attributes:
        series: how many.
        place: ``processes`` or ``Dask``.
        cost: of all processes.
        answer: what the work said of itself (`benchmarks.scale_work`).
    """

    series: int
    place: str
    cost: Cost
    answer: dict[str, Any]


def write_sales(folder: Path, n_series: int) -> None:
    """Counts with a level, weekdays, a time of the year and a trend per item, and chance."""
    rng = np.random.default_rng(0)
    days = np.arange(_DAYS)
    dates = pl.Series("timestamp", _FIRST + days)
    for first in range(0, n_series, _SERIES_PER_FILE):
        size = min(_SERIES_PER_FILE, n_series - first)
        level = rng.lognormal(3.0, 0.8, (size, 1))
        weekday = rng.uniform(0.6, 1.4, (size, 7))[:, days % 7]
        wave = rng.uniform(0, 0.3, (size, 1)) * np.sin(
            2 * np.pi * (days / 365.25 + rng.uniform(size=(size, 1)))
        )
        trend = 1 + rng.normal(0, 0.1, (size, 1)) * days / _DAYS
        chance = rng.gamma(12.0, 1 / 12.0, (size, _DAYS))
        demand = rng.poisson(level * weekday * (1 + wave) * trend * chance).astype(float)
        items = [f"sku-{number:06d}" for number in range(first, first + size)]
        pl.DataFrame(
            {
                "item_id": pl.Series(items).repeat_by(_DAYS).explode(),
                "timestamp": pl.concat([dates] * size),
                "demand": demand.ravel(),
            }
        ).write_parquet(folder / f"sales-{first:06d}.parquet")


def work(folder: Path, series: int, algorithms: str, *, dask: bool) -> Run:
    """Train and forecast in a process of its own."""
    log = folder.parent / f"{folder.name}-{'dask' if dask else 'processes'}.log"
    command = [sys.executable, "-m", "benchmarks.scale_work", str(folder)]
    command += ["--algorithms", algorithms]
    cost = measure([*command, "--dask"] if dask else command, log)
    text = log.read_text(encoding="utf-8")
    if cost.exit_code:
        raise SystemExit(f"{series} series: exit code {cost.exit_code}\n{text}")
    # The scheduler and its workers write into the same log, also at the end.
    line = [line for line in text.splitlines() if line.startswith("{")][-1]
    answer = json.loads(line)
    return Run(series, "Dask" if dask else "processes", cost, answer)


def table(runs: list[Run]) -> str:
    """Markdown, a row per run."""
    lines = [
        "| series | where | seconds | s per 1,000 series | reading | training | forecasting "
        "| CPU s | peak MB | wQL | seasonal naive |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in runs:
        cost, answer = run.cost, run.answer
        lines.append(
            f"| {run.series:,} | {run.place} | {cost.seconds:.0f} "
            f"| {1000 * cost.seconds / run.series:.1f} | {answer['reading']:.0f} "
            f"| {answer['training']:.0f} | {answer['forecasting']:.0f} "
            f"| {cost.processor_seconds:.0f} | {cost.peak_megabytes:.0f} "
            f"| {answer['loss']:.4f} | {answer['naive']:.4f} |"
        )
    return "\n".join(lines)


def verdict(runs: list[Run]) -> list[str]:
    """What must be true and is not, a sentence each."""
    wrong = [
        f"{run.series} series on {run.place}: {run.cost.peak_megabytes:.0f} MB are more than "
        f"{_MOST_GIGABYTES:.0f} GB"
        for run in runs
        if run.cost.peak_megabytes > 1024 * _MOST_GIGABYTES
    ]
    forecasts = {run.series: run.answer["forecast"] for run in runs if run.place == "processes"}
    return wrong + [
        f"{run.series} series: the forecast on Dask is another one"
        for run in runs
        if run.answer["forecast"] != forecasts[run.series]
    ]


def main() -> None:
    """Run what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", default="1000,10000,50000", help="sizes, with commas")
    parser.add_argument("--algorithms", default="AutoML", help="only some, with commas: a try")
    parser.add_argument("--dask", action="store_true", help="once more on Dask, a worker dying")
    parser.add_argument("--markdown", type=Path, help="write the table there too")
    arguments = parser.parse_args()
    runs: list[Run] = []
    for series in [int(size) for size in arguments.series.split(",")]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "sales"
            folder.mkdir()
            write_sales(folder, series)
            for dask in (False, True) if arguments.dask else (False,):
                runs.append(work(folder, series, arguments.algorithms, dask=dask))
                print(table(runs[-1:]), flush=True)
    print(f"\n{table(runs)}")
    if arguments.markdown:
        arguments.markdown.write_text(f"{table(runs)}\n", encoding="utf-8")
    wrong = verdict(runs)
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
