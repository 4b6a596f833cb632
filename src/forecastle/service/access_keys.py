"""Access keys of an account, for its administrators."""

from __future__ import annotations

from dataclasses import replace

from forecastle.catalog.access_keys import AccessKey, Role
from forecastle.core.errors import ResourceNotFound
from forecastle.service.context import Context
from forecastle.service.rights import require


def list_keys(context: Context) -> list[AccessKey]:
    """The access keys of the account that open something, oldest first; without their secrets.

    Raises:
        AccessDenied: the caller is no administrator.
    """
    require(context, Role.ADMIN, "ListAccessKeys")
    account = context.caller.account
    return [
        replace(key, secret="")
        for key in context.service.catalog.access_keys.list()
        if key.account == account and key.revoked_at is None
    ]


def create_key(context: Context, role: Role) -> AccessKey:
    """A new access key of the account, with its secret.

    Raises:
        AccessDenied: the caller is no administrator.
    """
    require(context, Role.ADMIN, "CreateAccessKey")
    service = context.service
    return service.catalog.access_keys.create(context.caller.account, role, service.clock())


def revoke_key(context: Context, name: str) -> None:
    """The key opens nothing from now on.

    Raises:
        AccessDenied: the caller is no administrator.
        ResourceNotFound: the account has no such key.
    """
    require(context, Role.ADMIN, "RevokeAccessKey")
    keys = context.service.catalog.access_keys
    found = keys.find(name)
    if found is None or found.account != context.caller.account:
        raise ResourceNotFound(f"access key '{name}' is not there; the list shows all")
    keys.revoke(name, context.service.clock())
