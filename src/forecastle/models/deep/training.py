"""Training a network: batches of windows, a learning rate that falls, and an end in time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from forecastle.core.budget import Budget
from forecastle.models.deep.encoding import Encoded
from forecastle.series.panel import Integers

if TYPE_CHECKING:
    import torch

_BATCH = 64
_MOST_BATCHES = 50
_CLIP = 10.0
# Epochs without a better loss after which the learning rate falls.
_PATIENCE = 4


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Attributes:
        epochs: at most; an epoch is a pass over all windows, of 50 batches at most.
        learning_rate: at first.
        decay: what the learning rate is multiplied by when the loss falls no more.
        decays: how often at most; then training ends.
        averaged: how many of the epochs with the least loss are averaged.
    """

    epochs: int
    learning_rate: float
    decay: float = 0.5
    decays: int = 2
    averaged: int = 1


@dataclass(frozen=True, eq=False)
class Windows:
    """Where a network may be asked to forecast: pairs of a series and an origin.

    Attributes:
        series: ``[n]``.
        origin: ``[n]`` number of steps known.
        weight: ``[n]`` how often each is drawn; adds up to 1.
    """

    series: Integers
    origin: Integers
    weight: Any

    @classmethod
    def of(cls, encoded: Encoded, horizon: int) -> Windows:
        """All windows with an observation before and one within, larger series more often.

        Drawn by the square root of the scale: between counting every series alike and counting
        every unit of demand alike, which is what the weighted quantile loss does.
        """
        n_time = encoded.n_time
        origins = np.arange(1, max(n_time - horizon, 1) + 1)
        begun = origins[None, :] > encoded.start[:, None]
        running = np.cumsum(np.pad(encoded.observed, ((0, 0), (1, 0))), axis=1)
        ends = np.minimum(origins + horizon, n_time)
        begun &= running[:, ends] > running[:, origins]
        series, index = np.nonzero(begun)
        if not len(series):
            return cls(series, index, np.zeros(0))
        origin = origins[index]
        weight = np.sqrt(encoded.scale[series, origin])
        return cls(series, origin, weight / weight.sum())

    @property
    def batches(self) -> int:
        """Batches of an epoch."""
        return min(max(math.ceil(len(self.series) / _BATCH), 1), _MOST_BATCHES)

    def draw(self, rng: np.random.Generator) -> tuple[Integers, Integers]:
        """A batch: ``[64]`` series and origins."""
        chosen = rng.choice(len(self.series), _BATCH, p=self.weight)
        return self.series[chosen], self.origin[chosen]


def train_network(
    network: torch.nn.Module,
    windows: Windows,
    loss: Callable[[Integers, Integers], torch.Tensor],
    schedule: Schedule,
    budget: Budget,
    seed: int,
) -> None:
    """Adam on batches of windows (Kingma and Ba, arXiv 1412.6980), until an end is reached.

    Args:
        network: to train; ends with the averaged weights of its best epochs.
        windows: to draw from.
        loss: of a batch, from its series and origins.
        schedule: how long and how fast.
        budget: training ends after the epoch in which the time is up.
        seed: decides what is drawn.
    """
    import torch

    if not len(windows.series):
        return
    rng = np.random.default_rng(seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=schedule.learning_rate)
    best = _Best(schedule.averaged)
    waited, decays = 0, 0
    for _ in range(schedule.epochs):
        network.train()
        total = 0.0
        for _ in range(windows.batches):
            optimizer.zero_grad()
            value = loss(*windows.draw(rng))
            value.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
            optimizer.step()
            total += float(value.detach())
        waited = 0 if best.take(total / windows.batches, network) else waited + 1
        if waited > _PATIENCE:
            if decays >= schedule.decays:
                break
            decays, waited = decays + 1, 0
            for group in optimizer.param_groups:
                group["lr"] *= schedule.decay
        if budget.remaining <= 0:
            break
    best.give(network)
    network.eval()


class _Best:
    """The weights of the epochs with the least loss."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[float, Mapping[str, torch.Tensor]]] = []
        self._least = math.inf

    def take(self, loss: float, network: torch.nn.Module) -> bool:
        """Keep the weights if they are among the best; whether the loss is the least so far."""
        better = loss < self._least
        self._least = min(loss, self._least)
        if math.isfinite(loss) and (len(self._kept) < self._most or loss < self._kept[-1][0]):
            state = {name: value.detach().clone() for name, value in network.state_dict().items()}
            self._kept = sorted([*self._kept, (loss, state)], key=lambda each: each[0])[
                : self._most
            ]
        return better

    def give(self, network: torch.nn.Module) -> None:
        """Load the average of what was kept."""
        import torch

        if not self._kept:
            return
        states = [state for _, state in self._kept]
        network.load_state_dict(
            {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}
        )
