"""``forecastle retrain``: newer data, and what the predictor before found out about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecastle.cli import options
from forecastle.cli.output import Output
from forecastle.cli.run import train_and_write
from forecastle.core.budget import ProgressListener
from forecastle.core.executor import Executor

if TYPE_CHECKING:
    from forecastle.library.predictor import Predictor


def retrain(
    predictor: options.PredictorFolder,
    data: options.Newer,
    related: options.Related = None,
    metadata: options.Metadata = None,
    time_limit: options.TimeLimit = None,
    workers: options.Workers = None,
    out: options.Out = None,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Train again with the algorithms and shares of PREDICTOR; writes what `run` writes."""
    from forecastle import load

    earlier = load(predictor)

    def train(executor: Executor, progress: ProgressListener) -> Predictor:
        return earlier.retrain(
            data,
            related=related,
            metadata=metadata,
            time_limit=time_limit,
            executor=executor,
            progress=progress,
        )

    train_and_write(data, train, workers, out, overwrite, Output(quiet, json))
