"""Pipelines and runs as ``--json`` gives them, and as tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.table import Column, Table

from forecastle.core.errors import InputError

if TYPE_CHECKING:
    from forecastle.catalog.pipelines import PipelineRecord, Step
    from forecastle.pipelines.run_control import RunDescription

Record = dict[str, Any]

_TO_THE_SECOND = 19


def pipeline_record(record: PipelineRecord) -> Record:
    """A pipeline; ``Problem`` tells why a text that an older version kept cannot be read."""
    from forecastle.pipelines.access import read

    found: Record = {"Pipeline": record.name}
    try:
        pipeline = read(record)
    except InputError as error:
        found["Problem"] = str(error)
    else:
        found |= {
            "Enabled": pipeline.enabled,
            "Source": f"s3://{pipeline.source.bucket}/{pipeline.source.prefix}",
            "Export": f"s3://{pipeline.export.bucket}/{pipeline.export.prefix}",
            "DatasetGroup": pipeline.group_name,
            "Frequency": pipeline.frequency,
            "Horizon": pipeline.horizon,
            "Algorithm": pipeline.training.algorithm,
            "Schedule": pipeline.schedule,
        }
    return found | {
        "DueAt": moment(record.due_at),
        "CreatedAt": moment(record.created_at),
        "ChangedAt": moment(record.changed_at),
    }


def run_record(found: RunDescription) -> Record:
    """A run; ``Object`` is the file that it is about, the newest where there are several."""
    run, objects = found.run, [upload.url for upload in found.uploads]
    return {
        "RunId": run.run_id,
        "Pipeline": run.pipeline,
        "Status": run.status,
        "Object": objects[-1] if objects else None,
        "Objects": objects,
        "Trigger": run.trigger,
        "Attempt": run.attempt,
        "StartedAt": moment(run.started_at),
        "EndedAt": moment(run.ended_at),
        "Message": run.message,
        "Details": dict(run.details),
    }


def log_record(found: RunDescription) -> Record:
    """A run with its steps."""
    return run_record(found) | {"Steps": [step_record(step) for step in found.steps]}


def step_record(step: Step) -> Record:
    """A step, with the ARNs and facts that it found."""
    return {
        "Step": step.step,
        "Status": step.status,
        "StartedAt": moment(step.started_at),
        "EndedAt": moment(step.ended_at),
        "Seconds": _seconds(step.started_at, step.ended_at),
        "Attempts": step.attempts,
        "Message": step.message,
        "Results": dict(step.results),
    }


def pipeline_table(records: Sequence[Record]) -> Table:
    """Pipelines, one a line."""
    folding = (Column(name, overflow="fold") for name in ("Source", "Export"))
    table = Table("Pipeline", *folding, "Schedule (UTC)", "State")
    for record in records:
        state = "cannot be read" if "Problem" in record else "enabled"
        table.add_row(
            record["Pipeline"],
            record.get("Source", "-"),
            record.get("Export", "-"),
            record.get("Schedule") or "-",
            state if record.get("Enabled", True) else "not enabled",
        )
    return table


def run_table(records: Sequence[Record]) -> Table:
    """Runs, one a line."""
    run, file = Column("Run", no_wrap=True), Column("File", overflow="fold")
    table = Table(run, "Pipeline", "Status", file, "Started (UTC)")
    for record in records:
        others = len(record["Objects"]) - 1
        shown = f"{record['Object'] or '-'}{f' and {others} more' if others > 0 else ''}"
        started = plain(record["StartedAt"])
        table.add_row(record["RunId"], record["Pipeline"], record["Status"], shown, started)
    return table


def step_table(steps: Sequence[Record]) -> Table:
    """Steps, one a line."""
    seconds, message = Column("Seconds", justify="right"), Column("Message", overflow="fold")
    table = Table("Step", "Status", "Started (UTC)", seconds, message)
    for step in steps:
        table.add_row(
            step["Step"],
            step["Status"],
            plain(step["StartedAt"]),
            "-" if step["Seconds"] is None else f"{step['Seconds']:.1f}",
            step["Message"] or "",
        )
    return table


def made_by(step: Record) -> list[str]:
    """The ARNs that a step made, a line each."""
    return [f"  {step['Step']}: {text}" for text in _arns(step["Results"])]


def moment(seconds: float | None) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def plain(text: str | None) -> str:
    """A moment for people."""
    return "-" if text is None else text[:_TO_THE_SECOND].replace("T", " ")


def _seconds(start: float, end: float | None) -> float | None:
    return None if end is None else round(end - start, 3)


def _arns(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value.startswith("arn:") else []
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, Sequence):
        return []
    return [arn for each in value for arn in _arns(each)]
