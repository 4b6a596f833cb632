"""What people are told of a run's end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from forecastle.catalog.pipelines import Run, Step
from forecastle.core.frequency import Frequency
from forecastle.pipelines.changes import in_words, span
from forecastle.pipelines.events_out import failed_step, retry_command
from forecastle.pipelines.pipeline import Pipeline
from forecastle.reports.figures import percent, rounded
from forecastle.reports.wording import steps_of

_TOTAL = "total_"
_NOTHING = 0.0005
_LINKS = {
    "report": "Report",
    "manifest": "QuickSight manifest",
    "athena": "Athena statements",
}


class Text(NamedTuple):
    """A message."""

    title: str
    body: str


def success_text(pipeline: Pipeline, results: Mapping[str, Any]) -> Text:
    """The total of the next period, its range, what changed, where the files lie."""
    if "first" not in results:
        return Text(f"{pipeline.name}: the forecast is ready", "")
    steps = steps_of(results["steps"], Frequency.parse(results["frequency"]))
    title = f"{pipeline.name}: {rounded(_expected(results))} expected in the next {steps}"
    lines = (*_figures(results, steps), *_changes(results, steps), *_links(results))
    return Text(title, "\n".join((*lines, *results["messages"])))


def failure_text(pipeline: Pipeline, run: Run, steps: Sequence[Step]) -> Text:
    """The step, the reason, the remedy."""
    failed = failed_step(steps)
    where = "" if failed is None else f" in the step '{failed.step}'"
    reason = (run.message if failed is None else failed.message) or "the reason is not known"
    lines = (
        f"{reason.rstrip('.')}.",
        f"Correct that and go on from this step: {retry_command(run)}",
        f"More about it: forecastle pipeline logs {run.run_id}",
    )
    return Text(f"{pipeline.name}: the run failed{where}", "\n".join(lines))


def _figures(results: Mapping[str, Any], steps: str) -> Iterator[str]:
    columns = _quantiles(results)
    first, last = (datetime.fromisoformat(results[name]) for name in ("first", "last"))
    sums = ", ".join(f"{name} {rounded(results[_TOTAL + name])}" for name in columns)
    yield f"{span(first, last)}: {rounded(_expected(results))} expected in all."
    if len(columns) > 1:
        yield (
            f"Summed over the {steps} and {_series(results)}: {sums}. The total itself is likely "
            "to lie well within."
        )
    if results["average_wql"] is not None:
        skill = results["skill"]
        than = "" if skill is None else f", {_beside(skill)}"
        yield f"Average wQL in the backtests: {results['average_wql']:.4f}{than}."


def _beside(skill: float) -> str:
    if abs(skill) < _NOTHING:
        return "as good as the seasonal naive"
    return f"{percent(abs(skill))} {'less' if skill > 0 else 'more'} error than the seasonal naive"


def _changes(results: Mapping[str, Any], steps: str) -> Iterator[str]:
    name = next((key for key in results if key.startswith("previous_total_")), None)
    if name is not None and results[name] is not None:
        column = name.removeprefix("previous_total_")
        yield (
            f"From the last forecast: {column} went from {rounded(results[name])} to "
            f"{rounded(results[_TOTAL + column])}{in_words(results['change'])}."
        )
    if results["sales_before"] is not None:
        yield (
            f"The {steps} before brought {rounded(results['sales_before'])}; expected are now"
            f"{in_words(results['change_from_sales']).removeprefix(',') or ' more'}."
        )


def _links(results: Mapping[str, Any]) -> Iterator[str]:
    yield f"Export: {results['export']}* ({_counted(results['files'], 'file')})"
    for name, title in _LINKS.items():
        if results[name] is not None:
            yield f"{title}: {results[name]}"


def _expected(results: Mapping[str, Any]) -> float:
    """The mean, which adds up; else the middle quantile."""
    mean = results.get(f"{_TOTAL}mean")
    columns = _quantiles(results)
    return float(results[_TOTAL + columns[len(columns) // 2]] if mean is None else mean)


def _quantiles(results: Mapping[str, Any]) -> list[str]:
    """``p10``, ``p50`` …, lowest first."""
    names = [key.removeprefix(_TOTAL) for key in results if key.startswith(f"{_TOTAL}p")]
    return sorted(names, key=lambda name: int(name[1:]))


def _series(results: Mapping[str, Any]) -> str:
    return "1 series" if results["series"] == 1 else f"{results['series']:,} series"


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}" + ("" if number == 1 else "s")
