"""CNN-QR's network: causal convolutions read the past, a decoder gives all quantiles at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, relu

from forecastle.models.deep.embeddings import Embeddings
from forecastle.models.deep.encoding import Encoded
from forecastle.series.panel import Integers

_KERNEL = 2
_CONTEXTS = 12


@dataclass(frozen=True)
class Shape:
    """What a network must be made with to load its weights.

    Attributes:
        past: features of a past step.
        ahead: features of a step ahead.
        fixed: features of a series beside the embeddings.
        categories: number of values of each category.
        horizon: steps ahead.
        levels: number of quantiles.
        channels: of each convolution.
        layers: of convolutions; each doubles how far back is seen.
        hidden: width of the decoder.
    """

    past: int
    ahead: int
    fixed: int
    categories: Sequence[int]
    horizon: int
    levels: int
    channels: int = 32
    layers: int = 6
    hidden: int = 64


class CNNQRNetwork(nn.Module):
    """MQ-CNN (Wen et al., arXiv 1711.11053, section 3): the encoder of WaveNet, two decoders.

    The global decoder turns what was read, and all that is known ahead, into a context per step;
    the local one turns a step's context and what is known of it into its quantiles.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embeddings = Embeddings(shape.categories)
        width = shape.past + shape.fixed + self.embeddings.width
        self.convolutions = nn.ModuleList(
            nn.Conv1d(width if k == 0 else shape.channels, shape.channels, _KERNEL, dilation=2**k)
            for k in range(shape.layers)
        )
        read = shape.channels + shape.fixed + self.embeddings.width
        self.broad = nn.Sequential(
            nn.Linear(read + shape.horizon * shape.ahead, shape.hidden),
            nn.ReLU(),
            nn.Linear(shape.hidden, (shape.horizon + 1) * _CONTEXTS),
            nn.ReLU(),
        )
        self.near = nn.Sequential(
            nn.Linear(2 * _CONTEXTS + shape.ahead + read, shape.hidden),
            nn.ReLU(),
            nn.Linear(shape.hidden, shape.levels),
        )

    def read(self, past: Tensor, fixed: Tensor) -> Tensor:
        """``[n, n_steps, …]``: what is known of the past after each step."""
        about = fixed[:, None].expand(-1, past.shape[1], -1)
        found = torch.cat([past, about], dim=2).transpose(1, 2)
        for k, layer in enumerate(self.convolutions):
            after = relu(layer(pad(found, ((_KERNEL - 1) * 2**k, 0))))
            found = after if k == 0 else found + after
        return torch.cat([found.transpose(1, 2), about], dim=2)

    def decode(self, read: Tensor, ahead: Tensor) -> Tensor:
        """``[n, horizon, n_levels]`` quantiles.

        Args:
            read: ``[n, …]`` of the last step known.
            ahead: ``[n, horizon, n_ahead]`` what is known of the steps ahead.
        """
        n, horizon = len(read), self.shape.horizon
        contexts = self.broad(torch.cat([read, ahead.reshape(n, -1)], dim=1))
        contexts = contexts.reshape(n, horizon + 1, _CONTEXTS)
        common = contexts[:, -1:].expand(-1, horizon, -1)
        about = read[:, None].expand(-1, horizon, -1)
        found: Tensor = self.near(torch.cat([contexts[:, :-1], common, ahead, about], dim=2))
        return found


class Series:
    """A panel's series as tensors, and what the network is given of a window.

    Args:
        encoded: the panel.
        season: steps after which the pattern repeats.
        year: steps of a year, where there is more than a year; else 0.
        device: where tensors live.
    """

    def __init__(self, encoded: Encoded, season: int, year: int, device: str) -> None:
        self._season, self._year, self.device = season, year, device
        self.target = torch.tensor(encoded.target, dtype=torch.float32, device=device)
        self.observed = torch.tensor(encoded.observed, dtype=torch.float32, device=device)
        self.time = torch.tensor(encoded.time.copy(), device=device)
        self.known = torch.tensor(encoded.known, device=device)
        self.past = torch.tensor(encoded.past, device=device)
        self.codes = torch.tensor(encoded.codes.copy(), device=device)
        self.numbers = torch.tensor(encoded.numbers.copy(), device=device)
        self.scale = torch.tensor(encoded.scale, dtype=torch.float32, device=device)

    def shape(self, categories: Sequence[int], horizon: int, levels: int) -> Shape:
        """Of a network for these series."""
        calendar = self.time.shape[1] + self.known.shape[2]
        ahead = calendar + 2 * len(self._echoes)
        return Shape(
            past=2 + calendar + self.past.shape[2],
            ahead=ahead,
            fixed=self.numbers.shape[1] + 1,
            categories=tuple(categories),
            horizon=horizon,
            levels=levels,
        )

    @property
    def _echoes(self) -> tuple[int, ...]:
        """How far back demand is read for a step ahead: a season, a year."""
        return tuple(lag for lag in (self._season, self._year) if lag > 1)

    def fixed(self, network: CNNQRNetwork, rows: Tensor, scale: Tensor) -> Tensor:
        """``[n, …]`` what is fixed about series: metadata and size."""
        size = torch.log10(1.0 + scale)[:, None]
        return torch.cat([self.numbers[rows], size, network.embeddings(self.codes[rows])], dim=1)

    def before(self, rows: Tensor, columns: Tensor, scale: Tensor) -> Tensor:
        """``[n, n_steps, n_past]`` of past steps."""
        at = columns.clamp(0, self.target.shape[1] - 1)
        each = rows[:, None]
        there = self.observed[each, at] * (columns >= 0)
        demand = self.target[each, at] / scale[:, None] * there
        parts = [demand[..., None], there[..., None], self.time[at], self.known[each, at]]
        return torch.cat([*parts, self.past[each, at]], dim=2)

    def ahead(self, rows: Tensor, columns: Tensor, origin: Tensor, scale: Tensor) -> Tensor:
        """``[n, horizon, n_ahead]`` of steps ahead: calendar, covariates, the seasons before."""
        at = columns.clamp(0, len(self.time) - 1)
        each = rows[:, None]
        parts = [self.time[at], self.known[each, at]]
        for lag in self._echoes:
            steps = columns - origin[:, None] + 1
            source = columns - lag * ((steps + lag - 1) // lag)
            there = self.observed[each, source.clamp(min=0)] * (source >= 0)
            demand = self.target[each, source.clamp(min=0)] / scale[:, None] * there
            parts += [demand[..., None], there[..., None]]
        return torch.cat(parts, dim=2)

    def actual(self, rows: Tensor, columns: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
        """Scaled demand and whether it counts, ``[n, horizon]``."""
        at = columns.clamp(max=self.target.shape[1] - 1)
        each = rows[:, None]
        counts = self.observed[each, at] * (columns < self.target.shape[1])
        return self.target[each, at] / scale[:, None], counts

    def tensor(self, values: Integers) -> Tensor:
        """Indices as a tensor."""
        return torch.tensor(values, device=self.device)
