"""The table of a forecast as pages read it: its series, found by name, and sums over them.

An artifact never changes, so what was once worked out of one is kept in memory, for the few
forecasts that are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Resource
from forecastle.core.errors import ResourceNotFound
from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.core.quantiles import MEAN
from forecastle.jobs.forecast import FILE
from forecastle.series.columns import ITEM, TIMESTAMP
from forecastle.service.context import Context
from forecastle.service.queries import check_age
from forecastle.service.records import find, require_active
from forecastle.service.rights import require

Key = tuple[str, ...]
"""Names one series: the item, and a value for each dimension."""

_TEXT = "text for searching"
_FORECASTS_KEPT = 16
_BETWEEN = " "  # of the parts of a key: words of a search may stand in any


@dataclass(frozen=True)
class ForecastTable:
    """An ACTIVE forecast.

    Attributes:
        resource: its record.
        path: of the table: the key columns, ``timestamp``, a column per forecast type and ``mean``.
        dimensions: key columns beside the item.
        quantiles: columns of the quantiles that were asked for, ascending: ``p10``.
        frequency: of its steps.
        first: its first step.
        last: its last step.
        n_series: how many series it has.
    """

    resource: Resource = field(compare=False)
    path: Path
    dimensions: tuple[str, ...]
    quantiles: tuple[str, ...]
    frequency: Frequency
    first: np.datetime64
    last: np.datetime64
    n_series: int

    @property
    def key_columns(self) -> Key:
        """The columns that name a series."""
        return (ITEM, *self.dimensions)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of values: the quantiles, and the mean."""
        return (*self.quantiles, MEAN)

    @property
    def horizon(self) -> int:
        """The number of steps."""
        return int(self.frequency.steps_between(self.first, np.asarray([self.last]))[0]) + 1

    def named(self, key: Sequence[str]) -> dict[str, str]:
        """Column → value of a series.

        Raises:
            ResourceNotFound: a key of this forecast has more parts, or fewer.
        """
        if len(key) != len(self.key_columns):
            raise ResourceNotFound(
                f"a series of forecast {self.resource.arn} is named by "
                f"{' and '.join(self.key_columns)}, not by {len(key)} value(s); choose it again"
            )
        return dict(zip(self.key_columns, key, strict=True))

    def scan(self) -> pl.LazyFrame:
        """The rows, not yet read."""
        return pl.scan_parquet(self.path, glob=False)


def open_table(context: Context, arn: str) -> ForecastTable:
    """The table of a forecast that may be looked at.

    Args:
        context: who asks.
        arn: of the forecast.

    Raises:
        ResourceNotFound: there is none.
        ResourceInUse: it is being made or deleted.
        InputError: it failed, or it is too old.
    """
    require(context, Role.VIEWER, "ReadForecast")
    forecast = require_active(find(context, arn, ResourceType.FORECAST))
    check_age(context, forecast)
    return table_of(context, forecast)


def table_of(context: Context, forecast: Resource) -> ForecastTable:
    """The table of an ACTIVE forecast."""
    details = forecast.details
    return ForecastTable(
        resource=forecast,
        path=context.service.stores.artifacts.open(details["artifact"]) / FILE,
        dimensions=tuple(details["dimensions"]),
        quantiles=tuple(name for name in details["columns"] if name != MEAN),
        frequency=Frequency.parse(details["frequency"]),
        first=np.datetime64(details["first"], "s"),
        last=np.datetime64(details["last"], "s"),
        n_series=int(details["series"]),
    )


@dataclass(frozen=True)
class Found:
    """What a search finds.

    Attributes:
        keys: the first of the series.
        count: how many there are.
    """

    keys: tuple[Key, ...]
    count: int


def items(context: Context, arn: str, search: str = "", limit: int = 20) -> Found:
    """Series whose names hold all words of a search, in any case of letters.

    Those that begin with the search come first, then by name.

    Args:
        context: who asks.
        arn: of the forecast.
        search: words; none finds every series.
        limit: how many keys at most.

    Raises:
        ForecastleError: as `open_table` does.
    """
    table = open_table(context, arn)
    found = _matching(table, search)
    if search.strip():
        begins = pl.col(_TEXT).str.starts_with(search.strip().lower())
        found = pl.concat([found.filter(begins), found.filter(~begins)])
    return Found(tuple(found.head(limit).select(table.key_columns).iter_rows()), found.height)


def count_matching(table: ForecastTable, search: str) -> int:
    """How many series match a search."""
    return _matching(table, search).height


def chosen_keys(table: ForecastTable, search: str) -> pl.LazyFrame:
    """The keys of the series that match a search, to be joined with."""
    return _matching(table, search).lazy().select(table.key_columns)


def totals(table: ForecastTable, search: str = "") -> pl.DataFrame:
    """Sums over the series that match a search: ``timestamp`` and the columns of values.

    A sum of means is the mean of the total; a sum of quantiles is no quantile of anything.
    """
    return _totals(table, one_way(search))


def one_way(search: str) -> str:
    """Searches that find the same are written the same."""
    return " ".join(search.lower().split())


@lru_cache(maxsize=_FORECASTS_KEPT)
def _totals(table: ForecastTable, search: str) -> pl.DataFrame:
    rows = table.scan()
    if search:
        rows = rows.join(chosen_keys(table, search), on=list(table.key_columns), how="semi")
    sums = [pl.col(name).sum() for name in table.columns]
    return rows.group_by(TIMESTAMP).agg(sums).sort(TIMESTAMP).collect(engine="streaming")


def _matching(table: ForecastTable, search: str) -> pl.DataFrame:
    known = _keys(table)
    holds = [pl.col(_TEXT).str.contains(word, literal=True) for word in search.lower().split()]
    return known.filter(*holds) if holds else known


@lru_cache(maxsize=_FORECASTS_KEPT)
def _keys(table: ForecastTable) -> pl.DataFrame:
    """All series by name, with the text that is searched in."""
    keys = table.key_columns
    named = pl.concat_str([pl.col(name).str.to_lowercase() for name in keys], separator=_BETWEEN)
    return table.scan().select(keys).unique().sort(keys).with_columns(named.alias(_TEXT)).collect()
