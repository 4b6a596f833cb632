"""Numbers and dates as a reader likes them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

_NO_VALUE = "–"
_NO_BREAK = "\N{NO-BREAK SPACE}"


def decimals_for(values: Iterable[float]) -> int:
    """How many decimals to show numbers of this size with: 0 from 100 up, 1 from 10, else 2."""
    largest = max((abs(value) for value in values if np.isfinite(value)), default=0.0)
    return 0 if largest >= 100 else 1 if largest >= 10 else 2


def number(value: float, decimals: int) -> str:
    """``12,345.6``; a dash for a missing value, and no negative zero."""
    if not np.isfinite(value):
        return _NO_VALUE
    return f"{round(float(value), decimals) + 0.0:,.{decimals}f}".replace("-", "−")


def rounded(value: float) -> str:
    """To three digits, for a headline: ``241,000``."""
    if not np.isfinite(value) or value == 0:
        return number(value, 0)
    digits = 2 - int(np.floor(np.log10(abs(value))))
    return number(round(float(value), digits), max(digits, 0))


def percent(share: float, decimals: int = 1) -> str:
    """``12.3 %``; a dash for a missing share."""
    return _NO_VALUE if not np.isfinite(share) else f"{number(100 * share, decimals)}{_NO_BREAK}%"


def date(time: np.datetime64, with_time: bool = False) -> str:
    """``10 Dec 2010`` or ``10 Dec 2010 14:00``."""
    moment = time.astype("datetime64[s]").astype(object)
    return f"{moment.day} {moment:%b %Y}" + (f" {moment:%H:%M}" if with_time else "")


def weekday(time: np.datetime64) -> str:
    """``Fri``."""
    return f"{time.astype('datetime64[s]').astype(object):%a}"
