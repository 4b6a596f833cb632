"""Cells of a dataset: each type of a schema's attribute, and how its cells are read."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from forecastle.series.cells import (
    LARGEST,
    Cell,
    KeyCell,
    NumberCell,
    TimeCell,
    is_empty,
    is_text,
)
from forecastle.series.dataset import GEOLOCATION, NUMBERS, DatasetSchema
from forecastle.series.dataset_options import LAT_LONG, ImportOptions
from forecastle.series.domains import Field
from forecastle.series.tables import Table

_WHOLE = r"^[-+]?\d+$"
_DEGREES = r"^[-+]?\d{1,3}(\.\d+)?_[-+]?\d{1,3}(\.\d+)?$"
_POSTAL_CODE = r"^[A-Z]{2}_[A-Za-z0-9][A-Za-z0-9 -]*$"


@dataclass(frozen=True)
class WholeKeyCell(KeyCell):
    """A dimension that is declared as an integer; kept as text."""

    def bad(self, source: pl.Expr, value: pl.Expr) -> pl.Expr:
        """Whether it is empty or no whole number."""
        return value.str.contains(_WHOLE).fill_null(False).not_()

    def describe(self, text: str) -> str:
        """The cell is empty, or holds no whole number."""
        return _not_whole(self.role, text, "string") if text else super().describe(text)


@dataclass(frozen=True)
class PlaceCell(KeyCell):
    """A geolocation, kept as text.

    Attributes:
        format: LAT_LONG or CC_POSTALCODE.
    """

    format: str = LAT_LONG

    def bad(self, source: pl.Expr, value: pl.Expr) -> pl.Expr:
        """Whether it is empty, not written so, or not on earth."""
        if self.format != LAT_LONG:
            return value.str.contains(_POSTAL_CODE).fill_null(False).not_()
        degrees = pl.when(value.str.contains(_DEGREES)).then(value).str.split("_")
        latitude, longitude = (
            degrees.list.get(i, null_on_oob=True).cast(pl.Float64, strict=False).abs()
            for i in (0, 1)
        )
        return ((latitude <= 90) & (longitude <= 180)).fill_null(False).not_()

    def describe(self, text: str) -> str:
        """The cell is empty, or names no place."""
        if not text:
            return super().describe(text)
        if self.format != LAT_LONG:
            return f"{self.role} '{text}' is no {self.format}; write it like US_98121"
        if re.match(_DEGREES, text):
            return (
                f"{self.role} '{text}' is not on earth; latitudes go from -90 to 90, longitudes "
                "from -180 to 180"
            )
        return f"{self.role} '{text}' is no {self.format}; write it like 47.61_-122.33"


@dataclass(frozen=True)
class TextCell:
    """Text of item metadata; null where it is empty, and never bad."""

    table: Table
    column: str
    role: str
    needs_trim: ClassVar[bool] = True

    def value(self, source: pl.Expr) -> pl.Expr:
        """The text."""
        text = source.cast(pl.String)
        return pl.when(text != "").then(text)

    def bad(self, source: pl.Expr, value: pl.Expr) -> pl.Expr:
        """Never."""
        return pl.lit(False)

    def describe(self, text: str) -> str:
        """The text, of which nothing is wrong."""
        return f"{self.role} '{text}'"


@dataclass(frozen=True)
class ValueCell(NumberCell):
    """A number that may also be NaN or infinite, which counts as missing.

    Attributes:
        is_whole: it is declared as an integer.
    """

    is_whole: bool = False

    def value(self, source: pl.Expr) -> pl.Expr:
        """The number, NaN and infinity among them; null where there is none."""
        return source.cast(pl.Float64, strict=not is_text(self.table.schema[self.column]))

    def bad(self, source: pl.Expr, value: pl.Expr) -> pl.Expr:
        """Whether the number is too large or not whole, or the text holds none."""
        found = value.abs().is_between(LARGEST, sys.float_info.max, closed="right")
        if self.is_whole:
            found = found | (value.is_finite() & (value != value.floor()))
        found = found.fill_null(False)
        if is_text(self.table.schema[self.column]):
            found = found | (value.is_null() & is_empty(source).not_())
        return found

    def describe(self, text: str) -> str:
        """The number is too large or not whole, or it is none."""
        try:
            is_number = float(text) != int(float(text))
        except (ValueError, OverflowError):
            is_number = False
        if self.is_whole and is_number:
            return _not_whole(self.role, text, "float")
        return super().describe(text)


def _not_whole(role: str, text: str, type_: str) -> str:
    return f"{role} '{text}' is no whole number; write one, or declare the attribute as {type_}"


def dataset_cells(table: Table, schema: DatasetSchema, options: ImportOptions) -> tuple[Cell, ...]:
    """The cells of all attributes; each goes to a column of the attribute's name.

    Raises:
        DataError: the type of a Parquet column cannot hold an attribute.
    """
    return tuple(_cell(table, field, schema, options) for field in schema.attributes)


def _cell(table: Table, field: Field, schema: DatasetSchema, options: ImportOptions) -> Cell:
    name = field.name
    if field.type == "timestamp":
        return TimeCell(table, name, options.timestamps, "TimestampFormat")
    if field.type == GEOLOCATION:
        return PlaceCell(table, name, name, options.geolocation_format or LAT_LONG)
    if schema.is_dimension(field) and field.type == "integer":
        return WholeKeyCell(table, name, name)
    if field.type in NUMBERS:
        return ValueCell(table, name, name, is_whole=field.type == "integer")
    is_key = name == schema.item or schema.is_dimension(field)
    return (KeyCell if is_key else TextCell)(table, name, name)
