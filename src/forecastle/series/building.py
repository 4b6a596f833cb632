"""Building: observations, related rows and item metadata become one Panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, InputError
from forecastle.series.filling import fill
from forecastle.series.grid import TIMESTAMP, Grid
from forecastle.series.metadata import metadata_types, static_table, unlisted
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.series.recipe import ITEM, DataRecipe
from forecastle.series.related import no_related_series, related_keys, related_series

LONGEST_HORIZON = 500
_REFUSED_SHARE = 3  # the horizon reaches at most a third of the longest series
_WARNED_SHARE = 4  # beyond a quarter, a warning

_DEMAND = "demand"
_ROWS_AT_A_TIME = 2_000_000


@dataclass(frozen=True, eq=False)
class BuiltPanel:
    """What `build_panel` made.

    Attributes:
        panel: the series.
        recipe: the recipe that was given, with what the data decided: which features are known
            when, and which metadata there are. Newer data are built with this one.
        messages: what the user should know, a sentence each.
    """

    panel: Panel
    recipe: DataRecipe
    messages: tuple[str, ...] = ()


def build_panel(
    observations: pl.DataFrame,
    recipe: DataRecipe,
    horizon: int,
    related: pl.DataFrame | None = None,
    metadata: pl.DataFrame | None = None,
) -> BuiltPanel:
    """Put observations on one grid and fill the gaps.

    Args:
        observations: ``item_id`` and the dimensions (strings), ``timestamp`` (starts of periods)
            and ``demand`` (null where missing); one row per key and period.
        recipe: how; of a trained predictor, or a new one.
        horizon: steps that are to be forecast: so far known features must reach.
        related: key columns, ``timestamp`` and numeric features; one row per key and period.
        metadata: ``item_id`` and columns of strings or floats; one row per item.

    Returns:
        The panel: from the earliest observation to the latest over all items. Items that are
        only in the related data or the metadata come without history, to be forecast all the
        same.

    Raises:
        InputError: the tables do not fit together, or hold no demand.
        DataError: related values are missing.
    """
    _check_tables(recipe, related, metadata)
    used = related if recipe.known is None or recipe.known or recipe.past else None
    columns = metadata_types(metadata, recipe.metadata)
    keys, messages = _series_keys(observations, recipe, used, metadata if columns else None)
    grid, values = _target(observations, keys, recipe, horizon)
    start = _first_columns(values)
    found = (
        no_related_series(len(keys), grid)
        if used is None
        else related_series(used, keys, start, grid, recipe)
    )
    panel = Panel(
        frequency=recipe.frequency,
        keys=keys,
        origin=grid.origin,
        start=start,
        target=fill(values, grid.n_time, recipe.filling),
        observed=~np.isnan(values),
        known=found.known,
        known_names=found.known_names,
        past=found.past,
        past_names=found.past_names,
        static=static_table(metadata, keys, columns),
        calendar=recipe.calendar,
    )
    decided = replace(recipe, known=found.known_names, past=found.past_names, metadata=columns)
    lacking = unlisted(metadata, keys) if columns else ()
    return BuiltPanel(panel, decided, (*messages, *found.messages, *lacking))


def longest_horizon(steps: int) -> int:
    """The horizon that a history of so many steps allows; 0: none."""
    return min(LONGEST_HORIZON, steps // _REFUSED_SHARE)


def check_horizon(panel: Panel, horizon: int) -> tuple[str, ...]:
    """Whether the history is long enough to train for a horizon.

    Returns:
        Warnings: none, or one where the horizon goes beyond a quarter of the longest series.

    Raises:
        InputError: there is one observation, or the horizon goes beyond a third of the longest
            series or 500 steps.
    """
    if int(panel.observed.sum()) < 2:
        raise InputError("there is one observation in all; give more history")
    longest = int(panel.lengths.max())
    limit = longest_horizon(longest)
    if horizon < 1:
        raise InputError(f"horizon {horizon} is no number of steps; use 1 or more")
    if horizon > limit:
        enough = horizon <= LONGEST_HORIZON
        remedy = f"use at most {limit}" if limit else "give more history"
        more = f", or give {_REFUSED_SHARE * horizon} steps of history" if enough and limit else ""
        raise InputError(
            f"horizon {horizon} is too long: it may reach a third of the longest series, which "
            f"has {longest} steps of {panel.frequency}, and {LONGEST_HORIZON} steps at most; "
            f"{remedy}{more}"
        )
    if horizon * _WARNED_SHARE > longest:
        return (
            f"horizon {horizon} is more than a quarter of the longest series ({longest} steps); "
            "expect less of the far end",
        )
    return ()


def _check_tables(
    recipe: DataRecipe, related: pl.DataFrame | None, metadata: pl.DataFrame | None
) -> None:
    """Refuse to go on without tables that the predictor was trained with."""
    features = (*(recipe.known or ()), *(recipe.past or ()))
    if features and related is None:
        raise InputError(
            f"the predictor was trained with related data ({', '.join(features)}); give them too"
        )
    if recipe.metadata and metadata is None:
        raise InputError(
            f"the predictor was trained with item metadata ({', '.join(recipe.metadata)}); "
            "give them too"
        )
    if related is not None and ITEM not in related.columns:
        raise InputError(f"related data: there is no column '{ITEM}'; add it")


def _target(
    observations: pl.DataFrame, keys: pl.DataFrame, recipe: DataRecipe, horizon: int
) -> tuple[Grid, Floats]:
    """The grid, and ``[n_series, n_time]`` demand on it; NaN where there is none."""
    sold = _with_demand(observations.lazy())
    ends = sold.join(keys.lazy(), on=recipe.keys, how="semi").select(
        pl.concat([pl.col(TIMESTAMP).min(), pl.col(TIMESTAMP).max()])
    )
    times = ends.collect().to_series()
    if times.null_count():
        raise InputError("there is no demand to forecast from; every value is missing")
    grid = Grid.spanning(times, recipe.frequency, horizon)
    grid.check_size(len(keys))
    values = np.full((len(keys), grid.n_all), np.nan)
    numbered = keys.lazy().with_row_index("row")
    # Piece by piece: the rows of very many series are larger than what becomes of them.
    for piece in observations.iter_slices(_ROWS_AT_A_TIME):
        rows = _with_demand(piece.lazy())
        rows = rows.join(numbered, on=recipe.keys, how="inner", maintain_order="left")
        found = rows.collect()
        columns = grid.columns(found[TIMESTAMP])
        grid.put(values, found["row"].to_numpy(), columns, found[_DEMAND])
    return grid, values[:, : grid.n_time]


def _series_keys(
    observations: pl.DataFrame,
    recipe: DataRecipe,
    related: pl.DataFrame | None,
    metadata: pl.DataFrame | None,
) -> tuple[pl.DataFrame, list[str]]:
    """The series of the panel, sorted, and what is to be said about them.

    Items without history come from related data that have all key columns, and from metadata if
    the item alone is the key. Related data that cover only some series leave out the others.
    """
    names = list(recipe.keys)
    parts = [observations.select(names)]
    if metadata is not None and recipe.keys == (ITEM,):
        parts.append(metadata.select(ITEM))
    if related is not None and related_keys(related, recipe) == recipe.keys:
        parts.append(related.select(names))
    keys = pl.concat(parts).unique().sort(names)
    messages = []
    if related is not None:
        on = related_keys(related, recipe)
        _check_covered(observations, related, on)
        keys, left_out = _covered(keys, related, on)
        if len(left_out):
            messages.append(
                f"related data cover {len(keys)} of {len(keys) + len(left_out)} series; "
                f"left out: {_listed(left_out)}; add their rows to forecast them too"
            )
    sold = _with_demand(observations.lazy()).select(names).unique().collect()
    fresh = keys.join(sold, on=names, how="anti", maintain_order="left")
    if len(fresh):
        messages.append(
            f"{len(fresh)} series have no history and are forecast from the others: "
            f"{_listed(fresh)}"
        )
    return keys, messages


def _check_covered(observations: pl.DataFrame, related: pl.DataFrame, on: Sequence[str]) -> None:
    """Refuse related data of other items only: there would be nothing to learn from."""
    sold = observations.select(on).unique(maintain_order=True)
    there = related.select(on).unique(maintain_order=True)
    if sold.join(there, on=list(on), how="semi").is_empty():
        raise InputError(
            f"related data: none of the items of the target is there; it has {_listed(sold)}, "
            f"the related data have {_listed(there)}: write them alike, or add rows"
        )


def _covered(
    keys: pl.DataFrame, related: pl.DataFrame, on: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The series with related rows, and those without; both in order."""
    covered = keys.join(related.select(on).unique(), on=on, how="semi", maintain_order="left")
    return covered, keys.join(related, on=on, how="anti", maintain_order="left")


def _with_demand(observations: pl.LazyFrame) -> pl.LazyFrame:
    return observations.filter(pl.col(_DEMAND).is_not_null())


def _listed(keys: pl.DataFrame) -> str:
    """``A7, A8`` or ``A7/Berlin``; the first ten."""
    shown = ", ".join("/".join(row) for row in keys.head(PROBLEMS_SHOWN).iter_rows())
    return f"{shown}, …" if len(keys) > PROBLEMS_SHOWN else shown


def _first_columns(values: Floats) -> Integers:
    """``[n_series]`` column of the first value; ``n_time`` without any."""
    present = ~np.isnan(values)
    return np.asarray(np.where(present.any(axis=1), present.argmax(axis=1), values.shape[1]))
