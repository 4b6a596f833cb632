"""What went wrong, as the reader needs it: what, where, and what to do; never a stack trace."""

from __future__ import annotations

import inspect
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.visitor import SessionEnded, Visitor
from forecastle.core.errors import ForecastleError
from forecastle.core.logs import fields

_LOG = logging.getLogger(__name__)

_HEADINGS: Mapping[str, str] = {
    "AccessDeniedException": mark("You may not do this"),
    "ResourceNotFoundException": mark("This is not here"),
    "ResourceAlreadyExistsException": mark("This name is taken"),
    "ResourceInUseException": mark("This is in use"),
    "LimitExceededException": mark("A limit is reached"),
    "InternalServerError": mark("The service could not do this"),
}
_OTHER = mark("This does not work yet")


def error_panel(visitor: Visitor, error: ForecastleError) -> None:
    """A panel in the page, which stays."""
    heading = _HEADINGS.get(error.wire_name, _OTHER)
    _panel(visitor.language(heading), str(error).splitlines())


def unexpected_panel(visitor: Visitor, error: Exception) -> None:
    """A panel for what should never happen; the details are in the service's log."""
    _panel(*_unexpected(visitor, error))


def show_error(visitor: Visitor, error: Exception) -> None:
    """A dialog over the page, for what an action brought about."""
    if isinstance(error, SessionEnded):
        ui.navigate.to("/login")
        return
    if isinstance(error, ForecastleError):
        heading = visitor.language(_HEADINGS.get(error.wire_name, _OTHER))
        lines = str(error).splitlines()
    else:
        heading, lines = _unexpected(visitor, error)
    with ui.dialog(value=True) as dialog, ui.card().classes("error-dialog"):
        _panel(heading, lines)
        ui.button(visitor.language("Close"), on_click=dialog.close).props("flat no-caps autofocus")
    dialog.on("hide", dialog.delete)


def guarded(
    visitor: Visitor,
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[None]]]:
    """Decorates what a button does: errors are shown to the reader."""

    def decorate(handler: Callable[..., Any]) -> Callable[..., Awaitable[None]]:
        @wraps(handler)
        async def run(*arguments: Any, **named: Any) -> None:
            try:
                result = handler(*arguments, **named)
                if inspect.isawaitable(result):
                    await result
            except Exception as error:
                show_error(visitor, error)

        return run

    return decorate


def _unexpected(visitor: Visitor, error: Exception) -> tuple[str, list[str]]:
    number = secrets.token_hex(4)
    _LOG.error("console", exc_info=error, extra=fields(error_id=number))
    t = visitor.language
    text = t(
        "The fault is ours. The service's log tells more under the number {number}.", number=number
    )
    return t("Something went wrong"), [text]


def _panel(heading: str, lines: list[str]) -> None:
    with ui.element("section").props("role=alert").classes("error-panel"):
        with ui.row().classes("items-center no-wrap"):
            ui.icon("error_outline").props("aria-hidden=true")
            ui.label(heading).classes("error-heading")
        for line in lines:
            ui.label(line).classes("error-line")
