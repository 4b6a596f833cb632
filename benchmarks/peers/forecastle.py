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
        return predictor.forecast().to_pandas()


if __name__ == "__main__":
    answer(forecast, "forecastle", "lightgbm", "statsforecast", "prophet")
