"""The chart of a forecast's page, and what the reader may choose about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.pages.forecasts_words import (
    explain,
    headline,
    show_inside,
    show_numbers,
    tell_previous,
)
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import Palette, chart
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.forecast_chart import (
    forecast_label,
    forecast_options,
)
from forecastle.console.widgets.item_search import Choice, ItemSearch
from forecastle.console.widgets.layout import title
from forecastle.core.errors import ResourceNotFound
from forecastle.service.forecast_summary import ForecastSummary
from forecastle.service.forecast_table import Key, items
from forecastle.service.forecast_views import (
    Previous,
    SeriesView,
    compare_previous,
    series,
    total,
)

RECENT, QUARTER, YEAR, ALL = "recent", "quarter", "year", "all"
_RANGES: Mapping[str, str] = {
    RECENT: mark("Recent"),
    QUARTER: mark("3 months"),
    YEAR: mark("1 year"),
    ALL: mark("All history"),
}
_DAYS = {QUARTER: 92, YEAR: 366}
_HORIZONS_SHOWN = 8
_LEAST_PERIODS = 28
_ON = "1"
_BETWEEN = " · "


@dataclass(frozen=True)
class Wanted:
    """What the reader wants to see; it is in the address too.

    Attributes:
        key: of a series; empty for a total.
        match: words that the names in a total hold; empty for all.
        history: one of the ranges.
        compare: whether the forecast before is drawn too.
    """

    key: Key = ()
    match: str = ""
    history: str = RECENT
    compare: bool = False

    @classmethod
    def of(cls, key: Sequence[str], match: str, history: str, compare: str) -> Wanted:
        """From an address."""
        return cls(
            tuple(key),
            "" if key else match,
            history if history in _RANGES else RECENT,
            compare == _ON,
        )

    @property
    def query(self) -> str:
        """``?item=milk&history=year``; a key of several parts has ``item`` several times."""
        pairs = [("item", part) for part in self.key]
        pairs += [("match", self.match)] if self.match else []
        pairs += [("history", self.history)] if self.history != RECENT else []
        pairs += [("compare", _ON)] if self.compare else []
        return f"?{urlencode(pairs)}" if pairs else ""


def key_text(key: Sequence[str]) -> str:
    """``milk · Berlin``."""
    return _BETWEEN.join(key)


class ForecastPanel:
    """The chart with its search, its ranges and its numbers.

    Args:
        visitor: who looks.
        arn: of the forecast.
        path: of the page.
        summary: of the forecast.
        wanted: what the address asks for.
        on_change: called after the reader has chosen something else.
    """

    def __init__(
        self,
        visitor: Visitor,
        arn: str,
        path: str,
        summary: ForecastSummary,
        wanted: Wanted,
        on_change: Callable[[Wanted], None],
    ) -> None:
        self._visitor, self._arn, self._path = visitor, arn, path
        self._summary, self.wanted, self._on_change = summary, wanted, on_change
        self._chart: ui.echart | None = None

    async def place(self) -> None:
        """Build it."""
        t = self._visitor.language
        with ui.element("div").classes("line full-width"):
            self._search = ItemSearch(
                self._visitor,
                t("Search an item"),
                self._find,
                self._chosen,
                self._shown_name(),
            )
            whole = ui.button(t("All items"), icon="functions")
            whole.props("outline no-caps").on_click(guarded(self._visitor)(self._show_all))
        with ui.element("div").classes("line full-width justify-between"):
            ranges = ui.toggle(self._ranges(), value=self.wanted.history)
            ranges.props(f'no-caps unelevated dense padding="4px 12px" aria-label="{t("History")}"')
            ranges.on_value_change(
                guarded(self._visitor)(
                    lambda event: self._go(replace(self.wanted, history=event.value))
                )
            )
            compare = ui.switch(t("Compare with the previous forecast"), value=self.wanted.compare)
            compare.on_value_change(
                guarded(self._visitor)(
                    lambda event: self._go(replace(self.wanted, compare=bool(event.value)))
                )
            )
        self._box = ui.element("div").classes("stack").props("aria-live=polite")
        await self._show()

    async def show_series(self, key: Key) -> None:
        """Show another series."""
        await self._go(replace(self.wanted, key=key, match=""))

    def save_picture(self) -> None:
        """Have the browser save the chart as PNG; nothing is sent to the server."""
        if self._chart is None:
            return
        name = "_".join((self._summary.name, *self.wanted.key, self.wanted.match)).strip("_")
        ground = Palette.of(self._visitor.dark).surface
        ui.run_javascript(
            "const link = document.createElement('a');"
            f"link.href = getElement({self._chart.id}).chart.getDataURL("
            f"{{type: 'png', pixelRatio: 2, backgroundColor: {json.dumps(ground)}}});"
            f"link.download = {_in_script(name + '.png')}; link.click();"
        )

    def _ranges(self) -> dict[str, str]:
        """The ranges; those that hold no more than the first are left out."""
        t = self._visitor.language
        recent = self._periods(RECENT) or 0
        longer = {name for name in _DAYS if (self._periods(name) or 0) > recent}
        offered = {RECENT, ALL, self.wanted.history} | longer
        return {name: t(text) for name, text in _RANGES.items() if name in offered}

    def _periods(self, history: str) -> int | None:
        """How many periods of history a range has; None is all."""
        frequency = self._summary.frequency
        if history == RECENT:
            return max(_HORIZONS_SHOWN * self._summary.horizon, _LEAST_PERIODS)
        days = _DAYS.get(history)
        return None if days is None else round(days / frequency.approximate_days)

    def _shown_name(self) -> str:
        return key_text(self.wanted.key) or self.wanted.match

    async def _find(self, text: str) -> list[Choice]:
        t = self._visitor.language
        found = await self._visitor.do(items, self._arn, text)
        choices = [Choice(key_text(key), key) for key in found.keys]
        if text.strip() and found.count > 1:
            label = t("Total of the {count} items that match", count=t.number(found.count))
            is_name = choices[0].text.lower() == text.strip().lower()
            choices.insert(1 if is_name else 0, Choice(label, text.strip(), text.strip()))
        return choices

    async def _chosen(self, choice: Choice) -> None:
        if isinstance(choice.value, str):
            await self._go(replace(self.wanted, key=(), match=choice.value))
        elif isinstance(choice.value, tuple):
            await self._go(replace(self.wanted, key=choice.value, match=""))

    async def _show_all(self) -> None:
        await self._go(replace(self.wanted, key=(), match=""))

    async def _go(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self._search.show(self._shown_name())
        address = _in_script(self._path + self.wanted.query)
        ui.run_javascript(f"history.replaceState(null, '', {address})")
        await self._show()
        self._on_change(self.wanted)

    async def _show(self) -> None:
        wanted, visitor = self.wanted, self._visitor
        periods = self._periods(wanted.history)
        try:
            if wanted.key:
                view = await visitor.do(series, self._arn, wanted.key, periods)
            else:
                view = await visitor.do(total, self._arn, wanted.match, periods)
        except ResourceNotFound:
            self._chart = None
            self._box.clear()
            with self._box:
                self._not_there()
            return
        previous = None
        if wanted.compare:
            previous = await visitor.do(compare_previous, self._arn, wanted.key, wanted.match)
        self._box.clear()
        with self._box:
            self._show_view(view, previous)

    def _not_there(self) -> None:
        t = self._visitor.language
        with ui.element("div").classes("warning-panel").props("role=status"):
            ui.label(t("This forecast has nothing named {name}.", name=self._shown_name())).classes(
                "error-heading"
            )
            ui.label(t("Type a part of the name above, or look at all items together."))

    def _show_view(self, view: SeriesView, previous: Previous | None) -> None:
        visitor, t = self._visitor, self._visitor.language
        name = self._heading(view)
        title(name, 2)
        if self._shown_name():  # the page's own headline tells it for all items
            ui.label(headline(visitor, view)).classes("text-weight-medium")
        show_inside(visitor, view)
        self._chart = chart(
            visitor, forecast_options(visitor, view, previous), forecast_label(visitor, view, name)
        )
        if self.wanted.compare:
            tell_previous(visitor, previous)
        explain(visitor, view)
        show_numbers(visitor, view, previous)
        if view.has_older:
            ui.label(t("There is older history; choose a longer range above.")).classes("hint")

    def _heading(self, view: SeriesView) -> str:
        t = self._visitor.language
        if view.key:
            return key_text(view.key)
        if self.wanted.match:
            return t.plural(
                "Total of {count} item that matches {match}",
                "Total of {count} items that match {match}",
                view.n_series,
                match=self.wanted.match,
            )
        return t.plural("Total of {count} item", "Total of {count} items", view.n_series)


def _in_script(text: str) -> str:
    """A text as a literal of JavaScript, whatever is in it."""
    return json.dumps(text).replace("<", "\\u003c")
