"""The program ``forecastle``: its commands, and how it ends.

Commands import the engine only when they run: ``--help`` is quick, and a spawned worker, which
imports this module first, can still limit its threads before NumPy and Polars are loaded.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated

import typer

import forecastle
from forecastle.cli import (
    algorithms,
    bucket,
    config,
    console,
    forecast,
    online_retail,
    pipeline,
    retrain,
    run,
    sample,
    serve,
    sql,
    worker,
)
from forecastle.cli.database import database
from forecastle.cli.failures import STOPPED, report_failure
from forecastle.cli.keys import keys
from forecastle.cli.user import user

app = typer.Typer(
    name="forecastle",
    help="Sales forecasting: one file of sales in, p10, p50 and p90 of the next days out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
prepare = typer.Typer(help="Write data to forecast from.", no_args_is_help=True)

app.command()(run.run)
app.command()(forecast.forecast)
app.command()(retrain.retrain)
app.command()(algorithms.algorithms)
app.command()(serve.serve)
app.command()(console.console)
app.command()(worker.worker)
app.command()(sql.sql)
app.command()(config.config)
app.add_typer(keys, name="keys")
app.add_typer(user, name="user")
app.add_typer(database, name="db")
app.add_typer(prepare, name="prepare")
app.add_typer(bucket.bucket, name="bucket")
app.add_typer(pipeline.pipeline, name="pipeline")
prepare.command("sample")(sample.sample)
prepare.command("online-retail-ii")(online_retail.online_retail)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"forecastle {forecastle.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Sales forecasting: one file of sales in, p10, p50 and p90 of the next days out."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and leave with its exit code."""
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(run_app(sys.argv[1:] if arguments is None else list(arguments)))


def run_app(arguments: list[str]) -> int:
    """Run one command line; the exit code."""
    as_json, debug = "--json" in arguments, "--debug" in arguments
    try:
        code = app(arguments, prog_name="forecastle", standalone_mode=False)
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        code = STOPPED.exit_code
    except Exception as error:
        return report_failure(error, as_json=as_json, debug=debug)
    if code == STOPPED.exit_code:
        return report_failure(STOPPED, as_json=as_json, debug=debug)
    return int(code or 0)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """A polite request to end counts as Ctrl-C: temporary files go, workers end."""
    raise KeyboardInterrupt
