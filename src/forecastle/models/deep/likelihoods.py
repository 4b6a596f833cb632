"""Likelihoods of DeepAR: what the network's outputs mean, their loss, and drawing from them.

All work on demand in units of the series' scale; a batch has any shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import softplus

_TINY = 1e-4


class Likelihood(Protocol):
    """A family of distributions.

    ``outputs[..., n_outputs]`` are what the network gives; ``scale[...]`` is demand per unit.
    """

    n_outputs: int

    def loss(self, outputs: Tensor, values: Tensor, scale: Tensor) -> Tensor:
        """``[...]`` the loss of scaled ``values``: the negative logarithm of their likelihood,
        or another proper score.
        """

    def draw(self, outputs: Tensor, scale: Tensor) -> Tensor:
        """``[...]`` scaled values drawn by chance."""


class Gaussian:
    """A normal distribution."""

    n_outputs = 2

    def loss(self, outputs: Tensor, values: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.loss`."""
        deviation = softplus(outputs[..., 1]) + _TINY
        return torch.log(deviation) + ((values - outputs[..., 0]) / deviation) ** 2 / 2

    def draw(self, outputs: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.draw`."""
        mean = outputs[..., 0]
        return mean + (softplus(outputs[..., 1]) + _TINY) * torch.randn_like(mean)


class StudentT:
    """Student's t distribution with more than two degrees of freedom: heavy tails."""

    n_outputs = 3

    def _distribution(self, outputs: Tensor) -> torch.distributions.StudentT:
        return torch.distributions.StudentT(
            2.0 + softplus(outputs[..., 2]),
            outputs[..., 0],
            softplus(outputs[..., 1]) + _TINY,
            validate_args=False,
        )

    def loss(self, outputs: Tensor, values: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.loss`."""
        found: Tensor = -self._distribution(outputs).log_prob(values)  # type: ignore[no-untyped-call]
        return found

    def draw(self, outputs: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.draw`."""
        return self._distribution(outputs).sample()


class NegativeBinomial:
    """Counts that vary more than chance alone would have them (DeepAR: arXiv 1704.04110, p. 4).

    The mean grows with the scale, and the shape falls with its square root.
    """

    n_outputs = 2

    def _parts(self, outputs: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
        mean = (softplus(outputs[..., 0]) + _TINY) * scale
        shape = (softplus(outputs[..., 1]) + _TINY) / torch.sqrt(scale)
        return mean, shape

    def loss(self, outputs: Tensor, values: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.loss`."""
        mean, shape = self._parts(outputs, scale)
        counts, inverse = values * scale, 1.0 / shape
        product = shape * mean
        likelihood = (
            torch.lgamma(counts + inverse)
            - torch.lgamma(counts + 1)
            - torch.lgamma(inverse)
            + counts * torch.log(product / (1 + product))
            - inverse * torch.log1p(product)
        )
        return -likelihood

    def draw(self, outputs: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.draw`: a Poisson distribution whose rate is drawn from a gamma one."""
        mean, shape = self._parts(outputs, scale)
        inverse = 1.0 / shape
        rate = torch._standard_gamma(inverse) * shape * mean
        return torch.poisson(rate.clamp(max=1e15)) / scale


class Beta:
    """A beta distribution, for demand between 0 and 1 (not scaled)."""

    n_outputs = 2

    def loss(self, outputs: Tensor, values: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.loss`."""
        share = (values * scale).clamp(_TINY, 1 - _TINY)
        a, b = softplus(outputs[..., 0]) + _TINY, softplus(outputs[..., 1]) + _TINY
        together = torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)
        return together - (a - 1) * torch.log(share) - (b - 1) * torch.log1p(-share)

    def draw(self, outputs: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.draw`."""
        a = torch._standard_gamma(softplus(outputs[..., 0]) + _TINY)
        b = torch._standard_gamma(softplus(outputs[..., 1]) + _TINY)
        return a / (a + b).clamp(min=_TINY) / scale


class DeterministicL1:
    """A single value that minimises the absolute error: all quantiles are the median."""

    n_outputs = 1

    def loss(self, outputs: Tensor, values: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.loss`."""
        return torch.abs(values - outputs[..., 0])

    def draw(self, outputs: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.draw`."""
        return outputs[..., 0]


class PiecewiseLinear:
    """A quantile function of straight pieces, trained by the continuous ranked probability score.

    Gasthaus et al. 2019, "Probabilistic forecasting with spline quantile function RNNs"
    (proceedings.mlr.press/v89/gasthaus19a), equations 4 to 8. A value ``q(u) = c + Σ b_k max(u -
    d_k, 0)`` with knots ``0 = d_0 < d_1 < …`` and slopes that stay positive.
    """

    _PIECES = 8
    n_outputs = 1 + 2 * _PIECES

    def _parts(self, outputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Intercept ``[...]``, changes of slope and knots ``[..., pieces]``."""
        pieces = self._PIECES
        slopes = softplus(outputs[..., 1 : 1 + pieces]) + _TINY
        changes = torch.diff(slopes, prepend=torch.zeros_like(slopes[..., :1]))
        widths = torch.softmax(outputs[..., 1 + pieces :], dim=-1)
        knots = torch.cumsum(widths, dim=-1) - widths
        return outputs[..., 0], changes, knots

    def loss(self, outputs: Tensor, values: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.loss`."""
        intercept, changes, knots = self._parts(outputs)
        level = self._level(intercept, changes, knots, values)[..., None]
        highest = torch.maximum(level, knots)
        pieces = (1 - knots**3) / 3 - knots - highest**2 + 2 * highest * knots
        level = level[..., 0]
        return (2 * level - 1) * values + (1 - 2 * level) * intercept + (changes * pieces).sum(-1)

    def draw(self, outputs: Tensor, scale: Tensor) -> Tensor:
        """See `Likelihood.draw`."""
        intercept, changes, knots = self._parts(outputs)
        level = torch.rand_like(intercept)[..., None]
        return intercept + (changes * torch.relu(level - knots)).sum(-1)

    def _level(self, intercept: Tensor, changes: Tensor, knots: Tensor, values: Tensor) -> Tensor:
        """``[...]`` the level whose quantile each value is; between 0 and 1."""
        at_knots = intercept[..., None] + (
            changes[..., None, :] * torch.relu(knots[..., :, None] - knots[..., None, :])
        ).sum(-1)
        below = (at_knots <= values[..., None]).float()
        slope = (changes * below).sum(-1)
        shift = (changes * knots * below).sum(-1)
        level = (values - intercept + shift) / slope.clamp(min=_TINY)
        return torch.where(below[..., 0] > 0, level, torch.zeros_like(level)).clamp(0, 1)


NEGATIVE_BINOMIAL, STUDENT_T, BETA = "negative-binomial", "student-T", "beta"

LIKELIHOODS: Mapping[str, Likelihood] = {
    BETA: Beta(),
    "deterministic-L1": DeterministicL1(),
    "gaussian": Gaussian(),
    NEGATIVE_BINOMIAL: NegativeBinomial(),
    "piecewise-linear": PiecewiseLinear(),
    STUDENT_T: StudentT(),
}
"""By the names of Amazon Forecast (developer guide: aws-forecast-recipe-deeparplus)."""
