"""``forecastle run``: train on a file of sales, forecast, write the results."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from forecastle.cli import options
from forecastle.cli.fill_rules import read_fill_rules
from forecastle.cli.output import Output
from forecastle.cli.progress import progress_bar
from forecastle.core.budget import ProgressListener
from forecastle.core.executor import Executor

if TYPE_CHECKING:
    from forecastle.library.predictor import Predictor


def run(
    sales: options.Sales,
    related: options.Related = None,
    metadata: options.Metadata = None,
    horizon: options.Horizon = 7,
    frequency: options.Frequency = None,
    country: options.Country = "",
    events: options.Events = None,
    quantiles: options.Quantiles = "0.1,0.5,0.9",
    columns: options.Columns = None,
    dimensions: options.Dimensions = "",
    timestamp_format: options.TimestampFormat = None,
    fill: options.Fill = None,
    algorithms: options.Algorithms = "AutoML",
    parameters: options.Parameters = "",
    tune: options.Tune = False,
    trials: options.Trials = 12,
    backtest_windows: options.BacktestWindows = 1,
    time_limit: options.TimeLimit = None,
    seed: options.Seed = 0,
    workers: options.Workers = None,
    out: options.Out = None,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Train on SALES, forecast what comes next; writes forecast, accuracy, predictor, report."""
    from forecastle import Predictor, Settings

    filling, related_filling = read_fill_rules(fill or ())
    settings = Settings(
        horizon=horizon,
        frequency=frequency,
        holidays=options.split(country),
        events=events or (),
        quantiles=options.split(quantiles),
        columns=options.split(columns) if columns else None,
        dimensions=options.split(dimensions),
        timestamp_format=timestamp_format,
        filling=filling,
        related_filling=related_filling,
        algorithms=options.split(algorithms),
        training_parameters=options.pairs(parameters),
        tune=tune,
        trials=trials,
        backtest_windows=backtest_windows,
        time_limit=time_limit,
        seed=seed,
    )

    def train(executor: Executor, progress: ProgressListener) -> Predictor:
        return Predictor.train(
            sales,
            settings,
            related=related,
            metadata=metadata,
            executor=executor,
            progress=progress,
        )

    train_and_write(sales, train, workers, out, overwrite, Output(quiet, json))


def train_and_write(
    sales: Path,
    train: Callable[[Executor, ProgressListener], Predictor],
    workers: int | None,
    out: Path | None,
    overwrite: bool,
    output: Output,
) -> None:
    """Train, forecast, write the results and say where they lie.

    Args:
        sales: the file that is trained on.
        train: makes the predictor.
        workers: processes to train in; None: the scheduler of the environment, or one per core.
        out: folder for the results; None: beside ``sales``.
        overwrite: whether to replace the results of an earlier run.
        output: where to say it.

    Raises:
        InputError: the data cannot be used, or the folder is in the way.
    """
    from forecastle.cli.results import Results, show
    from forecastle.compute.choose import executor_for
    from forecastle.library.outputs import default_folder, write_training_results
    from forecastle.storage.atomic import check_replaceable

    started = time.monotonic()
    folder = out or default_folder(sales)
    check_replaceable(folder, overwrite=overwrite)  # not only after minutes of training
    scheduler = None if workers else os.environ.get("FORECASTLE_SCHEDULER")
    with executor_for(scheduler, workers) as executor:
        with progress_bar(shown=output.talks) as progress:
            predictor = train(executor, progress)
        prediction = predictor.predict(executor=executor)
    files = write_training_results(folder, predictor, prediction, sales.name, overwrite=overwrite)
    seconds = time.monotonic() - started
    show(Results(folder, files, predictor, prediction, seconds, trained_now=True), output)
