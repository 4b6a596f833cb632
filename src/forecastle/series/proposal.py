"""Proposal: which attributes a dataset should have, told from a file, with a reason for each.

Names of columns tell first, in English and Korean; where they do not, or there are none, the cells
do. What cannot be told stays open. Reasons are words of this module; what they mean is written by
whoever shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import polars as pl

from forecastle.core.errors import DataError, InputError
from forecastle.series.cells import TimeCell, content
from forecastle.series.column_matching import SYNONYMS, attribute_name
from forecastle.series.columns import DEMAND, ITEM, TIMESTAMP, normalised, role_column
from forecastle.series.conventions import timestamp_format
from forecastle.series.dataset_rules import MOST_COLUMNS
from forecastle.series.domains import (
    ITEM_METADATA,
    RELATED_TIME_SERIES,
    TARGET_TIME_SERIES,
    Domain,
    domain,
)
from forecastle.series.file_layout import FileHead, FileLayout, is_time, is_typed_number, open_head
from forecastle.series.inference import infer_frequency
from forecastle.series.timestamps import TimestampFormat, most_common_formats
from forecastle.storage.files import SourceFile

_ROWS_SHOWN = 6
_SAMPLES = 3
_NEARLY_ALL = 0.9
_FEW_VALUES, _FEW_SHARE = 60, 0.2
_MOST_DIMENSIONS = 10
_FEWEST_TIMES = 3
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?", re.I)
_WHOLE = re.compile(r"[-+]?\d+")


TYPED_TIMES = TimestampFormat("yyyy-MM-dd HH:mm:ss")
"""What is said of timestamps that need no format, because a Parquet file holds them as such."""


class Reason(StrEnum):
    """Why a column is proposed for something, or for nothing."""

    NAME = "its name says so"
    CONTENT = "its cells say so"
    ONE_SERIES = "there is no such column, so that the file is one series"
    DIMENSION = "few different values, which may tell series of an item apart"
    FEATURE = "numbers that may explain demand"
    TRAIT = "describes the item"
    TOO_MANY_VALUES = "too many different values to tell series apart"
    OTHER_NUMBER = "a number beside the one that is forecast"
    OTHER_TIME = "a second date"
    IS_TARGET = "what is forecast belongs into the target time series"
    EMPTY = "no cell is filled"
    TOO_MANY_COLUMNS = "the dataset has as many attributes as it may have"


@dataclass(frozen=True)
class ProposedColumn:
    """A column of the file.

    Attributes:
        column: as the file calls it; None for an item that the file does not have.
        attribute: of the dataset; None where the column is left out.
        type: string, integer, float or timestamp.
        reason: why.
        samples: some of its cells.
    """

    column: str | None
    attribute: str | None
    type: str
    reason: Reason
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What a file tells about a dataset.

    Attributes:
        layout: how the file is laid out.
        columns: all columns in file order, an item that is made up first.
        missing: attributes that are required and for which no column was found.
        timestamp_formats: in Amazon Forecast's letters: one; two where day and month cannot be
            told apart; none where the file has no timestamps, or none that are understood.
        frequency: of the data; None where fewer than three timestamps were seen.
        rows: the first rows, by the layout's names.
    """

    layout: FileLayout
    columns: tuple[ProposedColumn, ...]
    missing: tuple[str, ...]
    timestamp_formats: tuple[str, ...]
    frequency: str | None
    rows: tuple[tuple[str, ...], ...]


def propose_dataset(file: SourceFile, dataset_type: str, domain_name: str) -> Proposal:
    """Propose the attributes of a dataset from the beginning of a file.

    Args:
        file: CSV or Parquet; CSV with or without a header, with any usual separator.
        dataset_type: TARGET_TIME_SERIES, RELATED_TIME_SERIES or ITEM_METADATA.
        domain_name: one of Amazon Forecast's seven.

    Raises:
        DataError: the file cannot be read as a table.
        InputError: the domain is not known, or has no such datasets.
    """
    own = domain(domain_name)
    if dataset_type not in own.datasets:
        raise InputError(f"Domain '{own.name}' has no {dataset_type}; use another domain")
    with ExitStack() as stack:
        head = open_head(file, stack, is_metadata=dataset_type == ITEM_METADATA)
        columns = _fitting(tuple(_columns(head, own, dataset_type)), dataset_type)
        time = next((c.column for c in columns if c.attribute == TIMESTAMP), None)
        formats = () if time is None else column_formats(head, time)
        found = {column.attribute for column in columns}
        required = own.datasets[dataset_type].required
        return Proposal(
            layout=head.layout,
            columns=columns,
            missing=tuple(field.name for field in required if field.name not in found),
            timestamp_formats=tuple(str(each) for each in formats),
            frequency=None if time is None else _frequency(head, time, formats),
            rows=shown_rows(head.sample),
        )


