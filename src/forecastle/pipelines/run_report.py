"""The HTML report of a run: drawn in a process of its own, from what the run made.

History, chart and accuracy need all series in memory, as the forecast's job had them; the worker,
which must live, does not read them itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.jobs.group_data import GroupData
from forecastle.jobs.train import load_predictor
from forecastle.pipelines.stored_forecast import StoredForecast, read_forecast
from forecastle.pipelines.totals import change
from forecastle.reports.content import Changes, ItemChange, ReportContent
from forecastle.reports.figures import date, percent, rounded
from forecastle.reports.html import write_report
from forecastle.reports.wording import steps_of
from forecastle.series.building import build_panel
from forecastle.series.panel import Panel

_MOST_MOVED = 10


@dataclass(frozen=True)
class ReportTask:
    """What the report is made from.

    Attributes:
        title: the heading.
        created: when, in words.
        predictor: folder of the predictor's artifact.
        data: the datasets of the group.
        forecast: the forecast.
        table: its table.
        before: the forecast of the run before, if there is one.
        before_table: its table.
        sentences: what changed in the totals, in words.
        messages: what the user should know.
        is_trained_on_these: whether the predictor was trained on the data that are forecast from;
            only then are its backtests of this history.
        period: steps of the headline's period, for the sales just before.
        target: the file to write.
    """

    title: str
    created: str
    predictor: Path
    data: GroupData
    forecast: Resource
    table: Path
    before: Resource | None
    before_table: Path | None
    sentences: tuple[str, ...]
    messages: tuple[str, ...]
    is_trained_on_these: bool
    period: int
    target: Path


@dataclass(frozen=True)
class HistoryFacts:
    """What only the history tells.

    Attributes:
        just_before: sales of as many steps as the period has, right before the forecast; None if
            the history is shorter.
        happened: the steps of the last forecast that are history by now.
        happened_expected: what it expected of them, the sum of its means.
        happened_sales: what came in.
    """

    just_before: float | None
    happened: int = 0
    happened_expected: float = 0.0
    happened_sales: float = 0.0


def draw_report(task: ReportTask) -> HistoryFacts:
    """Write the report.

    Raises:
        InputError: the data have changed since the forecast, so that they do not lead up to it.
    """
    trained, recipe = load_predictor(task.predictor, backtests=task.is_trained_on_these)
    tables = task.data.load().tables(recipe)
    horizon = trained.spec.horizon
    built = build_panel(tables.target, recipe, horizon, tables.related, tables.metadata)
    forecast = read_forecast(task.table, task.forecast)
    panel = _leading_to(built.panel, forecast)
    before = None
    if task.before is not None and task.before_table is not None:
        before = read_forecast(task.before_table, task.before)
    facts = _facts(panel, before, task.period)
    content = ReportContent(
        title=task.title,
        panel=panel,
        forecast=forecast,
        forecast_types=tuple(task.forecast.details["forecast_types"]),
        accuracy=trained.accuracy,
        backtests=trained.backtests,
        weights=trained.weights,
        left_out=trained.left_out,
        messages=task.messages,
        seconds=trained.seconds if task.is_trained_on_these else None,
        created=task.created,
        changes=_changes(task, forecast, before, facts),
        dependence=trained.dependence,
    )
    write_report(task.target, content)
    return facts


def _leading_to(panel: Panel, forecast: StoredForecast) -> Panel:
    """The history up to the forecast: another run may have imported more since."""
    steps = int(panel.frequency.steps_between(panel.origin, np.array([forecast.start]))[0])
    if not 0 < steps <= panel.n_time:
        raise InputError(
            f"the data end on {date(panel.times[-1])} now, and the forecast begins on "
            f"{date(forecast.start)}: they were replaced since; run the pipeline again"
        )
    return panel.until(steps, forecast.horizon)


def _facts(panel: Panel, before: StoredForecast | None, period: int) -> HistoryFacts:
    totals = np.nansum(panel.target, axis=0)
    enough = panel.n_time >= period
    facts = HistoryFacts(float(totals[-period:].sum()) if enough else None)
    if before is None:
        return facts
    known = dict(zip(panel.times.tolist(), totals.tolist(), strict=True))
    steps = [step for step, time in enumerate(before.times.tolist()) if time in known]
    return replace(
        facts,
        happened=len(steps),
        happened_expected=float(before.mean.sum(axis=0)[steps].sum()),
        happened_sales=sum(known[before.times.tolist()[step]] for step in steps),
    )


def _changes(
    task: ReportTask, forecast: StoredForecast, before: StoredForecast | None, facts: HistoryFacts
) -> Changes | None:
    if before is None:
        return None
    sentences = [*task.sentences]
    if facts.happened:
        stretch = steps_of(facts.happened, forecast.frequency)
        verb = "has" if facts.happened == 1 else "have"
        sentences.append(
            f"Of the last forecast {stretch} {verb} passed: it expected "
            f"{rounded(facts.happened_expected)}, {rounded(facts.happened_sales)} came in"
            f"{_apart(facts)}."
        )
    return Changes(tuple(sentences), _moved(forecast, before))


def _apart(facts: HistoryFacts) -> str:
    share = change(facts.happened_sales, facts.happened_expected)
    if share is None:
        return ""
    return f", {percent(abs(share))} {'more' if share >= 0 else 'less'}"


def _moved(forecast: StoredForecast, before: StoredForecast) -> tuple[ItemChange, ...]:
    """The series whose expected sales changed the most, over the steps that both forecasts have.

    Where they share none, over as many steps as the shorter has.
    """
    if len(forecast.keys) == 1 or forecast.keys.columns != before.keys.columns:
        return ()
    now_steps, old_steps = _comparable(forecast, before)
    keys = forecast.keys.columns
    now = forecast.keys.with_columns(now=pl.Series(forecast.mean[:, now_steps].sum(axis=1)))
    old = before.keys.with_columns(before=pl.Series(before.mean[:, old_steps].sum(axis=1)))
    both = now.join(old, on=keys, how="inner")
    apart = (pl.col("now") - pl.col("before")).abs()
    largest = both.filter(apart > 0).sort(apart, *keys, descending=[True] + [False] * len(keys))
    return tuple(
        ItemChange(" · ".join(row[:-2]), row[-1], row[-2])
        for row in largest.head(_MOST_MOVED).iter_rows()
    )


def _comparable(now: StoredForecast, before: StoredForecast) -> tuple[Sequence[int], Sequence[int]]:
    _, mine, theirs = np.intersect1d(now.times, before.times, return_indices=True)
    if len(mine):
        return mine.tolist(), theirs.tolist()
    shorter = range(min(now.horizon, before.horizon))
    return list(shorter), list(shorter)
