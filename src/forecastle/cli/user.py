"""``forecastle user``: who may log in to the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from forecastle.cli import options
from forecastle.cli.administrator import administrator
from forecastle.cli.auditing import audit_locally
from forecastle.cli.output import Output
from forecastle.cli.service_options import DataDir

if TYPE_CHECKING:
    from forecastle.catalog.access_keys import Role
    from forecastle.catalog.users import User
    from forecastle.service.context import Context

user = typer.Typer(help="Users: who may log in to the console.", no_args_is_help=True)
_TO_THE_MINUTE = 16

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the user logs in with")]


@user.command()
def add(
    name: Name,
    role: Annotated[
        str,
        typer.Option(
            help="viewer (looks), operator (forecasts) or admin (also users, keys and buckets)"
        ),
    ] = "operator",
    account: Annotated[
        str | None,
        typer.Option(help="12 digits; default: the service's first account", metavar="ID"),
    ] = None,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Add a user and print the password; it is shown only this once."""
    from forecastle.service.users import add_user

    wanted = _role(role)
    with administrator(data_dir) as context:
        owner = account or context.caller.account
        made = add_user(_as_account(context, owner), name, wanted)
        audit_locally(context.service.catalog, "CreateUser", name, owner)
    output = Output(as_json=json)
    output.say(
        f"User {name} of account {owner}, role {wanted}. The password is shown only now:\n",
        f"  {made.password}",
    )
    output.give({**_record(made.user), "Password": made.password})


@user.command(name="list")
def list_users(
    data_dir: DataDir = None, json: options.Json = False, debug: options.Debug = False
) -> None:
    """List the users of all accounts."""
    with administrator(data_dir) as context:
        records = [_record(each) for each in context.service.catalog.users.list()]
    table = Table(Column("User", no_wrap=True), "Account", "Role", "Created (UTC)")
    for name, account, role, created in (record.values() for record in records):
        table.add_row(name, account, role, created[:_TO_THE_MINUTE].replace("T", " "))
    output = Output(as_json=json)
    output.say(table)
    output.give({"users": records})


@user.command()
def role(
    name: Name,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, operator or admin")],
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Give a user another role; it counts from the next click on."""
    from forecastle.service.users import change_role

    wanted = _role(role)
    with _administrator_of(name, data_dir) as context:
        changed = change_role(context, name, wanted)
        audit_locally(context.service.catalog, "ChangeRole", name, changed.account)
    output = Output(as_json=json)
    output.say(f"User {name} has the role {wanted}.")
    output.give(_record(changed))


@user.command()
def password(
    name: Name,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Print a new password for a user, whose sessions end; it is shown only this once."""
    from forecastle.service.users import renew_password

    with _administrator_of(name, data_dir) as context:
        made = renew_password(context, name)
        audit_locally(context.service.catalog, "RenewPassword", name, context.caller.account)
    output = Output(as_json=json)
    output.say(f"User {name} logs in with this password from now on:\n", f"  {made}")
    output.give({"Name": name, "Password": made})


@user.command()
def link(
    name: Name,
    minutes: Annotated[int, typer.Option(help="How long it works, 1 to 10080")] = 15,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Print a link that logs a user in, once and without the password."""
    from forecastle.service.users import login_link

    with _administrator_of(name, data_dir) as context:
        path = login_link(context, name, minutes)
        address = context.service.settings.address()
        audit_locally(context.service.catalog, "CreateLoginLink", name, context.caller.account)
    output = Output(as_json=json)
    output.say(f"This link logs {name} in, once, within {minutes} minutes:\n", f"  {address}{path}")
    output.give({"Name": name, "Link": f"{address}{path}", "Minutes": minutes})


@user.command()
def remove(
    name: Name,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Remove a user, whose sessions end; what the user made stays."""
    from forecastle.service.users import remove_user

    with _administrator_of(name, data_dir) as context:
        remove_user(context, name)
        audit_locally(context.service.catalog, "DeleteUser", name, context.caller.account)
    output = Output(as_json=json)
    output.say(f"User {name} is removed.")
    output.give({"removed": name})


@contextmanager
def _administrator_of(name: str, data_dir: Path | None) -> Iterator[Context]:
    """The administrator of the account that a user belongs to."""
    with administrator(data_dir) as context:
        found = context.service.catalog.users.find(name)
        yield context if found is None else _as_account(context, found.account)


def _as_account(context: Context, account: str) -> Context:
    return replace(context, caller=replace(context.caller, account=account))


def _role(text: str) -> Role:
    """The role of that name.

    Raises:
        InputError: there is none.
    """
    from forecastle.catalog.access_keys import Role
    from forecastle.core.errors import InputError

    if text not in list(Role):
        raise InputError(f"role '{text}' is not known; use {', '.join(Role)}")
    return Role(text)


def _record(user: User) -> dict[str, Any]:
    return {
        "Name": user.name,
        "Account": user.account,
        "Role": str(user.role),
        "CreateDate": datetime.fromtimestamp(user.created_at, UTC).isoformat(timespec="seconds"),
    }
