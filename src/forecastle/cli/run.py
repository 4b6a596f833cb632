"""``forecastle run``: train on a file of sales, forecast, write the results."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from forecastle.cli import options
from forecastle.cli.fill_rules import read_fill_rules
from forecastle.cli.output import Output
from forecastle.cli.progress import progress_bar
from forecastle.core.executor import Executor

if TYPE_CHECKING:
    from forecastle.library.predictor import Predictor
    from forecastle.library.settings import Settings


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
    from forecastle import Settings

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
        backtest_windows=backtest_windows,
        time_limit=time_limit,
        seed=seed,
    )
    _run(sales, related, metadata, settings, workers, out, overwrite, Output(quiet, json))


def _run(
    sales: Path,
    related: Path | None,
    metadata: Path | None,
    settings: Settings,
    workers: int | None,
    out: Path | None,
    overwrite: bool,
    output: Output,
) -> None:
    from forecastle.cli.results import Results, show
    from forecastle.compute.choose import executor_for
    from forecastle.library.outputs import default_folder, write_training_results
    from forecastle.storage.atomic import check_replaceable

    started = time.monotonic()
    folder = out or default_folder(sales)
    check_replaceable(folder, overwrite=overwrite)  # not only after minutes of training
    scheduler = None if workers else os.environ.get("FORECASTLE_SCHEDULER")
    with executor_for(scheduler, workers) as executor:
        predictor = _train(sales, related, metadata, settings, executor, output)
        prediction = predictor.predict(executor=executor)
    files = write_training_results(folder, predictor, prediction, sales.name, overwrite=overwrite)
    seconds = time.monotonic() - started
    show(Results(folder, files, predictor, prediction, seconds, trained_now=True), output)


def _train(
    sales: Path,
    related: Path | None,
    metadata: Path | None,
    settings: Settings,
    executor: Executor,
    output: Output,
) -> Predictor:
    from forecastle import Predictor

    with progress_bar(shown=output.talks) as progress:
        return Predictor.train(
            sales,
            settings,
            related=related,
            metadata=metadata,
            executor=executor,
            progress=progress,
        )
