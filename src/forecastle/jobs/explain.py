"""CreateExplainability: what drives the forecast of a predictor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.names import Arn, ResourceType
from forecastle.jobs.context import JobContext, Outcome
from forecastle.jobs.forecast import latest_series
from forecastle.jobs.selection import series_of_file
from forecastle.jobs.train import load_predictor, sentences
from forecastle.series.building import BuiltPanel
from forecastle.series.panel import Integers
from forecastle.training.explanation import Attribute, Explanation, Kind, explain
from forecastle.training.explanation_archive import between, save_explanation

MOST_SERIES = 50
SPECIFIC = "SPECIFIC"


def create_explainability(context: JobContext) -> Outcome:
    """Explain the forecast of the latest data, and keep the contributions as the artifact.

    Raises:
        InputError: what is to be explained is gone, or the series or times are not there.
    """
    predictor = _predictor(context)
    trained, recipe = load_predictor(context.stores.artifacts.open(predictor.details["artifact"]))
    context.tell(0.05, "reading the data")
    built = latest_series(context, predictor, recipe, trained.spec.horizon)
    chosen, messages = _series(context, built)
    context.tell(0.3, "explaining")
    found = _times(context, explain(trained, built.panel, chosen))
    if not any(_was_given(each) for each in found.attributes):
        raise InputError(
            "the predictor has no attributes to explain: it was trained without related time "
            "series, item metadata and holidays; add some of them and train again"
        )
    explained = replace(found, attributes=_named(found.attributes, recipe.calendar.countries))
    save_explanation(explained, context.workspace)
    said = [*sentences(found.messages), *messages]
    return Outcome(_details(explained), " ".join(said) or None)


def _predictor(context: JobContext) -> Resource:
    """The predictor that the request names, or that of the forecast.

    Raises:
        InputError: it is gone, or its training failed.
    """
    arn = context.resource.request["ResourceArn"]
    parsed = Arn.parse(arn)
    if parsed is not None and parsed.type is ResourceType.FORECAST:
        forecast = context.catalog.resources.find(arn, context.resource.account)
        if forecast is None:
            raise InputError(f"the forecast {arn} does not exist any more; create it again")
        arn = forecast.request["PredictorArn"]
    found = context.catalog.resources.find(arn, context.resource.account)
    if found is None or "artifact" not in found.details:
        state = "does not exist any more" if found is None else f"is {found.status}"
        raise InputError(f"the predictor {arn} {state}; train it again, then explain it")
    return found


def _series(context: JobContext, built: BuiltPanel) -> tuple[Integers | None, list[str]]:
    """The series that a file names, None for all.

    Raises:
        InputError: they are too many, or none of them is there.
    """
    request = context.resource.request
    if request["ExplainabilityConfig"]["TimeSeriesGranularity"] != SPECIFIC:
        return None, []
    chosen, messages = series_of_file(
        context, built.panel.keys, built.recipe, request, "DataSource"
    )
    if len(chosen) > MOST_SERIES:
        raise InputError(
            f"DataSource names {len(chosen)} series; at most {MOST_SERIES} can be explained one "
            "by one, or all together with TimeSeriesGranularity ALL"
        )
    return chosen, messages


def _times(context: JobContext, found: Explanation) -> Explanation:
    """The steps that are asked for.

    Raises:
        InputError: there is none of them in what would be forecast now.
    """
    request = context.resource.request
    if request["ExplainabilityConfig"]["TimePointGranularity"] != SPECIFIC:
        return found
    first, last = request["StartDateTime"], request["EndDateTime"]
    kept = between(found, np.datetime64(first), np.datetime64(last))
    if not kept.base.shape[1]:
        raise InputError(
            f"no step lies from {first} to {last}: with the latest data the forecast reaches from "
            f"{found.times[0]} to {found.times[-1]}; choose times among these"
        )
    return kept


def _was_given(attribute: Attribute) -> bool:
    return attribute.kind in (Kind.RELATED, Kind.METADATA, Kind.HOLIDAYS)


def _named(attributes: Sequence[Attribute], countries: Sequence[str]) -> tuple[Attribute, ...]:
    """Holidays under Amazon Forecast's name: ``Holiday_US``."""
    name = "_".join(("Holiday", *countries))
    return tuple(
        replace(each, name=name) if each.kind is Kind.HOLIDAYS else each for each in attributes
    )


def _details(explanation: Explanation) -> dict[str, Any]:
    times = [str(time) for time in explanation.times.astype("datetime64[s]")]
    return {
        "attributes": [each.name for each in explanation.attributes],
        "dimensions": explanation.keys.columns[1:],
        "series": len(explanation.keys),
        "first": times[0],
        "last": times[-1],
    }
