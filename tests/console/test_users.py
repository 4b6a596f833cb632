"""``/users``: added, given roles, passwords and links, removed."""

from __future__ import annotations

import httpx
import pytest

from forecastle.catalog.access_keys import Role


def act(page, name: str, action: str) -> None:
    page.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menu").get_by_text(action, exact=True).click()


def shown_once(page, label: str) -> str:
    dialog = page.get_by_role("dialog")
    value = dialog.get_by_label(label, exact=True).input_value()
    dialog.get_by_role("button", name="I have written it down").click()
    return value


def test_a_user_is_added_and_logs_in_with_the_password_that_is_shown(console, visit):
    page = visit("/users", Role.ADMIN)
    page.get_by_role("button", name="Add a user").click()
    page.get_by_role("dialog").get_by_label("User name").fill("new@shop.example")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    page.get_by_text("The password of new@shop.example").wait_for()
    fields = {"name": "new@shop.example", "password": shown_once(page, "Password")}
    assert httpx.post(f"{console.url}/login", data=fields).headers["location"] == "/"
    page.get_by_role("cell", name="new@shop.example", exact=True).wait_for()


def test_a_name_that_cannot_be_used_is_said(visit):
    page = visit("/users", Role.ADMIN)
    page.get_by_role("button", name="Add a user").click()
    page.get_by_role("dialog").get_by_label("User name").fill("<b>bold</b>")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    page.get_by_text("user name '<b>bold</b>' cannot be used").wait_for()


def test_a_link_logs_in_without_a_password(console, visit):
    name, _ = console.user(Role.VIEWER)
    page = visit("/users", Role.ADMIN)
    act(page, name, "Link that logs in once")
    page.get_by_text(f"A link for {name}").wait_for()
    link = shown_once(page, "Link")
    assert link.startswith(f"{console.url}/login/link/")
    assert httpx.post(link).headers["location"] == "/"


def test_a_role_that_is_changed_counts_at_once_and_a_removed_user_is_gone(console, visit):
    users = console.context.service.catalog.users
    name, password = console.user(Role.VIEWER)
    page = visit("/users", Role.ADMIN)
    page.get_by_role("combobox", name=f"Role of {name}").click()
    page.get_by_role("option", name="operator").click()
    page.get_by_text(f"{name} is operator now").wait_for()
    assert users.find(name).role is Role.OPERATOR
    page.reload()
    act(page, name, "Remove")
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    page.get_by_role("cell", name=name, exact=True).wait_for(state="detached")
    assert users.authenticate(name, password) is None


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_others_neither_see_the_page_nor_the_way_to_it(visit, role):
    page = visit("/users", role)
    page.get_by_role("alert").get_by_text("You may not do this").wait_for()
    assert page.get_by_role("navigation").get_by_text("Users").count() == 0
    assert page.get_by_role("button", name="Add a user").count() == 0


def test_a_change_that_is_refused_is_taken_back(console, visit):
    page = visit("/users", Role.ADMIN)
    name, _ = console.user(Role.VIEWER)
    page.reload()
    console.context.service.catalog.users.remove(name)
    role = page.get_by_role("combobox", name=f"Role of {name}")
    role.click()
    page.get_by_role("option", name="admin").click()
    page.get_by_text(f"user '{name}' is not there").wait_for()
    page.get_by_role("button", name="Close").click()
    assert role.input_value() == "viewer"
