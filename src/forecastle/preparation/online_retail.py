"""The mission's data preparation: invoice lines to daily sales per country, product or both.

Sales are Price x Quantity; returns have a negative quantity and are netted. Two files of headerless
``item_id,timestamp,demand`` lines come out: the training data, and the same with one more week to
see how a forecast improves with newer data; beside them a manifest for Amazon QuickSight.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from forecastle.core.errors import InputError
from forecastle.preparation.invoices import SHEET
from forecastle.storage.atomic import atomic_file

ITEMS = ("country", "product", "both")
MANIFEST = "quicksight_manifest.json"

_COUNTRY_ALIASES = {"UK": "United Kingdom", "GB": "United Kingdom", "IRELAND": "EIRE"}
# The two sheets, and so the CSV edition that joins them, both hold these days.
_OVERLAP = (date(2010, 12, 1), date(2010, 12, 9))
_MOSTLY = 0.9


@dataclass(frozen=True)
class PreparationOptions:
    """What to make of the invoice lines; the defaults are the mission's case.

    Attributes:
        item: what an item is: ``country`` (``United Kingdom``), ``product`` (``85123A``) or
            ``both`` (``United Kingdom/85123A``).
        country: the only country to keep; None keeps all.
        sheet: the workbook's sheet.
        first: the first day of both files.
        training_end: the last day of the training file.
        added_end: the last day of the file with the additional week.
        drop_duplicates: whether to count lines that stand several times in the file once.
        drop_adjustments: whether to leave out lines with a negative price (bad debt).
        s3_prefix: where the files will lie for QuickSight.
    """

    item: str = "country"
    country: str | None = "United Kingdom"
    sheet: str = SHEET
    first: date = date(2009, 12, 1)
    training_end: date = date(2010, 12, 2)
    added_end: date = date(2010, 12, 9)
    drop_duplicates: bool = False
    drop_adjustments: bool = False
    s3_prefix: str = "s3://forecastle/online-retail-ii"

    def __post_init__(self) -> None:
        if self.item not in ITEMS:
            raise InputError(f"item '{self.item}' is not known; use {', '.join(ITEMS)}")
        if not self.first <= self.training_end <= self.added_end:
            raise InputError(
                f"the days {self.first}, {self.training_end} and {self.added_end} must follow "
                "each other: first day, end of training, end of the additional week"
            )

    @property
    def training_name(self) -> str:
        """``tr_target_20091201_20101202.csv``."""
        return f"tr_target_{self.first:%Y%m%d}_{self.training_end:%Y%m%d}.csv"

    @property
    def added_name(self) -> str:
        """``tr_target_add_20091201_20101209.csv``."""
        return f"tr_target_add_{self.first:%Y%m%d}_{self.added_end:%Y%m%d}.csv"


@dataclass(frozen=True)
class PreparedFiles:
    """The files written, and the number of lines of the two data files."""

    training: Path
    added: Path
    manifest: Path
    training_rows: int
    added_rows: int


def chosen_lines(lines: pl.DataFrame, options: PreparationOptions) -> pl.DataFrame:
    """The invoice lines of the chosen country and days, with ``day`` and ``value`` in pounds.

    Lines that the CSV edition repeats because two sheets overlap are counted once.

    Raises:
        InputError: the country is not in the file, or no line lies within the days.
    """
    lines = without_overlap(lines).with_columns(
        day=pl.col("timestamp").dt.date(), value=pl.col("price") * pl.col("quantity")
    )
    if options.country is not None:
        lines = _of_country(lines, options.country)
    within = lines.filter(pl.col("day").is_between(options.first, options.added_end))
    if within.filter(pl.col("day") <= options.training_end).is_empty():
        raise InputError(
            f"no sales from {options.first} to {options.training_end}: the lines reach from "
            f"{min(lines['day'])} to {max(lines['day'])}; give the sheet '{SHEET}', or other days"
        )
    return within


def without_overlap(lines: pl.DataFrame) -> pl.DataFrame:
    """Count the days that both sheets hold once, where a file joins the two sheets.

    Then almost every line of 2010-12-01 to 2010-12-09 stands an even number of times.
    """
    overlap = pl.col("timestamp").dt.date().is_between(*_OVERLAP)
    same = [name for name in lines.columns if name != "line"]
    inside = lines.filter(overlap)
    counts = inside.group_by(same).len()["len"]
    if inside.is_empty() or (counts % 2 == 0).sum() < _MOSTLY * len(counts):
        return lines
    first_half = pl.int_range(pl.len()).over(same) < (pl.len().over(same) + 1) // 2
    return pl.concat([lines.filter(~overlap), inside.filter(first_half)]).sort("line")


def daily_sales(chosen: pl.DataFrame, options: PreparationOptions) -> pl.DataFrame:
    """``item_id, timestamp, demand``: net sales in pounds per item and day, sorted.

    Days without a line have no row.
    """
    if options.drop_duplicates:
        same = [name for name in chosen.columns if name != "line"]
        chosen = chosen.unique(same, maintain_order=True)
    if options.drop_adjustments:
        chosen = chosen.filter(pl.col("price") >= 0)
    return (
        chosen.group_by(item_name(options.item).alias("item_id"), pl.col("day").alias("timestamp"))
        .agg(demand=pl.col("value").sum().round(2) + 0.0)
        .sort("item_id", "timestamp")
    )


def item_name(item: str) -> pl.Expr:
    """The item_id of an invoice line for a choice of `ITEMS`."""
    product = pl.col("stock_code").fill_null("UNKNOWN")
    if item == "country":
        return pl.col("country")
    if item == "product":
        return product
    return pl.col("country") + "/" + product


def prepare_files(lines: pl.DataFrame, options: PreparationOptions, folder: Path) -> PreparedFiles:
    """Write the two training files and the manifest into ``folder``.

    Args:
        lines: from `forecastle.preparation.invoices.read_invoices`.
        options: the choices.
        folder: made if it is not there; files of the same names are replaced.

    Raises:
        InputError: see `chosen_lines`.
    """
    sales = daily_sales(chosen_lines(lines, options), options)
    training = sales.filter(pl.col("timestamp") <= options.training_end)
    for name, table in ((options.training_name, training), (options.added_name, sales)):
        with atomic_file(folder / name) as path:
            table.write_csv(path, include_header=False)
    with atomic_file(folder / MANIFEST) as path:
        path.write_text(json.dumps(quicksight_manifest(options), indent=2) + "\n", "utf-8")
    return PreparedFiles(
        training=folder / options.training_name,
        added=folder / options.added_name,
        manifest=folder / MANIFEST,
        training_rows=len(training),
        added_rows=len(sales),
    )


def quicksight_manifest(options: PreparationOptions) -> dict[str, object]:
    """The manifest of a QuickSight data set from S3 (QuickSight user guide: manifest files).

    It names the longer file alone, which holds the shorter: both would count every day twice.
    """
    return {
        "fileLocations": [{"URIs": [f"{options.s3_prefix.rstrip('/')}/{options.added_name}"]}],
        "globalUploadSettings": {
            "format": "CSV",
            "delimiter": ",",
            "textqualifier": '"',
            "containsHeader": "false",
        },
    }


def _of_country(lines: pl.DataFrame, country: str) -> pl.DataFrame:
    wanted = _COUNTRY_ALIASES.get(country.upper(), country)
    kept = lines.filter(pl.col("country").str.to_lowercase() == wanted.lower())
    if kept.is_empty():
        names = ", ".join(sorted(lines["country"].unique()))
        raise InputError(f"country '{country}' is not in the file; it has {names}")
    return kept
