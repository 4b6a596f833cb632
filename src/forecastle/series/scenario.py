"""Scenarios: the known future of related series, changed for some items and dates.

A future is a table with the key columns, ``timestamp``, a column of numbers per feature and columns
of item metadata; a row per series and step of the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, InputError
from forecastle.series.columns import ITEM, TIMESTAMP

_EQUALS, _NOT_EQUALS, _LESS, _GREATER = "EQUALS", "NOT_EQUALS", "LESS_THAN", "GREATER_THAN"
_DATE = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class FutureColumns:
    """What the columns of a future mean.

    Attributes:
        item: the attribute that names the item, as the domain calls it (``item_id``).
        dimensions: forecast dimensions; columns of the same names.
        features: what can be changed.
        metadata: columns of item metadata.
        fixed: why a feature cannot be changed, by its name.
    """

    item: str
    dimensions: tuple[str, ...]
    features: tuple[str, ...]
    metadata: tuple[str, ...] = ()
    fixed: Mapping[str, str] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a series."""
        return (ITEM, *self.dimensions)

    def feature(self, name: str) -> str:
        """The feature of that name, in any case of letters.

        Raises:
            InputError: there is none that can be changed.
        """
        found = _alike(name, self.features)
        if found is not None:
            return found
        fixed = self.fixed or {}
        other = _alike(name, tuple(fixed))
        if other is not None:
            raise InputError(f"attribute '{other}' cannot be changed: {fixed[other]}")
        raise InputError(
            f"attribute '{name}' is not in the related time series; those that can be changed "
            f"are: {', '.join(self.features)}"
        )

    def condition(self, name: str) -> str:
        """The column that a condition on an attribute looks at.

        Raises:
            InputError: there is no such attribute.
        """
        columns = {self.item: ITEM, TIMESTAMP: TIMESTAMP}
        columns |= {each: each for each in (*self.dimensions, *self.metadata)}
        found = _alike(name, tuple(columns))
        if found is None:
            raise InputError(
                f"condition on '{name}': there is no such attribute; conditions may name "
                f"{', '.join(columns)}"
            )
        return columns[found]


def transformed(
    future: pl.DataFrame, transformations: Sequence[Mapping[str, Any]], columns: FutureColumns
) -> pl.DataFrame:
    """A future after TimeSeriesTransformations, one after the other.

    Args:
        future: the values as they are.
        transformations: ``{"Action": {"AttributeName", "Operation", "Value"},
            "TimeSeriesConditions": [{"AttributeName", "AttributeValue", "Condition"}]}``; all
            conditions of one must hold.
        columns: of the future.

    Raises:
        InputError: an attribute is not known, a value is none, or no row fulfils the conditions.
    """
    for each in transformations:
        if "Action" not in each:
            raise InputError("a transformation has no Action; say which attribute is changed")
        action = each["Action"]
        feature = columns.feature(action["AttributeName"])
        conditions = each.get("TimeSeriesConditions") or ()
        holds = [_holds(future, one, columns) for one in conditions]
        chosen = pl.all_horizontal(holds) if holds else pl.lit(value=True)
        _require_rows(future, chosen, conditions)
        changed = _changed(pl.col(feature), action["Operation"], action["Value"])
        future = future.with_columns(pl.when(chosen).then(changed).otherwise(pl.col(feature)))
    return future


def replaced(
    future: pl.DataFrame, rows: pl.DataFrame, columns: FutureColumns, place: str
) -> pl.DataFrame:
    """A future with other values in some rows.

    Args:
        future: the values as they are.
        rows: ``item_id``, the dimensions, ``timestamp`` (start of a step) and features with their
            new values; nulls leave the value as it is.
        columns: of the future.
        place: how messages call the rows.

    Raises:
        InputError: a column or a series is not known, or a date lies outside the horizon.
    """
    keys = list(columns.keys)
    missing = [name for name in keys if name not in rows.columns]
    if missing:
        raise InputError(f"{place}: there is no column '{missing[0]}'; add it")
    given = {name: columns.feature(name) for name in rows.columns if name not in (*keys, TIMESTAMP)}
    if not given:
        raise InputError(f"{place}: no attribute is replaced; add {' or '.join(columns.features)}")
    rows = rows.rename(given).with_columns(pl.col(TIMESTAMP).cast(future.schema[TIMESTAMP]))
    strangers = rows.join(future, on=keys, how="anti").select(keys).unique(maintain_order=True)
    if strangers.height:
        raise InputError(
            f"{place}: {_listed(strangers)} is not among the series of the analysis; remove the "
            "rows, or create an analysis that selects them"
        )
    outside = rows.join(future, on=[*keys, TIMESTAMP], how="anti")
    if outside.height:
        raise InputError(
            f"{place}: {outside[TIMESTAMP][0]:{_DATE}} is not a step of the forecast; "
            f"{_horizon(future)}"
        )
    new = {name: f"{name} replaced" for name in given.values()}
    return (
        future.join(rows.rename(new), on=[*keys, TIMESTAMP], how="left", maintain_order="left")
        .with_columns(pl.coalesce(after, name).alias(name) for name, after in new.items())
        .drop(*new.values())
    )


