"""The work that `benchmarks.scale` measures: one size, from the files to the forecast.

One line printed is JSON: the seconds of each part, the accuracy, and a checksum of the
forecast.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import forecastle
from forecastle.compute.choose import executor_for
from forecastle.core.budget import Progress
from forecastle.core.executor import Executor
from forecastle.training.report import AUTOML

_HORIZON = 14
_WORKERS = 2


@contextmanager
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler with two workers of one thread: its address, and the workers."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "scheduler.json"
        local = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
        options = ["--scheduler-file", str(file), "--no-nanny", "--nthreads", "1"]
        started = [_start("dask_scheduler", *local, "--port", "0", "--scheduler-file", str(file))]
        try:
            while not (file.exists() and file.stat().st_size):
                time.sleep(0.1)
            started += [
                _start("dask_worker", *options, *local, "--local-directory", name)
                for _ in range(_WORKERS)
            ]
            yield json.loads(file.read_text())["address"], started[1:]
        finally:
            for process in reversed(started):
                process.kill()
            for process in started:
                process.wait()


def _start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    return subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})


def killing(victim: subprocess.Popen[bytes]) -> Callable[[Progress], None]:
    """Kill a worker once half of the shards are backtested, or without shards half of the work."""

    def listen(progress: Progress) -> None:
        shards = [part for part in progress.parts if part.name == AUTOML]
        done = shards[0].done / shards[0].total if shards else progress.fraction
        if done >= 0.5 and victim.poll() is None:
            victim.kill()
            print(f"a worker was killed at {progress.fraction:.0%} of the training", flush=True)

    return listen


class _Watch:
    """The seconds at which training began and ended."""

    def __init__(self, listen: Callable[[Progress], None]) -> None:
        self._listen, self.began = listen, 0.0

    def __call__(self, progress: Progress) -> None:
        self.began = self.began or time.perf_counter()
        self._listen(progress)


def run(
    folder: Path, algorithms: str, executor: Executor, listen: Callable[[Progress], None]
) -> None:
    """Read, train, forecast, and say how it went."""
    started, watch = time.perf_counter(), _Watch(listen)
    predictor = forecastle.Predictor.train(
        folder,
        horizon=_HORIZON,
        frequency="D",
        algorithms=algorithms.split(","),
        executor=executor,
        progress=watch,
    )
    trained = time.perf_counter()
    forecast = predictor.predict(executor=executor).forecast
    done = time.perf_counter()
    report = predictor.accuracy
    for accuracy in report.algorithms:
        share = predictor.trained.weights.get(accuracy.algorithm, 0.0)
        loss = accuracy.summary.average_weighted_quantile_loss
        print(f"{accuracy.algorithm:15} {loss:.4f} {accuracy.seconds:8.1f} s {share:6.1%}")
    naive = report.naive.summary.average_weighted_quantile_loss
    answer = {
        "reading": watch.began - started,
        "training": trained - watch.began,
        "forecasting": done - trained,
        "loss": report.average_weighted_quantile_loss,
        "naive": naive,
        "forecast": hashlib.sha256(forecast.quantiles.tobytes()).hexdigest(),
    }
    print(json.dumps(answer))


def main() -> None:
    """Run on the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--algorithms", default="AutoML")
    parser.add_argument("--dask", action="store_true")
    arguments = parser.parse_args()
    if not arguments.dask:
        with executor_for() as executor:
            run(arguments.folder, arguments.algorithms, executor, lambda _: None)
        return
    with cluster() as (address, workers), executor_for(address) as executor:
        run(arguments.folder, arguments.algorithms, executor, killing(workers[0]))


if __name__ == "__main__":
    main()
