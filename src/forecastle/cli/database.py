"""``forecastle db``: the database brought up to date, saved and brought back."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from forecastle.cli import options
from forecastle.cli.output import Output
from forecastle.cli.service_options import DataDir

database = typer.Typer(
    help="The service's database: upgrade, backup, restore.", no_args_is_help=True
)


@database.command()
def upgrade(
    data_dir: DataDir = None, json: options.Json = False, debug: options.Debug = False
) -> None:
    """Bring the database up to this version; `forecastle serve` does it by itself."""
    from forecastle.catalog import database as tables
    from forecastle.core.settings import load_settings

    settings, _ = load_settings(os.environ, data_dir=data_dir)
    engine = tables.connect(settings.database)
    before, after = tables.upgrade(engine)
    engine.dispose()
    output = Output(as_json=json)
    if before == after:
        output.say(f"The database is up to date (revision {after}).")
    else:
        output.say(f"The database went from revision {before or 'none'} to {after}.")
    output.give({"before": before, "after": after})


@database.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The zip file to write")],
    artifacts: Annotated[
        bool,
        typer.Option(
            "--artifacts/--no-artifacts", help="With imported data, predictors and forecasts"
        ),
    ] = True,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Write tables, key, settings and artifacts into FILE, while the service runs or not.

    The buckets are not in it. Whoever has the file can read the secrets in it.
    """
    from forecastle.core.settings import load_settings
    from forecastle.service.backup import back_up

    settings, _ = load_settings(os.environ, data_dir=data_dir)
    content = back_up(settings, file, time.time(), artifacts=artifacts)
    output = Output(as_json=json)
    output.say(f"{file}: {content.resources} resources, {content.artifacts} artifacts")
    output.give({"file": str(file), **vars(content)})


@database.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of `forecastle db backup`")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the data that are there")
    ] = False,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Bring back a backup, into SQLite or PostgreSQL; stop the service before."""
    from forecastle.cli.locking import served_here
    from forecastle.core.settings import load_settings
    from forecastle.service.backup import restore as bring_back

    settings, _ = load_settings(os.environ, data_dir=data_dir)
    with served_here(settings.data_dir):
        content = bring_back(settings, file, overwrite=overwrite)
    output = Output(as_json=json)
    output.say(f"{content.resources} resources and {content.artifacts} artifacts are back.")
    output.give(dict(vars(content)))
