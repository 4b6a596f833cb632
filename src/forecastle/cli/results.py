"""What `run` and `forecast` say at the end: the next steps, the accuracy, where things lie."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from rich.table import Table

from forecastle.cli.output import Output
from forecastle.library.outputs import accuracy_record
from forecastle.library.prediction import Prediction
from forecastle.library.predictor import Predictor
from forecastle.reports.figures import decimals_for, number, percent
from forecastle.training.predictor import TrainedPredictor

_MOST_STEPS = 14
_LARGEST_SERIES = 5
_UNITS = {"min": "minutes", "H": "hours", "D": "days", "W": "weeks", "M": "months", "Y": "years"}


@dataclass(frozen=True, eq=False)
class Results:
    """What a command did.

    Attributes:
        folder: where the results lie.
        files: name → path of each.
        predictor: what forecast.
        prediction: the forecast and its history.
        seconds: how long all took.
        trained_now: whether the predictor was trained by the same command.
    """

    folder: Path
    files: Mapping[str, Path]
    predictor: Predictor
    prediction: Prediction
    seconds: float
    trained_now: bool


def show(results: Results, output: Output) -> None:
    """Say it in words, or as one JSON object."""
    if output.talks:
        output.say(*words(results))
    if output.as_json:
        output.give(record(results))


def words(results: Results) -> Iterable[str | Table]:
    """The end of a run, for people."""
    prediction = results.prediction
    yield from tables(prediction)
    yield from prediction.messages
    if results.trained_now:
        yield from accuracy_words(results.predictor.trained)
    yield f"Took {results.seconds:.1f} s. Report: {results.files['report.html']}"


def tables(prediction: Prediction) -> Iterable[str | Table]:
    """The next steps; for many series their sums and the largest of them."""
    n_series = prediction.forecast.keys.height
    steps = prediction.by_step()
    if n_series == 1:
        name = ", ".join(prediction.forecast.keys.row(0))
        yield _step_table(f"{name}: {_span(prediction)}", steps)
    else:
        yield _step_table(f"All {n_series:,} series together: {_span(prediction)}", steps)
        yield _series_table(prediction)


def _span(prediction: Prediction) -> str:
    """``the next 7 days``."""
    frequency, horizon = prediction.forecast.frequency, prediction.forecast.horizon
    if frequency.count == 1:
        return f"the next {horizon} {_UNITS[frequency.unit]}"
    return f"the next {horizon} steps of {frequency}"


def _step_table(title: str, steps: pl.DataFrame) -> Table:
    values = [name for name in steps.columns if name not in ("timestamp", "weekday", "holiday")]
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("Date")
    table.add_column("Weekday")
    for name in values:
        table.add_column(name, justify="right")
    table.add_column("Holiday")
    decimals = _decimals(steps, values)
    for row in steps.head(_MOST_STEPS).iter_rows(named=True):
        numbers = [number(row[name], decimals) for name in values]
        table.add_row(_moment(row["timestamp"]), row["weekday"], *numbers, row["holiday"])
    if steps.height > _MOST_STEPS:
        table.caption = f"{steps.height - _MOST_STEPS} more in forecast.csv"
    return table


def _series_table(prediction: Prediction) -> Table:
    largest = prediction.by_series().head(_LARGEST_SERIES)
    keys = prediction.forecast.keys.columns
    table = Table(
        *keys, title=f"The largest, summed over {_span(prediction)}", title_justify="left"
    )
    for name in prediction.value_columns:
        table.add_column(name, justify="right")
    decimals = _decimals(largest, prediction.value_columns)
    for row in largest.iter_rows(named=True):
        numbers = [number(row[name], decimals) for name in prediction.value_columns]
        table.add_row(*(row[key] for key in keys), *numbers)
    return table


def _decimals(table: pl.DataFrame, columns: Sequence[str]) -> int:
    return decimals_for(value for name in columns for value in table[name])


def accuracy_words(trained: TrainedPredictor) -> Iterable[str]:
    """How good the predictor was on windows that it had not seen, beside the seasonal naive."""
    report = trained.accuracy
    ours, naive = report.blend.summary, report.naive.summary
    count = len(report.blend.windows)
    windows = f"{count} backtest windows" if count > 1 else "backtest window"
    yield (
        f"Accuracy on the last {windows}: "
        f"average wQL {ours.average_weighted_quantile_loss:.4f}, "
        f"seasonal naive {naive.average_weighted_quantile_loss:.4f}: {_skill(report.skill)}. "
        f"WAPE {percent(ours.wape)}, seasonal naive {percent(naive.wape)}."
    )
    shares = ", ".join(f"{name} {percent(share, 0)}" for name, share in trained.weights.items())
    yield f"Blend: {shares}. Training took {trained.seconds:.1f} s."


def _skill(skill: float) -> str:
    if math.isnan(skill):
        return "nothing to compare with"
    if round(skill, 3) == 0:
        return "as good as the seasonal naive"
    return f"{percent(abs(skill))} {'less' if skill > 0 else 'more'} error"


def record(results: Results) -> dict[str, Any]:
    """The end of a run, for programs: the one object of ``--json``."""
    prediction = results.prediction
    steps = prediction.by_step()
    content: dict[str, Any] = {
        "folder": str(results.folder),
        "files": {name: str(path) for name, path in results.files.items()},
        "series": prediction.forecast.keys.height,
        "totals": [
            {**row, "timestamp": row["timestamp"].isoformat()}
            for row in steps.iter_rows(named=True)
        ],
        "messages": list(prediction.messages),
        "seconds": round(results.seconds, 3),
    }
    if results.trained_now:
        content["accuracy"] = accuracy_record(results.predictor.trained)
    return content


def _moment(time: datetime) -> str:
    """``2010-12-03``, with the time of day if it has one."""
    return time.strftime("%Y-%m-%d" if time.hour == time.minute == 0 else "%Y-%m-%d %H:%M")
