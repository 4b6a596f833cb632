"""Connections that are lost and come back, and people who work at the same time."""

from __future__ import annotations

from forecastle.catalog.access_keys import Role
from tests.console.browser import log_in, new_context
from tests.console.page_checks import settle


def test_a_page_goes_on_when_the_connection_comes_back(console, visit):
    page = visit("/account", Role.VIEWER)
    settle(page)
    page.get_by_label("Password until now").fill("something typed")
    page.context.set_offline(True)
    page.evaluate("window.socket.io.engine.close()")
    page.locator("#popup[aria-hidden=false]").wait_for()
    page.context.set_offline(False)
    page.locator("#popup[aria-hidden=true]").wait_for(state="attached")
    assert page.get_by_label("Password until now").input_value() == "something typed"
    page.get_by_label("New password", exact=True).fill("one")
    page.get_by_role("button", name="Change the password").click()
    page.get_by_text("The two new passwords are not the same").wait_for()


def test_a_page_whose_session_ended_while_it_was_away_leads_to_the_login(console):
    name, password = console.user()
    context = new_context(console.browser)
    page = log_in(context.new_page(), console.url, name, password)
    page.goto(f"{console.url}/account")
    settle(page)
    context.set_offline(True)
    page.evaluate("window.socket.io.engine.close()")
    page.locator("#popup[aria-hidden=false]").wait_for()
    console.context.service.catalog.sessions.close_all(name)
    context.set_offline(False)
    page.wait_for_url(f"{console.url}/login?next=%2Faccount")
    context.close()


def test_two_people_work_at_once_each_with_their_own_rights_and_language(console, visit):
    viewer = visit("/account", Role.VIEWER, language="ko")
    admin = visit("/account", Role.ADMIN)
    admin.get_by_role("button", name="Make a key").wait_for()
    viewer.get_by_role("heading", name="내 계정").wait_for()
    assert viewer.get_by_role("button", name="키 만들기").count() == 0
    admin.get_by_role("button", name="Change the password").click()
    admin.get_by_text("has 0 characters").wait_for()
    assert viewer.get_by_text("has 0 characters").count() == 0
    viewer.reload()
    viewer.get_by_role("heading", name="내 계정").wait_for()
