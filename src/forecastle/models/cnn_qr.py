"""CNN-QR: a convolutional network over all series that gives all quantiles at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.deep import extra
from forecastle.models.deep.encoding import Encoding
from forecastle.models.deep.training import Schedule, Windows, train_network
from forecastle.models.levels import spread_to_grid
from forecastle.models.parameters import Parameter, one_of, read_parameters, whole_number_between
from forecastle.models.ranges import Choice, Range, Span
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec

if TYPE_CHECKING:
    import torch

    from forecastle.models.deep.cnn_qr_network import CNNQRNetwork, Series, Shape

LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""What is learnt; any other level lies on straight lines in normal scores."""

_FILE, _WEIGHTS = "model.json", "weights.safetensors"
_LEARNING_RATE, _DECAYS, _AVERAGED = 3e-3, 2, 3
_ROWS_AT_ONCE = 4_000
# Steps at which a training window forecasts, beside its last one ("forking sequences").
_FORKS = 4
_REACH = 64

_ALL, _NONE, _PAST, _FUTURE = "ALL", "NONE", "HISTORICAL", "FORWARD_LOOKING"

PARAMETERS: tuple[Parameter, ...] = (
    whole_number_between("context_length", 1, 500),
    whole_number_between("epochs", 1, 1000),
    one_of("use_related_data", _ALL, _NONE, _PAST, _FUTURE),
    one_of("use_item_metadata", _ALL, _NONE),
)

_LONGEST_TUNED = 4  # horizons, or times what is usual
_MOST_CONTEXT = 500


@dataclass(frozen=True)
class CNNQRSettings:
    """What can be changed (developer guide: aws-forecast-algo-cnnqr, hyperparameters).

    Attributes:
        context_length: steps that are read before the first forecast; None is what fits the data.
        epochs: passes over the training data, at most.
        use_related_data: which covariates are used.
        use_item_metadata: whether item metadata are used.
    """

    context_length: int | None = None
    epochs: int = 40
    use_related_data: str = _ALL
    use_item_metadata: str = _ALL

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """From training parameters as text."""
        return cls(**read_parameters(CNNQR.name, PARAMETERS, given))

    def encoding(self, panel: Panel) -> Encoding:
        """What of the panel is used."""
        related = self.use_related_data
        return Encoding.of(
            panel,
            known=related in (_ALL, _FUTURE),
            past=related in (_ALL, _PAST),
            metadata=self.use_item_metadata == _ALL,
        )


def tuned_ranges(panel: Panel, horizon: int) -> tuple[Range, ...]:
    """What is tuned where nobody says what: how far back it reads, and what beside demand."""
    usual = _context(panel, horizon)
    longest = min(_LONGEST_TUNED * max(usual, horizon), _MOST_CONTEXT)
    ranges: list[Range] = [
        Span("context_length", min(horizon, usual), longest, whole=True, usual=str(usual))
    ]
    if panel.known_names and panel.past_names:
        ranges.append(Choice("use_related_data", (_ALL, _NONE, _PAST, _FUTURE), _ALL))
    elif panel.known_names or panel.past_names:
        ranges.append(Choice("use_related_data", (_ALL, _NONE), _ALL))
    if panel.static.width:
        ranges.append(Choice("use_item_metadata", (_ALL, _NONE), _ALL))
    return tuple(ranges)


