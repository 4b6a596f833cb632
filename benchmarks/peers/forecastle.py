"""Forecastle with its defaults, from file to forecast by its public names."""

from __future__ import annotations

import pandas as pd

import forecastle
from benchmarks.peers.exchange import Task, answer


def forecast(task: Task) -> pd.DataFrame:
    with forecastle.ProcessExecutor() as executor:
        predictor = forecastle.Predictor.train(
            task.train_file,
            horizon=task.horizon,
            frequency=task.frequency,
            holidays=task.country,
            quantiles=("0.1", "0.5", "0.9", "mean"),
            related=task.known_file,
            metadata=task.static_file,
            executor=executor,
        )
        _tell(predictor)
        return predictor.forecast().to_pandas()


def _tell(predictor: forecastle.Predictor) -> None:
    """What the predictor says of itself, for the log."""
    for accuracy in (predictor.accuracy.blend, *predictor.accuracy.algorithms):
        loss = accuracy.summary.average_weighted_quantile_loss
        share = predictor.trained.blend.shares().get(accuracy.algorithm, 0.0)
        print(f"{accuracy.algorithm:20} {loss:.4f} {accuracy.seconds:6.1f} s {share:7.1%}")


if __name__ == "__main__":
    answer(forecast, "forecastle", "lightgbm", "statsforecast", "prophet")
