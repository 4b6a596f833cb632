"""Parts of a page that follow what happens on the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from nicegui import ui

from forecastle.console.visitor import SessionEnded, Visitor
from forecastle.console.widgets.errors import error_panel
from forecastle.core.errors import ForecastleError

_T = TypeVar("_T")
_SECONDS = 1.5


async def live(
    visitor: Visitor,
    read: Callable[[], Awaitable[_T]],
    show: Callable[[_T], None],
    goes_on: Callable[[_T], bool],
    seconds: float = _SECONDS,
) -> Callable[[], Awaitable[None]]:
    """Show what ``read`` gives, again whenever it has changed, until ``goes_on`` is false.

    Args:
        visitor: who looks.
        read: asks the service; its results are compared with ``==``.
        show: builds the part from a result; it replaces the part built before.
        goes_on: whether another look is worth it.
        seconds: between two looks.

    Returns:
        A function that looks at once and begins to follow anew, for after an action.
    """
    box = ui.element("div").classes("stack").props('aria-live="polite"')
    shown: list[_T] = []

    async def look() -> None:
        try:
            found = await read()
        except SessionEnded:
            timer.active = False
            ui.navigate.to("/login")
            return
        except ForecastleError as error:
            timer.active = False
            box.clear()
            with box:
                error_panel(visitor, error)
            return
        if shown != [found]:
            shown[:] = [found]
            box.clear()
            with box:
                show(found)
        timer.active = goes_on(found)

    timer = ui.timer(seconds, look, immediate=False)
    await look()
    return look
