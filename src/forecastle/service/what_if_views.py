"""What-if analyses as pages show them: what may be changed, and scenarios beside the baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Resource
from forecastle.core.errors import ResourceNotFound
from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.core.quantiles import MEAN
from forecastle.jobs.forecast import FILE
from forecastle.series.columns import ITEM, TIMESTAMP
from forecastle.service.addresses import id_of
from forecastle.service.context import Context
from forecastle.service.predictors import group_of, is_auto
from forecastle.service.records import find
from forecastle.service.rights import require
from forecastle.service.what_if_analyses import has_related
from forecastle.service.what_if_forecasts import load_what_if

LEGACY, NO_RELATED = "legacy", "no related"
_MIDDLE = "p50"
_FOUND = 20


@dataclass(frozen=True)
class Offer:
    """Whether a forecast can be analysed.

    Attributes:
        forecast: its name.
        group: the dataset group's short address.
        obstacle: `LEGACY`, `NO_RELATED`, or nothing.
        analyses: those that there are: short address, name and status, newest first.
    """

    forecast: str
    group: str
    obstacle: str
    analyses: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Feature:
    """What can be changed.

    Attributes:
        name: of the attribute.
        is_elasticity: whether demand follows it by percent.
        tenth: by what demand is multiplied when it falls by a tenth (an elasticity) or rises by 1.
        is_vague: whether the history hardly tells.
    """

    name: str
    is_elasticity: bool
    tenth: float
    is_vague: bool


@dataclass(frozen=True)
class Scenario:
    """A what-if forecast.

    Attributes:
        arn: its name for operations.
        name: as it was given.
        status: where it is in its life.
        message: what the reader should know.
    """

    arn: str
    name: str
    status: str
    message: str


@dataclass(frozen=True)
class AnalysisView:
    """An analysis: its attributes and scenarios.

    Attributes:
        name: as it was given.
        status: where it is in its life.
        message: what the reader should know.
        forecast: short address of the forecast.
        group: short address of the dataset group.
        features: what can be changed.
        fixed: what cannot, and why.
        keys: the attributes that name a series, as conditions have them.
        n_series: how many series.
        first: the first step.
        last: the last step.
        scenarios: oldest first.
    """

    name: str
    status: str
    message: str
    forecast: str
    group: str
    features: tuple[Feature, ...]
    fixed: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    n_series: int
    first: datetime
    last: datetime
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True)
class Side:
    """The baseline or a scenario.

    Attributes:
        name: of the scenario; empty for the baseline.
        low: the lowest quantile of each step; empty for a total.
        middle: the median of one series, or the mean of a total.
        high: the highest quantile; empty for a total.
        total: the sum of the means.
    """

    name: str
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    total: float


@dataclass(frozen=True)
class Comparison:
    """The baseline, and the scenarios that are ready; ``unit`` is that of the frequency."""

    unit: str
    times: tuple[datetime, ...]
    baseline: Side
    scenarios: tuple[Side, ...]


def offer(context: Context, forecast_arn: str) -> Offer:
    """Whether scenarios of a forecast can be made, and what analyses it has.

    Raises:
        ResourceNotFound: there is no such forecast.
    """
    require(context, Role.VIEWER, "ReadWhatIf")
    forecast = find(context, forecast_arn, ResourceType.FORECAST)
    predictor = find(context, forecast.request["PredictorArn"], ResourceType.PREDICTOR)
    group = group_of(predictor)
    obstacle = "" if has_related(context, group) else NO_RELATED
    analyses = [
        (id_of(each.arn), each.name, each.status)
        for each in _below(context, forecast.arn)
        if each.type is ResourceType.WHAT_IF_ANALYSIS
    ]
    return Offer(
        forecast.name,
        id_of(group),
        obstacle if is_auto(predictor) else LEGACY,
        tuple(reversed(analyses)),
    )


def view_analysis(context: Context, arn: str) -> AnalysisView:
    """An analysis in any state.

    Raises:
        ResourceNotFound: there is none.
    """
    require(context, Role.VIEWER, "ReadWhatIf")
    analysis = find(context, arn, ResourceType.WHAT_IF_ANALYSIS)
    forecast = find(context, analysis.request["ForecastArn"], ResourceType.FORECAST)
    details = analysis.details
    scenarios = [
        Scenario(each.arn, each.name, each.status, each.message or "")
        for each in _below(context, arn)
    ]
    return AnalysisView(
        name=analysis.name,
        status=analysis.status,
        message=analysis.message or "",
        forecast=id_of(forecast.arn),
        group=id_of(forecast.details["dataset_group"]),
        features=tuple(_feature(each) for each in details.get("features", ())),
        fixed=tuple(details.get("fixed", {}).items()),
        keys=(forecast.details["item"], *forecast.details["dimensions"]),
        n_series=details.get("series", 0),
        first=datetime.fromisoformat(forecast.details["first"]),
        last=datetime.fromisoformat(forecast.details["last"]),
        scenarios=tuple(scenarios),
    )


def compare(context: Context, arn: str, key: Sequence[str] = ()) -> Comparison:
    """The baseline and the scenarios of an ACTIVE analysis.

    Args:
        context: who asks.
        arn: of the analysis.
        key: of one series; empty: the total of all, as means, which add up.

    Raises:
        ResourceNotFound: there is no such analysis, or no such series in it.
    """
    require(context, Role.VIEWER, "ReadWhatIf")
    analysis = find(context, arn, ResourceType.WHAT_IF_ANALYSIS)
    forecast = find(context, analysis.request["ForecastArn"], ResourceType.FORECAST)
    names = [ITEM, *forecast.details["dimensions"]]
    series = load_what_if(context, analysis).slopes.select(names)
    if key:
        series = series.filter(
            pl.col(name) == value for name, value in zip(names, key, strict=True)
        )
    if series.is_empty():
        raise ResourceNotFound(
            f"no series {'/'.join(key)} in analysis {analysis.name}; choose one of its list"
        )
    ready = [each for each in _below(context, arn) if each.status == life.ACTIVE]
    frame = _rows(context, forecast, series, key)
    return Comparison(
        unit=Frequency.parse(forecast.details["frequency"]).unit,
        times=tuple(frame[TIMESTAMP].to_list()),
        baseline=_side("", frame, forecast, key),
        scenarios=tuple(
            _side(each.name, _rows(context, each, series, key), each, key) for each in ready
        ),
    )


def series_of(context: Context, arn: str, search: str = "") -> tuple[tuple[str, ...], ...]:
    """The first series of an ACTIVE analysis whose names hold all words of a search."""
    require(context, Role.VIEWER, "ReadWhatIf")
    analysis = find(context, arn, ResourceType.WHAT_IF_ANALYSIS)
    what_if = load_what_if(context, analysis)
    keys = list(what_if.columns.keys)
    text = pl.concat_str([pl.col(name).str.to_lowercase() for name in keys], separator=" ")
    holds = [text.str.contains(word, literal=True) for word in search.lower().split()]
    found = what_if.slopes.select(keys)
    return tuple((found.filter(*holds) if holds else found).head(_FOUND).iter_rows())


def _below(context: Context, arn: str) -> list[Resource]:
    """The finished and unfinished children of a resource; not those that are going."""
    found = context.service.catalog.resources.children(arn, owned=True)
    return [each for each in found if each.status not in life.DELETING]


def _feature(found: Mapping[str, Any]) -> Feature:
    mean, is_elasticity = found["mean"], found["is_elasticity"]
    factor = 0.9**mean if is_elasticity else math.exp(mean)
    return Feature(found["name"], is_elasticity, factor, abs(mean) < 2 * found["error"])


def _rows(
    context: Context, resource: Resource, series: pl.DataFrame, key: Sequence[str]
) -> pl.DataFrame:
    """The steps of one series, or the sums of the means of several."""
    path = context.service.stores.artifacts.open(resource.details["artifact"]) / FILE
    rows = pl.scan_parquet(path, glob=False).join(
        series.lazy(), on=series.columns, how="semi", maintain_order="left"
    )
    if not key:
        rows = rows.group_by(TIMESTAMP).agg(pl.col(MEAN).sum())
    return rows.sort(TIMESTAMP).collect()


def _side(name: str, frame: pl.DataFrame, resource: Resource, key: Sequence[str]) -> Side:
    total = float(frame[MEAN].sum())
    quantiles = [each for each in resource.details["columns"] if each != MEAN]
    if not key or not quantiles:
        return Side(name, (), tuple(frame[MEAN].to_list()), (), total)
    middle = _MIDDLE if _MIDDLE in quantiles else MEAN
    low, high = quantiles[0], quantiles[-1]
    below, centre, above = (tuple(frame[each].to_list()) for each in (low, middle, high))
    return Side(name, below, centre, above, total)


def exports_of(context: Context, arn: str) -> tuple[tuple[str, str, str, str], ...]:
    """The exports of an analysis' scenarios: name, status, message and place; oldest first."""
    require(context, Role.VIEWER, "ReadWhatIf")
    find(context, arn, ResourceType.WHAT_IF_ANALYSIS)
    found = {
        export.arn: export
        for scenario in _below(context, arn)
        for export in _below(context, scenario.arn)
    }
    return tuple(
        (
            each.name,
            each.status,
            each.message or "",
            each.request["Destination"]["S3Config"]["Path"],
        )
        for each in sorted(found.values(), key=lambda export: export.created_at)
    )
