"""The parts that pages are laid out with: headings, panels, facts, empty states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nicegui import ui


def crumbs(trail: Sequence[tuple[str, str | None]], label: str) -> None:
    """Where the page lies: ``(text, path)`` from the top; the page itself has no path.

    Args:
        trail: the places.
        label: what it is, for people who listen.
    """
    with ui.element("nav").classes("crumbs").props(f'aria-label="{label}"'):
        for number, (text, path) in enumerate(trail):
            if number:
                ui.label("›").props("aria-hidden=true")
            if path is None:
                ui.label(text).props('aria-current="page"')
            else:
                ui.link(text, path)


@contextmanager
def page_head(heading: str, lead: str | None = None) -> Iterator[None]:
    """The page's heading, with its actions inside the ``with``."""
    with ui.element("header").classes("page-head"):
        with ui.element("div"):
            title(heading)
            if lead:
                ui.label(lead).classes("hint")
        with ui.element("div").classes("page-actions").style("flex: 0 1 auto; flex-direction: row"):
            yield


def title(text: str, level: int = 1) -> None:
    """A heading of level 1 (one a page), 2 or 3."""
    with ui.element(f"h{level}"):
        plain_text(text)


def plain_text(text: str) -> ui.element:
    """Text without a box of its own."""
    return ui.label(text).style("display: inline")


@contextmanager
def panel(heading: str | None = None, hint: str | None = None) -> Iterator[ui.element]:
    """A box with a heading of level 2."""
    with ui.element("section").classes("panel") as box:
        if heading:
            with ui.element("div").classes("panel-head"):
                title(heading, 2)
                if hint:
                    ui.label(hint).classes("hint")
        yield box


def fact(name: str, value: str, hint: str | None = None) -> None:
    """A number or a word that matters, under its name."""
    with ui.element("div").classes("fact"):
        ui.label(name).classes("fact-name")
        ui.label(value).classes("fact-value")
        if hint:
            ui.label(hint).classes("hint")


@contextmanager
def empty(icon: str, heading: str, text: str) -> Iterator[None]:
    """What a page says that has nothing to show: what to do next; buttons inside the ``with``."""
    with ui.element("section").classes("panel empty"):
        ui.icon(icon).props("aria-hidden=true")
        title(heading, 2)
        ui.label(text).classes("hint").style("max-width: 56ch")
        with ui.element("div").classes("line"):
            yield


def action(text: str, path: str, icon: str | None = None, *, main: bool = False) -> ui.button:
    """A button that leads to another page."""
    button = ui.button(text, icon=icon).props(f"no-caps {'unelevated' if main else 'outline'}")
    return button.props(f'href="{path}"')
