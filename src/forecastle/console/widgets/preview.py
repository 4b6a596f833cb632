"""What an import would make of a file: facts, a chart, and what is worth knowing before."""

from __future__ import annotations

from collections.abc import Iterator

from nicegui import ui

from forecastle.console.language import Language
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import (
    Palette,
    as_table,
    base_options,
    chart,
    line,
    time_axis,
)
from forecastle.console.widgets.frequencies import frequency_text
from forecastle.console.widgets.layout import fact, title
from forecastle.console.widgets.statistics import facts, statistics_table
from forecastle.core.frequency import Frequency
from forecastle.series.dataset_preview import Preview
from forecastle.series.profile import Profile, SeriesProfile

_DIGITS = 2
_GOOD, _INFO, _WARNING = "check_circle", "info", "warning"
_COLOURS = {_GOOD: "var(--good)", _INFO: "var(--calm)", _WARNING: "var(--busy)"}
_LIST_STYLE = "list-style: none; padding: 0; margin: 0; display: grid; gap: 8px"

Finding = tuple[str, str]
"""An icon and a sentence."""


def show_preview(visitor: Visitor, preview: Preview) -> None:
    """A preview: why the files would be refused, or what they hold."""
    t = visitor.language
    if preview.profile is None:
        _show_problems(t, preview)
        return
    if not preview.is_whole:
        with ui.element("div").classes("warning-panel"):
            ui.label(
                t(
                    "The files are large: this is a look at their beginning. The import reads all "
                    "of them, and tells if there is something wrong further on."
                )
            )
    profile = preview.profile
    _show_facts(t, profile)
    if profile.totals:
        _show_totals(visitor, profile)
    title(t("What was found"), 3)
    with ui.element("ul").style(_LIST_STYLE):
        for icon, text in _findings(t, profile):
            with ui.element("li").classes("row no-wrap").style("gap: 10px"):
                ui.icon(icon).props("aria-hidden=true size=20px").style(
                    f"color: {_COLOURS[icon]}; flex: none; margin-top: 2px"
                )
                ui.label(text).style("min-width: 0")
    if profile.details is not None and profile.details.examples:
        _show_unusual(t, profile.details)
    with ui.expansion(t("The columns in numbers")).classes("full-width"):
        statistics_table(visitor, profile.statistics)


def _show_problems(t: Language, preview: Preview) -> None:
    with ui.element("section").props("role=alert").classes("error-panel"):
        with ui.row().classes("items-center no-wrap"):
            ui.icon("error_outline").props("aria-hidden=true")
            heading = t.plural(
                "{count} problem stands in the way of the import",
                "{count} problems stand in the way of the import",
                preview.n_problems,
            )
            ui.label(heading).classes("error-heading")
        for problem in preview.problems:
            ui.label(str(problem)).classes("error-line")
        more = preview.n_problems - len(preview.problems)
        if more > 0:
            ui.label(t.plural("and {count} more", "and {count} more", more))
        ui.label(
            t(
                "Mend the file and choose it again, or change below how it is read. Nothing is "
                "imported in part: a file is taken whole or not at all."
            )
        ).classes("hint")


def _show_facts(t: Language, profile: Profile) -> None:
    with facts():
        fact(t("Rows"), t.number(profile.rows))
        series = t.plural("{count} series", "{count} series", profile.series)
        fact(t("Items"), t.number(profile.items), series if profile.series > 1 else None)
        if profile.first is not None and profile.last is not None:
            fact(t("First date"), t.date(profile.first))
            fact(t("Last date"), t.date(profile.last))
        if profile.frequency is not None:
            fact(t("Frequency of the data"), frequency_text(t, profile.frequency))


def _show_totals(visitor: Visitor, profile: Profile) -> None:
    t = visitor.language
    times = [time for time, _ in profile.totals]
    unit = Frequency.parse(profile.frequency or "D").unit
    options = base_options(visitor, legend=False)
    shown_unit = "D" if unit in ("min", "H") else unit
    options = time_axis(options, t, shown_unit, times)
    name = t("Total of all series")
    values = [value for _, value in profile.totals]
    options["series"] = [line(name, values, Palette.of(visitor.dark).median)]
    title(name, 3)
    chart(visitor, options, name).style("height: 220px")


