"""The folded settings of a training: series, gaps in the data, periods, the explanation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.console.widgets.layout import title
from forecastle.core.frequency import Frequency
from forecastle.series.alignment import MONTHS, WEEKDAYS
from forecastle.service.training_choices import TrainingChoices

_AGGREGATION, _VALUE, _USUAL = "aggregation", "value", ""
_LATEST_DAY, _HOURS = 28, 24

_AGGREGATIONS: Mapping[str, str] = {
    "sum": mark("Add them up"),
    "avg": mark("Take the average"),
    "first": mark("Take the first"),
    "min": mark("Take the smallest"),
    "max": mark("Take the largest"),
}
_FILLS: Mapping[str, str] = {
    "zero": mark("Zero: nothing was sold"),
    "nan": mark("Unknown: leave it open"),
    "mean": mark("The mean of the 64 values before"),
    "median": mark("The median of the 64 values before"),
    "min": mark("The smallest of the 64 values before"),
    "max": mark("The largest of the 64 values before"),
    _VALUE: mark("A fixed value"),
}
_COMPLETE = mark("Not filled: the data must be complete")
_TARGET_GAPS: Mapping[str, str] = {
    "middlefill": mark("Missing periods between sales"),
    "backfill": mark("Missing periods at the end"),
}
_RELATED_GAPS: Mapping[str, str] = {
    "middlefill": mark("Gaps in the middle"),
    "backfill": mark("Gaps at the end of the history"),
    "futurefill": mark("Gaps in the time of the forecast"),
}


class _Gap:
    """How one kind of gap is filled."""

    def __init__(self, t: Language, label: str, options: Mapping[str, str], usual: str) -> None:
        self._usual = usual
        choices = {name: t(text) for name, text in options.items()}
        self._method = ui.select(choices, value=usual, label=label).props("outlined")
        self._method.on_value_change(self._changed)
        self._number = ui.number(t("Fixed value"), value=0).props("outlined")
        self._changed()

    def rules(self, name: str) -> dict[str, str]:
        """As the API takes it; empty where all is as usual."""
        method = self._method.value
        if method == self._usual:
            return {}
        more = {f"{name}_value": f"{self._number.value or 0:g}"} if method == _VALUE else {}
        return {name: method, **more}

    def _changed(self) -> None:
        self._number.set_visibility(self._method.value == _VALUE)


class AdvancedSettings:
    """Settings that have a good default.

    Args:
        t: the reader's language.
        choices: what the data leave.
        frequency: of the forecast, at first.
    """

    def __init__(self, t: Language, choices: TrainingChoices, frequency: str) -> None:
        self._t, self._choices = t, choices
        self._gaps: dict[str, dict[str, _Gap]] = {}
        self._field: str | None = None
        with (
            ui.expansion(t("Advanced settings"), icon="tune").classes("panel"),
            ui.element("div").classes("stack"),
        ):
            self._show_dimensions()
            self._show_target()
            for feature in choices.features:
                self._show_feature(feature)
            title(t("Where periods begin"), 3)
            self._boundary_box = ui.element("div").classes("stack")
            self._show_explanation()
        self.show_boundary(frequency)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Columns that tell series of an item apart."""
        return tuple(self._dimensions.value) if self._dimensions is not None else ()

    @property
    def rules(self) -> Mapping[str, Mapping[str, str]]:
        """How gaps are filled, by attribute; without what is as usual."""
        found = {
            attribute: {
                key: value for name, gap in gaps.items() for key, value in gap.rules(name).items()
            }
            for attribute, gaps in self._gaps.items()
        }
        if self._aggregation.value != "sum":
            found[self._choices.target][_AGGREGATION] = self._aggregation.value
        return {attribute: rules for attribute, rules in found.items() if rules}

    @property
    def boundary(self) -> Mapping[str, Any] | None:
        """TimeAlignmentBoundary; None for that of the data."""
        if self._field is None or self._boundary.value == _USUAL:
            return None
        return {self._field: self._boundary.value}

    @property
    def explains(self) -> bool:
        """Whether an explanation is wanted."""
        return bool(self._explains.value)

    def offer_explanation(self, offered: bool) -> None:
        """Whether the method that is chosen can be explained."""
        self._explanation.set_visibility(offered)

    def show_boundary(self, frequency: str) -> None:
        """Offer where periods of a frequency may begin."""
        t = self._t
        self._boundary_box.clear()
        self._field, options = _boundaries(t, Frequency.parse(frequency))
        with self._boundary_box:
            if self._field is None:
                ui.label(t("Periods of this frequency begin on the hour.")).classes("hint")
                return
            usual = {_USUAL: t("As in the data")}
            self._boundary = ui.select(
                usual | options, value=_USUAL, label=t("Periods begin")
            ).props("outlined")

    def _show_explanation(self) -> None:
        t = self._t
        with ui.element("div").classes("stack") as self._explanation:
            title(t("What drives the forecast"), 3)
            self._explains = ui.switch(t("Explain the predictor when it is trained"))
            ui.label(
                t(
                    "It tells what related data, properties of items and holidays add to the "
                    "forecast. Without any of them there is nothing to explain."
                )
            ).classes("hint")

    def _show_dimensions(self) -> None:
        t, choices = self._t, self._choices
        title(t("Series"), 3)
        self._dimensions = None
        if not choices.dimensions:
            ui.label(t("Your data have no column, such as a store, that divides items.")).classes(
                "hint"
            )
            return
        self._dimensions = ui.select(
            list(choices.dimensions),
            value=list(choices.needed_dimensions),
            label=t("A forecast for each"),
            multiple=True,
        ).props("outlined use-chips")
        ui.label(
            t(
                "Chosen columns get forecasts of their own, for example each item in each store. "
                "Over the others, sales are added up."
            )
        ).classes("hint")

    def _show_target(self) -> None:
        t = self._t
        title(t("Gaps in the sales"), 3)
        with ui.element("div").classes("fields"):
            options = {name: t(text) for name, text in _AGGREGATIONS.items()}
            self._aggregation = ui.select(
                options, value="sum", label=t("Several rows of one period")
            ).props("outlined")
            self._gaps[self._choices.target] = {
                name: _Gap(t, t(text), _FILLS, "zero") for name, text in _TARGET_GAPS.items()
            }

    def _show_feature(self, feature: str) -> None:
        t = self._t
        title(t("Gaps in {column}", column=feature), 3)
        fills = {_USUAL: _COMPLETE, **{k: text for k, text in _FILLS.items() if k != "nan"}}
        with ui.element("div").classes("fields"):
            self._gaps[feature] = {
                name: _Gap(t, t(text), fills, _USUAL) for name, text in _RELATED_GAPS.items()
            }


def _boundaries(t: Language, frequency: Frequency) -> tuple[str | None, dict[Any, str]]:
    """The field of TimeAlignmentBoundary and its values; None where there is none."""
    if frequency.unit == "D":
        return "Hour", {hour: f"{hour:02d}:00" for hour in range(_HOURS)}
    if frequency.unit == "W":
        days = t.locale.days["stand-alone"]["wide"]
        return "DayOfWeek", {name: days[k].capitalize() for k, name in enumerate(WEEKDAYS)}
    if frequency.unit == "M":
        days_of_month = range(1, _LATEST_DAY + 1)
        return "DayOfMonth", {day: t("On day {day} of the month", day=day) for day in days_of_month}
    if frequency.unit == "Y":
        months = t.locale.months["stand-alone"]["wide"]
        return "Month", {name: months[k + 1] for k, name in enumerate(MONTHS)}
    return None, {}
