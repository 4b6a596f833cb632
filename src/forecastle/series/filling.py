"""Filling: what stands where a series has no value.

A missing value lies before a series' first observation (front), between its first and last
(middle), from its last to the end of the history (back), or beyond the history (future, related
series only). Names, defaults and allowed methods are Amazon Forecast's (guide:
howitworks-missing-values); mean, median, min and max look at the 64 latest values observed before
the gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from forecastle.core.errors import InputError
from forecastle.series.panel import Bools, Floats, Integers

WINDOW = 64
_GAPS_AT_A_TIME = 16_384

MIDDLE, BACK, FUTURE = "middlefill", "backfill", "futurefill"
_FRONT = "frontfill"

# For windows that are full, and for those with NaN in front, which take several times as long.
_STATISTICS: dict[str, tuple[Callable[..., Floats], Callable[..., Floats]]] = {
    "mean": (np.mean, np.nanmean),
    "median": (np.median, np.nanmedian),
    "min": (np.min, np.nanmin),
    "max": (np.max, np.nanmax),
}
_RELATED_METHODS = ("zero", "value", *_STATISTICS)
_TARGET_METHODS = ("zero", "nan", "value", *_STATISTICS)
_TARGET_DEFAULTS = {MIDDLE: "zero", BACK: "zero"}


@dataclass(frozen=True)
class Fill:
    """How to fill one kind of gap; ``value`` counts for the method ``value`` alone."""

    method: str
    value: float = 0.0


@dataclass(frozen=True)
class FillingRules:
    """How to fill each kind of gap; None leaves values missing.

    Attributes:
        middlefill: between the first and the last observation.
        backfill: from the last observation to the end of the history.
        futurefill: beyond the history.
    """

    middlefill: Fill | None = None
    backfill: Fill | None = None
    futurefill: Fill | None = None

    @classmethod
    def for_target(cls, rules: Mapping[str, str]) -> FillingRules:
        """Read rules such as ``{"middlefill": "value", "middlefill_value": "5"}`` for the target.

        Where nothing is said, missing periods are zero; ``frontfill`` can only be ``none``.

        Raises:
            InputError: a rule, method or value is not allowed.
        """
        front = rules.get(_FRONT, "none")
        if front != "none":
            raise InputError(
                f"frontfill '{front}' is not allowed: a series starts at its first observation; "
                "use none"
            )
        given = {name: text for name, text in rules.items() if name != _FRONT}
        return cls._read(_TARGET_DEFAULTS | given, (MIDDLE, BACK), _TARGET_METHODS)

    @classmethod
    def for_related(cls, rules: Mapping[str, str]) -> FillingRules:
        """Read rules for one related feature; without a rule, a missing value is an error.

        Raises:
            InputError: a rule, method or value is not allowed.
        """
        return cls._read(rules, (MIDDLE, BACK, FUTURE), _RELATED_METHODS)

    @classmethod
    def _read(
        cls, rules: Mapping[str, str], names: tuple[str, ...], methods: tuple[str, ...]
    ) -> FillingRules:
        known = {*names, *(f"{name}_value" for name in names)}
        for name in rules:
            if name not in known:
                raise InputError(
                    f"filling rule '{name}' is not known; use one of {', '.join(names)}"
                )
        return cls(**{name: _fill(rules, name, methods) for name in names})

    def to_json(self) -> dict[str, str]:
        """The rules as Amazon Forecast spells them; every rule is named."""
        record: dict[str, str] = {}
        for name in (MIDDLE, BACK, FUTURE):
            fill: Fill | None = getattr(self, name)
            if fill is not None:
                record[name] = fill.method
                if fill.method == "value":
                    record[f"{name}_value"] = repr(fill.value)
        return record


def _fill(rules: Mapping[str, str], name: str, methods: tuple[str, ...]) -> Fill | None:
    """One rule; None if it is not given.

    Raises:
        InputError: the method is not allowed, or the value is missing, too much or no number.
    """
    method, text = rules.get(name), rules.get(f"{name}_value")
    if method is not None and method not in methods:
        raise InputError(f"{name} '{method}' is not allowed; use one of {', '.join(methods)}")
    if method != "value":
        if text is not None:
            raise InputError(
                f"{name}_value '{text}' needs {name} 'value'; set it or drop the value"
            )
        return None if method is None else Fill(method)
    try:
        value = float(text) if text is not None else np.nan
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        found = "is missing" if text is None else f"'{text}' is not a finite number"
        raise InputError(f"{name}_value {found}; give a number, for example {name}_value '5'")
    return Fill(method, value)


def fill(values: Floats, n_time: int, rules: FillingRules) -> Floats:
    """Fill gaps; observed values and the front stay as they are.

    Args:
        values: ``[n_series, n_time + horizon]``; NaN is missing.
        n_time: steps of history; later columns are the future.
        rules: how to fill each kind of gap.

    Returns:
        A new array of the same shape; NaN where no rule fills, and in rows without a value.
    """
    missing = np.isnan(values)
    filled = values.copy()
    for where, rule in _gaps(missing, n_time, rules):
        if rule.method == "value":
            filled[where] = rule.value
        elif rule.method == "zero":
            filled[where] = 0.0
        elif rule.method in _STATISTICS:
            filled[where] = _from_window(values, ~missing, where, rule.method)
    return filled


def _gaps(missing: Bools, n_time: int, rules: FillingRules) -> Iterator[tuple[Bools, Fill]]:
    """The missing cells of each kind that has a rule."""
    begun = np.logical_or.accumulate(~missing, axis=1)
    history = begun & missing
    history[:, n_time:] = False
    ended = ~np.logical_or.accumulate(~missing[:, ::-1], axis=1)[:, ::-1]
    future = begun & missing
    future[:, :n_time] = False
    kinds = (
        (history & ~ended, rules.middlefill),
        (history & ended, rules.backfill),
        (future, rules.futurefill),
    )
    return ((where, rule) for where, rule in kinds if rule is not None and where.any())


def _from_window(values: Floats, present: Bools, where: Bools, method: str) -> Floats:
    """``[where.sum()]`` the statistic of the latest values before each cell, in row order."""
    observed = values[present]
    before = np.cumsum(present, axis=1, dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(before[:, -1])[:-1]])
    rows, _ = np.nonzero(where)
    # Cells of one gap share the values before it: one statistic serves them all.
    cell_ends = first[rows] + before[where]
    is_first = np.diff(cell_ends, prepend=-1) > 0
    ends, starts = cell_ends[is_first], first[rows[is_first]]
    is_full = ends - starts >= WINDOW
    result = np.empty(len(ends))
    for chosen, statistic in zip((is_full, ~is_full), _STATISTICS[method], strict=True):
        gaps = np.flatnonzero(chosen)
        for part in range(0, len(gaps), _GAPS_AT_A_TIME):
            these = gaps[part : part + _GAPS_AT_A_TIME]
            result[these] = statistic(_windows(observed, starts[these], ends[these]), axis=1)
    return np.asarray(result[np.cumsum(is_first) - 1])


def _windows(observed: Floats, starts: Integers, ends: Integers) -> Floats:
    """``[n_gaps, WINDOW]`` the latest values up to ``ends``, NaN before ``starts``."""
    index = ends[:, None] + np.arange(-WINDOW, 0)
    return np.where(index >= starts[:, None], observed[np.maximum(index, 0)], np.nan)
