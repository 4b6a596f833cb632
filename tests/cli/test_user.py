"""``forecastle user``: added, listed, changed, linked, removed; a password is shown once."""

from __future__ import annotations

import json

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.catalog.catalog import Catalog
from forecastle.cli.main import run_app
from forecastle.core.settings import ServiceSettings


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("FORECASTLE_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def catalog(data_dir):
    opened = Catalog.open(ServiceSettings(data_dir=data_dir), migrate=True)
    yield opened
    opened.close()


def told(capsys, *arguments: str, code: int = 0):
    assert run_app(["user", *arguments, "--json"]) == code
    captured = capsys.readouterr()
    return json.loads(captured.out if code == 0 else captured.err)


def test_a_new_user_has_the_role_and_account_that_were_asked_for(capsys, catalog):
    made = told(capsys, "add", "ann@shop.example", "--role", "viewer", "--account", "210987654321")
    found = catalog.users.authenticate("ann@shop.example", made["Password"])
    assert (found.role, found.account) == (Role.VIEWER, "210987654321")
    assert (made["Role"], made["Account"]) == ("viewer", "210987654321")


def test_without_words_it_is_an_operator_of_the_first_account(capsys):
    made = told(capsys, "add", "ann")
    assert (made["Role"], made["Account"]) == ("operator", "000000000000")


def test_for_people_the_password_stands_on_a_line_of_its_own(capsys, catalog):
    assert run_app(["user", "add", "ann"]) == 0
    password = capsys.readouterr().out.splitlines()[-1].strip()
    assert catalog.users.authenticate("ann", password) is not None


def test_the_list_shows_users_of_all_accounts_and_no_password(capsys):
    first = told(capsys, "add", "ann", "--account", "210987654321")
    told(capsys, "add", "bob")
    assert run_app(["user", "list"]) == 0
    printed = capsys.readouterr().out
    assert [each["Name"] for each in told(capsys, "list")["users"]] == ["ann", "bob"]
    assert "210987654321" in printed
    assert first["Password"] not in printed


def test_a_role_is_changed_whatever_the_account(capsys, catalog):
    told(capsys, "add", "ann", "--account", "210987654321")
    assert told(capsys, "role", "ann", "admin")["Role"] == "admin"
    assert catalog.users.find("ann").role is Role.ADMIN


def test_a_new_password_ends_the_sessions(capsys, catalog):
    old = told(capsys, "add", "ann")["Password"]
    token = catalog.sessions.open("ann", 0.0, 1e12, None)
    new = told(capsys, "password", "ann")["Password"]
    assert catalog.users.authenticate("ann", old) is None
    assert catalog.users.authenticate("ann", new) is not None
    assert catalog.sessions.find(token, 1.0) is None


def test_a_link_has_the_services_address(capsys, catalog, monkeypatch):
    monkeypatch.setenv("FORECASTLE_PORT", "8999")
    told(capsys, "add", "ann")
    link = told(capsys, "link", "ann", "--minutes", "60")["Link"]
    assert link.startswith("http://127.0.0.1:8999/login/link/")
    assert catalog.sessions.use_link(link.rpartition("/")[2], 0.0) == "ann"


def test_a_user_is_removed_and_the_last_administrator_is_not(capsys, catalog):
    told(capsys, "add", "root", "--role", "admin")
    told(capsys, "add", "ann")
    told(capsys, "remove", "ann")
    assert [user.name for user in catalog.users.list()] == ["root"]
    for command in (["remove", "root"], ["role", "root", "viewer"]):
        assert "last administrator" in told(capsys, *command, code=2)["error"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["add", "a b"], "user name 'a b' cannot be used"),
        (["add", "ann", "--role", "root"], "role 'root' is not known"),
        (["add", "ann", "--account", "12"], "use 12 digits"),
        (["role", "nobody", "admin"], "user 'nobody' is not there"),
        (["password", "nobody"], "user 'nobody' is not there"),
        (["link", "nobody"], "user 'nobody' is not there"),
        (["remove", "nobody"], "user 'nobody' is not there"),
    ],
)
def test_what_is_wrong_is_said(capsys, catalog, command, reason):
    assert reason in told(capsys, *command, code=2)["error"]


def test_what_was_done_is_written_down(capsys, catalog):
    told(capsys, "add", "root", "--role", "admin")
    told(capsys, "add", "ann")
    for command in (["role", "ann", "viewer"], ["password", "ann"], ["link", "ann"]):
        told(capsys, *command)
    told(capsys, "remove", "ann")
    entries = [(each.operation, each.resource, each.address) for each in catalog.audit.entries()]
    operations = ("CreateUser", "ChangeRole", "RenewPassword", "CreateLoginLink", "DeleteUser")
    assert entries[1:] == [(operation, "ann", "local") for operation in operations]
