"""page: a function that builds a page gets its address, its frame, and its visitor."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from forecastle.catalog.access_keys import Role
from forecastle.console.assets import asset
from forecastle.console.frame import frame
from forecastle.console.open_pages import claim
from forecastle.console.visitor import CURRENT, SessionEnded, Visitor
from forecastle.console.widgets.errors import error_panel, unexpected_panel
from forecastle.core.errors import AccessDenied, ForecastleError, ResourceNotFound

_P = ParamSpec("_P")
Builder = Callable[Concatenate[Visitor, _P], Awaitable[None]]

_SECONDS_TO_BUILD = 30.0
_FORBIDDEN, _NOT_FOUND, _SEE_OTHER, _FAILED = 403, 404, 303, 500


class _Page(ui.page):
    """A page in the reader's language and brightness."""

    def resolve_language(self) -> Any:
        """For the buttons and tables that are not ours."""
        visitor = CURRENT.get()
        return None if visitor is None else visitor.language.quasar

    def resolve_dark(self) -> bool | None:
        """Whether the page is dark."""
        visitor = CURRENT.get()
        return None if visitor is None else visitor.dark


def page(path: str, title: str, role: Role = Role.VIEWER) -> Callable[[Builder[_P]], Builder[_P]]:
    """Register the function that builds a page::

        @page("/groups/{name}", mark("Dataset group"))
        async def show_group(visitor: Visitor, name: str, tab: str = "steps") -> None: ...

    Args:
        path: with the function's parameters in braces; other parameters come from the query.
        title: of the window, marked for translation; the builder may change it.
        role: the least that is needed to see it.
    """

    def register(build: Builder[_P]) -> Builder[_P]:
        async def show(request: Request, **values: Any) -> Response | None:
            visitor = CURRENT.get()
            if visitor is None:  # the session ended between the gate and here
                return RedirectResponse("/login", _SEE_OTHER)
            claim(ui.context.client, visitor.token)
            ui.page_title(f"{visitor.language(title)} · Forecastle")
            with frame(visitor, request.url.path):
                await _build(visitor, role, build, values)
            return None

        own = list(inspect.signature(build, eval_str=True).parameters.values())[1:]
        first = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
        keywords = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
        show.__signature__ = inspect.Signature([first, *keywords])  # type: ignore[attr-defined]
        _Page(path, response_timeout=_SECONDS_TO_BUILD)(show)
        return build

    return register


def prepare_browser() -> None:
    """Have every page load the console's style and script."""
    ui.add_head_html(
        f'<link rel="stylesheet" href="{asset("console.css")}">'
        f'<script src="{asset("console.js")}"></script>',
        shared=True,
    )


async def _build(
    visitor: Visitor, role: Role, build: Callable[..., Awaitable[None]], values: dict[str, Any]
) -> None:
    """Build the page; what goes wrong is said on it."""
    try:
        if not visitor.may(role):
            raise AccessDenied(
                visitor.language(
                    "Your role is {role}; this page needs {needed}. Ask an administrator.",
                    role=visitor.user.role,
                    needed=role,
                )
            )
        await build(visitor, **values)
    except SessionEnded:
        ui.navigate.to("/login")
    except ForecastleError as error:
        ui.context.client.status_code = _status(error)
        error_panel(visitor, error)
    except Exception as error:
        ui.context.client.status_code = _FAILED
        unexpected_panel(visitor, error)


def _status(error: ForecastleError) -> int:
    if isinstance(error, AccessDenied):
        return _FORBIDDEN
    return _NOT_FOUND if isinstance(error, ResourceNotFound) else _FAILED
