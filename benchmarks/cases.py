"""The cases: real sales, and the windows in which every contestant forecasts them.

The data are read from a folder that is no part of the repository (`FOLDER`). The design of
Forecastle is chosen on the windows of `uk_dev` and `walmart_dev` and on weeks and days before the
windows of the other cases; the windows of all other cases are only ever reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

FOLDER = Path(__file__).parents[2] / "shared" / "data"

ITEM, TIME, DEMAND = "item_id", "timestamp", "demand"
_BEST_SELLERS = 500
_MISSION_WINDOW = date(2010, 12, 9)
_STEPS = {"D": timedelta(days=1), "W": timedelta(weeks=1)}
_SEASONS = {"D": 7, "W": 52}


@dataclass(frozen=True)
class Window:
    """A stretch of ``horizon`` steps, ``first`` and ``last`` inclusive; train on what is before."""

    first: date
    last: date


@dataclass(frozen=True, eq=False)
class Case:
    """Sales and the windows in which to forecast them.

    Attributes:
        name: as on the command line.
        title: for people.
        frequency: ``D`` or ``W``.
        horizon: steps per window.
        last_days: the last step of each window, ascending.
        sales: ``item_id``, ``timestamp`` (a date), ``demand``; a missing step within a series is
            zero demand.
        country: whose holidays are known in advance; empty: nobody's.
        known: ``item_id``, ``timestamp`` and numeric columns known in advance.
        static: ``item_id`` and columns of metadata: strings are categories.
    """

    name: str
    title: str
    frequency: str
    horizon: int
    last_days: tuple[date, ...]
    sales: pl.DataFrame
    country: str = ""
    known: pl.DataFrame | None = None
    static: pl.DataFrame | None = None

    @property
    def season(self) -> int:
        """Steps after which the pattern repeats: a week of days, a year of weeks."""
        return _SEASONS[self.frequency]

    @property
    def items(self) -> list[str]:
        """The series, sorted."""
        return self.sales[ITEM].unique().sort().to_list()

    @property
    def windows(self) -> list[Window]:
        """The windows, earliest first."""
        back = (self.horizon - 1) * _STEPS[self.frequency]
        return [Window(last - back, last) for last in self.last_days]

    def training(self, window: Window) -> pl.DataFrame:
        """The sales that a contestant sees."""
        return self.sales.filter(pl.col(TIME) < window.first)

    def actuals(self, window: Window) -> pl.DataFrame:
        """``item_id``, ``timestamp``, ``demand``: every item and step of the window."""
        step = _STEPS[self.frequency]
        times = [window.first + k * step for k in range(self.horizon)]
        grid = pl.DataFrame({ITEM: self.items}).join(pl.DataFrame({TIME: times}), how="cross")
        return grid.join(self.sales, on=[ITEM, TIME], how="left").with_columns(
            pl.col(DEMAND).fill_null(0.0)
        )

    def smaller(self, windows: int | None, series: int | None) -> Case:
        """The last ``windows`` windows and ``series`` series evenly from all; None: no limit."""
        items = self.items
        kept = items[:: max(1, len(items) // series)][:series] if series else items
        return replace(
            self,
            last_days=self.last_days[-windows:] if windows else self.last_days,
            sales=_of_items(self.sales, kept),
            known=None if self.known is None else _of_items(self.known, kept),
            static=None if self.static is None else _of_items(self.static, kept),
        )


def every(days: int, first: date, last: date) -> tuple[date, ...]:
    """The dates from ``first`` to ``last`` inclusive in steps of ``days``."""
    return tuple(first + timedelta(days=k) for k in range(0, (last - first).days + 1, days))


def _uk(name: str, title: str, last_days: tuple[date, ...], folder: Path) -> Case:
    sales = pl.read_csv(folder / "uk_sales_daily.csv", try_parse_dates=True)
    return Case(name, title, "D", 7, last_days, sales, country="UK")


def uk12(folder: Path) -> Case:
    """One series, daily; closed on Saturdays and at Christmas."""
    days = every(28, date(2011, 2, 3), date(2011, 12, 8))
    return _uk("uk12", "UK daily sales, every 28 days", days, folder)


def uk23(folder: Path) -> Case:
    """As `uk12`, and the windows between."""
    days = every(14, date(2011, 2, 3), date(2011, 12, 8))
    return _uk("uk23", "UK daily sales, every 14 days", days, folder)


def mission(folder: Path) -> Case:
    """The two windows for which Amazon Forecast's accuracy is known: 0.1423 and 0.0814."""
    days = (date(2010, 12, 2), _MISSION_WINDOW)
    return _uk("mission", "UK daily sales, the mission's windows", days, folder)


