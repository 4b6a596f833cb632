"""Till data: lines as a shop's checkout writes them, returns among them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.frequency import Times
from forecastle.samples.assortment import draw_assortment
from forecastle.samples.demand import draw_demand, draw_offer, expected_demand, open_days
from forecastle.series.calendar import Calendar
from forecastle.series.panel import Integers
from forecastle.storage.atomic import atomic_file

# The week after this day holds a Sunday and a bank holiday on which the shop is shut.
DEFAULT_END = np.datetime64("2026-04-30", "D")
DEFAULT_CALENDAR = Calendar(countries=("UK",))

_DAYS_AHEAD = 56
_RETURNED = 0.02
_UNITS_PER_LINE = 1.8
_OPENS, _CLOSES = 9 * 3600, 18 * 3600


@dataclass(frozen=True, eq=False)
class TillData:
    """A shop's data.

    Attributes:
        sales: ``item_id, timestamp, demand``: one row per till line, in units, in the order of
            time; returns are negative.
        related: ``item_id, timestamp, price, promotion`` per item and day, also for the eight
            weeks after the last sale.
        metadata: ``item_id, category, brand``.
    """

    sales: pl.DataFrame
    related: pl.DataFrame
    metadata: pl.DataFrame


def generate_till_data(
    seed: int = 0,
    items: int = 20,
    years: float = 2.0,
    end: np.datetime64 = DEFAULT_END,
    calendar: Calendar = DEFAULT_CALENDAR,
) -> TillData:
    """Make till data that end on ``end``; the same arguments give the same data.

    The shop is shut on Sundays and on the holidays of ``calendar``. There are weekday, yearly and
    Christmas seasons, growth and decline, promotions with lower prices, returns, stock-outs, new
    and dying items, and items that sell now and then.

    Raises:
        InputError: no items, or less than a week of history.
    """
    n_days = round(years * 365.25)
    if items < 1 or n_days < 7:
        raise InputError(
            f"sample of {items} items over {n_days} days: at least 1 item and 7 days are needed"
        )
    rng = np.random.default_rng(seed)
    first = end.astype("datetime64[D]") - np.timedelta64(n_days - 1, "D")
    days = first + np.arange(n_days + _DAYS_AHEAD)
    history = days[:n_days]
    stock = draw_assortment(items, rng)
    offer = draw_offer(stock, len(days), rng)
    units = draw_demand(expected_demand(stock, history, calendar, offer), rng)
    names = np.array(stock.names)
    return TillData(
        sales=_till_lines(units, names, history, open_days(history, calendar), rng),
        related=pl.DataFrame(
            {
                "item_id": np.repeat(names, len(days)),
                "timestamp": np.tile(days, items),
                "price": offer.price.ravel(),
                "promotion": offer.promotion.ravel().astype(np.int64),
            }
        ),
        metadata=stock.metadata,
    )


def write_sample(
    folder: Path, data: TillData | None = None, *, overwrite: bool = False
) -> tuple[Path, Path, Path]:
    """Write ``sales.csv`` (no header), ``related.csv`` and ``metadata.csv`` into ``folder``.

    Args:
        folder: made if it is not there.
        data: default: `generate_till_data` with its defaults.
        overwrite: whether files of these names may be replaced.
        overwrite: replace files of these names.

    Returns:
        The three paths in that order.

    Raises:
        InputError: one of the files exists already.
    """
    paths = tuple(folder / name for name in ("sales.csv", "related.csv", "metadata.csv"))
    for path in paths:
        if path.exists() and not overwrite:
            raise InputError(f"{path} exists already; choose another folder, or --overwrite")
    data = generate_till_data() if data is None else data
    sales, related, metadata = paths
    with atomic_file(sales) as path:
        data.sales.write_csv(path, include_header=False, datetime_format="%Y-%m-%d %H:%M:%S")
    for target, table in ((related, data.related), (metadata, data.metadata)):
        with atomic_file(target) as path:
            table.write_csv(path)
    return sales, related, metadata


def _till_lines(
    units: Integers,
    names: npt.NDArray[np.str_],
    days: Times,
    is_open: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> pl.DataFrame:
    item, day = np.nonzero(units)
    total = units[item, day]
    lines = np.maximum(1, (total / _UNITS_PER_LINE).astype(np.int64))
    quantity = _split(total, lines, rng)
    item, day = np.repeat(item, lines), np.repeat(day, lines)
    item_back, day_back, quantity_back = _returns(item, day, quantity, is_open, rng)
    item = np.concatenate([item, item_back])
    day = np.concatenate([day, day_back])
    second = _OPENS + rng.beta(2.0, 1.7, len(day)) * (_CLOSES - _OPENS)
    moment = days[day].astype("datetime64[s]") + second.astype(np.int64).astype("timedelta64[s]")
    demand = np.concatenate([quantity, -quantity_back])
    order = np.lexsort((item, moment))
    return pl.DataFrame(
        {
            "item_id": names[item[order]],
            "timestamp": moment[order].astype("datetime64[us]"),
            "demand": demand[order],
        }
    )


def _split(total: Integers, lines: Integers, rng: np.random.Generator) -> Integers:
    """Spread each total over its number of lines at random, at least one unit a line."""
    first_line = np.cumsum(lines) - lines
    more = np.repeat(np.arange(len(total)), total - lines)
    chosen = first_line[more] + (rng.random(len(more)) * lines[more]).astype(np.int64)
    return np.asarray(1 + np.bincount(chosen, minlength=int(lines.sum())))


def _returns(
    item: Integers,
    day: Integers,
    quantity: Integers,
    is_open: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> tuple[Integers, Integers, Integers]:
    """Some lines come back one to ten days later, on the next day that the shop is open."""
    back = np.flatnonzero(rng.random(len(item)) < _RETURNED)
    wanted = day[back] + rng.integers(1, 11, len(back))
    opens = np.flatnonzero(is_open)
    position = np.searchsorted(opens, wanted)
    kept = position < len(opens)
    back = back[kept]
    return item[back], opens[position[kept]], quantity[back]
