"""What a run publishes beside its export: manifest, Athena's statements, report, and totals.

Only the parts of exports stand directly under a pipeline's export prefix. The rest lies in folders
below it whose names begin with an underscore, which Athena, Hive, Spark and imports pass over:

======================================  =============================================
``_manifest/<pipeline>_manifest.json``  for QuickSight, of the latest run's CSV files
``_athena/<pipeline>.sql``              for Athena, over Parquet
``_report/<pipeline>.html``             the latest report
``_report/<run's name>.html``           the report of each run
======================================  =============================================

To publish again replaces the same objects.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forecastle.catalog.pipelines import Run
from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.jobs.export_files import PARQUET, part_prefix
from forecastle.jobs.group_data import GroupData
from forecastle.jobs.train import configuration
from forecastle.jobs.training_request import TrainingRequest
from forecastle.pipelines.athena import athena_statements, columns_of
from forecastle.pipelines.changes import Comparison, compare
from forecastle.pipelines.drawing import DRAWING
from forecastle.pipelines.made import Made
from forecastle.pipelines.manifest import quicksight_manifest
from forecastle.pipelines.names import run_name
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.run_report import HistoryFacts, ReportTask
from forecastle.pipelines.totals import change
from forecastle.service.context import Service
from forecastle.storage.exports import DATE, ITEM

Draw = Callable[[ReportTask], HistoryFacts]

_log = logging.getLogger(__name__)


def publish_results(
    service: Service,
    pipeline: Pipeline,
    run: Run,
    arns: Mapping[str, str],
    *,
    draw: Draw = DRAWING.draw,
) -> dict[str, Any]:
    """Write manifest or Athena's statements, and the report; tell the totals.

    A report that cannot be drawn fails nothing: the forecast is delivered; ``messages`` says why.

    Args:
        service: the service.
        pipeline: as it was when the run began.
        run: the run.
        arns: ``predictor``, ``forecast`` and ``export``, all ACTIVE.
        draw: draws the report, in a process of its own.

    Returns:
        Plain values: ``export`` (what the URLs of the parts begin with), ``files``, ``manifest``,
        ``athena``, ``report``, ``latest_report`` (URLs, None where there is none); ``first``,
        ``last``, ``steps`` of the period, the next seven days or all steps; ``total_<column>``,
        sums over series and steps; ``previous_total_p50`` and ``change``, of the last successful
        run; ``overlap``, where both forecasts have the same steps; ``sales_before`` and
        ``change_from_sales``, of as many steps right before; ``average_wql``, ``skill``,
        ``series``, ``messages``.

    Raises:
        InputError: something the run made is gone, or the bucket is not the account's.
        StorageError: the bucket failed.
    """
    made = Made(service, pipeline, run, arns)
    comparison = compare(made.totals, made.previous_totals)
    messages: list[str] = []
    manifest, athena = _for_readers(made, messages)
    report, latest, facts = _report(made, comparison, draw, messages)
    period = made.totals.next_period()
    sums = {f"total_{name}": value for name, value in period.sums().items()}
    before = facts.just_before if facts else None
    return {
        "export": made.url(f"{part_prefix(made.export)}_part"),
        "files": len(made.parts),
        "manifest": manifest,
        "athena": athena,
        "report": report,
        "latest_report": latest,
        "first": period.times[0].isoformat(),
        "last": period.times[-1].isoformat(),
        "steps": len(period.times),
        "frequency": str(period.frequency),
        **sums,
        **comparison.values,
        "sales_before": before,
        "change_from_sales": None if before is None else change(_expected(sums), before),
        **_accuracy(made.predictor),
        "series": made.forecast.details["series"],
        "messages": messages,
    }


def _for_readers(made: Made, messages: list[str]) -> tuple[str | None, str | None]:
    """QuickSight's manifest of CSV, or Athena's statements over Parquet; their URLs."""
    name = made.pipeline.name
    if made.export.request.get("Format") == PARQUET:
        file = f"_athena/{name}.sql"
        made.bucket.write(made.key(file), _statements(made).encode())
        return None, made.url(file)
    try:
        urls = [f"s3://{made.place.bucket}/{part}" for part in made.parts]
        text = json.dumps(quicksight_manifest(urls), indent=2) + "\n"
    except InputError as error:
        messages.append(f"No QuickSight manifest: {error}.")
        return None, None
    file = f"_manifest/{name}_manifest.json"
    made.bucket.write(made.key(file), text.encode())
    return made.url(file), None


def _statements(made: Made) -> str:
    details = made.forecast.details
    texts = (ITEM, DATE, *details["dimensions"])
    return athena_statements(
        made.pipeline.name.lower(),
        f"{made.url('').rstrip('/')}/",
        columns_of((*texts, *details["columns"]), texts),
        f"{part_prefix(made.export)}_part",
        f"Forecasts of the pipeline {made.pipeline.name}; dates are texts in UTC",
    )


def _report(
    made: Made, comparison: Comparison, draw: Draw, messages: list[str]
) -> tuple[str | None, str | None, HistoryFacts | None]:
    """Draw and store the report; the URLs of the run's own and of the latest, and the facts."""
    own = f"_report/{run_name(made.run.pipeline, made.run.run_id)}.html"
    latest = f"_report/{made.pipeline.name}.html"
    with TemporaryDirectory(prefix="forecastle-") as folder:
        target = Path(folder) / "report.html"
        try:
            facts = draw(_task(made, comparison, target))
        except InputError as error:
            messages.append(f"No report: {error}.")
            return None, None, None
        except Exception as error:
            _log.exception("run %s: the report could not be drawn", made.run.run_id)
            kind = type(error).__name__
            messages.append(f"No report: it could not be drawn ({kind}); see the worker's log.")
            return None, None, None
        for name in (own, latest):
            made.bucket.put(made.key(name), target)
    return made.url(own), made.url(latest), facts


def _task(made: Made, comparison: Comparison, target: Path) -> ReportTask:
    service, predictor, forecast = made.service, made.predictor, made.forecast
    group = TrainingRequest.read(configuration(predictor.request, predictor.details)).group
    data = GroupData.of(service.catalog, service.stores, made.run.account, group)
    created = datetime.fromtimestamp(forecast.modified_at, UTC)
    return ReportTask(
        title=made.pipeline.name,
        created=f"{created:%Y-%m-%d %H:%M} UTC",
        predictor=service.stores.artifacts.open(predictor.details["artifact"]),
        data=data,
        forecast=forecast,
        table=made.table(forecast),
        before=made.previous,
        before_table=None if made.previous is None else made.table(made.previous),
        sentences=comparison.sentences,
        messages=_said(predictor.message, forecast.message),
        is_trained_on_these=list(data.import_jobs) == predictor.details["import_jobs"],
        period=len(made.totals.next_period().times),
        target=target,
    )


def _said(*messages: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(message for message in messages if message))


def _expected(sums: Mapping[str, float]) -> float:
    """The best single figure: the mean, else the median."""
    names: Sequence[str] = [n for n in ("total_mean", "total_p50") if n in sums] or list(sums)
    return sums[names[0]]


def _accuracy(predictor: Resource) -> dict[str, float | None]:
    """Of the predictor, averaged over its backtests."""
    summary = predictor.details["accuracy"][0]["TestWindows"][0]["Metrics"]
    return {
        "average_wql": summary["AverageWeightedQuantileLoss"],
        "skill": predictor.details["skill"],
    }
