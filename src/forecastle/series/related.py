"""Related series: prices, promotions and the like, beside the target.

The rules are Amazon Forecast's (guide: related-time-series-datasets). Related data have the
frequency of the forecast and are never aggregated. They begin no later than their item. A feature
that covers the horizon for every item is known in advance; one that goes no further than the
history is known for the past only; anything between is refused. A missing value is an error
unless a filling rule says what stands there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from forecastle.core.errors import DataError, InputError
from forecastle.series.filling import FillingRules
from forecastle.series.grid import TIMESTAMP, Grid
from forecastle.series.inference import infer_frequency
from forecastle.series.panel import Floats, Integers
from forecastle.series.recipe import DataRecipe, Names
from forecastle.series.related_rules import NAME, Feature

_MOST_FEATURES = 13


@dataclass(frozen=True, eq=False)
class RelatedSeries:
    """Features on the grid.

    Attributes:
        known: ``[n_series, n_time + horizon, n_known]``.
        known_names: along its last axis.
        past: ``[n_series, n_time, n_past]``.
        past_names: along its last axis.
        messages: what the user should know.
    """

    known: Floats
    known_names: Names
    past: Floats
    past_names: Names
    messages: tuple[str, ...] = ()


def no_related_series(n_series: int, grid: Grid) -> RelatedSeries:
    """Related series without a feature."""
    known = np.zeros((n_series, grid.n_all, 0))
    return RelatedSeries(known, (), known[:, : grid.n_time], ())


def related_keys(related: pl.DataFrame, recipe: DataRecipe) -> Names:
    """The key columns of the related data: the item, and those dimensions that they have."""
    return tuple(name for name in recipe.keys if name in related.columns)


def related_features(related: pl.DataFrame, recipe: DataRecipe) -> Names:
    """The features to use: all numeric columns, or those that the predictor was trained with.

    Raises:
        InputError: a column cannot be a feature, or a trained one is missing.
    """
    keys = {TIMESTAMP, *recipe.keys}
    found = tuple(name for name in related.columns if name not in keys)
    if recipe.known is not None or recipe.past is not None:
        wanted = (*(recipe.known or ()), *(recipe.past or ()))
        missing = [name for name in wanted if name not in found]
        if missing:
            raise InputError(
                f"{NAME}: no column '{missing[0]}', which the predictor was trained with; add it"
            )
        return wanted
    _check_features(related, found, recipe)
    return found


def _check_features(related: pl.DataFrame, found: Names, recipe: DataRecipe) -> None:
    if not found:
        raise InputError(f"{NAME}: no feature beside the keys and the timestamp; add a column")
    if len(found) > _MOST_FEATURES:
        raise InputError(f"{NAME}: {len(found)} features; use at most {_MOST_FEATURES}")
    target = recipe.columns.get("demand", "demand")
    for name in found:
        if name in ("demand", target):
            raise InputError(f"{NAME}: the column '{name}' is the target; remove it")
        if not related.schema[name].is_numeric():
            raise InputError(
                f"{NAME}: the column '{name}' is not numeric; give numbers, or name it as a "
                "forecast dimension"
            )
    for name in recipe.related_filling:
        if name not in found:
            raise InputError(
                f"filling rules for '{name}', which is no feature of the {NAME}; the features "
                f"are: {', '.join(found)}"
            )


def related_series(
    related: pl.DataFrame, keys: pl.DataFrame, start: Integers, grid: Grid, recipe: DataRecipe
) -> RelatedSeries:
    """Put related data on the grid and check them.

    Args:
        related: key columns, ``timestamp`` and numeric features; one row per key and period.
        keys: the series of the panel; each has related rows.
        start: ``[n_series]`` column of the first observation of the target.
        grid: the panel's time axis.
        recipe: dimensions, filling rules and, once trained, which feature is known when.

    Raises:
        DataError: values are missing; names the items and dates.
        InputError: the columns or the frequency do not fit.
    """
    features = related_features(related, recipe)
    if not grid.holds(related[TIMESTAMP]):
        raise InputError(
            f"{NAME}: the timestamps are not those of the forecast ({recipe.alignment}); related "
            "series are never aggregated, so give one row for each of its periods"
        )
    try:
        return _placed(related, features, keys, start, grid, recipe)
    except DataError as error:
        own = infer_frequency(related[TIMESTAMP].unique().sort().to_numpy())
        if not grid.frequency.is_finer_than(own):
            raise
        raise InputError(
            f"{NAME}: the rows are {own}, the forecast is {grid.frequency}; give one row for each "
            f"period, or filling rules ({error})"
        ) from error


def _placed(
    related: pl.DataFrame,
    features: Names,
    keys: pl.DataFrame,
    start: Integers,
    grid: Grid,
    recipe: DataRecipe,
) -> RelatedSeries:
    on = related_keys(related, recipe)
    sources = related.select(on).unique().sort(on).with_row_index("source")
    source = related.join(sources, on=on, how="left", maintain_order="left")["source"].to_numpy()
    series = keys.join(sources, on=on, how="left", maintain_order="left")["source"].to_numpy()
    columns = grid.columns(related[TIMESTAMP])
    known: dict[str, Floats] = {}
    past: dict[str, Floats] = {}
    messages: list[str] = []
    for name in features:
        values = grid.scatter(source, columns, related[name], len(sources))[series]
        if recipe.known is None and _is_constant(values):
            messages.append(
                f"related feature '{name}' never changes and was left out; give the values that it "
                "had, or remove the column"
            )
            continue
        feature = Feature(name, values, recipe.related_filling.get(name, FillingRules()))
        if feature.is_known_ahead(grid, keys, recipe.known):
            known[name] = feature.completed(grid.n_all, start, grid, keys)
        else:
            past[name] = feature.completed(grid.n_time, start, grid, keys)
    return RelatedSeries(
        _stacked(known, (len(keys), grid.n_all)),
        tuple(known),
        _stacked(past, (len(keys), grid.n_time)),
        tuple(past),
        tuple(messages),
    )


def _is_constant(values: Floats) -> bool:
    present = values[~np.isnan(values)]
    return bool(present.size and np.all(present == present[0]))


def _stacked(features: dict[str, Floats], shape: tuple[int, int]) -> Floats:
    """``[*shape, n_features]``."""
    return np.stack([*features.values()], axis=-1) if features else np.zeros((*shape, 0))
