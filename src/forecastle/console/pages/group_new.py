"""``/groups/new``: a name and a domain; the rest of the way begins on the group's page.

Its module comes before `groups`, by its name: ``/groups/new`` is no group.
"""

from __future__ import annotations

import re

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.datasets_words import group_path
from forecastle.console.pages.groups_words import DOMAINS
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import crumbs, page_head, panel
from forecastle.service.addresses import id_of
from forecastle.service.group_overview import free_group_name

_TITLE = mark("New dataset group")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,62}")
_USUAL = "RETAIL"
_RULE = mark("1 to 63 letters, digits and underscores; a letter first")
_STYLE = """
.domains { display: grid; gap: 12px; margin: 0;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); }
.domains > div { border: 1px solid var(--line); border-radius: 10px; padding: 6px 12px 6px 4px; }
.domains > div:has([aria-checked=true]) {
  border-color: var(--brand); background: var(--brand-soft); }
.domains .q-radio { align-items: flex-start; width: 100%; }
.domains .q-radio__label { white-space: pre-line; padding-top: 8px; }
.domains .q-radio__label::first-line { font-weight: 650; }
"""


@page("/groups/new", _TITLE, Role.OPERATOR)
async def show_new_group(visitor: Visitor) -> None:
    """The form."""
    t = visitor.language
    crumbs([(t("Forecasts"), "/"), (t(_TITLE), None)], t("Where this page lies"))
    lead = t("A dataset group holds what belongs to one forecast: data, predictors, forecasts.")
    with page_head(t(_TITLE), lead):
        pass
    proposed = await visitor.do(free_group_name)
    with panel(t("What is it called?")):
        name = ui.input(
            t("Name of the dataset group"),
            value=proposed,
            validation=lambda value: None if _NAME.fullmatch(value or "") else t(_RULE),
        ).props("outlined autofocus")
        name.props["hint"] = t(_RULE)
    with panel(t("What is to be forecast?")):
        chosen = _show_domains(visitor)
    with ui.element("div").classes("line"):
        create = ui.button(t("Create"), icon="arrow_forward").props("unelevated no-caps")

    @guarded(visitor)
    async def make() -> None:
        if not name.validate():
            return
        create.props("loading")
        try:
            made = await visitor.call(
                "CreateDatasetGroup", DatasetGroupName=name.value, Domain=chosen.value
            )
        finally:
            create.props(remove="loading")
        ui.navigate.to(group_path(id_of(made["DatasetGroupArn"])))

    create.on_click(make)
    name.on("keydown.enter", make)


def _show_domains(visitor: Visitor) -> ui.radio:
    """One choice of all, each with a sentence below its name."""
    t = visitor.language
    ui.add_css(_STYLE)
    names = {domain: f"{t(name)}\n{t(why)}" for domain, (name, why) in DOMAINS.items()}
    radio = ui.radio(names, value=_USUAL).classes("domains")
    return radio.props(f'aria-label="{t("What is to be forecast?")}"')
