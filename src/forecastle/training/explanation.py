"""Explanation: how much each attribute adds to the forecast of a series and step, in its units.

The contributions are the Shapley values of the global model's median (TreeSHAP), its features
gathered into what people know them by: the price with all its offsets, a column of the metadata,
the holidays, the calendar, recent sales, last year. Contributions and base add up to the model's
median before quantiles are put in order. The members of the blend that know no attributes need no
explanation: they go on with what was.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import polars as pl

from forecastle.core.budget import Budget
from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency, Times
from forecastle.models.lightgbm_quantile import FittedLightGBM, LightGBMQuantile
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.training.predictor import TrainedPredictor
from forecastle.training.tasks import Files

MOST_SERIES = 1000
_SERIES_AT_A_TIME = 200
_OFFSETS = ("-1", "0", "1", "year")
_HOLIDAYS = ("holiday", "days_to_holiday", "days_since_holiday")
_CALENDAR = ("minute_of_day", "weekday", "day_of_month", "month", "day_of_year", "step")
_LAST_YEAR = ("growth", "year_")


class Kind(StrEnum):
    """What an attribute is."""

    RELATED = "related"
    METADATA = "metadata"
    HOLIDAYS = "holidays"
    CALENDAR = "calendar"
    HISTORY = "history"


@dataclass(frozen=True)
class Attribute:
    """What a contribution is laid to: a column by its name, or ``holidays``, ``calendar``,
    ``recent sales``, ``last year``.
    """

    name: str
    kind: Kind

    @property
    def is_driver(self) -> bool:
        """Whether it comes from outside: everything but the series' own past."""
        return self.kind is not Kind.HISTORY


@dataclass(frozen=True, eq=False)
class Explanation:
    """What drives the forecast of some series.

    Attributes:
        frequency: of the steps.
        keys: ``n_series`` rows: ``item_id`` and the forecast dimensions.
        start: the first forecast timestamp.
        attributes: what the contributions are laid to.
        contributions: ``[n_series, horizon, n_attributes]`` in units of demand.
        base: ``[n_series, horizon]`` what the model expects of a series of that size.
        messages: what the user should know.
    """

    frequency: Frequency
    keys: pl.DataFrame
    start: np.datetime64
    attributes: tuple[Attribute, ...]
    contributions: Floats
    base: Floats
    messages: tuple[str, ...] = ()

    @property
    def times(self) -> Times:
        """``[horizon]`` forecast timestamps."""
        return self.frequency.times(self.start, int(self.base.shape[1]))


def explain(
    trained: TrainedPredictor, history: Panel, series: Integers | None = None
) -> Explanation:
    """Explain the forecast of the steps after ``history``.

    Args:
        trained: the predictor.
        history: of all series, as for its `forecast`.
        series: rows of ``history``; None for all, or for `MOST_SERIES` spread over them.

    Raises:
        InputError: there is too little history for a global model.
    """
    chosen, said = _chosen(history, series)
    model, more = _global_model(trained, history)
    blocks = [
        model.contributions(history, chosen[first : first + _SERIES_AT_A_TIME])
        for first in range(0, len(chosen), _SERIES_AT_A_TIME)
    ]
    attributes, places = _grouped(history, blocks[0][1])
    parts = [_gathered(values[:, :, :-1], places, len(attributes)) for values, _ in blocks]
    return Explanation(
        history.frequency,
        history.keys[chosen],
        history.future_times(1)[0],
        attributes,
        np.concatenate(parts),
        np.concatenate([values[:, :, -1] for values, _ in blocks]),
        (*said, *more),
    )


def _chosen(history: Panel, series: Integers | None) -> tuple[Integers, list[str]]:
    if series is not None:
        return series, []
    if history.n_series <= MOST_SERIES:
        return np.arange(history.n_series), []
    spread = np.linspace(0, history.n_series - 1, MOST_SERIES).round().astype(int)
    return spread, [f"{MOST_SERIES} of {history.n_series} series are explained, evenly spread"]


def _global_model(trained: TrainedPredictor, history: Panel) -> tuple[FittedLightGBM, list[str]]:
    """The global member of the blend, or one that is trained now.

    Raises:
        InputError: there is too little history.
    """
    algorithm = LightGBMQuantile()
    share = trained.weights.get(algorithm.name)
    if share is not None:
        said = f"the contributions are those of {algorithm.name}, {share:.0%} of the blend"
        return _loaded(trained.members[algorithm.name]), [said]
    reason = algorithm.unsuited(history, trained.spec)
    if reason is not None:
        raise InputError(
            f"the forecast cannot be explained: {algorithm.name}, whose trees tell what each "
            f"attribute adds, has {reason}; give a longer history or more items"
        )
    said = (
        f"{algorithm.name} has no part in this predictor's blend; one was trained to tell what "
        "each attribute adds"
    )
    return algorithm.fit(history, trained.spec, Budget()), [said]


def _loaded(files: Files) -> FittedLightGBM:
    with tempfile.TemporaryDirectory() as name:
        for file, content in files.items():
            (Path(name) / file).write_bytes(content)
        return LightGBMQuantile().load(Path(name))


def _grouped(panel: Panel, features: Sequence[str]) -> tuple[tuple[Attribute, ...], Integers]:
    """The attributes behind some features, and per feature the place of its attribute."""
    named = _named(panel)
    each = [named.get(feature) or _attribute_of(feature) for feature in features]
    order = list(Kind)
    attributes = sorted(dict.fromkeys(each), key=lambda found: order.index(found.kind))
    return tuple(attributes), np.array([attributes.index(found) for found in each])


def _named(panel: Panel) -> dict[str, Attribute]:
    """The features of columns that people gave, by their names."""
    named = {
        f"known_{name}_{offset}": Attribute(name, Kind.RELATED)
        for name in panel.known_names
        for offset in _OFFSETS
    }
    named |= {f"past_{name}": Attribute(name, Kind.RELATED) for name in panel.past_names}
    static = panel.static.columns
    return named | {f"static_{name}": Attribute(name, Kind.METADATA) for name in static}


def _attribute_of(feature: str) -> Attribute:
    if feature in _HOLIDAYS:
        return Attribute("holidays", Kind.HOLIDAYS)
    if feature in _CALENDAR:
        return Attribute("calendar", Kind.CALENDAR)
    if feature.startswith(_LAST_YEAR):
        return Attribute("last year", Kind.HISTORY)
    return Attribute("recent sales", Kind.HISTORY)


def _gathered(values: Floats, places: Integers, count: int) -> Floats:
    """``[…, count]``: the sums of the features of each attribute."""
    return np.stack([values[..., places == place].sum(axis=-1) for place in range(count)], axis=-1)
