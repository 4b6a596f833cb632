"""Quantiles for methods that give only a point: from their own past errors."""

from __future__ import annotations

import warnings

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.series.panel import Floats

# A series' own error quantiles count as much as the pooled ones when it has this many errors.
_PRIOR_ERRORS = 20.0


def error_quantiles(errors: Floats, scale: Floats) -> Floats:
    """``[n_series, len(GRID)]`` quantiles of each series' errors, shrunk to those of all series.

    Split-conformal residuals: Vovk, Gammerman and Shafer 2005; shrinking keeps the tails of short
    series from resting on a handful of errors.

    Args:
        errors: ``[n_series, n_errors]`` actual minus point forecast, NaN where there is none.
        scale: ``[n_series]`` positive size of each series, in units of demand.
    """
    relative = errors / scale[:, None]
    pooled = _quantiles(relative.reshape(1, -1))
    own = _quantiles(relative)
    counts = np.isfinite(relative).sum(axis=1)[:, None]
    weight = counts / (counts + _PRIOR_ERRORS)
    own = np.where(counts > 0, own, 0.0)
    return np.asarray((weight * own + (1 - weight) * pooled) * scale[:, None])


def series_scale(target: Floats, recent: int) -> Floats:
    """``[n_series]`` mean absolute demand of the last ``recent`` steps; never zero.

    Series without demand in that stretch take their overall mean, and without any the mean of
    all series (1 if there is none either).
    """
    last = _mean_absolute(target[:, -recent:])
    overall = _mean_absolute(target)
    filled = np.where(last > 0, last, overall)
    known = filled[filled > 0]
    return np.where(filled > 0, filled, float(known.mean()) if known.size else 1.0)


def _mean_absolute(target: Floats) -> Floats:
    valid = np.isfinite(target)
    totals = np.where(valid, np.abs(target), 0.0).sum(axis=1)
    return np.asarray(totals / np.maximum(valid.sum(axis=1), 1))


def _quantiles(values: Floats) -> Floats:
    """``[n_rows, len(GRID)]`` quantiles of each row, NaN left out; zeros for empty rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = np.nanquantile(values, GRID, axis=1).T
    return np.asarray(np.nan_to_num(found, nan=0.0))
