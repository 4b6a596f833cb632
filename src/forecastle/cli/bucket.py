"""``forecastle bucket``: which buckets the service reads and writes, and whose they are."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from forecastle.cli import options
from forecastle.cli.administrator import administrator
from forecastle.cli.output import Output
from forecastle.cli.service_options import DataDir

SECRET_VARIABLE = "FORECASTLE_BUCKET_SECRET_ACCESS_KEY"

bucket = typer.Typer(help="Register the buckets that data are in.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The bucket, as in s3://NAME/")]


@bucket.command()
def add(
    name: Name,
    account: Annotated[
        str | None, typer.Option(help="Owner, 12 digits; default: the service's account")
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(help="URL of its S3 server; default: the service's, or a folder"),
    ] = None,
    access_key_id: Annotated[
        str | None, typer.Option(help="Access key for it; default: the service's")
    ] = None,
    secret_access_key: Annotated[
        str | None,
        typer.Option(help="Its secret; asked for if it is not given", envvar=SECRET_VARIABLE),
    ] = None,
    region: Annotated[str | None, typer.Option(help="Region that requests are signed for")] = None,
    data_dir: DataDir = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Register a bucket for an account. Without an endpoint, buckets are folders."""
    from forecastle.service.bucket_access import BucketRequest, connect_bucket

    if access_key_id is not None and secret_access_key is None:
        secret_access_key = typer.prompt("Secret access key", hide_input=True)
    with administrator(data_dir) as context:
        request = BucketRequest(name, endpoint, access_key_id, secret_access_key, region, account)
        owner = connect_bucket(context, request).account
    output = Output(quiet, json)
    output.say(f"Bucket {name} is registered for account {owner}: s3://{name}/")
    output.give({"name": name, "account": owner, "endpoint": endpoint})


@bucket.command(name="list")
def list_(
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """List the registered buckets."""
    with administrator(data_dir) as context:
        stores = context.service.stores
        records = stores.catalog.buckets.list()
        places = [stores.place(record) for record in records]
    output = Output(as_json=json)
    table = Table("Bucket", "Account", "Place", "Access key")
    for record, place in zip(records, places, strict=True):
        table.add_row(record.name, record.account, place, record.access_key_id or "-")
    output.say(table)
    output.give(
        {
            "buckets": [
                {
                    "name": record.name,
                    "account": record.account,
                    "place": place,
                    "access_key_id": record.access_key_id,
                    "region": record.region,
                }
                for record, place in zip(records, places, strict=True)
            ]
        }
    )


@bucket.command(name="test")
def check(
    name: Name,
    data_dir: DataDir = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Try to list a bucket, and to write, read and delete an object in it."""
    from forecastle.service.bucket_access import place_of, try_bucket

    with administrator(data_dir) as context:
        for error in try_bucket(context, name).errors:
            raise error
        place = place_of(context, name)
    output = Output(quiet, json)
    output.say(f"Bucket {name} ({place}) can be listed, written, read and cleared.")
    output.give({"name": name, "place": place, "usable": True})


@bucket.command()
def remove(
    name: Name,
    data_dir: DataDir = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Forget a bucket; what is in it stays."""
    from forecastle.service.bucket_access import remove_bucket

    with administrator(data_dir) as context:
        remove_bucket(context, name)
    output = Output(quiet, json)
    output.say(f"Bucket {name} is forgotten; what is in it is untouched.")
    output.give({"name": name})
