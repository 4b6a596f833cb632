"""Quantile levels: reading them, naming them, and the grid that every model predicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from forecastle.core.errors import InputError

MEAN = "mean"
DEFAULT_FORECAST_TYPES = ("0.1", "0.5", "0.9")
_PATTERN = re.compile(r"0?\.\d\d?")


def parse_forecast_types(values: Iterable[str | float]) -> tuple[str, ...]:
    """Forecast types as Amazon Forecast spells them: ``0.01`` to ``0.99``, or ``mean``.

    Returns them without repeats, quantiles ascending, ``mean`` last.

    Raises:
        InputError: names the value that is no forecast type.
    """
    levels: set[float] = set()
    mean = False
    for value in values:
        text = str(value).strip()
        if text == MEAN:
            mean = True
            continue
        if not _PATTERN.fullmatch(text) or float(text) == 0.0:
            raise InputError(
                f"quantile '{text}' is not known; use 0.01 to 0.99 in steps of 0.01, or mean"
            )
        levels.add(float(text))
    if not levels and not mean:
        raise InputError("no quantile given; use for example 0.1,0.5,0.9")
    return (*(f"{level:g}" for level in sorted(levels)), *((MEAN,) if mean else ()))


def levels_of(forecast_types: Sequence[str]) -> tuple[float, ...]:
    """The numeric quantile levels among forecast types, in the same order."""
    return tuple(float(value) for value in forecast_types if value != MEAN)


def column_name(forecast_type: str) -> str:
    """``0.1`` → ``p10``, ``0.05`` → ``p5``, ``mean`` → ``mean``."""
    if forecast_type == MEAN:
        return MEAN
    return f"p{round(float(forecast_type) * 100)}"


# The levels that every model predicts. The ends are the outermost levels that can be asked for,
# so any level comes from interpolation and the order and the bounds of the grid carry over.
GRID: tuple[float, ...] = (
    0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99,
)  # fmt: skip
