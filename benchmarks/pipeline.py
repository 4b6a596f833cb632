"""Seconds from a file's arrival in the bucket to its forecast, through `forecastle serve`.

    python -m benchmarks.pipeline [--repeats 3] [--data FILE] [--uploads 50]

The UK case is trained with the default AutoML, as in the tutorial. Its overhead is what passes
beyond its steps, from the file's arrival on. Then as many uploads as asked for arrive at once, with
a cheap model: once gathered into one run, once with a run each.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.cases import FOLDER
from forecastle.catalog.pipelines import SUCCEEDED, Run
from tests.compat.running import Serve
from tests.end_to_end.shop import ACCOUNT, BUCKET, Shop, opened_shop, sales

_PATIENCE = 1800.0


def arrival_to_export(shop: Shop, data: Path, repeats: int) -> None:
    """One file after the other, each once the one before is forecast."""
    export = {"bucket": BUCKET, "prefix": "uk/out/"}
    source = {"bucket": BUCKET, "prefix": "uk/in/"}
    given = {"source": source, "export": export, "algorithm": "AutoML", "holidays": "UK"}
    with tempfile.TemporaryDirectory() as folder:
        shop.apply(Path(folder), "uk", **given)
    totals, overheads = [], []
    for number in range(1, repeats + 1):
        arrived = time.time()
        shop.drop(f"uk/in/sales-{number}.csv", data.read_bytes())
        run = shop.ended("uk", number)[-1]
        total, steps = _ended(shop, [run]) - arrived, _seconds_in_steps(shop, run)
        totals.append(total)
        overheads.append(total - sum(steps.values()))
        shown = ", ".join(f"{step} {seconds:.2f}" for step, seconds in steps.items())
        print(f"run {number}: {total:.1f} s: {shown}")
        noticed = run.started_at - arrived
        print(f"  beyond its steps {overheads[-1]:.2f} s, of which until noticed {noticed:.2f} s")
    print(f"UK case, AutoML: {median(totals):.1f} s, overhead {median(overheads):.2f} s (medians)")


def burst(shop: Shop, uploads: int, gather_seconds: int) -> None:
    """All files at once, with the cheapest model."""
    name = f"burst_{gather_seconds}"
    with tempfile.TemporaryDirectory() as folder:
        shop.apply(Path(folder), name, gather_seconds=gather_seconds)
    arrived = time.time()
    for number in range(uploads):
        shop.drop(f"{name}/in/{number:03d}.csv", sales(level=20 + number))
    runs = shop.ended(name, 1 if gather_seconds else uploads, _PATIENCE)
    taken = sum(len(shop.catalog.pipelines.uploads(ACCOUNT, name, run_id=r.run_id)) for r in runs)
    total = _ended(shop, runs) - arrived
    print(
        f"{uploads} uploads, gathered {gather_seconds} s: {len(runs)} runs with {taken} uploads in "
        f"{total:.1f} s, {total / len(runs):.2f} s per run"
    )


def _ended(shop: Shop, runs: Sequence[Run]) -> float:
    """When the last of the runs ended."""
    failed = [run for run in runs if run.status != SUCCEEDED]
    if failed:
        raise SystemExit(shop.messages(failed))
    return max(run.ended_at or 0.0 for run in runs)


def _seconds_in_steps(shop: Shop, run: Run) -> dict[str, float]:
    steps = shop.catalog.pipelines.steps(run.run_id)
    return {step.step: (step.ended_at or step.started_at) - step.started_at for step in steps}


def main() -> None:
    parser = argparse.ArgumentParser(description="Seconds from a file's arrival to its forecast.")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--data", type=Path, default=FOLDER / "uk_sales_daily.csv")
    parser.add_argument("--uploads", type=int, default=50)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Serve(Path(folder)) as running,
        opened_shop(running.data_dir) as shop,
    ):
        arrival_to_export(shop, arguments.data, arguments.repeats)
        for gather_seconds in (5, 0):
            burst(shop, arguments.uploads, gather_seconds)


if __name__ == "__main__":
    main()
