"""Sums that do not depend on the order of the rows, to the last bit.

Adding floats in another order gives other last digits, and a parallel group-by adds in any order:
two reads of one file would differ. Here whole and fractional parts are added apart as integers
held in floats, which is exact up to 2^53, so every order gives the same sum.
"""

from __future__ import annotations

import polars as pl

SUM, MEAN = "exact sum", "exact mean"
COUNT, LARGEST = "count of values", "largest value"

_DIGITS = 9
_FRACTION = 10.0**_DIGITS
"""Fractions are added in billionths; a value that stands alone in its group keeps all digits."""

_MOST_DECIMALS = 2**52 / _FRACTION
"""Beyond it a double has no nine decimals, and there is nothing to round."""

_WHOLE, _REST = "whole part", "fractional part"


def exact_sums(rows: pl.LazyFrame, keys: list[str], column: str, *others: pl.Expr) -> pl.LazyFrame:
    """``rows.group_by(keys)`` with the sum and the mean of a column.

    Exact to nine decimals while whole parts sum to under 9e15.

    Args:
        rows: the rows.
        keys: what to group by.
        column: the Float64 column; nulls are skipped, a group of nothing but nulls gives null.
        others: further aggregations.

    Returns:
        The keys, `SUM`, `MEAN`, `COUNT` and `LARGEST` of the values, and the other aggregations.
    """
    values = pl.col(column)
    # Parts are columns of their own before the group-by: inside it they are computed repeatedly.
    parts = rows.with_columns(values.floor().alias(_WHOLE)).with_columns(
        ((values - pl.col(_WHOLE)) * _FRACTION).round().alias(_REST)
    )
    grouped = parts.group_by(keys).agg(
        pl.col(_WHOLE, _REST).sum(),
        values.count().alias(COUNT),
        values.max().alias(LARGEST),
        *others,
    )
    # Not divided: Polars divides a column of one row otherwise than a longer one, in its last bit.
    total = pl.col(_WHOLE) + pl.col(_REST) * (1 / _FRACTION)
    total = pl.when(total.abs() < _MOST_DECIMALS).then(total.round(_DIGITS)).otherwise(total)
    exact = pl.when(pl.col(COUNT) > 1).then(total).otherwise(LARGEST)
    return grouped.with_columns(exact.alias(SUM), (exact / pl.col(COUNT)).alias(MEAN)).drop(
        _WHOLE, _REST
    )
