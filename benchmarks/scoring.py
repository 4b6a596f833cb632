"""How good a contestant's forecasts are; the same measure for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from benchmarks.cases import DEMAND, ITEM, TIME, Case, Window
from forecastle.evaluation import metrics

LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Score:
    """The plain mean over windows of each window's error.

    Attributes:
        quantile_losses: wQL by column: ``p10``, ``p50``, ``p90``.
        average_quantile_loss: the mean of the three.
        wape: of the mean forecast, a fraction.
        below: share of actuals below each quantile.
        at_or_below: share of actuals at or below each quantile. Where demand is often exactly
            zero, and so is the quantile, the two lie apart; a calibrated quantile's level lies
            between them.
        window_losses: the average wQL of each window.
    """

    quantile_losses: dict[str, float]
    average_quantile_loss: float
    wape: float
    below: dict[str, float]
    at_or_below: dict[str, float]
    window_losses: tuple[float, ...]


def score(case: Case, forecasts: pl.DataFrame) -> Score:
    """Score ``forecasts``: ``window`` (number), ``item_id``, ``timestamp``, quantiles, ``mean``.

    Raises:
        ValueError: a window, item or step is missing, or a value is not finite.
    """
    parts = [
        _score_window(_beside_actuals(case, window, forecasts.filter(pl.col("window") == number)))
        for number, window in enumerate(case.windows)
    ]
    return average(parts)


def average(parts: list[Score]) -> Score:
    """The plain mean over windows."""

    def mean_by_column(name: str) -> dict[str, float]:
        return {
            column: float(np.mean([getattr(part, name)[column] for part in parts]))
            for column in LEVELS
        }

    return Score(
        quantile_losses=mean_by_column("quantile_losses"),
        average_quantile_loss=float(np.mean([part.average_quantile_loss for part in parts])),
        wape=float(np.mean([part.wape for part in parts])),
        below=mean_by_column("below"),
        at_or_below=mean_by_column("at_or_below"),
        window_losses=tuple(loss for part in parts for loss in part.window_losses),
    )


def _beside_actuals(case: Case, window: Window, forecasts: pl.DataFrame) -> pl.DataFrame:
    """Actuals and forecasts of one window in one table."""
    dated = forecasts.with_columns(pl.col(TIME).cast(pl.Date))
    columns = [*LEVELS, "mean"]
    both = case.actuals(window).join(dated, on=[ITEM, TIME], how="left", validate="1:1")
    bad = both.filter(~pl.all_horizontal(pl.col(columns).is_finite().fill_null(False)))
    if len(bad):
        item, day = bad.row(0)[:2]
        raise ValueError(f"{case.name}: no forecast of item {item} for {day} ({len(bad)} such)")
    return both


def _score_window(both: pl.DataFrame) -> Score:
    actual = both[DEMAND].to_numpy()
    quantiles = {column: both[column].to_numpy() for column in LEVELS}
    losses = {
        column: metrics.weighted_quantile_loss(actual, quantiles[column], level)
        for column, level in LEVELS.items()
    }
    loss = float(np.mean(list(losses.values())))
    return Score(
        quantile_losses=losses,
        average_quantile_loss=loss,
        wape=metrics.wape(actual, both["mean"].to_numpy()),
        below={name: float(np.mean(actual < values)) for name, values in quantiles.items()},
        at_or_below={name: float(np.mean(actual <= values)) for name, values in quantiles.items()},
        window_losses=(loss,),
    )
