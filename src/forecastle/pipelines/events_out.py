"""The event of a run's end, in the shape of Amazon Forecast's EventBridge events.

Amazon EventBridge reference, Amazon Forecast events: source ``aws.forecast``, a detail type per
kind of resource, and a detail of ``Arn``, ``Status`` and ``Duration`` in minutes. A rule or a
program that waits for Amazon's export job event takes this one; what Forecastle knows beyond that
stands under ``detail.Pipeline``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.pipelines import FAILED, SUCCEEDED, Run, Step
from forecastle.core.names import Arn, ResourceType
from forecastle.pipelines.names import run_name
from forecastle.pipelines.pipeline import Pipeline

_IMPORT, _PREDICTOR = ResourceType.DATASET_IMPORT_JOB, ResourceType.PREDICTOR
_FORECAST, _EXPORT = ResourceType.FORECAST, ResourceType.FORECAST_EXPORT_JOB

_DETAIL_TYPES = {
    _IMPORT: "Forecast Dataset Import Job State Change",
    _PREDICTOR: "Forecast Predictor Creation State Change",
    _FORECAST: "Forecast Forecast Creation State Change",
    _EXPORT: "Forecast Forecast Export Job State Change",
}
_MADE_BY = {"check": _IMPORT, "import": _IMPORT, "train": _PREDICTOR, "forecast": _FORECAST}


def failed_step(steps: Sequence[Step]) -> Step | None:
    """The step that ended the run; None where none is recorded as failed."""
    return next((each for each in reversed(steps) if each.status == FAILED), None)


def retry_command(run: Run) -> str:
    """What goes on with a failed run."""
    return f"forecastle pipeline retry {run.run_id}"


def run_event(
    pipeline: Pipeline,
    run: Run,
    steps: Sequence[Step],
    results: Mapping[str, Any],
    now: float,
    *,
    succeeded: bool,
) -> dict[str, Any]:
    """The event.

    Its id is the same however often the end of one attempt is told, so that a receiver can drop
    what it has had.

    Args:
        pipeline: of the run.
        run: which ended.
        steps: in their order.
        results: of the step "results"; empty if it was not reached.
        now: seconds since 1970.
        succeeded: whether the run did.
    """
    failed = None if succeeded else failed_step(steps)
    kind = _EXPORT if failed is None else _MADE_BY.get(failed.step, _EXPORT)
    made = _made(steps)
    of_kind = [arn for arn in made if _type_of(arn) is kind]
    return {
        "version": "0",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{run.run_id}/{run.attempt}/{succeeded}")),
        "detail-type": _DETAIL_TYPES[kind],
        "source": "aws.forecast",
        "account": run.account,
        "time": f"{datetime.fromtimestamp(int(now), UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": run.region,
        "resources": made,
        "detail": {
            "Arn": of_kind[-1] if of_kind else _expected(pipeline, run, kind),
            "Status": life.ACTIVE if succeeded else life.CREATE_FAILED,
            "Duration": round(max(now - run.started_at, 0.0) / 60, 2),
            "Pipeline": {
                "Name": pipeline.name,
                "RunId": run.run_id,
                "Status": SUCCEEDED if succeeded else FAILED,
                "Trigger": run.trigger,
                **({} if succeeded else _failure(run, failed)),
                **({"Results": dict(results)} if results else {}),
            },
        },
    }


def _failure(run: Run, failed: Step | None) -> dict[str, str]:
    message = run.message if failed is None else failed.message
    return {
        "Step": "" if failed is None else failed.step,
        "Message": message or "",
        "Remedy": retry_command(run),
    }


def _made(steps: Sequence[Step]) -> list[str]:
    """The ARNs among the results of the steps, in their order."""
    values = (value for step in steps for value in step.results.values())
    flat = (each for value in values for each in (value if isinstance(value, list) else [value]))
    return list(dict.fromkeys(each for each in flat if isinstance(each, str) and _type_of(each)))


def _type_of(arn: str) -> ResourceType | None:
    parsed = Arn.parse(arn)
    return None if parsed is None else parsed.type


def _expected(pipeline: Pipeline, run: Run, kind: ResourceType) -> str:
    """The ARN that the failed step would have made."""
    name = run_name(run.pipeline, run.run_id)
    path = {
        _IMPORT: f"{pipeline.group_name}_target/{name}",
        _EXPORT: f"{name}/{name}",
    }.get(kind, name)
    return str(Arn(run.region, run.account, kind, path))