def _findings(t: Language, profile: Profile) -> Iterator[Finding]:
    found = [*_about_rows(t, profile)]
    if profile.details is not None:
        found += _about_gaps(t, profile.details)
        if profile.details.looked_at < profile.series:
            text = t.plural(
                "Gaps and unusual values were looked for in the {count} series that sells most.",
                "Gaps and unusual values were looked for in the {count} series that sell most.",
                profile.details.looked_at,
            )
            found.append((_INFO, text))
    if not any(icon == _WARNING for icon, _ in found):
        yield _GOOD, t("All rows can be imported; nothing needs your attention.")
    yield from found


def _about_rows(t: Language, profile: Profile) -> Iterator[Finding]:
    if profile.repeated_rows:
        text = t.plural(
            "{count} row has the same item and time as another. Such rows are added up: make sure "
            "that they are no copies.",
            "{count} rows have the same item and time as another. Such rows are added up: make "
            "sure that they are no copies.",
            profile.repeated_rows,
        )
        yield _WARNING, text
    elif profile.merged_rows:
        text = t.plural(
            "{count} row falls into the period of another row of the same series; they are added "
            "up.",
            "{count} rows fall into the period of another row of the same series; they are added "
            "up.",
            profile.merged_rows,
        )
        yield _INFO, text
    if profile.returns:
        yield (
            _WARNING,
            t(
                "Returns: {count} of {all} periods hold values below zero ({share}). They are "
                "taken off the sales of the period; {negative} periods stay below zero.",
                count=t.number(profile.returns),
                all=t.number(profile.periods),
                share=t.percent(profile.returns / max(profile.periods, 1), 1),
                negative=t.number(profile.negative),
            ),
        )
    if profile.zeros:
        yield (
            _INFO,
            t(
                "{share} of the values are zero: nothing was sold then.",
                share=t.percent(profile.zeros / max(profile.periods, 1), 1),
            ),
        )
    if profile.empty:
        text = t.plural(
            "{count} row has no value; it counts as unknown.",
            "{count} rows have no value; they count as unknown.",
            profile.empty,
        )
        yield _WARNING, text


def _about_gaps(t: Language, details: SeriesProfile) -> Iterator[Finding]:
    for day, count in enumerate(details.closed):
        name = t.locale.days["stand-alone"]["wide"][day]
        if count and count == details.looked_at:
            yield _INFO, t("Closed on this day of the week: {day}. No gap is counted.", day=name)
        elif count:
            yield (
                _INFO,
                t(
                    "{day}: {count} of {all} series never sell on it. No gap is counted.",
                    day=name,
                    count=t.number(count),
                    all=t.number(details.looked_at),
                ),
            )
    if details.missing:
        most = ", ".join(f"{name} ({t.number(count)})" for name, count in details.most_missing)
        yield (
            _WARNING,
            t(
                "Gaps: {count} of {all} periods have no row ({share}); most in {most}. They count "
                "as nothing sold, unless you choose otherwise when you train.",
                count=t.number(details.missing),
                all=t.number(details.periods),
                share=t.percent(details.missing / max(details.periods, 1), 1),
                most=most,
            ),
        )
    if details.unusual:
        text = t.plural(
            "{count} value is far from what is usual for its series. It is imported as it is.",
            "{count} values are far from what is usual for their series. They are imported as they "
            "are.",
            details.unusual,
        )
        yield _WARNING, text


def _show_unusual(t: Language, details: SeriesProfile) -> None:
    as_table(
        t("The most unusual values"),
        [t("Series"), t("Date"), t("Value"), t("Usual")],
        [
            [
                each.series,
                t.date(each.at),
                t.number(each.value, _DIGITS),
                t.number(each.usual, _DIGITS),
            ]
            for each in details.examples
        ],
    )
