"""shared_page: a page for people without a login, who have a link to it.

It has no visitor, no navigation, and nothing of the console around it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from fastapi import Depends
from nicegui import ui
from starlette.requests import Request

from forecastle.console.assets import asset
from forecastle.console.visitor import HOUSE, House
from forecastle.console.wishes import SCHEME_COOKIE, Wishes

Builder = Callable[[House, Wishes, str], Awaitable[None]]

PREFIX = "/share/"
_SECONDS_TO_BUILD = 30.0
# A first visit does not tell yet whether the page is dark, and the time zone: the script notes it.
_ONCE_MORE = f"if (document.cookie.includes('{SCHEME_COOKIE}')) location.reload()"
_WISHES: ContextVar[Wishes] = ContextVar("wishes")


class _SharedPage(ui.page):
    """A page in the language and brightness of the stranger's browser."""

    def resolve_language(self) -> Any:
        """For the texts that are not ours."""
        return _WISHES.get().language.quasar

    def resolve_dark(self) -> bool | None:
        """Whether the page is dark."""
        return _WISHES.get().dark


def shared_page(build: Builder) -> Builder:
    """Register the function that builds what a link shows; it gets the link's token."""

    async def show(request: Request, token: str) -> None:
        wishes = _WISHES.get()
        if SCHEME_COOKIE not in request.cookies:
            ui.run_javascript(_ONCE_MORE)
        ui.page_title("Forecastle")
        ui.add_head_html('<meta name="robots" content="noindex, nofollow">')
        ui.add_head_html('<meta name="referrer" content="no-referrer">')
        ui.colors(primary="#12608a" if not wishes.dark else "#57b6dc")
        header = ui.header().classes("frame-header items-center no-wrap")
        with header, ui.element("span").classes("brand row items-center no-wrap"):
            logo = ui.image(asset("logo.svg")).props('alt="" width=28px no-spinner')
            logo.classes("brand-mark")
            ui.label("Forecastle")
        with ui.element("main").props("id=content").classes("frame-content"):
            await build(HOUSE.get(), wishes, token)

    note = Depends(_note_wishes)
    _SharedPage(f"{PREFIX}{{token}}", response_timeout=_SECONDS_TO_BUILD, dependencies=[note])(show)
    return build


async def _note_wishes(request: Request) -> None:
    """How the stranger's browser wants to see the page, for all that answers this request."""
    _WISHES.set(Wishes.of(request, {}))
