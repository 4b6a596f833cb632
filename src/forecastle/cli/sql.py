"""``forecastle sql``: a query over forecasts, history and accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from forecastle.cli import options
from forecastle.cli.administrator import administrator
from forecastle.cli.output import Output
from forecastle.cli.service_options import DataDir

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

Query = Annotated[
    str,
    typer.Argument(
        metavar="QUERY",
        help="One SELECT over forecasts, history, accuracy and predictors; also SHOW TABLES and "
        "DESCRIBE forecasts",
    ),
]
Account = Annotated[
    str | None, typer.Option(help="Whose data, 12 digits; default: the service's account")
]


def sql(
    query: Query,
    account: Account = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV")] = False,
    rows: Annotated[int, typer.Option(min=1, help="Refuse an answer of more rows")] = 10_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="End a query that takes longer")] = 30.0,
    megabytes: Annotated[
        int, typer.Option(min=64, help="Memory that a query, and its answer, may take")
    ] = 512,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Query what the service knows, in DuckDB's SQL: read-only, without files or network."""
    from forecastle.core.errors import InputError
    from forecastle.pipelines.sql import Limits, run_query
    from forecastle.pipelines.sql_answers import as_csv

    if csv and json:
        raise InputError("--csv and --json exclude each other; give one")
    with administrator(data_dir) as context:
        whose = account or context.caller.account
        limits = Limits(rows, seconds, megabytes)
        answer = run_query(context.service, whose, query, limits)
    if csv:
        print(as_csv(answer), end="")
        return
    output = Output(as_json=json)
    output.say(_table(answer), f"{answer.height:,} row" + ("" if answer.height == 1 else "s"))
    output.give(answer.to_dicts())


def _table(answer: pl.DataFrame) -> Table:
    from rich.table import Column, Table

    table = Table(
        *(
            Column(name, justify="right" if kind.is_numeric() else "left")
            for name, kind in answer.schema.items()
        )
    )
    for row in answer.iter_rows():
        table.add_row(*("" if value is None else str(value) for value in row))
    return table