def _holds(future: pl.DataFrame, condition: Mapping[str, str], columns: FutureColumns) -> pl.Expr:
    """Whether a row fulfils a condition."""
    column = columns.condition(condition["AttributeName"])
    text, comparison = condition["AttributeValue"], condition["Condition"]
    value: Any = text
    if column == TIMESTAMP:
        value = _moment(text)
        if comparison == _EQUALS:
            _require_step(future, value)
    elif future.schema[column].is_numeric():
        value = _number(column, text)
    elif comparison == _EQUALS and not (future[column] == text).any():
        raise InputError(
            f"condition on '{condition['AttributeName']}': '{text}' is not among the series of "
            "the analysis; give a value that is there, or create an analysis that selects it"
        )
    place = pl.col(column)
    compared: dict[str, pl.Expr] = {
        _EQUALS: place == value,
        _NOT_EQUALS: place != value,
        _LESS: place < value,
        _GREATER: place > value,
    }
    return compared[comparison].fill_null(value=False)


def _moment(text: str) -> datetime:
    for letters in (_DATE, "%Y-%m-%d"):
        try:
            return datetime.strptime(text, letters)
        except ValueError:
            continue
    raise InputError(
        f"condition on 'timestamp': '{text}' is no date; write it as yyyy-MM-dd HH:mm:ss, for "
        "example 2019-09-01 00:00:00"
    )


def _number(column: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"condition on '{column}': '{text}' is no number; the attribute holds numbers"
        ) from None


def _require_step(future: pl.DataFrame, moment: datetime) -> None:
    if not (future[TIMESTAMP] == moment).any():
        raise InputError(
            f"condition on 'timestamp': {moment:{_DATE}} is not a step of the forecast; "
            f"{_horizon(future)}"
        )


def _require_rows(
    future: pl.DataFrame, chosen: pl.Expr, conditions: Sequence[Mapping[str, str]]
) -> None:
    if future.select(chosen.any()).item():
        return
    told = " and ".join(
        f"{each['AttributeName']} {each['Condition']} '{each['AttributeValue']}'"
        for each in conditions
    )
    raise InputError(
        f"no series and step of the forecast fulfils {told}; {_horizon(future)}: loosen the "
        "conditions"
    )


def _changed(value: pl.Expr, operation: str, amount: float) -> pl.Expr:
    """The result of one action.

    Raises:
        InputError: it divides by zero.
    """
    if operation == "DIVIDE" and amount == 0:
        raise InputError("DIVIDE by 0 is not possible; give another Value")
    return {
        "ADD": value + amount,
        "SUBTRACT": value - amount,
        "MULTIPLY": value * amount,
        "DIVIDE": value / (amount or 1.0),
    }[operation]


def _horizon(future: pl.DataFrame) -> str:
    times = future[TIMESTAMP]
    first, last = times.dt.strftime(_DATE).min(), times.dt.strftime(_DATE).max()
    return f"it goes from {first!s} to {last!s}"


def _alike(name: str, known: Sequence[str]) -> str | None:
    return next((each for each in known if each.lower() == name.lower()), None)


def _listed(keys: pl.DataFrame) -> str:
    shown = ", ".join("/".join(row) for row in keys.head(PROBLEMS_SHOWN).iter_rows())
    return f"{shown}, …" if keys.height > PROBLEMS_SHOWN else shown
