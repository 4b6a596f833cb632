"""The report in words: what is expected, how far off it has been, what the metrics mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import MEAN, column_name
from forecastle.reports.content import ReportContent
from forecastle.reports.figures import date, percent, rounded
from forecastle.reports.outlook import Outlook, Scene
from forecastle.reports.range_of_total import total_by_type

_STEP_NAMES = {"Y": "year", "M": "month", "W": "week", "D": "day", "H": "hour", "min": "minute"}
_WEEK = 7


class Tile(NamedTuple):
    """A figure that catches the eye: what it is, the figure, a remark."""

    name: str
    figure: str
    remark: str


class MetricRow(NamedTuple):
    """One metric of the blend and the yardstick, and what it means."""

    name: str
    ours: str
    naive: str
    meaning: str


@dataclass(frozen=True)
class Headline:
    """The sentence on top and the sentences below it."""

    sentence: str
    remark: str


def unit_name(frequency: Frequency) -> str:
    """``day``, ``week`` …"""
    return _STEP_NAMES[frequency.unit]


def steps(count: int, content: ReportContent) -> str:
    """So many steps of the report in words."""
    return steps_of(count, content.panel.frequency)


def steps_of(count: int, frequency: Frequency) -> str:
    """``7 days``, ``1 week``, ``6 times 2 weeks``."""
    unit = unit_name(frequency)
    if frequency.count > 1:
        return f"{count} times {frequency.count} {unit}s"
    return f"{count} {unit}" + ("" if count == 1 else "s")


def soon(content: ReportContent) -> int:
    """How many steps the headline is about: the next seven days, else the whole horizon."""
    horizon = content.forecast.horizon
    return min(horizon, _WEEK) if str(content.panel.frequency) == "D" else horizon


def headline(content: ReportContent, scene: Scene) -> Headline:
    """What is expected in the steps that come soon, against the same number before."""
    outlook, count = scene.outlooks[0], soon(content)
    expected = float(outlook.forecast[MEAN][:count].sum())
    whom = f"from all {scene.n_series:,} items together" if outlook.is_total else outlook.name
    place = f" {whom}" if outlook.is_total else f" for {whom}"
    first, last = scene.forecast_times[0], scene.forecast_times[count - 1]
    period = f"the next {steps(count, content)} ({date(first)} to {date(last)})"
    if count == 1:
        period = f"the next {steps(1, content).split(' ', 1)[1]} ({date(first)})"
    sentence = (
        f"About {_amount(expected, content)} expected{place} in {period}{_change(outlook, count)}."
    )
    return Headline(sentence, _range(content, scene, count))


def _range(content: ReportContent, scene: Scene, count: int) -> str:
    """Between what the total of the steps that come soon is likely to lie."""
    ends, names = (scene.low, scene.high), [column_name(each) for each in (scene.low, scene.high)]
    why = "The expected total is the sum of the means; quantiles such as p50 do not add up."
    if scene.low == scene.high:
        return why
    if content.dependence is not None:
        total = total_by_type(content.panel, content.forecast, content.dependence, ends, count)
        low, high = (rounded(total.whole[each]) for each in ends)
        share = percent(float(scene.high) - float(scene.low), 0)
        return (
            f"With a chance of {share} it lies between {low} ({names[0]}) and {high} "
            f"({names[1]}) in all, as far as items and {unit_name(content.panel.frequency)}s went "
            f"up and down together in the backtests. {why}"
        )
    outlook = scene.outlooks[0]
    low, high = (rounded(float(outlook.forecast[each][:count].sum())) for each in ends)
    unit = unit_name(content.panel.frequency)
    everything = f"item and {unit}" if outlook.is_total else unit
    return (
        f"If every {everything} came in at the low end ({names[0]}) the total would be {low}, if "
        f"every one came in at the high end ({names[1]}) {high}; as not every one will, the total "
        f"is likely to lie well within. {why}"
    )


def tiles(content: ReportContent, scene: Scene) -> list[Tile]:
    """The figures below the headline."""
    outlook, count = scene.outlooks[0], soon(content)
    ahead = outlook.forecast[MEAN][:count]
    best = int(np.argmax(ahead))
    unit = unit_name(content.panel.frequency)
    found = [
        Tile(f"Expected, next {steps(count, content)}", rounded(float(ahead.sum())), content.unit),
        Tile(f"Strongest {unit}", rounded(float(ahead[best])), date(scene.forecast_times[best])),
    ]
    before = outlook.last_year[:count]
    if np.isfinite(before).all():
        remark = f"the same {steps(count, content)}"
        found.append(Tile("A year earlier", rounded(float(before.sum())), remark))
    if content.accuracy is not None:
        ours, naive = content.accuracy.blend.summary.wape, content.accuracy.naive.summary.wape
        on = "item by item" if outlook.is_total else "on average"
        remark = f"of sales, {on}; seasonal naive {percent(naive)}"
        found.append(Tile("Off in backtests", percent(ours), remark))
    return found


def total_sentence(content: ReportContent, scene: Scene) -> str:
    """How far off the total of all items was in the backtests; empty for a single series."""
    total = scene.outlooks[0]
    if not (total.is_total and scene.backtest_times):
        return ""
    known = dict(zip(scene.history_times.tolist(), total.history.tolist(), strict=True))
    missed, sold = 0.0, 0.0
    for times, values in zip(scene.backtest_times, total.backtests, strict=True):
        actual = np.array([known.get(time, np.nan) for time in times.tolist()])
        missed += float(np.nansum(np.abs(actual - values[MEAN])))
        sold += float(np.nansum(np.abs(actual)))
    if sold == 0:
        return ""
    unit = unit_name(content.panel.frequency)
    return (
        "These errors are counted item by item, where misses cannot even out. The "
        f"{unit}'s total of all items was off by {percent(missed / sold)} on average."
    )


def accuracy_sentence(content: ReportContent) -> str:
    """How far off the backtests were, beside the seasonal naive; empty without backtests."""
    report = content.accuracy
    if report is None:
        return ""
    windows = len(report.blend.windows)
    ours, naive = report.blend.summary, report.naive.summary
    stretch = steps(content.forecast.horizon, content)
    where = f"in the last {stretch}"
    if windows > 1:
        where = f"in each of the last {windows} stretches of {stretch}"
    skill = report.skill
    verdict = (
        f"{percent(skill)} of the seasonal naive's error is gone (skill)"
        if skill >= 0
        else f"that is {percent(-skill)} worse than the seasonal naive (skill {percent(skill)})"
    )
    return (
        f"Had it been used {where} of the history, the "
        f"forecast would have been off by {percent(ours.wape)} of sales on average, the seasonal "
        f"naive, which repeats what happened one season before, by {percent(naive.wape)}. Judged "
        "on the whole range of outcomes (average weighted quantile loss) it is "
        f"{percent(ours.average_weighted_quantile_loss)} against "
        f"{percent(naive.average_weighted_quantile_loss)}: {verdict}. These periods played no part "
        "in choosing or training what is measured on them."
    )


def metric_rows(content: ReportContent) -> list[MetricRow]:
    """Each metric with the blend's and the seasonal naive's value and its meaning."""
    if content.accuracy is None:
        return []
    ours, naive = content.accuracy.blend.summary, content.accuracy.naive.summary
    rows = [
        MetricRow(
            "Average wQL",
            percent(ours.average_weighted_quantile_loss, 2),
            percent(naive.average_weighted_quantile_loss, 2),
            "The error of all quantiles together, as a share of sales; the measure to choose by.",
        )
    ]
    rows += [
        MetricRow(
            f"wQL[{level}]", percent(loss, 2), percent(theirs, 2), _meaning_of_quantile(level)
        )
        for level, loss in ours.weighted_quantile_losses.items()
        for theirs in (naive.weighted_quantile_losses.get(level, float("nan")),)
    ]
    return [
        *rows,
        MetricRow(
            "WAPE",
            percent(ours.wape, 2),
            percent(naive.wape, 2),
            "All misses of the mean forecast added up, as a share of all sales.",
        ),
        MetricRow(
            "MAPE",
            percent(ours.mape, 2),
            percent(naive.mape, 2),
            "The average miss in percent of what was sold; periods without sales are left out.",
        ),
        MetricRow(
            "RMSE",
            rounded(ours.rmse),
            rounded(naive.rmse),
            "The typical miss in units of sales; large misses weigh more.",
        ),
        MetricRow(
            "MASE",
            rounded(ours.mase),
            rounded(naive.mase),
            "The miss against that of repeating the last season within the history; below 1 is "
            "better.",
        ),
    ]


def share_change(ahead: float, before: float) -> str:
    """``+4 %`` against before; a dash where there is no comparison."""
    if not np.isfinite(before) or before <= 0:
        return "–"
    change = ahead / before - 1
    return ("+" if change >= 0.005 else "") + percent(change, 0)


def _meaning_of_quantile(level: str) -> str:
    share = round(float(level) * 100)
    if share == 50:
        return "The error of the middle forecast: sales should end above it as often as below."
    side = "below" if share > 50 else "above"
    return (
        f"The error of {column_name(level)}: sales should end {side} it {max(share, 100 - share)} "
        "times in 100."
    )


def _amount(value: float, content: ReportContent) -> str:
    return f"{rounded(value)} {content.unit}".strip()


def _change(outlook: Outlook, count: int) -> str:
    before = outlook.history[-count:]
    if len(before) < count or not np.isfinite(before).all() or before.sum() <= 0:
        return ""
    change = float(outlook.forecast[MEAN][:count].sum() / before.sum() - 1)
    if abs(change) < 0.005:
        return ", about as much as in the same time just before"
    direction = "more" if change > 0 else "less"
    return f", {percent(abs(change), 0)} {direction} than in the same time just before"
