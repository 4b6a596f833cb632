"""CreateExplainabilityExport: impact scores become files in a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from forecastle.core.errors import InputError
from forecastle.jobs.context import JobContext, Outcome
from forecastle.jobs.explain import SPECIFIC
from forecastle.jobs.export_files import Export, in_parts
from forecastle.storage.exports import (
    DATE,
    write_explanation_csv,
    write_explanation_parquet,
)
from forecastle.training.explanation import Explanation, Kind
from forecastle.training.explanation_archive import load_explanation
from forecastle.training.impact import AGGREGATE, scores

_NORMALISED, _RAW = "-NormalizedImpactScore", "-RawImpactScore"


def export_explanation(context: JobContext) -> Outcome:
    """Write a row per series and step that was asked for one by one, and the aggregates.

    Raises:
        InputError: the explanation is gone, or the bucket is not the account's.
        StorageError: the bucket cannot be written to.
    """
    arn = context.resource.request["ExplainabilityArn"]
    found = context.catalog.resources.find(arn, context.resource.account)
    if found is None or "artifact" not in found.details:
        raise InputError(f"the explainability {arn} does not exist any more; create it again")
    explanation = load_explanation(context.stores.artifacts.open(found.details["artifact"]))
    frame = export_frame(explanation, found.request["ExplainabilityConfig"])
    keys = explanation.keys.columns
    columns = [name for name in frame.columns if name not in (*keys, DATE)]
    Export(context).put(
        in_parts(frame), write_explanation_csv, write_explanation_parquet, keys[1:], columns
    )
    return Outcome()


def export_frame(explanation: Explanation, config: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of an export.

    Args:
        explanation: what was found.
        config: ExplainabilityConfig: which of series and steps are told one by one.

    Returns:
        The keys, ``date`` and two columns per attribute, that of a series' own past left out; the
        aggregates, last, have `AGGREGATE` in place of the keys or the date.
    """
    by_series = config["TimeSeriesGranularity"] == SPECIFIC
    by_step = config["TimePointGranularity"] == SPECIFIC
    levels = [
        (series, step)
        for series in ((True, False) if by_series else (False,))
        for step in ((True, False) if by_step else (False,))
    ]
    return pl.concat(_level(explanation, series, step) for series, step in levels)


def _level(explanation: Explanation, by_series: bool, by_step: bool) -> pl.DataFrame:
    """The rows of one level of aggregation."""
    found = scores(explanation, by_series=by_series, by_step=by_step)
    n_series, n_steps, _ = found.raw.shape
    total = {name: [AGGREGATE] for name in explanation.keys.columns}
    keys = explanation.keys if by_series else pl.DataFrame(total)
    times = np.datetime_as_string(explanation.times.astype("datetime64[s]")).tolist()
    dates = [f"{time}Z" for time in times] if by_step else [AGGREGATE]
    columns = [pl.Series(DATE, dates * n_series)]
    for place, attribute in enumerate(explanation.attributes):
        if attribute.is_driver:
            name = "Calendar" if attribute.kind is Kind.CALENDAR else attribute.name
            columns += [
                pl.Series(f"{name}{_NORMALISED}", found.impact[..., place].ravel()),
                pl.Series(f"{name}{_RAW}", found.raw[..., place].ravel()),
            ]
    repeated = keys[np.repeat(np.arange(n_series), n_steps)]
    return pl.concat([repeated, pl.DataFrame(columns)], how="horizontal")
