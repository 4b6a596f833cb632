"""Sums that do not depend on the order of the rows, to the last bit.

Adding floats in another order gives other last digits, and a parallel group-by adds in any order:
two reads of one file would differ. Here whole and fractional parts are added apart as integers
held in floats, which is exact up to 2^53, so every order gives the same sum.
"""

from __future__ import annotations

import polars as pl

_FRACTION = 1e9
"""Fractions are added in billionths; a value that stands alone in its group keeps all digits."""


def exact_sum(values: pl.Expr) -> pl.Expr:
    """The sum inside ``group_by().agg()``: nulls are skipped, nothing but nulls gives null.

    Exact to nine decimals while whole parts sum to under 9e15.
    """
    whole = values.floor()
    fraction = ((values - whole) * _FRACTION).round()
    total = whole.sum() + fraction.sum() / _FRACTION
    count = values.count()
    return pl.when(count == 1).then(values.max()).when(count > 1).then(total)


def exact_mean(values: pl.Expr) -> pl.Expr:
    """The mean inside ``group_by().agg()``, from `exact_sum`."""
    return exact_sum(values) / values.count()
