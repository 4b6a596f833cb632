"""``forecastle pipeline webhook``: where others tell of new files."""

from __future__ import annotations

from typing import Annotated

import typer

from forecastle.cli import options
from forecastle.cli.output import Output
from forecastle.cli.service_options import DataDir


def webhook(
    account: Annotated[
        str | None,
        typer.Option(help="12 digits; default: the service's first account", metavar="ID"),
    ] = None,
    all_accounts: Annotated[
        bool, typer.Option("--all", help="For an operator: events of all accounts' buckets")
    ] = False,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show the address, with its token, to which events of buckets are posted."""
    from forecastle.cli.administrator import administrator
    from forecastle.core.settings import checked_account
    from forecastle.pipelines.webhook import PATH, webhook_path, webhook_token

    with administrator(data_dir) as context:
        service, settings = context.service, context.service.settings
        chosen = None if all_accounts else checked_account(account or settings.account)
        address = settings.address()
        record = {
            "Account": chosen or "all",
            "Url": f"{address}{PATH}",
            "Token": webhook_token(service, chosen),
            "UrlWithToken": f"{address}{webhook_path(service, chosen)}",
        }
    output = Output(as_json=json)
    output.say(
        f"Events of account {record['Account']} are posted to\n",
        f"  {record['UrlWithToken']}\n",
        f"or to {record['Url']} with the header\n",
        f"  Authorization: Bearer {record['Token']}\n",
        "Whoever has the token may tell of new files, and do nothing else.",
    )
    output.give(record)
