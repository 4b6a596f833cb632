"""``forecastle keys``: who may sign requests."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from forecastle.cli import options
from forecastle.cli.administrator import administrator
from forecastle.cli.auditing import audit_locally
from forecastle.cli.output import Output
from forecastle.cli.service_options import DataDir

if TYPE_CHECKING:
    from forecastle.catalog.access_keys import AccessKey

keys = typer.Typer(help="Access keys: who may sign requests.", no_args_is_help=True)
_TO_THE_MINUTE = 16
_ROLES = ("admin", "operator", "viewer")


@keys.command()
def create(
    role: Annotated[
        str, typer.Option(help="admin, operator (everything but keys and buckets) or viewer")
    ] = "admin",
    account: Annotated[
        str | None,
        typer.Option(help="12 digits; default: the service's first account", metavar="ID"),
    ] = None,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Make an access key and print it; its secret is shown only this once."""
    from forecastle.catalog.access_keys import Role
    from forecastle.core.errors import InputError

    if role not in _ROLES:
        raise InputError(f"role '{role}' is not known; use {', '.join(_ROLES)}")
    with administrator(data_dir) as context:
        catalog, owner = context.service.catalog, account or context.caller.account
        key = catalog.access_keys.create(owner, Role(role), time.time())
        audit_locally(catalog, "CreateAccessKey", key.access_key_id, key.account)
    output = Output(as_json=json)
    output.say(
        f"Access key of account {key.account}, role {key.role}. The secret is shown only now:\n",
        f"export AWS_ACCESS_KEY_ID={key.access_key_id}",
        f"export AWS_SECRET_ACCESS_KEY={key.secret}",
    )
    output.give({**_record(key), "SecretAccessKey": key.secret})


@keys.command(name="list")
def list_keys(
    data_dir: DataDir = None, json: options.Json = False, debug: options.Debug = False
) -> None:
    """List the access keys, without their secrets."""
    with administrator(data_dir) as context:
        records = [_record(key) for key in context.service.catalog.access_keys.list()]
    table = Table(Column("Access key", no_wrap=True), "Account", "Role", "Created (UTC)", "State")
    for key, account, role, created, revoked in (record.values() for record in records):
        moment = created[:_TO_THE_MINUTE].replace("T", " ")
        table.add_row(key, account, role, moment, "revoked" if revoked else "active")
    output = Output(as_json=json)
    output.say(table)
    output.give({"keys": records})


@keys.command()
def revoke(
    access_key_id: Annotated[str, typer.Argument(metavar="ID", help="See `forecastle keys list`")],
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Revoke an access key; a running service notices within a second."""
    with administrator(data_dir) as context:
        catalog = context.service.catalog
        catalog.access_keys.revoke(access_key_id, time.time())
        key = catalog.access_keys.find(access_key_id)
        audit_locally(catalog, "RevokeAccessKey", access_key_id, key.account if key else None)
    output = Output(as_json=json)
    output.say(f"Access key {access_key_id} is revoked.")
    output.give({"revoked": access_key_id})


def _record(key: AccessKey) -> dict[str, Any]:
    """As the API of AWS spells it."""
    return {
        "AccessKeyId": key.access_key_id,
        "Account": key.account,
        "Role": str(key.role),
        "CreateDate": _moment(key.created_at),
        "RevokeDate": None if key.revoked_at is None else _moment(key.revoked_at),
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
