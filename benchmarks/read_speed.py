"""How fast sales are read, beside DuckDB's bare group-by of the same file.

    python -m benchmarks.read_speed [--rows 10000000] [--repeats 5]

Ours reads, validates every cell and sums to item and day; DuckDB only sums. Both run in a process
of their own, by turns, on a file that lies in the page cache.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

_ITEMS, _DAYS, _CHUNK = 500, 1_000, 1_000_000

MEASURED = """
import resource, sys, time
path = sys.argv[1]
{imports}
started = time.perf_counter()
groups = {work}
seconds = time.perf_counter() - started
usage = resource.getrusage(resource.RUSAGE_SELF)
print(groups, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""
DUCKDB = MEASURED.format(
    imports="import duckdb\nduckdb.sql('set enable_progress_bar = false')",
    work="len(duckdb.sql(f\"select item_id, date_trunc('day', timestamp) as day, "
    "sum(demand) as demand from read_csv('{path}') group by all\").fetchnumpy()['day'])",
)
READERS = {
    "Forecastle": MEASURED.format(
        imports="from forecastle.core.frequency import Frequency\n"
        "from forecastle.series.reading import ReadOptions, read_target",
        work="read_target(path, ReadOptions(frequency=Frequency(1, 'D'))).observations.height",
    ),
    "DuckDB": DUCKDB,
}


def write_sales(path: Path, rows: int) -> None:
    """Transactions at random seconds of 1,000 days."""
    rng = np.random.default_rng(0)
    first = np.datetime64("2020-01-01T00:00:00")
    with path.open("wb") as file:
        for start in range(0, rows, _CHUNK):
            size = min(_CHUNK, rows - start)
            seconds = rng.integers(_DAYS * 86_400, size=size).astype("timedelta64[s]")
            pl.DataFrame(
                {
                    "item_id": rng.integers(_ITEMS, size=size),
                    "timestamp": (first + seconds).astype("datetime64[us]"),
                    "demand": rng.integers(1, 5_000, size=size) / 100,
                }
            ).select(
                pl.format("SKU-{}", pl.col("item_id").cast(pl.String).str.zfill(4)).alias(
                    "item_id"
                ),
                pl.col("timestamp").dt.strftime("%Y-%m-%d %H:%M:%S"),
                "demand",
            ).write_csv(file, include_header=start == 0)


def measure(code: str, path: Path) -> list[float]:
    """Groups, seconds, processor seconds, peak memory in MB."""
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(number) for number in done.stdout.split()]


def compare(readers: Mapping[str, str], description: str) -> None:
    """Run every reader by turns and print the medians, and the first one's ratio to each other."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sales.csv"
        write_sales(path, arguments.rows)
        print(f"{arguments.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
        runs = [
            {reader: measure(code, path) for reader, code in readers.items()}
            for _ in range(arguments.repeats)
        ]
    print(f"{'':12}{'groups':>10}{'seconds':>10}{'CPU s':>10}{'peak MB':>10}   (medians)")
    for reader in readers:
        medians = [statistics.median(run[reader][i] for run in runs) for i in range(4)]
        groups, seconds, processor, memory = medians
        print(f"{reader:12}{groups:>10.0f}{seconds:>10.2f}{processor:>10.2f}{memory:>10.0f}")
    ours, *peers = readers
    for peer in peers:
        ratio = statistics.median(run[ours][1] / run[peer][1] for run in runs)
        print(f"seconds beside {peer}, median of {len(runs)} pairs: {ratio:.2f} (to reach: 1.5)")


if __name__ == "__main__":
    compare(READERS, __doc__)
