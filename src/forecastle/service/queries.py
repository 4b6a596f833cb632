"""QueryForecast: the forecast of one series, from the table that the forecast's job wrote.

The table is sorted by series, in row groups with statistics: a query reads the one group that
holds the series, a few milliseconds for a hundred thousand of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import polars as pl

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError, ResourceNotFound
from forecastle.core.names import ResourceType
from forecastle.jobs.forecast import FILE
from forecastle.series.columns import ITEM, TIMESTAMP
from forecastle.service.context import Context
from forecastle.service.listing import refused_token
from forecastle.service.records import Parameters, Result, find, require_active

_SECONDS_PER_DAY = 86_400
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_DATE_LETTERS = "%Y-%m-%dT%H:%M:%S"


def query_forecast(context: Context, parameters: Parameters) -> Result:
    """QueryForecast. An answer is never cut into pages: a series has 500 steps at most.

    Raises:
        ResourceNotFound: there is no such forecast, or no such series in it.
        ResourceInUse: the forecast is being made or deleted.
        InputError: it is too old, a key is missing or unknown, or the dates hold no step.
        InvalidNextToken: no token is ever given.
    """
    return query(
        context, find(context, parameters["ForecastArn"], ResourceType.FORECAST), parameters
    )


def query(context: Context, forecast: Resource, parameters: Parameters) -> Result:
    """The answer of `query_forecast`, for a resource whose artifact is such a table."""
    require_active(forecast)
    if "NextToken" in parameters:
        raise refused_token()
    check_age(context, forecast)
    wanted = _wanted(forecast, parameters["Filters"])
    start, end = _date(parameters, "StartDate"), _date(parameters, "EndDate")
    rows = series_rows(context, forecast, wanted)
    return {"Forecast": {"Predictions": _predictions(forecast, _between(rows, start, end))}}


def check_age(context: Context, forecast: Resource) -> None:
    """Refuse a forecast that is too old to be looked at.

    Raises:
        InputError: tells how old it is, and what to do.
    """
    most = context.service.settings.query_retention_days
    days = int((context.service.clock() - forecast.created_at) / _SECONDS_PER_DAY)
    if days >= most:
        raise InputError(
            f"forecast {forecast.arn} is {days} days old; it can be queried for {most} days: "
            "create a new one, or raise the setting query_retention_days"
        )


def _wanted(forecast: Resource, filters: Mapping[str, str]) -> dict[str, str]:
    """Column → value: the item and every dimension, no more."""
    item = forecast.details["item"]
    keys = (item, *forecast.details["dimensions"])
    unknown = [name for name in filters if name not in keys]
    missing = [name for name in keys if name not in filters]
    if unknown or missing:
        found = f"'{unknown[0]}' is no key of" if unknown else f"'{missing[0]}' is missing for"
        raise InputError(
            f"Filters: {found} forecast {forecast.arn}; give exactly {' and '.join(keys)}"
        )
    return {ITEM if name == item else name: value for name, value in filters.items()}


def series_rows(context: Context, forecast: Resource, wanted: Mapping[str, str]) -> pl.DataFrame:
    """The steps of one series. Names are compared as they are, then in any case of letters.

    Args:
        context: who asks.
        forecast: an ACTIVE one.
        wanted: column of the table → value, for the item and every dimension.

    Raises:
        ResourceNotFound: there is no such series.
        InputError: there are several, which differ only in the case of letters.
    """
    path = context.service.stores.artifacts.open(forecast.details["artifact"]) / FILE
    table = pl.scan_parquet(path, glob=False)
    rows = table.filter(*(pl.col(name) == value for name, value in wanted.items())).collect()
    if rows.is_empty():
        lower = (pl.col(name).str.to_lowercase() == value.lower() for name, value in wanted.items())
        rows = table.filter(*lower).collect()
    series = rows.unique(list(wanted)).height
    named = ", ".join(f"{name} '{value}'" for name, value in wanted.items())
    if series == 0:
        raise ResourceNotFound(
            f"no series with {named} in forecast {forecast.arn}; an export lists those that are "
            "there"
        )
    if series > 1:
        raise InputError(
            f"{series} series differ from {named} only in the case of letters; give the exact name"
        )
    return rows


def _between(rows: pl.DataFrame, start: datetime | None, end: datetime | None) -> pl.DataFrame:
    times = rows[TIMESTAMP]
    first, last = times[0], times[-1]
    found = rows.filter(pl.col(TIMESTAMP).is_between(start or first, end or last))
    if found.is_empty():
        raise InputError(
            f"no step lies from StartDate {(start or first):{_DATE_LETTERS}} to EndDate "
            f"{(end or last):{_DATE_LETTERS}}; the forecast goes from {first:{_DATE_LETTERS}} to "
            f"{last:{_DATE_LETTERS}}"
        )
    return found


def _date(parameters: Parameters, member: str) -> datetime | None:
    text = parameters.get(member)
    if text is None:
        return None
    try:
        if _DATE.fullmatch(text):
            return datetime.strptime(text, _DATE_LETTERS)
    except ValueError:
        pass
    raise InputError(
        f"{member} '{text}' is no date; write it as yyyy-MM-dd'T'HH:mm:ss, for example "
        "2015-01-01T08:00:00"
    )


def _predictions(forecast: Resource, rows: pl.DataFrame) -> Result:
    times = [f"{time:{_DATE_LETTERS}}" for time in rows[TIMESTAMP]]
    return {
        name: [
            {"Timestamp": time, "Value": value}
            for time, value in zip(times, rows[name], strict=True)
        ]
        for name in forecast.details["columns"]
    }
