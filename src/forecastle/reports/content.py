"""What a report is made of; plain values that training and reading have at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel
from forecastle.series.quality import assess
from forecastle.training.dependence import Dependence
from forecastle.training.report import AccuracyReport, Backtest

LARGEST_ITEM_CHOICE = 200
"""How many series a reader can pick from; the total stands for the others."""


class ItemChange(NamedTuple):
    """What a series is expected to bring, before and now, over the same steps."""

    name: str
    before: float
    now: float


@dataclass(frozen=True)
class Changes:
    """What is new since the last forecast: in words, and the series that moved the most."""

    sentences: tuple[str, ...]
    items: tuple[ItemChange, ...] = ()


@dataclass(frozen=True, eq=False)
class ReportContent:
    """Everything that the report shows.

    Attributes:
        title: the heading, such as the name of the sales file.
        panel: the history that was forecast from.
        forecast: the steps after it, same series.
        forecast_types: the quantiles (and ``mean``) that were asked for.
        accuracy: of the backtests; None where there are none.
        backtests: the reported windows, earliest first.
        weights: share of the blend by algorithm, largest first.
        left_out: reason by algorithm.
        findings: data quality, ``(title, detail)`` each; None looks at the panel.
        facts: about the data as they were read, ``(name, value)`` each.
        messages: what the user should know.
        seconds: what training took; None if there was no training.
        created: when the report was made, in words; None keeps the report free of the clock.
        unit: of demand, such as ``pounds`` or ``units``.
        changes: since the last forecast; None where there is none.
        dependence: how series and steps go up and down together; None where that is not known.
    """

    title: str
    panel: Panel
    forecast: Forecast
    forecast_types: tuple[str, ...] = DEFAULT_FORECAST_TYPES
    accuracy: AccuracyReport | None = None
    backtests: tuple[Backtest, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[tuple[str, str], ...] | None = None
    facts: tuple[tuple[str, str], ...] = ()
    messages: tuple[str, ...] = ()
    seconds: float | None = None
    created: str | None = None
    unit: str = ""
    changes: Changes | None = None
    dependence: Dependence | None = None

    @property
    def quality(self) -> tuple[tuple[str, str], ...]:
        """``(title, detail)`` of every finding, given or looked for."""
        if self.findings is not None:
            return self.findings
        return tuple((finding.title, finding.detail) for finding in assess(self.panel))
