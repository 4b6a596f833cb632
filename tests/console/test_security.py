"""Open pages when rights are taken away, and data that would like to be a script."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from forecastle.catalog.access_keys import Role
from forecastle.catalog.sessions import digest
from forecastle.catalog.tables import SESSIONS
from forecastle.console.gate import SESSION_COOKIE
from forecastle.core.errors import ForecastleError
from forecastle.service.operations import ROLES, call
from tests.console.browser import log_in, new_context
from tests.console.page_checks import settle


@pytest.fixture
def opened(console):
    """``opened(role, windows)``: name of the user, and open pages of one session."""
    contexts = []

    def go(role: Role, windows: int = 1):
        name, password = console.user(role)
        context = new_context(console.browser)
        contexts.append(context)
        pages = [log_in(context.new_page(), console.url, name, password)]
        pages += [context.new_page() for _ in range(windows - 1)]
        for page in pages:
            page.goto(f"{console.url}/account")
            settle(page)
        return name, pages

    yield go
    for context in contexts:
        context.close()


def login_of(console, page: str) -> str:
    return f"{console.url}/login?next=%2F{page}"


def test_a_session_that_expires_takes_its_open_page_along(console, opened):
    _, (page,) = opened(Role.VIEWER)
    (token,) = (each["value"] for each in page.context.cookies() if each["name"] == SESSION_COOKIE)
    with console.context.service.catalog.engine.begin() as connection:
        expired = update(SESSIONS).where(SESSIONS.c.digest == digest(token)).values(expires_at=1.0)
        assert connection.execute(expired).rowcount == 1
    page.wait_for_url(login_of(console, "account"))


def test_signing_out_ends_the_session_in_all_windows(console, opened):
    _, (first, second) = opened(Role.OPERATOR, 2)
    first.get_by_role("button", name="Account").click()
    first.get_by_role("button", name="Sign out", exact=True).click()
    for page in (first, second):
        page.wait_for_url(f"{console.url}/login")


def test_a_user_who_is_removed_is_out(console, opened):
    name, (page,) = opened(Role.VIEWER)
    console.context.service.catalog.users.remove(name)
    page.wait_for_url(login_of(console, "account"))


def test_a_role_that_is_taken_away_is_gone_at_once_on_an_open_page(console, opened):
    name, (page,) = opened(Role.ADMIN)
    console.context.service.catalog.users.create(
        f"{name}-keeper", console.context.caller.account, Role.ADMIN, 1.0
    )
    console.context.service.catalog.users.change_role(name, Role.VIEWER)
    page.get_by_role("button", name="Make a key").click()
    page.get_by_text("its role is viewer, admin is needed").wait_for()
    page.reload()
    settle(page)
    assert page.get_by_role("button", name="Make a key").count() == 0


@pytest.mark.parametrize(
    "path", ["/groups/new", "/buckets/new", "/groups/shop/dataset", "/groups/shop/train"]
)
def test_viewers_are_refused_where_something_is_made(console, visit, path):
    page = visit(path, Role.VIEWER)
    page.get_by_role("alert").get_by_text("You may not do this").wait_for()
    assert page.locator("#content .q-btn.bg-primary").count() == 0


def test_viewers_are_refused_by_every_operation_that_changes_something(console):
    context = replace(console.context, caller=replace(console.context.caller, role=Role.VIEWER))
    changing = [name for name, role in ROLES.items() if role is not Role.VIEWER]
    assert len(changing) > 20
    for name in changing:
        with pytest.raises(ForecastleError) as refused:
            call(context, name, {})
        assert refused.value.wire_name == "AccessDeniedException"


PAGES = [
    "/",
    "/groups/shop",
    "/datasets/shop_sales",
    "/imports/shop_sales/first_import",
    "/predictors/shop_predictor",
    "/forecasts/shop_forecast",
    "/forecasts/shop_forecast?item=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "/buckets/shop?prefix=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
    "/sql?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
]


def test_names_that_are_scripts_are_shown_and_do_not_run(console, visit):
    """An item of the shop is called <script>alert(1)</script>; addresses try it too."""
    page = visit("/", Role.OPERATOR)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in PAGES:
        page.goto(f"{console.url}{path}")
        settle(page)
        injected = page.evaluate(
            "[...document.querySelectorAll('script')].filter(s => s.textContent === 'alert(1)')"
            ".length + document.querySelectorAll('img[onerror]').length"
        )
        assert (path, injected, dialogs) == (path, 0, [])
