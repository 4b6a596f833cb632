"""A target compressed like a logarithm, so that spikes do not rule what trees learn.

The inverse hyperbolic sine is a straight line near zero and a logarithm far from it, and has a
value for zero and for returns (Burbidge, Magee and Robb 1988, "Alternative Transformations to
Handle Extreme Values of the Dependent Variable"). It keeps the order of values, so that a quantile
of the compressed target, expanded, is a quantile of the target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastle.series.panel import Floats

# What is expanded stays a number, whatever trees that were summed come to.
_FARTHEST = 50.0


@dataclass(frozen=True)
class Compression:
    """``arcsinh(value / width)``; a width of 0 leaves values as they are."""

    width: float = 0.0

    def compress(self, values: Floats) -> Floats:
        """Any shape, in units of the series' scale."""
        return np.arcsinh(values / self.width) if self.width else values

    def expand(self, values: Floats) -> Floats:
        """Back to units of the series' scale."""
        if not self.width:
            return values
        return np.asarray(self.width * np.sinh(np.clip(values, -_FARTHEST, _FARTHEST)))

    def expand_parts(self, parts: Floats) -> Floats:
        """Contributions to a compressed value as contributions to the value itself.

        Args:
            parts: ``[n, n_parts + 1]``, the expectation last; their sum is the compressed value.

        Returns:
            The same shape; the expectation is expanded, and each part has its share of the rest:
            signs and proportions stay, and the sum is the expanded value.
        """
        if not self.width:
            return parts
        total, base = parts.sum(axis=1, keepdims=True), parts[:, -1:]
        rise = self.expand(total) - self.expand(base)
        apart = np.abs(total - base) > 1e-9
        # Where value and expectation agree, the slope of the curve stands for that of the chord.
        slope = self.width * np.cosh(np.clip(base, -_FARTHEST, _FARTHEST))
        slope = np.where(apart, rise / np.where(apart, total - base, 1.0), slope)
        return np.concatenate([parts[:, :-1] * slope, self.expand(base)], axis=1)


UNCOMPRESSED = Compression()
