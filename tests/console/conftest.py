"""A service with a shop in it, a browser, and people who are logged in."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from forecastle.catalog.access_keys import Role
from forecastle.console.gate import SESSION_COOKIE
from forecastle.service.context import Context
from tests.compat.running import Running, Serve
from tests.console.browser import new_context, started_browser
from tests.console.seeding import copy_of, local_context, seeded_data

_NUMBERS = itertools.count(1)
_LOCALES = {"en": "en-GB", "ko": "ko-KR"}


@dataclass(frozen=True)
class Console:
    """A running service with the shop of `seeding`.

    Attributes:
        running: where it listens, its files.
        context: the same data directory, as an administrator of the shop's account.
        browser: one for all tests.
    """

    running: Running
    context: Context
    browser: Browser

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.running.url

    def session(self, role: Role = Role.OPERATOR) -> str:
        """The token of the session of a new user, who need not go through the form."""
        service = self.context.service
        name, _ = self.user(role)
        return service.catalog.sessions.open(name, service.clock(), 3600.0, None)

    def user(self, role: Role = Role.OPERATOR) -> tuple[str, str]:
        """A new user of the shop: name and password."""
        service = self.context.service
        name = f"user{next(_NUMBERS)}"
        password = service.catalog.users.create(
            name, self.context.caller.account, role, service.clock()
        )
        return name, password


Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a file: as long as it runs, its event loop stands in the way of others'."""
    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def console(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    """A shop for the tests of a file; jobs are done where its SERVE_OPTIONS say ``--worker``."""
    folder = tmp_path_factory.mktemp("console")
    copy_of(seeded_data(_shared(tmp_path_factory)), folder)
    with Serve(folder, *getattr(request.module, "SERVE_OPTIONS", ("--no-worker",))) as running:
        context = local_context(running.data_dir)
        yield Console(running, context, browser)
        context.service.catalog.close()


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for all processes of xdist; for all runs, where KEEP_SHOP names a folder."""
    if os.environ.get("KEEP_SHOP"):
        return Path(os.environ["KEEP_SHOP"])
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture
def visit(console: Console) -> Iterator[Visit]:
    """``visit(path, role=..., language="en", size=..., dark=...)``: a page as somebody new sees it.

    Whatever the page's script complains about fails the test.
    """
    contexts = []
    complaints: list[str] = []

    def go(
        path: str = "/", role: Role = Role.OPERATOR, language: str = "en", **options: object
    ) -> Page:
        context = new_context(console.browser, locale=_LOCALES[language], **options)
        contexts.append(context)
        token = console.session(role)
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": console.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{console.url}{path}")
        return page

    yield go
    for context in contexts:
        context.close()
    assert not complaints
