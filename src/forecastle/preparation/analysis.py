"""What to know of invoice lines before they become sales: gaps, returns, outliers, repeats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from forecastle.preparation.online_retail import (
    PreparationOptions,
    chosen_lines,
    daily_sales,
    without_overlap,
)

LARGEST_SHOWN = 10

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNUSUAL = 5.0
_FEWEST_TO_COMPARE = 8
_MAD_TO_DEVIATION = 1.4826
_SHUTDOWN_DAYS = 3
_PRODUCT = r"^\d{5}"


class LineGroup(NamedTuple):
    """Some invoice lines: how many, and what they add to sales in pounds."""

    number: int
    value: float


class Gap(NamedTuple):
    """Days in a row without a single line; both ends belong to it."""

    first: date
    last: date
    days: int


class Outlier(NamedTuple):
    """A day far from what is usual for the item on that weekday.

    ``usual`` is the median of the weekday, ``deviations`` the distance in robust standard
    deviations (1.4826 times the median absolute deviation).
    """

    item_id: str
    day: date
    sales: float
    usual: float
    deviations: float


@dataclass(frozen=True)
class PreparationAnalysis:
    """The findings, of the chosen country and days.

    Attributes:
        wanted: the first and the last day that the files are to have.
        lines: all of them.
        items: number of items that the files will have.
        first: the first day with a line.
        last: the last day with a line.
        joined_sheets: lines of the whole file left out as it repeats days that two sheets share.
        missing_days: days without a line, from ``first`` to ``last``.
        missing_by_weekday: their number by weekday, Monday first.
        gaps: runs of at least three of them.
        returns: lines with a negative quantity.
        cancelled: lines of invoices that begin with C.
        duplicates: exact repeats beyond the first.
        duplicates_dropped: whether they are left out.
        free: lines with a price of zero.
        adjustments: lines with a negative price (bad debt).
        adjustments_dropped: whether they are left out.
        blank_customers: lines without a customer.
        not_products: lines whose stock code is no product (postage, fees, samples).
        outliers: the most unusual days.
        outlier_count: how many days are unusual in all.
    """

    wanted: tuple[date, date]
    lines: LineGroup
    items: int
    first: date
    last: date
    joined_sheets: int
    missing_days: int
    missing_by_weekday: tuple[int, ...]
    gaps: tuple[Gap, ...]
    returns: LineGroup
    cancelled: LineGroup
    duplicates: LineGroup
    duplicates_dropped: bool
    free: LineGroup
    adjustments: LineGroup
    adjustments_dropped: bool
    blank_customers: LineGroup
    not_products: LineGroup
    outliers: tuple[Outlier, ...]
    outlier_count: int

    def sentences(self) -> tuple[str, ...]:
        """The findings in words, one a line, to be shown before anything is written."""
        return (
            f"{self.lines.number:,} invoice lines, {self.first} to {self.last}, "
            f"{_number_of(self.items, 'item')}, net sales {_pounds(self.lines.value)}",
            *self._about_coverage(),
            self._about_days(),
            *(f"  shut from {gap.first} to {gap.last} ({gap.days} days)" for gap in self.gaps),
            f"Returns: {_counted(self.returns)}, netted; {self.cancelled.number:,} of the lines "
            "are cancellations (invoice C…)",
            f"Duplicates: {_counted(self.duplicates)} repeat an earlier line exactly; "
            + _kept(self.duplicates_dropped, "--drop-duplicates"),
            f"Prices: {_number_of(self.free.number, 'line')} at zero; {_counted(self.adjustments)} "
            "below zero (adjustments such as bad debt); "
            + _kept(self.adjustments_dropped, "--drop-adjustments"),
            f"Customers: {_counted(self.blank_customers)} without a customer",
            f"Other than products: {_counted(self.not_products)} (postage, fees, samples), counted",
            f"Outliers: {_number_of(self.outlier_count, 'day')} more than {_UNUSUAL:g} robust "
            "deviations from the weekday's median",
            *(
                f"  {item} on {day} ({_WEEKDAYS[day.weekday()]}): {_pounds(sales)}; "
                f"usual {_pounds(usual)}"
                for item, day, sales, usual, _ in self.outliers
            ),
        )

    def _about_coverage(self) -> tuple[str, ...]:
        sentences = []
        if self.first > self.wanted[0] or self.last < self.wanted[1]:
            sentences.append(
                f"Wanted are the days {self.wanted[0]} to {self.wanted[1]}: outside the lines' "
                "days the files have nothing"
            )
        if self.joined_sheets:
            sentences.append(
                f"{self.joined_sheets:,} lines stand twice because two sheets share their days; "
                "counted once"
            )
        return tuple(sentences)

    def _about_days(self) -> str:
        days = [
            _number_of(count, name)
            for name, count in zip(_WEEKDAYS, self.missing_by_weekday, strict=True)
            if count
        ]
        return f"Missing days: {self.missing_days}" + (f" ({', '.join(days)})" if days else "")


def analyse(lines: pl.DataFrame, options: PreparationOptions) -> PreparationAnalysis:
    """Look at what `forecastle.preparation.online_retail.prepare_files` would write.

    Raises:
        InputError: see `chosen_lines`.
    """
    chosen = chosen_lines(lines, options)
    sales = daily_sales(chosen, options)
    missing = _missing_days(chosen["day"])
    outliers = _outliers(sales)
    same = [name for name in chosen.columns if name != "line"]
    return PreparationAnalysis(
        wanted=(options.first, options.added_end),
        lines=_lines(chosen),
        items=sales["item_id"].n_unique(),
        first=min(chosen["day"]),
        last=max(chosen["day"]),
        joined_sheets=len(lines) - len(without_overlap(lines)),
        missing_days=len(missing),
        missing_by_weekday=tuple(
            int((missing.dt.weekday() == weekday).sum()) for weekday in range(1, 8)
        ),
        gaps=_gaps(missing),
        returns=_lines(chosen.filter(pl.col("quantity") < 0)),
        cancelled=_lines(chosen.filter(pl.col("invoice").str.starts_with("C"))),
        duplicates=_lines(chosen.filter(pl.int_range(pl.len()).over(same) > 0)),
        duplicates_dropped=options.drop_duplicates,
        free=_lines(chosen.filter(pl.col("price") == 0)),
        adjustments=_lines(chosen.filter(pl.col("price") < 0)),
        adjustments_dropped=options.drop_adjustments,
        blank_customers=_lines(chosen.filter(pl.col("customer").is_null())),
        not_products=_lines(chosen.filter(~pl.col("stock_code").str.contains(_PRODUCT))),
        outliers=tuple(Outlier(*row) for row in outliers.head(LARGEST_SHOWN).iter_rows()),
        outlier_count=len(outliers),
    )


def _lines(table: pl.DataFrame) -> LineGroup:
    return LineGroup(len(table), round(float(table["value"].sum()), 2))


def _missing_days(days: pl.Series) -> pl.Series:
    every = pl.date_range(min(days), max(days), eager=True).alias("day")
    return every.to_frame().join(days.to_frame(), on="day", how="anti")["day"].sort()


def _gaps(missing: pl.Series) -> tuple[Gap, ...]:
    """Runs of consecutive days: along a run, the date minus its position stays the same."""
    runs = (
        pl.DataFrame({"day": missing})
        .group_by(run=pl.col("day").dt.epoch("d") - pl.int_range(pl.len()), maintain_order=True)
        .agg(first=pl.col("day").min(), last=pl.col("day").max(), days=pl.len())
        .filter(pl.col("days") >= _SHUTDOWN_DAYS)
    )
    return tuple(Gap(*row) for row in runs.select("first", "last", "days").iter_rows())


def _outliers(sales: pl.DataFrame) -> pl.DataFrame:
    """The columns of `Outlier`, the largest difference in pounds first."""
    group = ["item_id", pl.col("timestamp").dt.weekday()]
    difference = (pl.col("demand") - pl.col("usual")).abs()
    spread = _MAD_TO_DEVIATION * difference.median().over(group)
    comparable = (spread > 0) & (pl.len().over(group) >= _FEWEST_TO_COMPARE)
    return (
        sales.with_columns(usual=pl.col("demand").median().over(group))
        .with_columns(deviations=pl.when(comparable).then(difference / spread))
        .filter(pl.col("deviations") > _UNUSUAL)
        .sort(difference, "item_id", "timestamp", descending=[True, False, False])
    )


def _number_of(count: int, name: str) -> str:
    return f"{count:,} {name}" + ("" if count == 1 else "s")


def _pounds(value: float) -> str:
    return f"{'−' if value < 0 else ''}£{abs(value):,.2f}"


def _counted(lines: LineGroup) -> str:
    return f"{_number_of(lines.number, 'line')} ({_pounds(lines.value)})"


def _kept(dropped: bool, option: str) -> str:
    return "left out" if dropped else f"counted; {option} leaves them out"
