"""The console as an application: login, files and pages, behind the gate."""

from __future__ import annotations

import asyncio
import importlib
import logging
import pkgutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from nicegui import app, ui
from starlette.middleware import Middleware

import forecastle.console.pages
from forecastle.console import assets, page
from forecastle.console.downloads import download_routes
from forecastle.console.gate import Gate
from forecastle.console.login import Login
from forecastle.console.open_pages import bind_sockets, watch_sessions
from forecastle.console.visitor import House
from forecastle.service.context import Service
from forecastle.service.logins import Door

# As many as the API has: more would only wait for the database.
_THREADS = 10
# How long a page waits for a browser that lost its connection before it forgets what it showed.
_RECONNECT_SECONDS = 60.0


def create_console(service: Service) -> FastAPI:
    """The application, for a server or to be mounted beside the API.

    NiceGUI keeps the pages for the whole process: a process has one console.

    Args:
        service: what the pages work with.
    """
    house = House(service, ThreadPoolExecutor(_THREADS, thread_name_prefix="console"))
    door = Door.of(service)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        watch = asyncio.create_task(watch_sessions(house))
        yield
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        house.threads.shutdown()

    application = FastAPI(
        lifespan=lifespan,
        middleware=[Middleware(Gate, house=house, door=door)],
        openapi_url=None,
        routes=[*Login.of(house, door).routes(), *assets.routes(), *download_routes()],
    )
    register_pages()
    page.prepare_browser()
    ui.run_with(
        application,
        title="Forecastle",
        favicon=assets.FOLDER / "logo.svg",
        reconnect_timeout=_RECONNECT_SECONDS,
        tailwind=False,
        show_welcome_message=False,
        binding_refresh_interval=None,
    )
    bind_sockets()
    logging.getLogger("nicegui").addFilter(_not_about_missing_pages)
    return application


def register_pages() -> None:
    """Import every module of `forecastle.console.pages`: each tells its addresses by itself."""
    package = forecastle.console.pages
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    # `/groups/new` is no group's name: fixed addresses are looked at first, however modules sort.
    app.router.routes.sort(key=lambda route: "{" in getattr(route, "path", ""))


def _not_about_missing_pages(record: logging.LogRecord) -> bool:
    """A wrong address is the reader's matter, not the operator's."""
    return not record.getMessage().endswith("not found")
