"""DeepAR's network: an LSTM that reads a series step by step and says what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from forecastle.models.deep.embeddings import Embeddings
from forecastle.models.deep.encoding import Encoded
from forecastle.models.deep.likelihoods import LIKELIHOODS
from forecastle.series.panel import Integers

_DROPOUT = 0.1


@dataclass(frozen=True)
class Shape:
    """What a network must be made with to load its weights.

    Attributes:
        inputs: features of a step beside the embeddings.
        categories: number of values of each category.
        cells: of each layer.
        layers: of the LSTM.
        likelihood: one of `LIKELIHOODS`.
    """

    inputs: int
    categories: Sequence[int]
    cells: int
    layers: int
    likelihood: str


class DeepARNetwork(nn.Module):
    """The recurrent network of DeepAR (Salinas et al., arXiv 1704.04110, section 3)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embeddings = Embeddings(shape.categories)
        self.likelihood = LIKELIHOODS[shape.likelihood]
        self.lstm = nn.LSTM(
            shape.inputs + self.embeddings.width,
            shape.cells,
            shape.layers,
            batch_first=True,
            dropout=_DROPOUT if shape.layers > 1 else 0.0,
        )
        self.output = nn.Linear(shape.cells, self.likelihood.n_outputs)

    def forward(
        self, steps: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """``[n, n_steps, n_outputs]`` and the state, from ``[n, n_steps, inputs]``."""
        hidden, state = self.lstm(steps, state)
        return self.output(hidden), state


class Steps:
    """Builds the inputs of steps: what was sold before, the calendar, what is known, who it is.

    Args:
        encoded: the panel.
        lags: how far back demand is read.
        device: where tensors live.
    """

    def __init__(self, encoded: Encoded, lags: Sequence[int], device: str) -> None:
        self.lags = torch.tensor(list(lags), device=device)
        self.pad = max(lags)
        self.target = self._padded(encoded.target, device)
        self.observed = self._padded(encoded.observed, device)
        self.time = torch.tensor(encoded.time, device=device)
        self.known = torch.tensor(encoded.known, device=device)
        self.codes = torch.tensor(encoded.codes.copy(), device=device)
        self.numbers = torch.tensor(encoded.numbers.copy(), device=device)
        self.start = torch.tensor(encoded.start, device=device)
        self.scale = torch.tensor(encoded.scale, dtype=torch.float32, device=device)
        self.device = device

    def _padded(self, values: object, device: str) -> Tensor:
        """With columns of nothing before the first, so that lags may reach there."""
        tensor = torch.tensor(values, dtype=torch.float32, device=device)
        return nn.functional.pad(tensor, (self.pad, 0))

    @property
    def n_inputs(self) -> int:
        """Features of a step beside the embeddings."""
        return (
            2 * len(self.lags)
            + self.time.shape[1]
            + self.known.shape[2]
            + self.numbers.shape[1]
            + 2
        )

    def fixed(self, series: Tensor, columns: Tensor, scale: Tensor, embedded: Tensor) -> Tensor:
        """``[n, n_steps, …]`` what does not depend on demand."""
        n_steps = columns.shape[1]
        at = columns.clamp(0, len(self.time) - 1)
        age = torch.log10(2.0 + (columns - self.start[series][:, None]).clamp(min=0).float())
        size = torch.log10(1.0 + scale)[:, None].expand(-1, n_steps)
        return torch.cat(
            [
                self.time[at],
                self.known[series[:, None], at],
                self.numbers[series][:, None].expand(-1, n_steps, -1),
                embedded[:, None].expand(-1, n_steps, -1),
                age[..., None],
                size[..., None],
            ],
            dim=-1,
        )

    def lagged(self, series: Tensor, columns: Tensor, scale: Tensor) -> Tensor:
        """``[n, n_steps, 2 * n_lags]`` scaled demand before each step, and whether it is known."""
        at = (columns[..., None] - self.lags + self.pad).clamp(0, self.target.shape[1] - 1)
        rows = series[:, None, None]
        known = self.observed[rows, at]
        return torch.cat([self.target[rows, at] / scale[:, None, None] * known, known], dim=-1)

    def window(
        self, series: Integers, origin: Integers, first: int, last: int
    ) -> tuple[Tensor, ...]:
        """Series ``[n]``, columns ``[n, last - first]`` around the origins, and scale ``[n]``."""
        rows = torch.tensor(series, device=self.device)
        origins = torch.tensor(origin, device=self.device)
        columns = origins[:, None] + torch.arange(first, last, device=self.device)
        return rows, columns, self.scale[rows, origins]

    def actual(self, series: Tensor, columns: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
        """Scaled demand and whether it counts, ``[n, n_steps]``."""
        inside = (columns >= 0) & (columns + self.pad < self.target.shape[1])
        at = (columns + self.pad).clamp(0, self.target.shape[1] - 1)
        rows = series[:, None]
        return self.target[rows, at] / scale[:, None], self.observed[rows, at] * inside
