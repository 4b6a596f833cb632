"""The levels that global models are trained for, and how they become the grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.series.forecast import normal_scores
from forecastle.series.panel import Floats

TRAINED_LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)


def spread_to_grid(quantiles: Floats, levels: Sequence[float]) -> Floats:
    """``[n, len(GRID)]`` from ``[n, len(levels)]``: straight lines in normal scores.

    Beyond the outermost level the line goes on with the slope between it and the median: the
    tail of a normal distribution with that side's spread.
    """
    scores, wanted = normal_scores(levels), normal_scores(GRID)
    middle = len(levels) // 2
    columns = []
    for score in wanted:
        if score < scores[0] or score > scores[-1]:
            end = 0 if score < scores[0] else len(scores) - 1
            slope = (quantiles[:, end] - quantiles[:, middle]) / (scores[end] - scores[middle])
            columns.append(quantiles[:, end] + (score - scores[end]) * slope)
            continue
        right = max(int(np.searchsorted(scores, score)), 1)
        part = (score - scores[right - 1]) / (scores[right] - scores[right - 1])
        columns.append((1 - part) * quantiles[:, right - 1] + part * quantiles[:, right])
    return np.stack(columns, axis=1)
