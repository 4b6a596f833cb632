"""The form of a training: what to forecast, how, and the folded settings."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.console.pages.training_advanced import AdvancedSettings
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.frequencies import frequency_text
from forecastle.console.widgets.layout import panel
from forecastle.console.widgets.metrics import (
    algorithm_hint,
    algorithm_text,
    metric_text,
    quantile_name,
)
from forecastle.console.widgets.periods import periods_text
from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES, MEAN, parse_forecast_types
from forecastle.evaluation.metrics import AVERAGE_WEIGHTED_QUANTILE_LOSS, OPTIMIZATION_METRICS
from forecastle.evaluation.windows import LARGEST_BACKTEST_WINDOWS
from forecastle.service.training_choices import TrainingChoices
from forecastle.service.training_wish import MOST_COUNTRIES_OF_ONE, TrainingWish

_BEST, _ONE = "best", "one"
_LEVELS = tuple(f"{percent / 100:g}" for percent in range(1, 100))

_HORIZONS = {
    "min": mark("Minutes to forecast"),
    "H": mark("Hours to forecast"),
    "D": mark("Days to forecast"),
    "W": mark("Weeks to forecast"),
    "M": mark("Months to forecast"),
    "Y": mark("Years to forecast"),
}


class TrainingForm:
    """The fields of a training; `wish` is what they say.

    Args:
        visitor: who fills them in.
        choices: what the data leave.
        countries: whose holidays are proposed.
    """

    def __init__(
        self, visitor: Visitor, choices: TrainingChoices, countries: Sequence[str]
    ) -> None:
        self._visitor, self._choices = visitor, choices
        t = visitor.language
        with panel(t("What to forecast")):
            self._show_question(t)
        with panel(t("What to consider"), None):
            self._show_considered(t, countries)
        with panel(t("How to find the best forecast")):
            self._show_method(t)
        self._advanced = AdvancedSettings(t, choices, self._frequency.value)
        self._changed_frequency()
        self._changed_method()

    def wish(self) -> TrainingWish:
        """What is asked for.

        Raises:
            InputError: a field is empty or out of range; says which.
        """
        one = self._method.value == _ONE
        frequency, horizon = self._frequency.value, self._checked_horizon()
        return TrainingWish(
            group=self._choices.group,
            name=(self._name.value or "").strip(),
            frequency=frequency,
            horizon=horizon,
            types=self._checked_types(),
            metric=self._metric.value,
            algorithm=self._algorithm.value if one else None,
            countries=self._checked_countries(one),
            dimensions=self._advanced.dimensions,
            rules=self._advanced.rules,
            boundary=None if one else self._advanced.boundary,
            windows=int(self._windows.value),
            tune=one and self._can_tune and bool(self._tune.value),
            explain=not one and self._advanced.explains,
        )

    @property
    def _can_tune(self) -> bool:
        return self._algorithm.value in self._choices.tunable

    def _show_question(self, t: Language) -> None:
        names = {each: frequency_text(t, each) for each in self._choices.frequencies}
        first = self._choices.frequencies[0]
        with ui.element("div").classes("fields"):
            self._name = ui.input(
                t("Name of the predictor"),
                value=self._choices.proposed_name,
                validation={
                    t("Begin with a letter; then letters, digits and _ only."): _is_name,
                },
            ).props("outlined hide-bottom-space")
            self._frequency = ui.select(
                names, value=first, label=t("Frequency of the forecast")
            ).props("outlined")
            self._frequency.on_value_change(self._changed_frequency)
            if len(names) == 1:
                self._frequency.props("readonly")
            self._horizon = ui.number(
                value=self._choices.usual[first], min=1, step=1, validation=self._horizon_problem
            ).props("outlined")
            self._horizon.on_value_change(self._tell_reach)
        self._reach = ui.label("").classes("hint")

    def _show_considered(self, t: Language, countries: Sequence[str]) -> None:
        territories = t.locale.territories
        named = {code: territories.get(code, code) for code in self._choices.countries}
        ordered = dict(sorted(named.items(), key=lambda pair: pair[1]))
        with ui.element("div").classes("fields"):
            self._countries = ui.select(
                ordered,
                value=list(countries),
                label=t("Public holidays of"),
                multiple=True,
                with_input=True,
                clearable=True,
            ).props("outlined use-chips")
            types = {level: quantile_name(t, level) for level in (*_LEVELS, MEAN)}
            self._types = ui.select(
                types,
                value=list(DEFAULT_FORECAST_TYPES),
                label=t("Quantiles"),
                multiple=True,
                with_input=True,
            ).props("outlined use-chips")
        ui.label(
            t(
                "Holidays: sales around them differ; choose your customers' country, several, or "
                "none. Quantiles: p90 is the amount that sales stay below nine times out of ten, "
                "p50 the middle, p10 the amount that they exceed nine times out of ten."
            )
        ).classes("hint")

    def _show_method(self, t: Language) -> None:
        methods = {
            _BEST: t("Try all that fit and blend the best (AutoML)"),
            _ONE: t("One algorithm"),
        }
        self._method = ui.radio(methods, value=_BEST, on_change=self._changed_method)
        self._method.props(f'aria-label="{t("Method")}"')
        algorithms = {name: algorithm_text(t, name) for name in self._choices.algorithms}
        with ui.element("div").classes("fields"):
            self._algorithm = ui.select(
                algorithms,
                value=self._choices.algorithms[0],
                label=t("Algorithm"),
                on_change=self._changed_method,
            ).props("outlined")
            self._windows = ui.select(
                list(range(1, LARGEST_BACKTEST_WINDOWS + 1)), value=1, label=t("Test windows")
            ).props("outlined")
            metrics = {name: metric_text(t, name) for name in OPTIMIZATION_METRICS}
            self._metric = ui.select(
                metrics, value=AVERAGE_WEIGHTED_QUANTILE_LOSS, label=t("Error to make small")
            ).props("outlined")
        self._about = ui.label("").classes("hint")
        self._tune = ui.switch(t("Search for its best training parameters; takes much longer"))

    def _changed_method(self) -> None:
        t, one = self._visitor.language, self._method.value == _ONE
        self._algorithm.set_visibility(one)
        self._windows.set_visibility(one)
        self._tune.set_visibility(one and self._can_tune)
        self._advanced.offer_explanation(not one)
        self._about.set_text(
            algorithm_hint(t, self._algorithm.value)
            if one
            else t(
                "Each algorithm forecasts a part of your data that is hidden from it; those that "
                "come closest to what happened are used together."
            )
        )

    def _changed_frequency(self) -> None:
        t, frequency = self._visitor.language, self._frequency.value
        step = Frequency.parse(frequency)
        label = t(_HORIZONS[step.unit]) if step.count == 1 else t("Periods to forecast")
        self._horizon.props(f'label="{label}"')
        self._horizon.value = self._choices.usual[frequency]
        self._horizon.props(f"max={max(1, self._choices.longest[frequency])}")
        self._advanced.show_boundary(frequency)
        self._horizon.validate()
        self._tell_reach()

    def _horizon_problem(self, _value: float | None) -> str | None:
        try:
            self._checked_horizon()
        except InputError as error:
            return str(error)
        return None

    def _tell_reach(self) -> None:
        """Say how far the forecast reaches."""
        t, frequency = self._visitor.language, self._frequency.value
        if self._horizon_problem(self._horizon.value) is not None:
            self._reach.set_text("")
            return
        horizon = self._checked_horizon()
        step = Frequency.parse(frequency)
        self._reach.set_text(
            t(
                "The forecast reaches {horizon} beyond your data. Your history allows up to "
                "{longest}: a forecast may reach a third of the history.",
                horizon=periods_text(t, step, horizon),
                longest=periods_text(t, step, self._choices.longest[frequency]),
            )
        )

    def _checked_horizon(self) -> int:
        t, frequency = self._visitor.language, self._frequency.value
        longest, value = self._choices.longest[frequency], self._horizon.value
        if longest < 1:
            raise InputError(
                t("There is too little history for this frequency; choose a finer one.")
            )
        if value is None or value != int(value) or not 1 <= value <= longest:
            raise InputError(
                t("Give a whole number from 1 to {longest}.", longest=t.number(longest))
            )
        return int(value)

    def _checked_countries(self, one: bool) -> tuple[str, ...]:
        chosen = tuple(self._countries.value or ())
        if one and len(chosen) > MOST_COUNTRIES_OF_ONE:
            raise InputError(
                self._visitor.language(
                    "One algorithm knows the holidays of two countries at most; choose two, or let "
                    "AutoML find the best."
                )
            )
        return chosen

    def _checked_types(self) -> tuple[str, ...]:
        if not self._types.value:
            raise InputError(
                self._visitor.language("Choose at least one quantile, for example p50.")
            )
        return parse_forecast_types(self._types.value)


def _is_name(text: str | None) -> bool:
    name = (text or "").strip()
    return name[:1].isalpha() and name.isascii() and name.replace("_", "a").isalnum()
