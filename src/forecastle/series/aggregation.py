"""Aggregation: many rows of one item and period become one value.

The five methods of Amazon Forecast (guide: API_FeaturizationMethod). A missing value (null) is
skipped; a period that holds only missing values stays missing.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from forecastle.core.errors import InputError

DEFAULT_AGGREGATION = "sum"


def _sum(expr: pl.Expr) -> pl.Expr:
    # Polars sums nothing to 0; nothing observed is not a demand of zero.
    return pl.when(expr.count() > 0).then(expr.sum())


_METHODS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "sum": _sum,
    "avg": lambda expr: expr.mean(),
    "first": lambda expr: expr.drop_nulls().first(),
    "min": lambda expr: expr.min(),
    "max": lambda expr: expr.max(),
}
AGGREGATIONS = tuple(_METHODS)


def check_aggregation(how: str) -> str:
    """Return ``how`` if it is a known method.

    Raises:
        InputError: names the method and the known ones.
    """
    if how not in _METHODS:
        raise InputError(f"aggregation '{how}' is not known; use one of {', '.join(AGGREGATIONS)}")
    return how


def aggregate(expr: pl.Expr, how: str = DEFAULT_AGGREGATION) -> pl.Expr:
    """An expression for use inside ``group_by().agg()``.

    ``first`` is the first value in the order of the rows: keep that order in the group-by.

    Raises:
        InputError: ``how`` is not known.
    """
    return _METHODS[check_aggregation(how)](expr)
