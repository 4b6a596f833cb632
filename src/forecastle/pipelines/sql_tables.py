"""The tables of `forecastle sql`: what an account's ACTIVE resources hold, found when named.

``forecasts``, ``totals`` and ``history`` are the files of the artifacts themselves, never copied: a
query reads the columns and the row groups that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from forecastle.catalog import status as life
from forecastle.catalog.resources import Filter, Resource
from forecastle.core.names import ResourceType
from forecastle.jobs.forecast import FILE
from forecastle.jobs.forecast_totals import BY, DEPENDENCE, TOTALS
from forecastle.jobs.group_data import DATA, schema_of
from forecastle.series.columns import DEMAND, ITEM, TIMESTAMP
from forecastle.series.dataset_table import ROWS
from forecastle.service.context import Service
from forecastle.training.totals_table import VALUE

MOST = 500
"""Of each kind of resource the newest so many are read: more than a year of daily forecasts."""

_ACTIVE = Filter("Status", life.ACTIVE)
_FORECAST = ("forecast", "forecast_arn", "created")
_VALUES = ("p10", "p50", "p90", "mean")


@dataclass(frozen=True)
class FilePart:
    """A Parquet file of a table.

    Attributes:
        path: of the file.
        constants: columns with one value for all its rows.
        columns: of the file; empty: all.
    """

    path: Path
    constants: Mapping[str, str]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """A table: files, or rows.

    Attributes:
        name: of the table.
        parts: its files.
        rows: where it has no files, or there are none of them: columns and types all the same.
    """

    name: str
    parts: tuple[FilePart, ...] = ()
    rows: pl.DataFrame = field(default_factory=pl.DataFrame)


def find_tables(service: Service, account: str, names: Collection[str]) -> list[Table]:
    """Some of the `TABLES`, as an account sees them."""
    return [TABLES[name](service, account) for name in sorted(names)]


def _forecasts(service: Service, account: str) -> Table:
    """``forecast, forecast_arn, created, item_id, <dimensions>, timestamp, p10 …, mean``."""
    made = _active(service, account, ResourceType.FORECAST)
    parts = tuple(_part(service, each, FILE) for each in made)
    return Table("forecasts", parts, _empty((*_FORECAST, ITEM), TIMESTAMP, _VALUES))


def _totals(service: Service, account: str) -> Table:
    """``forecast, forecast_arn, created, grouped_by, value, timestamp, p10 …, mean``.

    Forecasts of predictors that earlier versions trained have none.
    """
    made = _active(service, account, ResourceType.FORECAST)
    parts = tuple(_part(service, each, TOTALS) for each in made if DEPENDENCE in each.details)
    return Table("totals", parts, _empty((*_FORECAST, BY, VALUE), TIMESTAMP, _VALUES))


def _part(service: Service, forecast: Resource, name: str) -> FilePart:
    """A file of a forecast."""
    folder = service.stores.artifacts.open(forecast.details["artifact"])
    values = (forecast.name, forecast.arn, _moment(forecast))
    return FilePart(folder / name, dict(zip(_FORECAST, values, strict=True)))


def _history(service: Service, account: str) -> Table:
    """``dataset, dataset_arn, item_id, <dimensions>, timestamp, demand``: sums by period."""
    parts = []
    for each in _active(service, account, ResourceType.DATASET):
        schema = schema_of(each)
        if schema.is_target and DATA in each.details:
            folder = service.stores.artifacts.open(each.details[DATA])
            constants = {"dataset": each.name, "dataset_arn": each.arn}
            parts.append(FilePart(folder / ROWS, constants, (*schema.keys, DEMAND)))
    texts = ("dataset", "dataset_arn", ITEM)
    return Table("history", tuple(parts), _empty(texts, TIMESTAMP, (DEMAND,)))


def _predictors(service: Service, account: str) -> Table:
    """``predictor, predictor_arn, created, frequency, horizon, series, skill, blend, …``."""
    schema = {
        "predictor": pl.String(),
        "predictor_arn": pl.String(),
        "created": pl.String(),
        "frequency": pl.String(),
        "horizon": pl.Int64(),
        "series": pl.Int64(),
        "skill": pl.Float64(),
        "blend": pl.String(),
        "seconds": pl.Float64(),
        "message": pl.String(),
    }
    rows = [
        (
            *(each.name, each.arn, _moment(each)),
            *(each.details[name] for name in ("frequency", "horizon", "series", "skill")),
            ", ".join(f"{name} {share:.0%}" for name, share in each.details["weights"].items()),
            each.details["seconds"],
            each.message,
        )
        for each in _active(service, account, ResourceType.PREDICTOR)
    ]
    return Table("predictors", rows=pl.DataFrame(rows, schema, orient="row"))


def _accuracy(service: Service, account: str) -> Table:
    """``predictor, …, algorithm, evaluation, window_start, window_end, items, metric, value``."""
    schema = {
        "predictor": pl.String(),
        "predictor_arn": pl.String(),
        "algorithm": pl.String(),
        "evaluation": pl.String(),
        "window_start": pl.Datetime(),
        "window_end": pl.Datetime(),
        "items": pl.Int64(),
        "metric": pl.String(),
        "value": pl.Float64(),
    }
    rows = [
        (each.name, each.arn, result["AlgorithmArn"].rpartition("/")[2], *row)
        for each in _active(service, account, ResourceType.PREDICTOR)
        for result in each.details["accuracy"]
        for window in result["TestWindows"]
        for row in _of_window(window)
    ]
    return Table("accuracy", rows=pl.DataFrame(rows, schema, orient="row"))


def _of_window(window: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    start, end = (_time(window.get(name)) for name in ("TestWindowStart", "TestWindowEnd"))
    place = (window["EvaluationType"], start, end, window.get("ItemCount"))
    metrics = window["Metrics"]
    yield (*place, "average_wql", metrics["AverageWeightedQuantileLoss"])
    for loss in metrics["WeightedQuantileLosses"]:
        yield (*place, f"wql[{loss['Quantile']:g}]", loss["LossValue"])
    for name, value in metrics["ErrorMetrics"][0].items():
        if name != "ForecastType":
            yield (*place, name.lower(), value)


def _active(service: Service, account: str, kind: ResourceType) -> list[Resource]:
    return service.catalog.resources.page(account, kind, [_ACTIVE], limit=MOST)


def _empty(texts: tuple[str, ...], time: str, numbers: tuple[str, ...]) -> pl.DataFrame:
    """The columns that the table has before there is a file."""
    kinds = {name: pl.String() for name in texts} | {time: pl.Datetime("us")}
    return pl.DataFrame(schema={**kinds, **{name: pl.Float64() for name in numbers}})


def _moment(resource: Resource) -> str:
    """``2023-11-14T22:13:20Z``, which sorts as it is."""
    return f"{datetime.fromtimestamp(int(resource.created_at), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


TABLES: Mapping[str, Callable[[Service, str], Table]] = {
    "accuracy": _accuracy,
    "forecasts": _forecasts,
    "history": _history,
    "predictors": _predictors,
    "totals": _totals,
}
"""What can be queried."""
