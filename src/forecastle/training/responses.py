"""Responses: how demand answers to a change of a known feature, such as the price.

Trees predict well but answer weakly when a price is moved: they cannot go beyond prices they saw,
share the effect among lags that moved with it, and a blend dilutes it by members that see no price
at all. What moves a scenario is therefore a response of its own, estimated on the history of each
series by a Poisson regression with a logarithmic link (Santos Silva and Tenreyro 2006, "The log of
gravity": consistent for constant elasticities, also with zero sales)::

    log E[demand_t] = level + trend_t + season_t + holiday_t + sum_k b_k f_k(x_kt)

with ``f = log`` where all values of the feature are positive (``b`` is then the elasticity) and
``f(x) = x`` otherwise (a promotion flag). Trend (a line bent at knots) and season take part, so
that sales in a season that is also cheap are not laid to the price. A series with little evidence
is drawn towards the mean of all (DerSimonian and Laird 1986, "Meta-analysis in clinical trials",
their estimate of the spread between series), and that mean slightly towards no effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecastle.models.global_rows import without_closed_days
from forecastle.series.panel import Bools, Floats, Integers, Panel

_MOST_SERIES = 1000  # are regressed; further ones take the mean of these
_FEWEST_STEPS = 30
_HARMONICS = 3
_MOST_KNOTS = 16
_ROUNDS = 15
_WIDEST_LOG_DEMAND = 20.0
# Two in three effects lie within this: a doubled price (log) or the whole range seen (otherwise)
# multiplies demand by up to e^3. Elasticities of retail prices are mostly between -1 and -4
# (Bijmolt, van Heerde and Pieters 2005, "New empirical generalizations on the determinants of
# price elasticity").
_PRIOR = 3.0


@dataclass(frozen=True, eq=False)
class Response:
    """The response to one feature.

    Attributes:
        name: of the feature.
        is_elasticity: whether the feature enters as its logarithm.
        slopes: ``[n_series]``, ``b`` of each series.
        mean: over the series.
        error: the standard error of ``mean``.
        low: the smallest value in the history.
        high: the largest.
    """

    name: str
    is_elasticity: bool
    slopes: Floats
    mean: float
    error: float
    low: float
    high: float

    @property
    def is_vague(self) -> bool:
        """Whether the mean cannot be told from no effect: within two standard errors of zero."""
        return abs(self.mean) < 2 * self.error


def estimate_responses(panel: Panel) -> tuple[Response, ...]:
    """How each series answers to each feature that is known ahead; one per `known_names`."""
    history = without_closed_days(panel)
    values = history.known[:, : history.n_time]
    logarithmic: Bools = np.asarray((values > 0).all(axis=(0, 1)))
    transformed = np.where(logarithmic, np.log(np.where(logarithmic, values, 1.0)), values)
    rows = _regressed(history.n_series)
    shared = _shared_columns(history)
    slopes = np.full((len(rows), values.shape[2]), np.nan)
    errors = np.full_like(slopes, np.nan)
    for place, row in enumerate(rows):
        slopes[place], errors[place] = _regression(
            history.target[row], shared, transformed[row], panel.frequency.season
        )
    return tuple(
        _pooled(name, bool(logarithmic[k]), values[:, :, k], rows, slopes[:, k], errors[:, k])
        for k, name in enumerate(panel.known_names)
    )


def demand_ratio(responses: Sequence[Response], before: Floats, after: Floats) -> Floats:
    """By what demand is multiplied where features change.

    Args:
        responses: one per feature.
        before: ``[n_series, n_steps, n_features]`` the values as they are.
        after: the values as they could be; positive for every elasticity.

    Returns:
        ``[n_series, n_steps]``, from a twentieth to twenty: no history tells of more.
    """
    exponent = np.zeros(before.shape[:2])
    for k, response in enumerate(responses):
        old, new = before[:, :, k], after[:, :, k]
        change = np.log(new / old) if response.is_elasticity else new - old
        exponent += response.slopes[:, None] * change
    return np.asarray(np.exp(np.clip(exponent, -np.log(20), np.log(20))))


def _regressed(n_series: int) -> Integers:
    """Rows that are regressed: all, or as many as may be, evenly spread."""
    return np.unique(np.linspace(0, n_series - 1, min(n_series, _MOST_SERIES)).astype(int))


def _shared_columns(panel: Panel) -> Floats:
    """``[n_time, n_columns]``: constant, bent line, season's harmonics and holidays."""
    steps = np.arange(panel.n_time)
    season = panel.frequency.season
    n_knots = int(np.clip(panel.n_time // max(4 * season, 26), 3, _MOST_KNOTS))
    knots = np.linspace(0, max(panel.n_time - 1, 1), n_knots)
    trend = [np.interp(steps, knots, unit) for unit in np.eye(n_knots)[1:]]
    angles = [
        2 * np.pi * k * steps / season for k in range(1, min(_HARMONICS, (season - 1) // 2) + 1)
    ]
    waves = [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
    return np.stack([np.ones(panel.n_time), *trend, *waves, _holidays(panel)], axis=1)


def _holidays(panel: Panel) -> Floats:
    """``[n_time]``: how many holidays and events a step holds."""
    found = np.zeros(panel.n_time)
    ends = panel.frequency.shift(panel.origin, np.array([0, panel.n_time]))
    days = panel.calendar.days(ends[0], ends[1])
    dates = np.array([date for date, _ in days], dtype="datetime64[s]")
    steps = np.searchsorted(panel.times, dates, side="right") - 1
    np.add.at(found, steps[(steps >= 0) & (dates < ends[1])], 1.0)
    return found


def _regression(
    demand: Floats, shared: Floats, features: Floats, season: int
) -> tuple[Floats, Floats]:
    """The slopes of one series and their standard errors; NaN where its history cannot tell.

    Args:
        demand: ``[n_time]``, NaN where missing.
        shared: ``[n_time, n_columns]``.
        features: ``[n_time, n_features]``, transformed.
        season: steps; only for the least length.
    """
    nothing = np.full(features.shape[1], np.nan)
    used = np.isfinite(demand)
    sold, moved = np.maximum(demand[used], 0.0), features[used]
    varies = np.ptp(moved, axis=0) > 1e-9 if len(moved) else np.zeros(len(nothing), dtype=bool)
    if len(sold) < max(_FEWEST_STEPS, 2 * season) or sold.sum() <= 0 or not varies.any():
        return nothing, nothing
    centred = moved[:, varies] - moved[:, varies].mean(axis=0)
    design = np.concatenate([shared[used], centred], axis=1)
    coefficients, errors = _poisson(design, sold, centred.shape[1])
    if not np.isfinite(coefficients).all():
        return nothing, nothing
    slopes, deviations = nothing.copy(), nothing.copy()
    slopes[varies] = coefficients[-centred.shape[1] :]
    deviations[varies] = errors[-centred.shape[1] :]
    return slopes, deviations


def _poisson(design: Floats, sold: Floats, n_free: int) -> tuple[Floats, Floats]:
    """Coefficients and standard errors of a Poisson regression by reweighted least squares.

    All columns but the first and the last ``n_free`` are drawn very slightly towards zero, so that
    a season that was never seen does no harm. The errors allow for a spread other than Poisson's
    and for what follows itself from step to step.
    """
    scale = sold.mean()
    sold = sold / scale
    penalty = np.full(design.shape[1], 1e-3)
    penalty[0] = 0.0
    penalty[len(penalty) - n_free :] = 1e-6
    coefficients = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        log_mean = np.clip(design @ coefficients, -_WIDEST_LOG_DEMAND, _WIDEST_LOG_DEMAND)
        mean = np.exp(log_mean)
        weighted = design * mean[:, None]
        curvature = design.T @ weighted + np.diag(penalty) * len(sold)
        wanted = weighted.T @ (log_mean + (sold - mean) / mean)
        renewed = np.linalg.lstsq(curvature, wanted, rcond=None)[0]
        done = np.abs(renewed - coefficients).max() < 1e-6
        coefficients = renewed
        if done:
            break
    mean = np.exp(np.clip(design @ coefficients, -_WIDEST_LOG_DEMAND, _WIDEST_LOG_DEMAND))
    residuals = (sold - mean) / np.sqrt(mean)
    spread = float((residuals**2).sum()) / max(len(sold) - design.shape[1], 1)
    variance = spread * _persistence(residuals) * np.diag(np.linalg.pinv(curvature))
    return coefficients, np.sqrt(np.maximum(variance, 1e-12))


def _persistence(residuals: Floats) -> float:
    """By how much residuals that follow themselves widen the variance; at least 1."""
    power = float((residuals**2).sum())
    repeat = float((residuals[1:] * residuals[:-1]).sum()) / power if power > 0 else 0.0
    repeat = min(max(repeat, 0.0), 0.9)
    return (1 + repeat) / (1 - repeat)


def _pooled(
    name: str,
    is_elasticity: bool,
    values: Floats,
    rows: Integers,
    slopes: Floats,
    errors: Floats,
) -> Response:
    """The response of all series to one feature: `_regression` of some, drawn together."""
    low, high = float(values.min()), float(values.max())
    prior = _PRIOR if is_elasticity else _PRIOR / max(high - low, 1e-9)
    known = np.isfinite(slopes)
    own, variance = slopes[known], errors[known] ** 2
    mean, error, between = _mean_of(own, variance, prior)
    trust = between / (between + variance) if between > 0 else np.zeros_like(own)
    all_slopes = np.full(len(values), mean)
    all_slopes[rows[known]] = trust * own + (1 - trust) * mean
    return Response(name, is_elasticity, all_slopes, mean, error, low, high)


def _mean_of(own: Floats, variance: Floats, prior: float) -> tuple[float, float, float]:
    """The mean slope, its standard error, and the variance between series."""
    if not len(own):
        return 0.0, prior, 0.0
    weight = 1 / variance
    middle = float((weight * own).sum() / weight.sum())
    surplus = float((weight * (own - middle) ** 2).sum()) - (len(own) - 1)
    size = float(weight.sum() - (weight**2).sum() / weight.sum())
    between = max(surplus / size, 0.0) if size > 1e-12 else 0.0
    if len(own) == 1:
        between = prior**2
        weight = 1 / variance
    else:
        weight = 1 / (variance + between)
    mean, spread = float((weight * own).sum() / weight.sum()), 1 / float(weight.sum())
    kept = prior**2 / (prior**2 + spread)
    return kept * mean, float(np.sqrt(spread * kept)), between
