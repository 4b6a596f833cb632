"""``forecastle pipeline run`` and its like: what is done with the runs of pipelines."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from forecastle.cli import options
from forecastle.cli.administrator import administrator, worker_hint
from forecastle.cli.auditing import audit_locally
from forecastle.cli.output import Output
from forecastle.cli.pipeline_records import (
    log_record,
    made_by,
    plain,
    run_record,
    run_table,
    step_table,
)
from forecastle.cli.service_options import DataDir

if TYPE_CHECKING:
    from forecastle.catalog.pipelines import Run
    from forecastle.pipelines.run_control import RunDescription
    from forecastle.service.context import Context

RunId = Annotated[str, typer.Argument(metavar="RUN", help="See `forecastle pipeline runs`")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for the end; exit code 1 if it failed")]

_LOOK_SECONDS = 0.25


def run(
    name: Annotated[str, typer.Argument(metavar="NAME", help="See `forecastle pipeline list`")],
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="Key of a file in the source bucket, once per file; default: the latest file of "
            "each dataset",
            metavar="KEY",
        ),
    ] = None,
    wait: Wait = False,
    data_dir: DataDir = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Start a run now."""
    from forecastle.pipelines.run_control import PERSON, describe_run, start_run

    output = Output(quiet, json)
    with administrator(data_dir) as context:
        run_id = start_run(context, name, key or None, PERSON)
        audit_locally(context.service.catalog, "StartPipelineRun", run_id, context.caller.account)
        found = describe_run(context, run_id)
        files = ", ".join(upload.url for upload in found.uploads)
        output.say(f"Run {run_id} of {name} has begun: {files}", *worker_hint(context))
        _finish(context, output, found, wait=wait)


def runs(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Of this pipeline; default: of all")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many, newest first", min=1)] = 100,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """List runs, newest first."""
    from forecastle.pipelines.run_control import list_runs

    with administrator(data_dir) as context:
        records = [run_record(found) for found in list_runs(context, name, limit)]
    output = Output(as_json=json)
    output.say(run_table(records))
    output.give(records)


def logs(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run, or a pipeline: its latest run")],
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show the steps of a run: times, messages, and the ARNs of what they made."""
    from forecastle.pipelines.run_control import describe_run

    with administrator(data_dir) as context:
        record = log_record(describe_run(context, run))
    output = Output(as_json=json)
    output.say(
        f"Run {record['RunId']} of {record['Pipeline']}: {record['Status']}, attempt "
        f"{record['Attempt']}, {record['Trigger']}",
        f"Files: {', '.join(record['Objects']) or '-'}",
        f"From {plain(record['StartedAt'])} to {plain(record['EndedAt'])} (UTC)",
        *([record["Message"]] if record["Message"] else []),
        *([step_table(record["Steps"])] if record["Steps"] else []),
        *(line for step in record["Steps"] for line in made_by(step)),
    )
    output.give(record)


def retry(
    run_id: RunId,
    wait: Wait = False,
    data_dir: DataDir = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Go on with a run that failed or was cancelled, from the step that did not succeed."""
    from forecastle.pipelines.run_control import describe_run, retry_run

    output = Output(quiet, json)
    with administrator(data_dir) as context:
        _change(context, run_id, retry_run, "RetryPipelineRun")
        output.say(f"Run {run_id} goes on.", *worker_hint(context))
        _finish(context, output, describe_run(context, run_id), wait=wait)


def cancel(
    run_id: RunId,
    data_dir: DataDir = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Stop a run, and what it is making."""
    from forecastle.pipelines.run_control import cancel_run, describe_run

    output = Output(quiet, json)
    with administrator(data_dir) as context:
        _change(context, run_id, cancel_run, "CancelPipelineRun")
        output.say(f"Run {run_id} is cancelled; `forecastle pipeline retry {run_id}` goes on.")
        _finish(context, output, describe_run(context, run_id), wait=False)


def _change(
    context: Context, run_id: str, how: Callable[[Context, str], Run], operation: str
) -> None:
    how(context, run_id)
    audit_locally(context.service.catalog, operation, run_id, context.caller.account)


def _finish(context: Context, output: Output, found: RunDescription, *, wait: bool) -> None:
    """Give the run, at its end if that is waited for; a run that did not succeed is exit code 1."""
    from forecastle.catalog.pipelines import SUCCEEDED

    if wait:
        found = _wait(context, output, found)
    output.give(log_record(found) if wait else run_record(found))
    if wait and found.run.status != SUCCEEDED:
        raise typer.Exit(1)


def _wait(context: Context, output: Output, found: RunDescription) -> RunDescription:
    """Tell of each step as it goes, until the run ends."""
    from forecastle.catalog.pipelines import RUNNING
    from forecastle.pipelines.run_control import describe_run

    told: set[tuple[str, str, float]] = set()
    while True:
        for step in found.steps:
            state = (step.step, step.status, step.started_at)
            if state not in told:
                output.say(
                    f"  {step.step}: {step.status}{f', {step.message}' if step.message else ''}"
                )
            told.add(state)
        if found.run.status != RUNNING:
            message = f": {found.run.message}" if found.run.message else ""
            output.say(f"Run {found.run.run_id} {found.run.status}{message}")
            return found
        time.sleep(_LOOK_SECONDS)
        found = describe_run(context, found.run.run_id)
