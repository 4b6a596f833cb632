"""What the algorithms share that statsforecast computes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.models.sequences import is_sparse
from forecastle.series.forecast import normal_scores
from forecastle.series.panel import Floats, Panel

LONGEST_SEASON = 24
"""Longer seasons give silently flat forecasts."""


def unsuited_to_smoothing(panel: Panel) -> str | None:
    """Why smoothing a level with a short season or none is not fit here; None if it is.

    A long season is left to MSTL+ETS; where the history is too short for that, smoothing without
    a season is better than nothing.
    """
    season = panel.frequency.season
    if season > LONGEST_SEASON and int(panel.lengths.max(initial=0)) >= 2 * season:
        return f"the season of {season} steps is too long for it: MSTL+ETS carries it"
    if is_sparse(panel):
        return "demand is mostly zero: NPTS and TSB are made for that"
    return None


def normal_quantiles(method: Any, values: Floats, length: int, **covariates: Floats) -> Floats:
    """``[length, len(GRID)]`` of a statsforecast method, by its own normal intervals."""
    with warnings.catch_warnings():
        # Theta says so of a short sequence: the spread is rough then, which cannot be helped.
        warnings.filterwarnings("ignore", "Too few residuals", UserWarning)
        found = method.forecast(y=values, h=length, level=[80], **covariates)
    mean = np.asarray(found["mean"])
    deviation = (np.asarray(found["hi-80"]) - mean) / normal_scores([0.9])[0]
    return np.asarray(mean[:, None] + deviation[:, None] * normal_scores(GRID)[None, :])
