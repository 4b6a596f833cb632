"""The results as JSON, for machines, and as Markdown tables, for people."""

from __future__ import annotations

import dataclasses
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.contestants import Contestant
from benchmarks.measuring import Cost
from benchmarks.scoring import LEVELS, Score

_YARDSTICK = "autogluon"
_HEADINGS = (
    ("", *LEVELS, "wQL", "WAPE", "p10 %", "p50 %", "p90 %"),
    ("seconds", "CPU s", "peak MB", "time / AutoGluon"),
)
_LEGEND = """\
wQL: weighted quantile loss at p10, p50, p90 and their mean; WAPE: of the mean forecast; both are
means over windows, and lower is better. p10 %, p50 %, p90 %: share of actuals below the quantile,
or *below*–*at or below* where they differ; best where 10, 50 and 90 lie within. Seconds: from the
start of the process to its end over all windows; CPU s and peak MB: all its processes together."""


@dataclass(frozen=True)
class Entry:
    """One contestant's result in one case; `score` and `cost` are None if it did not finish."""

    contestant: Contestant
    score: Score | None = None
    cost: Cost | None = None
    note: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "contestant": self.contestant.name,
            "score": None if self.score is None else dataclasses.asdict(self.score),
            "cost": None if self.cost is None else dataclasses.asdict(self.cost),
            "note": self.note,
            "versions": self.versions,
        }


@dataclass(frozen=True)
class CaseResult:
    """The entries of one case."""

    name: str
    title: str
    windows: int
    series: int
    entries: tuple[Entry, ...]

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "case": self.name,
            "windows": self.windows,
            "series": self.series,
            "contestants": [entry.as_json for entry in self.entries],
        }


def as_json(results: Sequence[CaseResult]) -> dict[str, Any]:
    """All results and the machine they were found on."""
    return {"machine": machine(), "cases": [result.as_json for result in results]}


def as_markdown(results: Sequence[CaseResult]) -> str:
    """A heading, a table per case, the versions and how to read it."""
    versions: dict[str, str] = {}
    for result in results:
        for entry in result.entries:
            versions |= entry.versions
    listed = ", ".join(f"{name} {versions[name]}" for name in sorted(versions))
    tables = [case_table(result) for result in results]
    return "\n\n".join(["# Benchmark", machine(), listed, *tables, _LEGEND]) + "\n"


def case_table(result: CaseResult) -> str:
    """One case as a Markdown table, best first, and the notes on who did not finish."""
    headings = [*_HEADINGS[0], *_HEADINGS[1]]
    finished = [entry for entry in result.entries if entry.score and entry.cost]
    finished.sort(key=_loss)
    yardstick = next((e.cost.seconds for e in finished if e.cost and _is_yardstick(e)), None)
    lines = [
        f"## {result.title} ({_counted(result.windows, 'window')}, {result.series:,} series)",
        "",
        _line(headings),
        _line(["---", *["---:"] * (len(headings) - 1)]),
        *(_line(_row(entry, yardstick)) for entry in finished),
    ]
    notes = [f"- {entry.contestant.title}: {entry.note}" for entry in result.entries if entry.note]
    return "\n".join([*lines, "", *notes] if notes else lines)


def machine() -> str:
    """What the times depend on."""
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _row(entry: Entry, yardstick: float | None) -> list[str]:
    score, cost = entry.score, entry.cost
    assert score is not None
    assert cost is not None
    return [
        entry.contestant.title,
        *(f"{score.quantile_losses[column]:.4f}" for column in LEVELS),
        f"**{score.average_quantile_loss:.4f}**",
        f"{score.wape:.4f}",
        *(_share(score.below[column], score.at_or_below[column]) for column in LEVELS),
        f"{cost.seconds:.1f}",
        f"{cost.processor_seconds:.1f}",
        f"{cost.peak_megabytes:.0f}",
        "–" if yardstick is None else f"{cost.seconds / yardstick:.2f}",
    ]


def _share(below: float, at_or_below: float) -> str:
    low, high = f"{100 * below:.1f}", f"{100 * at_or_below:.1f}"
    return low if low == high else f"{low}–{high}"


def _loss(entry: Entry) -> float:
    return entry.score.average_quantile_loss if entry.score else float("inf")


def _is_yardstick(entry: Entry) -> bool:
    return entry.contestant.name == _YARDSTICK


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
