"""The accuracy over all series from that over parts of them, without their forecasts at hand.

Every metric is a ratio or a mean, so the metrics of parts and what they are ratios to or means
over give the metric of the whole: exactly, but for the last digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from forecastle.evaluation.accuracy import Metrics, WindowAccuracy, scored
from forecastle.evaluation.windows import Window
from forecastle.series.panel import Floats, Panel

_ALMOST_ZERO = 1e-9


@dataclass(frozen=True)
class Sizes:
    """What the metrics of a part are over.

    Attributes:
        demand: the sum of the absolute actuals.
        cells: series times steps.
        selling: those of them with an actual other than zero.
        scaled: series that have a scale for MASE.
    """

    demand: float
    cells: int
    selling: int
    scaled: int

    @classmethod
    def of(cls, panel: Panel, window: Window, scale: Floats) -> Self:
        """Of the series of ``panel`` that count in ``window``; ``scale`` is ``[n_series]``."""
        actual, observed = panel.actuals(window.first, window.horizon)
        counts = scored(actual, observed)
        sizes = np.abs(actual[counts])
        known = np.nan_to_num(scale[counts], nan=0.0)
        return cls(
            demand=float(sizes.sum()),
            cells=sizes.size,
            selling=int((sizes > _ALMOST_ZERO).sum()),
            scaled=int((np.isfinite(known) & (known > _ALMOST_ZERO)).sum()),
        )


def pooled(parts: Sequence[WindowAccuracy], sizes: Sequence[Sizes]) -> WindowAccuracy:
    """The accuracy in one window over all series from that over parts, each with its sizes."""
    found = [part.metrics for part in parts]
    demand = [size.demand for size in sizes]
    losses = {
        level: _ratio([each.weighted_quantile_losses[level] for each in found], demand)
        for level in found[0].weighted_quantile_losses
    }
    squares = _mean([each.rmse**2 for each in found], [size.cells for size in sizes])
    whole = Metrics(
        weighted_quantile_losses=losses,
        average_weighted_quantile_loss=float(np.mean(list(losses.values()))),
        wape=_ratio([each.wape for each in found], demand),
        rmse=float(np.sqrt(squares)),
        mape=_mean([each.mape for each in found], [size.selling for size in sizes]),
        mase=_mean([each.mase for each in found], [size.scaled for size in sizes]),
    )
    counted = sum(part.item_count for part in parts)
    return WindowAccuracy(parts[0].start, parts[0].end, counted, whole)


def _ratio(ratios: Sequence[float], demand: Sequence[float]) -> float:
    """The loss over the demand of all; of a part without demand, the ratio is its loss."""
    losses = [
        ratio if part < _ALMOST_ZERO else ratio * part
        for ratio, part in zip(ratios, demand, strict=True)
    ]
    total = sum(demand)
    return sum(losses) if total < _ALMOST_ZERO else sum(losses) / total


def _mean(means: Sequence[float], counts: Sequence[int]) -> float:
    """The mean over all; NaN over nothing."""
    total = sum(count * mean for mean, count in zip(means, counts, strict=True) if count)
    return total / sum(counts) if sum(counts) else float("nan")