def _columns(head: FileHead, own: Domain, dataset_type: str) -> Iterator[ProposedColumn]:
    roles = _roles(head, dataset_type)
    names = {ITEM: own.item, TIMESTAMP: TIMESTAMP, DEMAND: own.target}
    types = {ITEM: "string", TIMESTAMP: "timestamp", DEMAND: _target_type(own)}
    has_item = any(role == ITEM for role, _ in roles.values())
    if not has_item and dataset_type == TARGET_TIME_SERIES:
        yield ProposedColumn(None, own.item, "string", Reason.ONE_SERIES)
    taken = set(names.values())
    for place, column in enumerate(head.layout.names, start=1):
        texts = head.texts(column)
        shown = tuple(dict.fromkeys(texts))[:_SAMPLES]
        if column in roles:
            role, reason = roles[column]
            yield ProposedColumn(column, names[role], types[role], reason, shown)
            continue
        other = _further(head, column, texts, dataset_type)
        name = _free(_known_name(column, own, dataset_type) or attribute_name(column, place), taken)
        taken.add(name)
        yield replace(other, attribute=None if other.attribute is None else name, samples=shown)


def _target_type(own: Domain) -> str:
    required = own.datasets[TARGET_TIME_SERIES].required
    return next(field.type for field in required if field.name == own.target)


def _free(name: str, taken: set[str]) -> str:
    """The name, or one like it that no attribute has."""
    lower = {each.lower() for each in taken}
    candidates = (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in candidates if each.lower() not in lower)


def _known_name(column: str, own: Domain, dataset_type: str) -> str | None:
    """The domain's name for an attribute that it may have."""
    fields = own.datasets[dataset_type].optional
    called = normalised(column)
    known = (f.name for f in fields if called in (normalised(f.name), *SYNONYMS.get(f.name, ())))
    return next(known, None)


def _roles(head: FileHead, dataset_type: str) -> dict[str, tuple[str, Reason]]:
    """Column → what it is for, by its name or else by its cells; at most one for each role."""
    names = head.layout.names
    wanted = {
        TARGET_TIME_SERIES: (TIMESTAMP, ITEM, DEMAND),
        RELATED_TIME_SERIES: (TIMESTAMP, ITEM),
        ITEM_METADATA: (ITEM,),
    }[dataset_type]
    found: dict[str, tuple[str, Reason]] = {}
    if head.layout.has_header:
        by_name = {role: role_column(role, names) for role in wanted}
        found = {c: (role, Reason.NAME) for role, c in by_name.items() if c is not None}
    for role in wanted:
        if role not in {each for each, _ in found.values()}:
            column = _by_content(head, role, [name for name in names if name not in found])
            if column is not None:
                found[column] = (role, Reason.CONTENT)
    return found


def _by_content(head: FileHead, role: str, free: Sequence[str]) -> str | None:
    """The column that looks like a role; None where none does, or several could be."""
    times = [name for name in free if _holds_times(head, name)]
    if role == TIMESTAMP:
        return times[0] if times else None
    others = [name for name in free if name not in times]
    numbers = [name for name in others if _type(head, head.texts(name), name) != "string"]
    if role == DEMAND:
        # Without names, the number at the end is the demand: ids stand at the front.
        return (
            numbers[-1] if numbers and (len(numbers) == 1 or not head.layout.has_header) else None
        )
    words = [name for name in others if name not in numbers]
    if words:
        return words[0]
    return others[0] if len(others) > 1 and not head.layout.has_header else None


