"""Users of the console: who may log in, with which role; and how people change their own login."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from forecastle.catalog.access_keys import Role
from forecastle.catalog.users import User
from forecastle.core.errors import InputError, ResourceNotFound, ValidationFailed
from forecastle.core.settings import checked_account
from forecastle.service.context import Context
from forecastle.service.logins import LINK_SECONDS, make_login_link
from forecastle.service.rights import require

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
LONGEST_LINK_MINUTES = 7 * 24 * 60
_NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True)
class NewUser:
    """A user and the password, for once in plain text."""

    user: User
    password: str = field(repr=False)


def list_users(context: Context) -> list[User]:
    """The users of the account, by name.

    Raises:
        AccessDenied: the caller is no administrator.
    """
    require(context, Role.ADMIN, "ListUsers")
    return context.service.catalog.users.list(context.caller.account)


def add_user(context: Context, name: str, role: Role) -> NewUser:
    """A new user of the account.

    Raises:
        AccessDenied: the caller is no administrator.
        ValidationFailed: the name cannot be one.
        ResourceAlreadyExists: the name is taken.
    """
    require(context, Role.ADMIN, "CreateUser")
    if _NAME.fullmatch(name) is None:
        raise ValidationFailed(
            f"user name '{name}' cannot be used; use 1 to 64 letters (A to Z), digits, '.', '-', "
            "'_' and '@'"
        )
    account = checked_account(context.caller.account)
    now, users = context.service.clock(), context.service.catalog.users
    password = users.create(name, account, role, now)
    return NewUser(User(name, account, role, created_at=now), password)


def change_role(context: Context, name: str, role: Role) -> User:
    """Give a user another role; it counts from the next click on.

    Raises:
        AccessDenied: the caller is no administrator.
        ResourceNotFound: the account has no such user.
        ResourceInUse: the account would be left without an administrator.
    """
    require(context, Role.ADMIN, "ChangeRole")
    _user(context, name)
    context.service.catalog.users.change_role(name, role)
    return _user(context, name)


def renew_password(context: Context, name: str) -> str:
    """A new password, for once in plain text; the user's sessions and links end.

    Raises:
        AccessDenied: the caller is no administrator.
        ResourceNotFound: the account has no such user.
    """
    require(context, Role.ADMIN, "RenewPassword")
    _user(context, name)
    catalog = context.service.catalog
    password = catalog.users.renew_password(name)
    catalog.sessions.close_all(name)
    return password


def login_link(context: Context, name: str, minutes: float = LINK_SECONDS / 60) -> str:
    """The path of a link that logs a user in once.

    Raises:
        AccessDenied: the caller is no administrator.
        ResourceNotFound: the account has no such user.
        InputError: that is no time for a link.
    """
    require(context, Role.ADMIN, "CreateLoginLink")
    if not 1 <= minutes <= LONGEST_LINK_MINUTES:
        raise InputError(
            f"a link cannot work for {minutes:g} minutes; use 1 to {LONGEST_LINK_MINUTES}"
        )
    _user(context, name)
    return make_login_link(context.service, name, minutes * _SECONDS_PER_MINUTE)


def remove_user(context: Context, name: str) -> None:
    """Forget a user; the sessions and links end.

    Raises:
        AccessDenied: the caller is no administrator.
        ResourceNotFound: the account has no such user.
        ResourceInUse: the account would be left without an administrator.
    """
    require(context, Role.ADMIN, "DeleteUser")
    _user(context, name)
    context.service.catalog.users.remove(name)


def change_own_password(context: Context, old: str, new: str, token: str) -> None:
    """Give oneself another password; one's other sessions and links end.

    Args:
        context: who asks.
        old: the password until now.
        new: the password from now on.
        token: of the session that goes on.

    Raises:
        InputError: the old password is wrong, or the new one is too short or the old one.
    """
    require(context, Role.VIEWER, "ChangeOwnPassword")
    name, catalog = context.caller.name, context.service.catalog
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise InputError(
            f"the new password has {len(new)} characters; use {SHORTEST_PASSWORD} to "
            f"{LONGEST_PASSWORD}, for example four words"
        )
    if new in (old, name):
        raise InputError("the new password is the old one or your name; choose another")
    if catalog.users.authenticate(name, old) is None:
        raise InputError("the old password is wrong; type it again, or ask an administrator")
    catalog.users.change(name, password=new)
    catalog.sessions.close_all(name, but=token)


def end_own_sessions(context: Context, token: str) -> None:
    """End one's sessions and links on other devices.

    Args:
        context: who asks.
        token: of the session that goes on.
    """
    require(context, Role.VIEWER, "EndOwnSessions")
    context.service.catalog.sessions.close_all(context.caller.name, but=token)


def _user(context: Context, name: str) -> User:
    """A user of the account; those of others look as if they were not there.

    Raises:
        ResourceNotFound: there is none of that name.
    """
    user = context.service.catalog.users.find(name)
    if user is None or user.account != context.caller.account:
        raise ResourceNotFound(f"user '{name}' is not there; `forecastle user list` shows all")
    return user
