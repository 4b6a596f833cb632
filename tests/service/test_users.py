"""Users: made, changed and removed by administrators; one's own login by everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import (
    AccessDenied,
    InputError,
    ResourceAlreadyExists,
    ResourceInUse,
    ResourceNotFound,
    ValidationFailed,
)
from forecastle.service import access_keys, users
from forecastle.service.context import Caller, Context
from tests.service.service_world import REGION


@pytest.fixture
def root(world) -> Context:
    """The first administrator of the account."""
    name = f"root-{world.account}"
    world.service.catalog.users.create(name, world.account, Role.ADMIN, world.now)
    return Context(world.service, Caller(world.account, Role.ADMIN, REGION, name))


@pytest.fixture
def ann(root) -> str:
    name = f"ann-{root.caller.account}"
    users.add_user(root, name, Role.OPERATOR)
    return name


def acting(root: Context, name: str, role: Role) -> Context:
    return Context(root.service, replace(root.caller, name=name, role=role))


def login(root: Context, name: str) -> str:
    """The token of a new session."""
    return root.service.catalog.sessions.open(name, root.service.clock(), 3600.0, None)


def lives(root: Context, token: str) -> bool:
    return root.service.catalog.sessions.find(token, root.service.clock()) is not None


def test_a_new_user_belongs_to_the_administrators_account(root):
    name = f"ann@{root.caller.account}"
    made = users.add_user(root, name, Role.VIEWER)
    found = root.service.catalog.users.authenticate(name, made.password)
    assert found == made.user
    assert (found.account, found.role) == (root.caller.account, Role.VIEWER)
    assert made.password not in repr(made)
    assert [user.name for user in users.list_users(root)] == [name, root.caller.name]


@pytest.mark.parametrize("name", ["", "a b", "ann\n", "é", "가", "a/b", "<b>", "x" * 65])
def test_some_names_cannot_be_used(root, name):
    with pytest.raises(ValidationFailed, match="use 1 to 64 letters"):
        users.add_user(root, name, Role.VIEWER)


def test_a_name_is_taken_in_all_accounts(world, root, ann):
    there = Context(world.service, replace(root.caller, account="121212121212"))
    with pytest.raises(ResourceAlreadyExists):
        users.add_user(there, ann, Role.ADMIN)


def test_users_of_another_account_look_as_if_they_were_not_there(root, ann):
    there = Context(root.service, replace(root.caller, account="121212121212"))
    assert users.list_users(there) == []
    for refused in (
        lambda: users.change_role(there, ann, Role.ADMIN),
        lambda: users.renew_password(there, ann),
        lambda: users.login_link(there, ann),
        lambda: users.remove_user(there, ann),
    ):
        with pytest.raises(ResourceNotFound, match=f"user '{ann}' is not there"):
            refused()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_only_administrators_look_after_users_and_keys(root, ann, role):
    context = acting(root, ann, role)
    for refused in (
        lambda: users.list_users(context),
        lambda: users.add_user(context, "eve", Role.ADMIN),
        lambda: users.change_role(context, ann, Role.ADMIN),
        lambda: users.renew_password(context, root.caller.name),
        lambda: users.login_link(context, root.caller.name),
        lambda: users.remove_user(context, root.caller.name),
        lambda: access_keys.list_keys(context),
        lambda: access_keys.create_key(context, Role.ADMIN),
        lambda: access_keys.revoke_key(context, "FC1"),
    ):
        with pytest.raises(AccessDenied, match="admin is needed"):
            refused()


def test_the_last_administrator_stays_one(root, ann):
    name = root.caller.name
    with pytest.raises(ResourceInUse, match="last administrator"):
        users.change_role(root, name, Role.VIEWER)
    with pytest.raises(ResourceInUse, match="last administrator"):
        users.remove_user(root, name)
    assert users.change_role(root, ann, Role.ADMIN).role is Role.ADMIN
    users.remove_user(root, name)
    assert root.service.catalog.users.find(name) is None


def test_a_renewed_password_ends_sessions_and_links(root, ann):
    token, catalog = login(root, ann), root.service.catalog
    link = users.login_link(root, ann).rpartition("/")[2]
    password = users.renew_password(root, ann)
    assert catalog.users.authenticate(ann, password) is not None
    assert not lives(root, token)
    assert catalog.sessions.use_link(link, root.service.clock()) is None


def test_a_link_works_as_long_as_was_asked_for(world, root, ann):
    sessions = world.service.catalog.sessions
    early, late = (users.login_link(root, ann, 30).rpartition("/")[2] for _ in range(2))
    world.now += 29 * 60
    assert sessions.use_link(early, world.now) == ann
    world.now += 60
    assert sessions.use_link(late, world.now) is None


@pytest.mark.parametrize("minutes", [0, -1, 10081, float("nan")])
def test_a_link_for_ever_is_not_made(root, ann, minutes):
    with pytest.raises(InputError, match="use 1 to 10080"):
        users.login_link(root, ann, minutes)


def test_everybody_changes_the_own_password_and_stays_logged_in_here_alone(root, ann):
    catalog = root.service.catalog
    old = users.renew_password(root, ann)
    here, there = login(root, ann), login(root, ann)
    users.change_own_password(acting(root, ann, Role.VIEWER), old, "four quiet green words", here)
    assert catalog.users.authenticate(ann, "four quiet green words") is not None
    assert (lives(root, here), lives(root, there)) == (True, False)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("wrong", "four quiet green words", "the old password is wrong"),
        (None, "too short", "has 9 characters; use 10 to 200"),
        (None, "x" * 201, "has 201 characters"),
        (None, None, "is the old one"),
    ],
)
def test_a_password_is_not_changed_for_these_reasons(root, ann, old, new, reason):
    password = users.renew_password(root, ann)
    token, context = login(root, ann), acting(root, ann, Role.VIEWER)
    with pytest.raises(InputError, match=reason):
        users.change_own_password(context, old or password, new or password, token)
    assert root.service.catalog.users.authenticate(ann, password) is not None


def test_everybody_ends_the_own_sessions_elsewhere(root, ann):
    here, there, others = login(root, ann), login(root, ann), login(root, root.caller.name)
    users.end_own_sessions(acting(root, ann, Role.VIEWER), here)
    assert [lives(root, token) for token in (here, there, others)] == [True, False, True]


def test_administrators_make_and_revoke_keys_of_their_account(root):
    made = access_keys.create_key(root, Role.VIEWER)
    assert (made.account, made.role) == (root.caller.account, Role.VIEWER)
    assert access_keys.list_keys(root) == [replace(made, secret="")]
    there = Context(root.service, replace(root.caller, account="121212121212"))
    assert access_keys.list_keys(there) == []
    with pytest.raises(ResourceNotFound, match="is not there"):
        access_keys.revoke_key(there, made.access_key_id)
    access_keys.revoke_key(root, made.access_key_id)
    assert access_keys.list_keys(root) == []