def uk_dev(folder: Path) -> Case:
    """Windows before those of `uk12`, for decisions; without the mission's own."""
    days = every(14, date(2010, 6, 24), date(2011, 1, 20))
    kept = tuple(day for day in days if day != _MISSION_WINDOW)
    return _uk("uk_dev", "UK daily sales, windows for decisions", kept, folder)


def walmart(folder: Path) -> Case:
    """2,760 weekly series (weeks end on Friday) with the weeks of holidays and metadata."""
    table = pl.read_parquet(folder / "walmart_long.parquet").with_columns(pl.col(TIME).dt.date())
    static = pl.read_parquet(folder / "walmart_static.parquet")
    return Case(
        name="walmart",
        title="Walmart, weekly sales, 12 weeks ahead",
        frequency="W",
        horizon=12,
        last_days=(date(2012, 10, 26),),
        sales=table.select(ITEM, TIME, DEMAND),
        known=table.select(pl.col(TIME, "holiday"))
        .unique()
        .sort(TIME)
        .join(static.select(ITEM), how="cross")
        .select(ITEM, TIME, "holiday")
        .sort(ITEM, TIME),
        static=static.with_columns(pl.col("Size").cast(pl.Float64)).sort(ITEM),
    )


def walmart_features(folder: Path) -> Case:
    """As `walmart`, with what is known of each store: weather, prices of fuel, markdowns, economy.

    A week for which no markdown is recorded had none.
    """
    case = walmart(folder)
    assert case.static is not None
    assert case.known is not None
    last = case.known[TIME].max()
    stores = (
        pl.read_parquet(folder / "walmart_features.parquet")
        .with_columns(
            pl.col("Date").str.to_date().alias(TIME),
            pl.col("Store").cast(pl.String),
            pl.col(r"^MarkDown\d$").fill_null(0.0),
        )
        .filter(pl.col(TIME) <= last)
        .drop("Date", "IsHoliday")
    )
    known = (
        case.known.join(case.static.select(ITEM, "Store"), on=ITEM)
        .join(stores, on=["Store", TIME], validate="m:1")
        .drop("Store")
        .sort(ITEM, TIME)
    )
    title = "Walmart with related series, 12 weeks ahead"
    return replace(case, name="walmart_features", title=title, known=known)


def walmart_dev(folder: Path) -> Case:
    """The second to last window of `walmart_features`, for decisions."""
    case = walmart_features(folder)
    last = case.last_days[0] - case.horizon * _STEPS[case.frequency]
    title = "Walmart with related series, window for decisions"
    return replace(case, name="walmart_dev", title=title, last_days=(last,))


def skus(folder: Path) -> Case:
    """Daily units of the 500 stock codes that sold most units before the window.

    Returns (negative quantities) are left out, and so are corrections of the stock, which have no
    price: one of 4,000 pieces lies within the window. A day without a sale is zero.
    """
    last = date(2011, 6, 19)
    units = (
        pl.read_parquet(folder / "online_retail_transactions.parquet")
        .filter((pl.col("Quantity") > 0) & (pl.col("UnitPrice") > 0))
        .group_by(pl.col("StockCode").alias(ITEM), pl.col("InvoiceDate").dt.date().alias(TIME))
        .agg(pl.col("Quantity").sum().cast(pl.Float64).alias(DEMAND))
        .filter(pl.col(TIME) <= last)
        .sort(ITEM, TIME)
    )
    case = Case(
        "skus",
        "Best-selling SKUs, daily units, 14 days ahead",
        "D",
        14,
        (last,),
        units,
        country="UK",
    )
    totals = case.training(case.windows[0]).group_by(ITEM).agg(pl.col(DEMAND).sum())
    best = totals.sort([DEMAND, ITEM], descending=[True, False]).head(_BEST_SELLERS)
    return replace(case, sales=_of_items(units, best[ITEM].to_list()))


CASES: dict[str, Callable[[Path], Case]] = {
    "uk12": uk12,
    "uk23": uk23,
    "mission": mission,
    "walmart": walmart,
    "walmart_features": walmart_features,
    "skus": skus,
    "uk_dev": uk_dev,
    "walmart_dev": walmart_dev,
}
REPORTED = ("uk12", "uk23", "mission", "walmart", "walmart_features", "skus")


def _of_items(table: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    return table.filter(pl.col(ITEM).is_in(items))
