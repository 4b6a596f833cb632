"""The frame around every page: where one is, where one can go, and who one is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.assets import asset
from forecastle.console.language import mark
from forecastle.console.preferences import preferences_menu
from forecastle.console.visitor import Visitor


@dataclass(frozen=True)
class Place:
    """An entry of the navigation.

    Attributes:
        path: where it leads; pages below it belong to it too.
        text: its name.
        icon: of Material Icons.
        role: the least that sees it.
        also: other beginnings of addresses that belong to it.
    """

    path: str
    text: str
    icon: str
    role: Role = Role.VIEWER
    also: tuple[str, ...] = ()


PLACES = (
    Place(
        "/",
        mark("Forecasts"),
        "insights",
        also=(
            "/groups",
            "/datasets",
            "/imports",
            "/predictors",
            "/forecasts",
            "/explanations",
            "/what-if",
            "/monitors",
        ),
    ),
    Place("/buckets", mark("Buckets"), "inventory_2"),
    Place("/pipelines", mark("Pipelines"), "account_tree", also=("/runs",)),
    Place("/dashboards", mark("Dashboards"), "space_dashboard"),
    Place("/analysis", mark("Analysis"), "query_stats"),
    Place("/sql", mark("SQL"), "table_view"),
    Place("/users", mark("Users"), "group", Role.ADMIN),
)

# For what Quasar draws; the same as in console.css.
_LIGHT = {"primary": "#12608a", "negative": "#a5231c"}
_DARK = {"primary": "#57b6dc", "negative": "#ff9d94"}


@contextmanager
def frame(visitor: Visitor, path: str) -> Iterator[None]:
    """Header, navigation and a place for the page's content.

    Args:
        visitor: who looks.
        path: of the page.
    """
    t = visitor.language
    ui.colors(**(_DARK if visitor.dark else _LIGHT))
    ui.link(t("Skip to content"), "#content").classes("skip-link")
    with ui.header().classes("frame-header items-center no-wrap"):
        menu = ui.button(icon="menu").props(f'flat round dense aria-label="{t("Menu")}"')
        with ui.link(target="/").classes("brand row items-center no-wrap"):
            ui.element("img").props(f'src="{asset("logo.svg")}" alt=""').classes("brand-mark")
            ui.label("Forecastle")
        ui.space()
        preferences_menu(visitor)
    with (
        # Asking the browser whether there is room, as NiceGUI does for None, costs a way there and
        # back for every page; Quasar knows by itself.
        ui.left_drawer(value=False, bordered=True)
        .props("width=220 show-if-above")
        .classes("frame-drawer") as drawer
    ):
        _navigation(visitor, path)
    menu.on_click(drawer.toggle)
    with ui.element("main").props("id=content tabindex=-1").classes("frame-content"):
        yield


def _navigation(visitor: Visitor, path: str) -> None:
    t = visitor.language
    with ui.element("nav").props(f'aria-label="{t("Main")}"').classes("frame-nav"):
        for place in PLACES:
            if visitor.may(place.role):
                here = _is_here(place, path)
                link = ui.link(target=place.path).classes("frame-link row items-center no-wrap")
                link.props('aria-current="page"' if here else "")
                with link:
                    ui.icon(place.icon).props("aria-hidden=true")
                    ui.label(t(place.text))


def _is_here(place: Place, path: str) -> bool:
    starts = (*place.also, *((place.path,) if place.path != "/" else ()))
    return (
        path == place.path
        or path.startswith(tuple(f"{each}/" for each in starts))
        or path in starts
    )
