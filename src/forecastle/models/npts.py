"""NPTS: the non-parametric forecaster draws from the past, the recent past more often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.local import LocalModel
from forecastle.models.parameters import (
    Parameter,
    one_of,
    positive_number,
    read_parameters,
    whole_number,
    yes_or_no,
)
from forecastle.series.closed_days import open_mask
from forecastle.series.panel import Bools, Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec

_HALF_LIVES = (2.0, 6.0, 20.0)
"""In seasons (weeks of daily data): fast, middle and slow forgetting are averaged."""
_OTHER_SEASON = 0.5
"""Weight of a past step at another place of the season, against one at the same place."""


_LEAST_LOG_WEIGHT = -600.0
"""Weights stay above zero, so that a series that ended long ago has a forecast as well."""

_EXPONENTIAL, _UNIFORM = "exponential", "uniform"

PARAMETERS: tuple[Parameter, ...] = (
    whole_number("context_length"),
    one_of("kernel_type", _EXPONENTIAL, _UNIFORM),
    positive_number("exp_kernel_weights"),
    yes_or_no("use_seasonal_model"),
    yes_or_no("use_default_time_features"),
)


@dataclass(frozen=True)
class NPTSSettings:
    """What can be changed (developer guide: aws-forecast-recipe-npts, hyperparameters).

    Attributes:
        context_length: how many of the latest steps count; None is all.
        kernel_type: whether recent steps count more (``exponential``) or all alike (``uniform``).
        exp_kernel_weights: the exponential kernel's decay, ``exp(-value * age in steps)``; None
            averages three half-lives of some seasons each.
        use_seasonal_model: whether steps at the same place of the season count more.
        use_default_time_features: whether the season follows from the frequency. There is no
            other source of it, so that False is the same as a model without a season.
    """

    context_length: int | None = None
    kernel_type: str = _EXPONENTIAL
    exp_kernel_weights: float | None = None
    use_seasonal_model: bool = True
    use_default_time_features: bool = True

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """The settings for training parameters.

        Raises:
            InputError: NPTS takes no such parameter, or the value is not allowed.
        """
        return cls(**read_parameters(NPTS.name, PARAMETERS, given))

    def period(self, season: int) -> int:
        """Steps after which the weights repeat: the season, or 1 without one."""
        return season if self.use_seasonal_model and self.use_default_time_features else 1

    def decays(self, n_time: int, season: int) -> list[Floats]:
        """Weights ``[n_time]`` of the past by age, whose forecasts are averaged."""
        age = np.arange(n_time, 0, -1, dtype=float)
        if self.kernel_type == _UNIFORM:
            return [np.ones(n_time)]
        if self.exp_kernel_weights is not None:
            return [np.exp(np.maximum(-self.exp_kernel_weights * age, _LEAST_LOG_WEIGHT))]
        return [0.5 ** (age / (half_life * season)) for half_life in _HALF_LIVES]


class NPTS(LocalModel):
    """Weighted quantiles of past demand (developer guide: aws-forecast-recipe-npts).

    Each past step counts by an exponential kernel of its age, and more if it lies at the same
    place of the season as the step ahead. Made for demand that is mostly zero or irregular.
    Training parameters change the kernel: `NPTSSettings`.
    """

    name: ClassVar[str] = "NPTS"
    capabilities: ClassVar[Capability] = Capability.SPARSE

    def quantiles(self, history: Panel, spec: ForecastSpec) -> Floats:
        """See `LocalModel.quantiles`."""
        settings = NPTSSettings.of(spec.training_parameters)
        past = np.where(open_mask(history, 0), history.target, np.nan)
        if settings.context_length is not None:
            past[:, : -settings.context_length] = np.nan
        period = settings.period(history.frequency.season)
        decays = settings.decays(history.n_time, history.frequency.season)
        values, order = sorted_by_value(past)
        result = np.empty((history.n_series, spec.horizon, len(GRID)))
        for step in range(spec.horizon):
            if step >= period:
                result[:, step] = result[:, step - period]
                continue
            place = place_weights(history.n_time, step, period)
            result[:, step] = np.mean(
                [weighted_quantiles(values, order, decay * place) for decay in decays], axis=0
            )
        return result


def place_weights(n_time: int, step: int, period: int) -> Floats:
    """``[n_time]`` weights of the past by its place in the season, for a step ahead (0-based)."""
    same = (n_time + step - np.arange(n_time)) % period == 0
    return np.where(same, 1.0, _OTHER_SEASON)


def weighted_quantiles(
    values: Floats, order: Integers, weights: Floats, levels: Floats | None = None
) -> Floats:
    """``[n_series, n_levels]`` quantiles of past values under ``weights``.

    Args:
        values: ``[n_series, n_time]`` ascending in each row, NaN last.
        order: ``[n_series, n_time]`` where each value stood in time.
        weights: ``[n_time]`` by time.
        levels: ``[n_series, n_levels]``; the grid's by default.
    """
    levels = np.tile(GRID, (len(values), 1)) if levels is None else levels
    valid: Bools = np.isfinite(values)
    mass = np.where(valid, weights[order], 0.0)
    total = np.cumsum(mass, axis=1)
    share = (total - mass / 2) / np.maximum(total[:, -1:], 1e-300)
    last = np.maximum(valid.sum(axis=1) - 1, 0)
    result = np.empty(levels.shape)
    rows = np.arange(len(values))
    for k, level in enumerate(levels.T):
        after = np.minimum((share < level[:, None]).sum(axis=1), last)
        before = np.maximum(after - 1, 0)
        width = np.maximum(share[rows, after] - share[rows, before], 1e-12)
        part = np.clip((level - share[rows, before]) / width, 0.0, 1.0)
        lower, upper = values[rows, before], values[rows, after]
        result[:, k] = np.nan_to_num(lower + part * (upper - lower), nan=0.0)
    return result


def sorted_by_value(target: Floats) -> tuple[Floats, Integers]:
    """Each row ascending (NaN last), and where each value stood."""
    order = np.argsort(target, axis=1, kind="stable")
    return np.take_along_axis(target, order, axis=1), np.asarray(order)
