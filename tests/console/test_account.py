"""``/account``: the own password, sessions elsewhere, access keys."""

from __future__ import annotations

from forecastle.catalog.access_keys import Role
from tests.console.browser import log_in, new_context

NEW = "four quiet green words"


def fill(page, old: str, new: str, again: str) -> None:
    page.get_by_label("Password until now").fill(old)
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("New password, once more").fill(again)
    page.get_by_role("button", name="Change the password").click()


def test_everybody_changes_the_own_password_with_the_old_one(console):
    users = console.context.service.catalog.users
    name, password = console.user(Role.VIEWER)
    context = new_context(console.browser)
    page = log_in(context.new_page(), console.url, name, password)
    page.goto(f"{console.url}/account")
    for old, new, again, reason in (
        ("wrong", NEW, NEW, "the old password is wrong"),
        (password, NEW, f"{NEW}!", "The two new passwords are not the same"),
        (password, "short", "short", "has 5 characters"),
    ):
        fill(page, old, new, again)
        page.get_by_text(reason).wait_for()
        page.get_by_role("button", name="Close").click()
        page.get_by_role("dialog").wait_for(state="detached")
    fill(page, password, NEW, NEW)
    page.get_by_text("The password is changed").wait_for()
    assert users.authenticate(name, NEW) is not None
    context.close()


def test_sessions_elsewhere_are_ended_and_their_pages_led_to_the_login(console):
    name, password = console.user()
    contexts = [new_context(console.browser) for _ in range(2)]
    here, there = (log_in(each.new_page(), console.url, name, password) for each in contexts)
    there.goto(f"{console.url}/account")
    here.goto(f"{console.url}/account")
    here.get_by_role("button", name="Sign out everywhere else").click()
    there.wait_for_url(f"{console.url}/login?next=%2Faccount")
    here.reload()
    here.get_by_text(name).first.wait_for()
    assert here.url == f"{console.url}/account"
    for each in contexts:
        each.close()


def test_administrators_make_and_revoke_access_keys(console, visit):
    keys = console.context.service.catalog.access_keys
    page = visit("/account", Role.ADMIN)
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    name = dialog.get_by_label("Access key ID", exact=True).input_value()
    secret = dialog.get_by_label("Secret access key", exact=True).input_value()
    dialog.get_by_role("button", name="I have written it down").click()
    key = keys.find(name)
    assert (key.secret, key.role, key.account) == (
        secret,
        Role.OPERATOR,
        console.context.caller.account,
    )
    page.get_by_role("button", name=f"Revoke {name}").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    page.get_by_role("cell", name=name, exact=True).wait_for(state="detached")
    assert keys.find(name).revoked_at is not None


def test_others_are_told_how_to_get_a_key(visit):
    page = visit("/account", Role.OPERATOR)
    page.get_by_text("An administrator makes them").wait_for()
    assert page.get_by_role("button", name="Make a key").count() == 0