def _holds_times(head: FileHead, column: str) -> bool:
    if is_time(head, column):
        return True
    texts = head.texts(column)
    formats = most_common_formats(texts)
    if not formats or is_typed_number(head, column):
        return False
    written = pl.Series(texts)
    read = pl.select(formats[0].parse(pl.lit(written))).to_series()
    share = int(read.is_not_null().sum()) / len(texts)
    return share >= _NEARLY_ALL or len(formats) > 1


def _type(head: FileHead, texts: Sequence[str], column: str) -> str:
    if is_typed_number(head, column):
        return "float"
    if texts and all(_WHOLE.fullmatch(text) for text in texts):
        return "integer"
    n_numbers = sum(_NUMBER.fullmatch(text) is not None for text in texts)
    return "float" if texts and n_numbers >= _NEARLY_ALL * len(texts) else "string"


def _further(
    head: FileHead, column: str, texts: Sequence[str], dataset_type: str
) -> ProposedColumn:
    """What a column without a role may be; its attribute is None where it is left out."""
    type_ = _type(head, texts, column)

    def used(reason: Reason, as_type: str = type_) -> ProposedColumn:
        return ProposedColumn(column, column, as_type, reason)

    def left_out(reason: Reason) -> ProposedColumn:
        return ProposedColumn(column, None, type_, reason)

    if not texts:
        return left_out(Reason.EMPTY)
    if dataset_type == ITEM_METADATA:
        return used(Reason.TRAIT, "string" if type_ == "integer" else type_)
    if _holds_times(head, column) and type_ == "string":
        return left_out(Reason.OTHER_TIME)
    if dataset_type == RELATED_TIME_SERIES and type_ != "string":
        is_target = normalised(column) in ("demand", "quantity", "qty", "판매량", "수량", "sales")
        return left_out(Reason.IS_TARGET) if is_target else used(Reason.FEATURE)
    if type_ == "float":
        return left_out(Reason.OTHER_NUMBER)
    few = min(_FEW_VALUES, max(2, int(len(texts) * _FEW_SHARE)))
    is_few = len(set(texts)) <= few
    return used(Reason.DIMENSION, "string") if is_few else left_out(Reason.TOO_MANY_VALUES)


def _fitting(columns: tuple[ProposedColumn, ...], dataset_type: str) -> tuple[ProposedColumn, ...]:
    """The columns, those beyond what a dataset may have left out."""
    room = MOST_COLUMNS[dataset_type]
    dimensions = _MOST_DIMENSIONS
    fitting = []
    for column in columns:
        is_extra = column.reason in (Reason.DIMENSION, Reason.FEATURE, Reason.TRAIT)
        is_dimension = column.reason is Reason.DIMENSION
        if column.attribute and ((is_extra and room <= 3) or (is_dimension and dimensions == 0)):
            column = replace(column, attribute=None, reason=Reason.TOO_MANY_COLUMNS)
        room -= is_extra and column.attribute is not None
        dimensions -= is_dimension and column.attribute is not None
        fitting.append(column)
    return tuple(fitting)


def column_formats(head: FileHead, column: str) -> tuple[TimestampFormat, ...]:
    """The format of the timestamps; two where the beginning of the file does not tell."""
    texts = head.texts(column)
    if is_time(head, column):
        return (TYPED_TIMES,)
    try:
        found = timestamp_format([(head.table, column)])
        return (found,) if most_common_formats(texts) else ()
    except DataError:
        return most_common_formats(texts)


def _frequency(head: FileHead, column: str, formats: Sequence[TimestampFormat]) -> str | None:
    """The frequency of the timestamps at the beginning of the file."""
    if len(formats) != 1:
        return None
    cell = TimeCell(head.table, column, formats[0])
    times = head.table.rows.select(cell.value(content(head.table, column)))
    found = times.collect(engine="streaming").to_series().drop_nulls().unique().sort()
    if len(found) < _FEWEST_TIMES:
        return None
    return str(infer_frequency(np.asarray(found.to_numpy().astype("datetime64[s]"))))


def shown_rows(sample: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    """The first rows of a sample, for people."""
    return tuple(
        tuple("" if cell is None else str(cell) for cell in row)
        for row in sample.head(_ROWS_SHOWN).iter_rows()
    )
