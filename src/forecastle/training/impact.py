"""Impact scores: contributions summed up over series and time, signed and between -1 and 1.

Amazon Forecast's guide (interpreting impact scores) has raw scores, which are Shapley values, and
normalised ones between -1 and 1 to compare attributes within one explanation. Here a raw score is
the mean contribution in units of demand. What raises some days and lowers others would vanish in
such a mean: the impact is the mean of the sizes with the sign of the mean, over the largest one of
its level of aggregation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from forecastle.series.panel import Floats
from forecastle.training.explanation import Attribute, Explanation

AGGREGATE = "Aggregate"
ATTRIBUTE, KIND, RAW, IMPACT = "attribute", "kind", "raw", "impact"


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of all attributes at one level of aggregation, each ``[n_series, n_steps, n]``;
    an axis that is summed up has length 1.
    """

    raw: Floats
    impact: Floats


def scores(explanation: Explanation, *, by_series: bool, by_step: bool) -> Scores:
    """The scores per series or over all, per step or over all."""
    axes = tuple(axis for axis, kept in enumerate((by_series, by_step)) if not kept)
    raw = explanation.contributions.mean(axis=axes, keepdims=True)
    size = np.abs(explanation.contributions).mean(axis=axes, keepdims=True)
    return Scores(raw, _normalised(np.where(raw < 0, -size, size), explanation.attributes))


def _normalised(strength: Floats, attributes: tuple[Attribute, ...]) -> Floats:
    """Over the largest of the drivers; a series' own past, which outweighs all, ends at 1."""
    drivers = [place for place, each in enumerate(attributes) if each.is_driver]
    largest = float(np.abs(strength[..., drivers]).max(initial=0.0))
    return np.clip(strength / largest, -1.0, 1.0) if largest > 0 else np.zeros_like(strength)


def impact_frame(explanation: Explanation) -> pl.DataFrame:
    """One row per series, step and attribute.

    Returns:
        ``item_id``, the dimensions, ``timestamp``, ``attribute``, ``kind``, ``raw`` (units of
        demand per step) and ``impact`` (-1 to 1), sorted by series, time and attribute.
    """
    n_series, n_steps, count = explanation.contributions.shape
    found = scores(explanation, by_series=True, by_step=True)
    times = explanation.times.astype("datetime64[us]")
    names = [each.name for each in explanation.attributes]
    kinds = [str(each.kind) for each in explanation.attributes]
    return explanation.keys[np.repeat(np.arange(n_series), n_steps * count)].with_columns(
        pl.Series("timestamp", np.tile(np.repeat(times, count), n_series)),
        pl.Series(ATTRIBUTE, names * (n_series * n_steps), dtype=pl.String),
        pl.Series(KIND, kinds * (n_series * n_steps), dtype=pl.String),
        pl.Series(RAW, found.raw.ravel()),
        pl.Series(IMPACT, found.impact.ravel()),
    )


@dataclass(frozen=True)
class Effect:
    """What one attribute does to the forecast of one series.

    Attributes:
        attribute: which.
        mean: units of demand per step.
        peak: the step at which it is largest.
        at_peak: units of demand then.
    """

    attribute: Attribute
    mean: float
    peak: np.datetime64
    at_peak: float

    @property
    def is_of_few_steps(self) -> bool:
        """Whether it shows on single days, such as holidays, more than on the average."""
        return abs(self.at_peak) > 3 * abs(self.mean)


def strongest_effects(explanation: Explanation, series: int, most: int = 3) -> list[Effect]:
    """The drivers that move the forecast of one series most, the strongest first."""
    values = explanation.contributions[series]
    effects = []
    for place, attribute in enumerate(explanation.attributes):
        step = int(np.abs(values[:, place]).argmax())
        at_peak = float(values[step, place])
        if attribute.is_driver and at_peak:
            mean, peak = float(values[:, place].mean()), explanation.times[step]
            effects.append((float(np.abs(values[:, place]).mean()), attribute, mean, peak, at_peak))
    effects.sort(key=lambda each: -each[0])
    return [Effect(*each[1:]) for each in effects[:most]]


def in_words(explanation: Explanation, series: int) -> str:
    """A sentence per strong driver of one series' forecast.

    ``price lowers the forecast of bread by about 12 units a step; holidays raise the forecast of
    bread by about 30 units on 2026-12-25``.
    """
    name = "/".join(explanation.keys.row(series))
    parts = [_part(each, name) for each in strongest_effects(explanation, series)]
    return "; ".join(parts) or f"no attribute moves the forecast of {name}"


def _part(effect: Effect, name: str) -> str:
    amount = effect.at_peak if effect.is_of_few_steps else effect.mean
    verb = "lowers" if amount < 0 else "raises"
    day = np.datetime_as_string(effect.peak.astype("datetime64[m]")).removesuffix("T00:00")
    when = f"on {day}" if effect.is_of_few_steps else "a step"
    what = f"{effect.attribute.kind} '{effect.attribute.name}'"
    if effect.attribute.name == effect.attribute.kind:
        what = "the " + effect.attribute.name.removesuffix("s")
    return f"{what} {verb} the forecast of {name} by about {abs(amount):.3g} units {when}"
