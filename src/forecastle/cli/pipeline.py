"""``forecastle pipeline``: files in, forecasts out; each command acts on the data directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forecastle.cli import options, pipeline_runs
from forecastle.cli.administrator import administrator, worker_hint
from forecastle.cli.auditing import audit_locally
from forecastle.cli.import_aws import import_aws
from forecastle.cli.output import Output
from forecastle.cli.pipeline_records import pipeline_record, pipeline_table
from forecastle.cli.service_options import DataDir
from forecastle.cli.text_files import read_text
from forecastle.cli.webhook import webhook

pipeline = typer.Typer(
    help="Pipelines: a file lands in a bucket, the forecast appears.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="See `forecastle pipeline list`")]


@pipeline.command()
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The pipeline's YAML file")],
    data_dir: DataDir = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Make a pipeline, or change it; a running service sees it at once."""
    from forecastle.pipelines.control import apply_pipeline

    text = read_text(file)
    with administrator(data_dir) as context:
        record = apply_pipeline(context, text, file.name)
        audit_locally(context.service.catalog, "ApplyPipeline", record.name, record.account)
        hint = worker_hint(context)
    shown = pipeline_record(record)
    output = Output(quiet, json)
    output.say(
        f"Pipeline {record.name} is applied: a file under {shown['Source']} becomes a forecast "
        f"under {shown['Export']}.",
        *hint,
    )
    output.give(shown)


@pipeline.command(name="list")
def list_(
    data_dir: DataDir = None, json: options.Json = False, debug: options.Debug = False
) -> None:
    """List the pipelines."""
    from forecastle.pipelines.control import list_pipelines

    with administrator(data_dir) as context:
        records = [pipeline_record(record) for record in list_pipelines(context)]
    output = Output(as_json=json)
    output.say(pipeline_table(records))
    output.give(records)


@pipeline.command()
def show(
    name: Name,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show the YAML file of a pipeline."""
    from forecastle.pipelines.control import show_pipeline

    with administrator(data_dir) as context:
        record = show_pipeline(context, name)
    output = Output(as_json=json)
    output.say(record.text.rstrip("\n"))
    output.give(pipeline_record(record) | {"Text": record.text})


@pipeline.command()
def delete(
    name: Name,
    data_dir: DataDir = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Forget a pipeline; its runs, its files and its forecasts stay."""
    from forecastle.pipelines.control import delete_pipeline

    with administrator(data_dir) as context:
        delete_pipeline(context, name)
        audit_locally(context.service.catalog, "DeletePipeline", name, context.caller.account)
    output = Output(quiet, json)
    output.say(f"Pipeline {name} is deleted; its runs and forecasts stay.")
    output.give({"Deleted": name})


pipeline.command()(pipeline_runs.run)
pipeline.command()(pipeline_runs.runs)
pipeline.command()(pipeline_runs.logs)
pipeline.command()(pipeline_runs.retry)
pipeline.command()(pipeline_runs.cancel)
pipeline.command()(import_aws)
pipeline.command()(webhook)
