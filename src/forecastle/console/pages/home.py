"""``/``: the dataset groups, how far each is, and what the pipelines did."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.console.page import page
from forecastle.console.pages.datasets_words import group_path
from forecastle.console.pages.groups_guide import facts_text, show_action, show_marks
from forecastle.console.pages.groups_words import DOMAINS, thing_path
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.layout import action, empty, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.states import UNFINISHED, status_chip
from forecastle.pipelines.run_control import RunDescription, list_runs
from forecastle.service.group_overview import GroupOverview, GroupPage, State, Step, list_groups

_PAGE = 12
_RUNS = 5
# As many groups are overlooked without a search.
_FEW = 6


@page("/", mark("Forecasts"))
async def home(visitor: Visitor, search: str = "", start: int = 0) -> None:
    """All dataset groups."""
    t = visitor.language
    begin = max(start, 0)
    found = await visitor.do(list_groups, search, begin, _PAGE)
    with page_head(t("Forecasts")):
        if found.total and visitor.may_change:
            action(t("New dataset group"), "/groups/new", icon="add", main=True)
    if not found.total:
        _show_welcome(visitor)
        return
    await _show_runs(visitor)
    if found.total > _FEW:
        _show_search(t, search)
    if not found.groups:
        with empty("search_off", t("No dataset group has such a name"), t("Try fewer letters.")):
            action(t("Show all"), "/")
        return
    await live(
        visitor,
        lambda: visitor.do(list_groups, search, begin, _PAGE),
        lambda groups: _show_groups(visitor, groups),
        lambda groups: any(each.is_busy for each in groups.groups),
    )
    _show_pages(t, found, search, begin)


def _show_welcome(visitor: Visitor) -> None:
    t = visitor.language
    text = t(
        "Forecastle learns from your past sales how much of each item will sell in the coming "
        "days, weeks or months. It tells a range and not only a number, so that you see how sure "
        "it is. You need one file: what was sold, when, and how much of it."
    )
    with empty("insights", t("Welcome to Forecastle"), text):
        if visitor.may_change:
            action(t("Start with your sales file"), "/groups/new", icon="arrow_forward", main=True)
        else:
            ui.label(t("Nobody has begun a forecast yet; an operator can.")).classes("hint")


def _show_search(t: Language, search: str) -> None:
    """As a plain form: the search is a part of the address."""
    field = ui.input(t("Search dataset groups"), value=search).props("outlined dense clearable")

    def go() -> None:
        text = (field.value or "").strip()
        ui.navigate.to(_address(text, 0))

    field.on("keydown.enter", go)
    field.on("clear", lambda: ui.navigate.to("/"))


def _address(search: str, start: int) -> str:
    query = {"search": search, "start": start}
    return "/?" + urlencode({name: value for name, value in query.items() if value})


def _show_groups(visitor: Visitor, found: GroupPage) -> None:
    with ui.element("div").classes("grid"):
        for group in found.groups:
            with panel():
                _show_group(visitor, group)


def _show_group(visitor: Visitor, group: GroupOverview) -> None:
    """A card: name, marks of the steps, the latest forecast, and what is next."""
    t = visitor.language
    with ui.element("div").classes("stack").style("gap: 2px"):
        with ui.element("h2"):
            ui.link(group.name, group_path(group.id))
        ui.label(t(DOMAINS[group.domain][0])).classes("hint")
    show_marks(t, group)
    forecast = group.step(Step.FORECAST).usable
    if forecast is not None:
        with ui.element("div").classes("stack").style("gap: 2px"):
            ui.link(forecast.name, thing_path(forecast))
            ui.label(facts_text(visitor, forecast)).classes("hint")
            made = t.moment(forecast.created_at, visitor.zone)
            ui.label(t("Made {moment}", moment=made)).classes("hint")
    with ui.element("div").classes("line").style("margin-top: auto"):
        busy = [each for each in group.steps if each.state is State.BUSY]
        if busy and busy[0].newest is not None:
            status_chip(t, busy[0].newest.status)
            ui.label(busy[0].newest.name).classes("hint")
        elif group.next is not None:
            show_action(visitor, group, group.next, main=False)
        else:
            action(t("Open"), group_path(group.id))


def _show_pages(t: Language, found: GroupPage, search: str, start: int) -> None:
    if found.count <= _PAGE:
        return
    with ui.element("nav").classes("line").props(f'aria-label="{t("Pages")}"'):
        if start:
            action(t("Newer"), _address(search, max(start - _PAGE, 0)), icon="chevron_left")
        if start + _PAGE < found.count:
            action(t("Older"), _address(search, start + _PAGE), icon="chevron_right")
        shown = f"{t.number(start + 1)}–{t.number(start + len(found.groups))}"
        ui.label(t("{shown} of {count}", shown=shown, count=t.number(found.count))).classes("hint")


async def _show_runs(visitor: Visitor) -> None:
    """What the pipelines did lately; nothing where there are none."""
    runs = await visitor.do(list_runs, None, _RUNS)
    if not runs:
        return
    with panel(visitor.language("What the pipelines did")):
        await live(
            visitor,
            lambda: visitor.do(list_runs, None, _RUNS),
            lambda found: _show_run_list(visitor, found),
            lambda found: any(each.run.status in UNFINISHED for each in found),
        )
        ui.link(visitor.language("All pipelines"), "/pipelines")


def _show_run_list(visitor: Visitor, runs: list[RunDescription]) -> None:
    t = visitor.language
    with ui.element("ul").style("list-style: none; padding: 0; margin: 0"):
        for each in runs:
            with ui.element("li").classes("line q-py-xs"):
                status_chip(t, each.run.status)
                ui.link(each.run.pipeline, f"/runs/{quote(each.run.run_id)}")
                ui.label(t.moment(each.run.started_at, visitor.zone)).classes("hint")
