"""AutoGluon without the models that download pretrained weights, preset medium_quality.

It knows all that the others know: holidays and other known covariates, and item metadata.
"""

from __future__ import annotations

import tempfile

import pandas as pd
from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor

from benchmarks.peers.exchange import ITEM, TIME, Task, answer

_PRETRAINED = ["Chronos", "Chronos2", "Toto", "Toto2"]
_LEVELS = {"0.1": "p10", "0.5": "p50", "0.9": "p90"}


def forecast(task: Task, preset: str = "medium_quality") -> pd.DataFrame:
    sales = task.regular()
    known, names = _known(task, sales)
    history = TimeSeriesDataFrame.from_data_frame(
        sales.merge(known, on=[ITEM, TIME]) if names else sales, static_features_df=_static(task)
    )
    with tempfile.TemporaryDirectory() as folder:
        predictor = TimeSeriesPredictor(
            prediction_length=task.horizon,
            freq=task.pandas_frequency,
            target="demand",
            known_covariates_names=names or None,
            quantile_levels=[float(level) for level in _LEVELS],
            eval_metric="WQL",
            path=f"{folder}/predictor",
            verbosity=2,  # the log names the models that were tried
        )
        predictor.fit(history, presets=preset, excluded_model_types=_PRETRAINED)
        future = known[known[TIME] > sales[TIME].max()]
        found = predictor.predict(
            history,
            known_covariates=TimeSeriesDataFrame.from_data_frame(future) if names else None,
        )
    return found.reset_index().rename(columns=_LEVELS)


def _known(task: Task, sales: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """What is known in advance, per item and step, past and future; and the columns' names."""
    first, last = sales[TIME].min(), sales[TIME].max()
    past = pd.date_range(first, last, freq=task.pandas_frequency)
    times = pd.date_range(first, periods=len(past) + task.horizon, freq=task.pandas_frequency)
    items = pd.Series(sales[ITEM].unique(), name=ITEM)
    known = pd.merge(items, pd.Series(times, name=TIME), how="cross")
    if task.known_file is not None:
        known = known.merge(pd.read_parquet(task.known_file), on=[ITEM, TIME])
    if task.holidays:
        days = pd.to_datetime([day for day, _ in task.holidays])
        known["public_holiday"] = known[TIME].isin(days).astype(float)
    return known, list(known.columns.drop([ITEM, TIME]))


def _static(task: Task) -> pd.DataFrame | None:
    if task.static_file is None:
        return None
    static = pd.read_parquet(task.static_file)
    texts = static.select_dtypes("object").columns.drop(ITEM)
    return static.astype(dict.fromkeys(texts, "category"))


if __name__ == "__main__":
    answer(forecast, "autogluon.timeseries", "torch")
