"""What many series have in common over time, and series with only that left in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecastle.models.residuals import series_scale
from forecastle.series.panel import Floats

_LARGEST = 10.0  # of a series' scale: a spike is no pattern
_REFILLS = 2
_FEWEST = 10
_LEAST_TRUST = 1e-6
_LEAST_DOUBT = 1e-9


@dataclass(frozen=True, eq=False)
class Basis:
    """The patterns over time that series share, and how much of each is not chance.

    Attributes:
        patterns: ``[n_patterns, n_time]`` orthonormal rows.
        trust: ``[n_patterns]`` share of what a series shows of a pattern that is to be believed,
            above 0 and at most 1.
    """

    patterns: Floats
    trust: Floats

    @classmethod
    def of(cls, target: Floats) -> Basis:
        """The patterns of ``target``, ``[n_series, n_time]``, NaN where nothing is known.

        Singular values shrunk as loses the least squared error (Gavish and Donoho 2017, "Optimal
        Shrinkage of Singular Values", IEEE Trans. Inf. Theory 63(4), equation 7); the noise comes
        from their median (Gavish and Donoho 2014, "The Optimal Hard Threshold for Singular Values
        is 4/sqrt(3)", equations 5 and 11). Series count by the root of their scale, as suits
        counts, whose noise grows with it. What is missing is filled with the patterns of what
        is not, a few times over.
        """
        scale = series_scale(target, target.shape[1])
        weight = np.sqrt(scale / scale.mean())[:, None]
        relative = np.clip(target / scale[:, None], -_LARGEST, _LARGEST) * weight
        known = np.isfinite(relative)
        filled = np.where(known, relative, weight)
        basis = cls._of_complete(filled)
        for _ in range(0 if known.all() else _REFILLS):
            filled = np.where(known, relative, basis.shared(filled))
            basis = cls._of_complete(filled)
        return basis

    @classmethod
    def _of_complete(cls, values: Floats) -> Basis:
        sizes, patterns = _singular(values)
        shrunk = _shrunk(sizes, values.shape)
        kept = shrunk > _LEAST_TRUST * max(float(sizes.max(initial=0.0)), _LEAST_TRUST)
        return cls(patterns[kept], shrunk[kept] / sizes[kept])

    def shared(self, target: Floats) -> Floats:
        """``[n_series, n_time]`` what series show of the patterns, noise left out.

        Where a series is not known, its patterns are carried on from where it is: with ``P`` the
        patterns where it is known and ``t`` the trust, its shares ``a`` make
        ``|y - aP|^2 + sum(a^2 (1 - t) / t)`` least, which for a series without gaps is ``t P y``.
        """
        known = np.isfinite(target)
        values = np.where(known, target, 0.0)
        shares = values @ self.patterns.T
        held = np.diag((1 - self.trust) / self.trust + _LEAST_DOUBT)
        alike, which = np.unique(known, axis=0, return_inverse=True)
        for number, columns in enumerate(alike):
            rows = which == number
            seen = self.patterns[:, columns]
            shares[rows] = np.linalg.solve(seen @ seen.T + held, shares[rows].T).T
        return np.asarray(shares @ self.patterns)

    def to_json(self) -> dict[str, Any]:
        """As lists."""
        return {"patterns": self.patterns.tolist(), "trust": self.trust.tolist()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any], n_time: int) -> Basis:
        """Read back what `to_json` gave."""
        patterns = np.array(values["patterns"], dtype=float).reshape(-1, n_time)
        return cls(patterns, np.array(values["trust"], dtype=float))


def _singular(values: Floats) -> tuple[Floats, Floats]:
    """``[k]`` singular values, falling, and ``[k, n_time]`` right singular vectors.

    By the smaller of the two matrices of products: several times faster than a decomposition of
    thousands of series, and exact enough for what stands out of the noise.
    """
    n_series, n_time = values.shape
    if n_series < n_time:
        squares, vectors = np.linalg.eigh(values @ values.T)
        sizes = np.sqrt(np.maximum(squares[::-1], 0.0))
        right = vectors.T[::-1] @ values
        return sizes, right / np.where(sizes > 0, sizes, 1.0)[:, None]
    squares, vectors = np.linalg.eigh(values.T @ values)
    return np.sqrt(np.maximum(squares[::-1], 0.0)), np.asarray(vectors.T[::-1])


def _shrunk(sizes: Floats, shape: tuple[int, int]) -> Floats:
    """``[k]`` singular values without what noise adds to them; zero where they are all noise.

    As they are where they are so few that their median says nothing of the noise.
    """
    shorter, longer = min(shape), max(shape)
    if shorter < _FEWEST:
        return sizes
    ratio = shorter / longer
    noise = float(np.median(sizes)) / np.sqrt(longer * _median_of_noise(ratio))
    if noise <= 0:
        return sizes
    size = sizes / (np.sqrt(longer) * noise)
    inside = np.maximum((size**2 - ratio - 1) ** 2 - 4 * ratio, 0.0)
    stands_out = size > 1 + np.sqrt(ratio)
    shrunk = np.where(stands_out, np.sqrt(inside) / np.where(stands_out, size, 1.0), 0.0)
    return np.asarray(shrunk * np.sqrt(longer) * noise)


def _median_of_noise(ratio: float) -> float:
    """The median of the Marchenko-Pastur law for ``ratio`` of rows to columns, at most 1.

    From the paper's two formulas for the optimal threshold: with the noise known, and, to within
    two hundredths, as a multiple of the median singular value.
    """
    root = np.sqrt(ratio**2 + 14 * ratio + 1)
    with_noise_known = np.sqrt(2 * (ratio + 1) + 8 * ratio / (ratio + 1 + root))
    of_the_median = 0.56 * ratio**3 - 0.95 * ratio**2 + 1.82 * ratio + 1.43
    return float((with_noise_known / of_the_median) ** 2)