class CNNQR:
    """MQ-CNN (Wen, Torkkola, Narayanaswamy and Madeka, arXiv 1711.11053), on open days.

    Causal convolutions read the past of a series; a decoder gives the quantiles of all steps
    ahead at once, trained by the quantile loss on several origins of each window. Demand is in
    units of the series' scale; steps ahead also see the same step a season and a year before.
    """

    name: ClassVar[str] = "CNN-QR"
    capabilities: ClassVar[Capability] = (
        Capability.GLOBAL
        | Capability.KNOWN
        | Capability.PAST
        | Capability.STATIC
        | Capability.CALENDAR
        | Capability.COLD_START
        | Capability.SPARSE
        | Capability.GPU
    )

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Needs PyTorch, and windows to learn from."""
        return extra.unsuited(panel, spec)

    def fit(self, train: Panel, spec: ForecastSpec, budget: Budget) -> FittedCNNQR:
        """Train on windows of all series.

        Raises:
            InputError: PyTorch is not installed.
        """
        extra.require(self.name)
        from forecastle.models.deep.cnn_qr_network import CNNQRNetwork

        settings = CNNQRSettings.of(spec.training_parameters)
        encoding = settings.encoding(train)
        encoded = encoding.encode(train, spec.horizon)
        context = settings.context_length or _context(train, spec.horizon)
        with extra.seeded(spec.seed) as device:
            series = _series(encoding, train, spec.horizon, device)
            shape = series.shape(encoding.sizes, spec.horizon, len(LEVELS))
            network = CNNQRNetwork(shape).to(device)

            def loss(rows: Integers, origin: Integers) -> torch.Tensor:
                return _loss(network, series, rows, origin, context)

            windows = Windows.of(encoded, spec.horizon)
            schedule = Schedule(settings.epochs, _LEARNING_RATE, 0.5, _DECAYS, _AVERAGED)
            train_network(network, windows, loss, schedule, budget, spec.seed)
            return FittedCNNQR(spec, encoding, context, shape, network.cpu())

    def load(self, folder: Path) -> FittedCNNQR:
        """Read back what `FittedCNNQR.save` wrote."""
        extra.require(self.name)
        from safetensors.torch import load_file

        from forecastle.models.deep.cnn_qr_network import CNNQRNetwork, Shape

        values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        spec = values["spec"] | {"forecast_types": tuple(values["spec"]["forecast_types"])}
        shape = Shape(**values["shape"])
        network = CNNQRNetwork(shape)
        network.load_state_dict(load_file(folder / _WEIGHTS))
        network.eval()
        encoding = Encoding(**values["encoding"])
        return FittedCNNQR(ForecastSpec(**spec), encoding, values["context"], shape, network)


@dataclass(frozen=True, eq=False)
class FittedCNNQR:
    """The network and how to feed it."""

    spec: ForecastSpec
    encoding: Encoding
    context: int
    shape: Shape
    network: CNNQRNetwork

    def predict(self, history: Panel) -> Forecast:
        """Read the end of ``history`` and decode."""
        horizon = self.spec.horizon
        parts = [np.zeros((0, horizon, len(LEVELS)))]
        with extra.seeded(self.spec.seed) as device:
            self.network.to(device)
            series = _series(self.encoding, history, horizon, device)
            for first in range(0, history.n_series, _ROWS_AT_ONCE):
                rows = np.arange(first, min(first + _ROWS_AT_ONCE, history.n_series))
                parts.append(_levels(self.network, series, rows, self.context))
            self.network.cpu()
        found = np.sort(np.concatenate(parts), axis=2).reshape(-1, len(LEVELS))
        quantiles = spread_to_grid(found, LEVELS).reshape(history.n_series, horizon, len(GRID))
        return Forecast.after(history, quantiles)

    def save(self, folder: Path) -> None:
        """Weights as safetensors, everything else as JSON."""
        from safetensors.torch import save_file

        save_file(self.network.state_dict(), folder / _WEIGHTS)
        values = {
            "spec": asdict(self.spec),
            "encoding": asdict(self.encoding),
            "context": self.context,
            "shape": asdict(self.shape),
        }
        (folder / _FILE).write_text(json.dumps(values), encoding="utf-8")


def _series(encoding: Encoding, panel: Panel, horizon: int, device: str) -> Series:
    from forecastle.models.deep.cnn_qr_network import Series

    season, year = panel.frequency.season, round(panel.frequency.steps_per_year)
    back = round(year / season) * season if year > 2 * season and encoding.with_year else 0
    return Series(encoding.encode(panel, horizon), season, back, device)


def _loss(
    network: CNNQRNetwork, series: Series, rows: Integers, origin: Integers, context: int
) -> torch.Tensor:
    """The mean quantile loss of a batch, over the forks of each window."""
    import torch

    at, last = series.tensor(rows), series.tensor(origin)
    scale = series.scale[at, last]
    columns = last[:, None] + torch.arange(-context, 0, device=series.device)
    fixed = series.fixed(network, at, scale)
    read = network.read(series.before(at, columns, scale), fixed)
    levels = torch.tensor(LEVELS, device=series.device)
    total, count = torch.zeros((), device=series.device), torch.zeros((), device=series.device)
    ahead = torch.arange(network.shape.horizon, device=series.device)
    for fork in range(0, min(_FORKS * 2, context), 2):
        begin = last - fork
        steps = begin[:, None] + ahead
        found = network.decode(read[:, -1 - fork], series.ahead(at, steps, begin, scale))
        actual, counts = series.actual(at, steps, scale)
        counts = counts * (begin > 0)[:, None]
        error = actual[..., None] - found
        losses = torch.maximum(levels * error, (levels - 1) * error).mean(dim=2)
        total, count = total + (losses * counts).sum(), count + counts.sum()
    return total / count.clamp(min=1)


def _levels(network: CNNQRNetwork, series: Series, rows: Integers, context: int) -> Floats:
    """``[n, horizon, len(LEVELS)]`` of some series, after the end of what is known."""
    import torch

    n_time = series.target.shape[1]
    with torch.no_grad():
        at = series.tensor(rows)
        last = torch.full_like(at, n_time)
        scale = series.scale[at, last]
        columns = last[:, None] + torch.arange(-context, 0, device=series.device)
        read = network.read(series.before(at, columns, scale), series.fixed(network, at, scale))
        steps = last[:, None] + torch.arange(network.shape.horizon, device=series.device)
        found = network.decode(read[:, -1], series.ahead(at, steps, last, scale))
        return np.asarray((found * scale[:, None, None]).double().cpu().numpy())


def _context(panel: Panel, horizon: int) -> int:
    """Steps that are read: as far as the convolutions see, within the history."""
    return max(min(max(2 * horizon, _REACH), panel.n_time), 1)
