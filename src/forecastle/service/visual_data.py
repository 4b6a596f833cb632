"""From a table to what a visual shows: never more than some thousand points, however many rows.

Groups beyond the largest ones are taken together before anything is aggregated, so that an average
of the others is one of their rows, not of their averages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from forecastle.core.errors import InputError
from forecastle.service.visuals import (
    Aggregate,
    Condition,
    Grain,
    Shape,
    Sort,
    Value,
    Visual,
    check_visual,
)
from forecastle.storage.prepared import Field, Kind

MOST_POINTS = 2000

_X, _GROUP, _OTHERS, _ROWS = "x", "group", "others", "rows"
_QUANTILE = re.compile(r"p\d+(\.\d+)?")
_EVERY = {Grain.HOUR: "1h", Grain.DAY: "1d", Grain.WEEK: "1w", Grain.MONTH: "1mo"}
_FORMATS = {Grain.HOUR: "%Y-%m-%dT%H:%M"}


@dataclass(frozen=True)
class Series:
    """The numbers of one value, and of one group where there are groups.

    Attributes:
        value: that it shows.
        group: the text of its group; None: there are no groups, or it is all others.
        is_others: whether it takes the smaller groups together.
        numbers: one for each category; None where there are no rows.
    """

    value: Value
    group: str | None
    is_others: bool
    numbers: tuple[float | None, ...]


@dataclass(frozen=True)
class Points:
    """What a visual shows.

    Attributes:
        categories: of the X axis: texts, or ISO dates.
        are_dates: whether those are dates.
        series: in the order of the legend.
        left_out: how many categories are not shown.
        groups_left_out: how many groups are not shown, or taken together as others.
        blurred: fields that are quantiles, summed or averaged over several rows: what comes out is
            not that quantile of the sum or of the average.
    """

    categories: tuple[str, ...]
    are_dates: bool
    series: tuple[Series, ...]
    left_out: int = 0
    groups_left_out: int = 0
    blurred: tuple[str, ...] = ()


def compute(table: pl.LazyFrame, fields: Sequence[Field], visual: Visual) -> Points:
    """What the visual shows of the table.

    Args:
        table: with the columns of ``fields``.
        fields: its columns.
        visual: what to show.

    Raises:
        InputError: the visual does not fit the table.
    """
    check_visual(visual, fields)
    kinds = {each.name: each.kind for each in fields}
    rows = _rows(table, kinds, visual)
    groups, n_groups = _groups(rows, visual)
    rows = _grouped(rows, visual, groups)
    n_series = len(visual.values) * max(len(groups) + 1, 1)
    are_dates = kinds[visual.x] is Kind.DATE
    most = max(min(visual.limit, MOST_POINTS // n_series), 1)
    categories, n_categories = _categories(rows, visual, are_dates, most)
    wanted = pl.LazyFrame({_X: categories}, schema={_X: pl.String})
    found = rows.join(wanted, on=_X, how="inner").group_by(_X, _GROUP, _OTHERS)
    cells = found.agg(*_aggregates(visual), pl.len().alias(_ROWS)).collect(engine="streaming")
    return Points(
        categories=tuple(categories),
        are_dates=are_dates,
        series=tuple(_series(cells, visual, categories, groups)),
        left_out=n_categories - len(categories),
        groups_left_out=n_groups - len(groups),
        blurred=_blurred(cells, visual),
    )


def find_texts(table: pl.LazyFrame, field: str, search: str, most: int) -> list[str]:
    """Texts of a field that contain a text, in whatever case of letters; sorted."""
    texts = table.select(pl.col(field).cast(pl.String)).unique().drop_nulls()
    if search:
        texts = texts.filter(_contains(pl.col(field), search))
    found: list[str] = texts.sort(field).head(most).collect(engine="streaming")[field].to_list()
    return found


def _rows(table: pl.LazyFrame, kinds: Mapping[str, Kind], visual: Visual) -> pl.LazyFrame:
    """X, the group and the values of the rows that are kept."""
    conditions = [
        each
        for condition in visual.conditions
        for each in _expressions(condition, kinds[condition.field])
    ]
    if kinds[visual.x] is Kind.DATE:  # a row without a date, such as a summary, is on no day
        conditions.append(pl.col(visual.x).is_not_null())
    group = _label(visual.group, kinds, visual) if visual.group else pl.lit(None, pl.String)
    return table.filter(*conditions).select(
        _label(visual.x, kinds, visual).alias(_X),
        group.alias(_GROUP),
        *(pl.col(each.field).alias(_column(n)) for n, each in enumerate(visual.values)),
    )


def _label(name: str, kinds: Mapping[str, Kind], visual: Visual) -> pl.Expr:
    """A field as a text: dates by their grain, whole numbers without a fraction."""
    column = pl.col(name)
    if kinds[name] is Kind.DATE:
        grain = visual.grain
        text = column.dt.truncate(_EVERY[grain]).dt.strftime(_FORMATS.get(grain, "%Y-%m-%d"))
    elif kinds[name] is Kind.NUMBER:
        is_whole = (column == column.floor()) & (column.abs() < 1e15)
        whole = column.cast(pl.Int64, strict=False).cast(pl.String)
        text = pl.when(is_whole).then(whole).otherwise(column.cast(pl.String))
    else:
        text = column
    return text.fill_null("")


def _expressions(condition: Condition, kind: Kind) -> list[pl.Expr]:
    column = pl.col(condition.field)
    found = []
    if condition.any_of:
        found.append(column.cast(pl.String).is_in(list(condition.any_of)))
    if condition.contains:
        found.append(_contains(column.cast(pl.String), condition.contains))
    if kind is Kind.DATE:
        if condition.least is not None:
            found.append(column >= _moment(condition, condition.least))
        if condition.most is not None:
            end = _moment(condition, condition.most)
            is_day = len(str(condition.most)) == len("2011-12-04")
            found.append(column < end + timedelta(days=1) if is_day else column <= end)
    else:
        found += [column >= condition.least] if condition.least is not None else []
        found += [column <= condition.most] if condition.most is not None else []
    return found


def _contains(texts: pl.Expr, search: str) -> pl.Expr:
    return texts.str.to_lowercase().str.contains(search.lower(), literal=True)


def _moment(condition: Condition, text: float | str) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=None)
    except ValueError as error:
        raise InputError(
            f"filter: '{text}' is no date for '{condition.field}'; write it as {date(2011, 12, 4)}"
        ) from error


def _column(number: int) -> str:
    return f"value{number}"


def _aggregates(visual: Visual) -> list[pl.Expr]:
    return [_aggregate(each, _column(n)) for n, each in enumerate(visual.values)]


def _aggregate(value: Value, column: str) -> pl.Expr:
    """None where no row has a number: an empty sum is no zero sales."""
    numbers = pl.col(column)
    chosen = {
        Aggregate.SUM: pl.when(numbers.count() > 0).then(numbers.sum()),
        Aggregate.AVERAGE: numbers.mean(),
        Aggregate.MINIMUM: numbers.min(),
        Aggregate.MAXIMUM: numbers.max(),
    }
    return chosen[value.aggregate].alias(column)


def _groups(rows: pl.LazyFrame, visual: Visual) -> tuple[list[str], int]:
    """The largest groups by the first value, and how many there are in all."""
    if not visual.group:
        return [], 0
    ranked = _ranked(rows, _GROUP, visual, largest=True)
    return ranked[: visual.groups], len(ranked)


def _ranked(rows: pl.LazyFrame, by: str, visual: Visual, *, largest: bool) -> list[str]:
    totals = rows.group_by(by).agg(_aggregate(visual.values[0], _column(0)))
    ordered = totals.sort([_column(0), by], descending=[largest, False], nulls_last=True)
    found: list[str] = ordered.select(by).collect(engine="streaming")[by].to_list()
    return found


def _grouped(rows: pl.LazyFrame, visual: Visual, groups: Sequence[str]) -> pl.LazyFrame:
    """Smaller groups as others; of a heat map they are left out."""
    if not visual.group:
        return rows.with_columns(pl.lit(False).alias(_OTHERS))
    is_shown = pl.col(_GROUP).is_in(list(groups))
    if visual.shape is Shape.HEAT_MAP:
        return rows.filter(is_shown).with_columns(pl.lit(False).alias(_OTHERS))
    return rows.with_columns(
        pl.when(is_shown).then(pl.col(_GROUP)).alias(_GROUP), (~is_shown).alias(_OTHERS)
    )


def _categories(
    rows: pl.LazyFrame, visual: Visual, are_dates: bool, most: int
) -> tuple[list[str], int]:
    """What is on the X axis, and how much there would be."""
    if are_dates or visual.sort is Sort.NAME:
        names = sorted(rows.select(_X).unique().collect(engine="streaming")[_X].to_list())
        return (names[-most:] if are_dates else names[:most]), len(names)
    ranked = _ranked(rows, _X, visual, largest=visual.sort is Sort.LARGEST)
    return ranked[:most], len(ranked)


def _series(
    cells: pl.DataFrame, visual: Visual, categories: Sequence[str], groups: Sequence[str]
) -> list[Series]:
    place = {name: number for number, name in enumerate(categories)}
    shown: list[tuple[str | None, bool]] = [(None, False)]
    if visual.group:
        shown = [(name, False) for name in groups]
        shown += [(None, True)] if bool(cells[_OTHERS].any()) else []
    numbers: dict[tuple[Any, ...], list[float | None]] = {
        (n, *key): [None] * len(categories) for n in range(len(visual.values)) for key in shown
    }
    for row in cells.iter_rows(named=True):
        for n in range(len(visual.values)):
            numbers[n, row[_GROUP], row[_OTHERS]][place[row[_X]]] = row[_column(n)]
    return [
        Series(value, group, is_others, tuple(numbers[n, group, is_others]))
        for group, is_others in shown
        for n, value in enumerate(visual.values)
    ]


def _blurred(cells: pl.DataFrame, visual: Visual) -> tuple[str, ...]:
    most: Any = cells[_ROWS].max()
    if most is None or most <= 1:
        return ()
    joining = (Aggregate.SUM, Aggregate.AVERAGE)
    fields = [each.field for each in visual.values if each.aggregate in joining]
    return tuple(dict.fromkeys(each for each in fields if _QUANTILE.fullmatch(each)))
