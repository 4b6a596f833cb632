"""Users and their passwords, on both databases."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import unicodedata

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.catalog.passwords import hashed, matches, new_password
from forecastle.catalog.users import User
from forecastle.core.errors import ResourceAlreadyExists, ResourceInUse

ACCOUNT, OTHER = "000000000000", "111111111111"


def test_a_user_logs_in_with_the_newest_password_alone(catalog):
    users = catalog.users
    assert not users.any()
    old = users.create("ann", ACCOUNT, Role.VIEWER, 1.0)
    assert users.any()
    assert users.authenticate("ann", old) == User("ann", ACCOUNT, Role.VIEWER, {}, 1.0)
    new = users.renew_password("ann")
    assert users.authenticate("ann", old) is None
    assert users.authenticate("ann", new) == users.find("ann")
    assert users.authenticate("bob", new) is None


def test_a_name_is_given_once_whatever_the_account(catalog):
    password = catalog.users.create("ann", ACCOUNT, Role.VIEWER, 1.0)
    with pytest.raises(ResourceAlreadyExists, match="'ann' is there already"):
        catalog.users.create("ann", OTHER, Role.ADMIN, 2.0)
    assert catalog.users.authenticate("ann", password).role is Role.VIEWER


def test_users_are_listed_by_name_and_account(catalog):
    for name, account in (("zoe", ACCOUNT), ("ann", OTHER), ("bob", ACCOUNT)):
        catalog.users.create(name, account, Role.VIEWER, 1.0)
    assert [user.name for user in catalog.users.list()] == ["ann", "bob", "zoe"]
    assert [user.name for user in catalog.users.list(ACCOUNT)] == ["bob", "zoe"]


def test_preferences_are_kept_and_nothing_else_changes(catalog):
    catalog.users.create("ann", ACCOUNT, Role.VIEWER, 1.0)
    assert catalog.users.change("ann", preferences={"language": "ko"})
    assert catalog.users.find("ann") == User("ann", ACCOUNT, Role.VIEWER, {"language": "ko"}, 1.0)
    assert not catalog.users.change("bob", preferences={})


def test_an_account_keeps_an_administrator(catalog):
    users = catalog.users
    for name, account in (("ann", ACCOUNT), ("bob", ACCOUNT), ("eve", OTHER)):
        users.create(name, account, Role.ADMIN, 1.0)
    assert users.change_role("bob", Role.VIEWER)
    for refused in (lambda: users.remove("ann"), lambda: users.change_role("ann", Role.OPERATOR)):
        with pytest.raises(ResourceInUse, match="'ann' is the last administrator"):
            refused()
    assert users.change_role("ann", Role.ADMIN)
    assert users.remove("bob")
    assert not users.remove("bob")
    assert not users.change_role("bob", Role.ADMIN)
    assert [user.role for user in users.list(ACCOUNT)] == [Role.ADMIN]


def test_of_administrators_who_remove_each_other_at_once_one_stays(catalog):
    names = ("ann", "bob", "eve")
    for name in names:
        catalog.users.create(name, ACCOUNT, Role.ADMIN, 1.0)
    start, refused = threading.Barrier(len(names)), []

    def remove(name: str) -> None:
        start.wait()
        try:
            catalog.users.remove(name)
        except ResourceInUse:
            refused.append(name)

    threads = [threading.Thread(target=remove, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [user.name for user in catalog.users.list()] == refused
    assert len(refused) == 1


def test_a_password_is_kept_as_a_hash_with_a_salt_of_its_own():
    password = new_password()
    assert len(password) == 16
    first, second = hashed(password), hashed(password)
    assert first != second
    assert password not in first
    assert matches(password, first)
    assert not matches(f"{password} ", first)


def test_a_try_costs_what_owasp_advises_and_the_hash_says_what_it_cost():
    """Asked of a process of its own: tests spend less."""
    code = "from forecastle.catalog.passwords import hashed; print(hashed('secret'))"
    stored = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert stored.startswith("16384,8,5$")
    assert matches("secret", stored)
    assert matches("secret", stored.removeprefix("16384,8,5$")), "as the first versions kept it"
    assert not matches("secret", stored.replace("16384,8,5", "8192,8,5"))


def test_hangul_is_the_same_password_however_a_keyboard_writes_it():
    password = "비밀번호는 길게"
    decomposed = unicodedata.normalize("NFD", password)
    assert decomposed != password
    assert matches(decomposed, hashed(password))


def test_an_unknown_user_takes_as_long_as_a_wrong_password(catalog, monkeypatch):
    catalog.users.create("ann", ACCOUNT, Role.VIEWER, 1.0)
    work = []
    real = hashlib.scrypt

    def counted(*arguments, **options):
        work.append((options["n"], options["r"], options["p"], options["dklen"]))
        return real(*arguments, **options)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    assert catalog.users.authenticate("ann", "wrong") is None
    known, work[:] = list(work), []
    assert catalog.users.authenticate("nobody", "wrong") is None
    assert work == known
    assert len(known) == 1
