"""Deep_AR_Plus: a recurrent network over all series that draws futures step by step."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from forecastle.core.budget import Budget
from forecastle.core.errors import InputError
from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.deep import extra
from forecastle.models.deep.encoding import Encoded, Encoding
from forecastle.models.deep.training import Schedule, Windows, train_network
from forecastle.models.parameters import (
    Parameter,
    number_between,
    one_of,
    read_parameters,
    whole_number_between,
)
from forecastle.models.ranges import LOGARITHMIC, Range, Span
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec

if TYPE_CHECKING:
    import torch

    from forecastle.models.deep.deep_ar_network import DeepARNetwork, Shape, Steps

_FILE, _WEIGHTS = "model.json", "weights.safetensors"
_PATHS = 200
# Rows of a batch when drawing: paths times series.
_ROWS_AT_ONCE = 40_000
_LONGEST_CONTEXT = 120

PARAMETERS: tuple[Parameter, ...] = (
    whole_number_between("context_length", 1, 500),
    whole_number_between("epochs", 1, 1000),
    number_between("learning_rate", 1e-8, 1.0),
    number_between("learning_rate_decay", 0.5, 1.0),
    one_of(
        "likelihood",
        "beta",
        "deterministic-L1",
        "gaussian",
        "negative-binomial",
        "piecewise-linear",
        "student-T",
    ),
    whole_number_between("max_learning_rate_decays", 0, 10),
    whole_number_between("num_averaged_models", 1, 10),
    whole_number_between("num_cells", 30, 100),
    whole_number_between("num_layers", 1, 8),
)

# Amazon's documentation has a context length from a tenth of the horizon to ten horizons.
_SHORTEST_TUNED, _LONGEST_TUNED, _MOST_TUNED = 0.1, 10, 200
_SLOWEST, _FASTEST = 1e-4, 1e-1


@dataclass(frozen=True)
class DeepARSettings:
    """What can be changed (developer guide: aws-forecast-recipe-deeparplus, hyperparameters).

    Attributes:
        context_length: steps that are read before the first forecast; None is what fits the data.
        epochs: passes over the training data, at most.
        learning_rate: of the optimiser, at first.
        learning_rate_decay: what it is multiplied by when the loss falls no more.
        likelihood: the distribution; None is what fits the data.
        max_learning_rate_decays: how often the learning rate falls.
        num_averaged_models: how many of the best epochs are averaged.
        num_cells: of each layer of the network.
        num_layers: of the network.
    """

    context_length: int | None = None
    epochs: int = 40
    learning_rate: float = 3e-3
    learning_rate_decay: float = 0.5
    likelihood: str | None = None
    max_learning_rate_decays: int = 2
    num_averaged_models: int = 3
    num_cells: int = 40
    num_layers: int = 2

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """From training parameters as text."""
        return cls(**read_parameters(DeepAR.name, PARAMETERS, given))

    @property
    def schedule(self) -> Schedule:
        """How long and how fast."""
        return Schedule(
            self.epochs,
            self.learning_rate,
            self.learning_rate_decay,
            self.max_learning_rate_decays,
            self.num_averaged_models,
        )


def tuned_ranges(panel: Panel, horizon: int) -> tuple[Range, ...]:
    """What is tuned where nobody says what: how far back it reads and how fast it learns."""
    usual, settings = _context(panel, horizon), DeepARSettings()
    shortest = max(math.ceil(_SHORTEST_TUNED * horizon), 1)
    longest = max(min(_LONGEST_TUNED * horizon, _MOST_TUNED), shortest, usual)
    return (
        Span("context_length", min(shortest, usual), longest, whole=True, usual=str(usual)),
        Span(
            "learning_rate",
            _SLOWEST,
            _FASTEST,
            scale=LOGARITHMIC,
            usual=str(settings.learning_rate),
        ),
    )


class DeepAR:
    """DeepAR (Salinas, Flunkert, Gasthaus and Januschowski, arXiv 1704.04110), on open days.

    One LSTM learns from windows of all series. To forecast, it reads a series' recent past and
    draws futures step by step, each from the distribution that the step before led to; quantiles
    are those of the futures. Demand is in units of the series' scale; beside the last step the
    network sees those one and two seasons and a year before, as GluonTS's does.
    """

    name: ClassVar[str] = "Deep_AR_Plus"
    capabilities: ClassVar[Capability] = (
        Capability.GLOBAL
        | Capability.KNOWN
        | Capability.STATIC
        | Capability.CALENDAR
        | Capability.COLD_START
        | Capability.SPARSE
        | Capability.GPU
    )

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Needs PyTorch, and windows to learn from."""
        return extra.unsuited(panel, spec)

    def fit(self, train: Panel, spec: ForecastSpec, budget: Budget) -> FittedDeepAR:
        """Train on windows of all series.

        Raises:
            InputError: PyTorch is not installed, or the likelihood does not fit the data.
        """
        extra.require(self.name)
        from forecastle.models.deep.deep_ar_network import DeepARNetwork, Shape, Steps

        settings = DeepARSettings.of(spec.training_parameters)
        encoding = Encoding.of(train)
        encoded = encoding.encode(train, spec.horizon)
        lags = _lags(train)
        context = settings.context_length or _context(train, spec.horizon)
        with extra.seeded(spec.seed) as device:
            steps = Steps(encoded, lags, device)
            shape = Shape(
                steps.n_inputs,
                encoding.sizes,
                settings.num_cells,
                settings.num_layers,
                _likelihood(settings, encoded),
            )
            network = DeepARNetwork(shape).to(device)
            windows = Windows.of(encoded, spec.horizon)

            def loss(series: Integers, origin: Integers) -> torch.Tensor:
                return _loss(network, steps, series, origin, (context, spec.horizon))

            train_network(network, windows, loss, settings.schedule, budget, spec.seed)
            fitted = _Fitted(encoding, tuple(lags), context, shape)
            return FittedDeepAR(spec, fitted, network.cpu())

    def load(self, folder: Path) -> FittedDeepAR:
        """Read back what `FittedDeepAR.save` wrote."""
        extra.require(self.name)
        from safetensors.torch import load_file

        from forecastle.models.deep.deep_ar_network import DeepARNetwork, Shape

        values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        spec = values["spec"] | {"forecast_types": tuple(values["spec"]["forecast_types"])}
        fitted = values["fitted"]
        shape = Shape(**fitted["shape"])
        network = DeepARNetwork(shape)
        network.load_state_dict(load_file(folder / _WEIGHTS))
        network.eval()
        encoding = Encoding(**fitted["encoding"])
        return FittedDeepAR(
            ForecastSpec(**spec),
            _Fitted(encoding, tuple(fitted["lags"]), fitted["context"], shape),
            network,
        )


@dataclass(frozen=True)
class _Fitted:
    """What predictions need beside the weights."""

    encoding: Encoding
    lags: tuple[int, ...]
    context: int
    shape: Shape


@dataclass(frozen=True, eq=False)
class FittedDeepAR:
    """The network and how to feed it."""

    spec: ForecastSpec
    fitted: _Fitted
    network: DeepARNetwork

    def predict(self, history: Panel) -> Forecast:
        """Draw futures from the end of ``history``."""
        from forecastle.models.deep.deep_ar_network import Steps

        horizon = self.spec.horizon
        encoded = self.fitted.encoding.encode(history, horizon)
        at_once = max(_ROWS_AT_ONCE // _PATHS, 1)
        parts = []
        with extra.seeded(self.spec.seed) as device:
            self.network.to(device)
            steps = Steps(encoded, self.fitted.lags, device)
            for first in range(0, history.n_series, at_once):
                series = np.arange(first, min(first + at_once, history.n_series))
                parts.append(_quantiles(self.network, steps, series, encoded, self))
            self.network.cpu()
        quantiles = np.concatenate(parts) if parts else np.zeros((0, horizon, len(GRID)))
        return Forecast.after(history, quantiles)

    def save(self, folder: Path) -> None:
        """Weights as safetensors, everything else as JSON."""
        from safetensors.torch import save_file

        save_file(self.network.state_dict(), folder / _WEIGHTS)
        values = {"spec": asdict(self.spec), "fitted": asdict(self.fitted)}
        (folder / _FILE).write_text(json.dumps(values), encoding="utf-8")


def _loss(
    network: DeepARNetwork,
    steps: Steps,
    series: Integers,
    origin: Integers,
    lengths: tuple[int, int],
) -> torch.Tensor:
    """The mean loss of a batch over all observed steps of context and horizon."""
    context, horizon = lengths
    rows, columns, scale = steps.window(series, origin, -context, horizon)
    embedded = network.embeddings(steps.codes[rows])
    inputs = _join(steps.lagged(rows, columns, scale), steps.fixed(rows, columns, scale, embedded))
    outputs, _ = network(inputs)
    values, counts = steps.actual(rows, columns, scale)
    losses = network.likelihood.loss(outputs, values, scale[:, None].expand_as(values))
    found: torch.Tensor = (losses * counts).sum() / counts.sum().clamp(min=1)
    return found


def _join(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    import torch

    return torch.cat([first, second], dim=-1)


def _quantiles(
    network: DeepARNetwork, steps: Steps, series: Integers, encoded: Encoded, model: FittedDeepAR
) -> Floats:
    """``[n, horizon, len(GRID)]`` of some series."""
    import torch

    horizon, context = model.spec.horizon, model.fitted.context
    origin = np.full(len(series), encoded.n_time)
    with torch.no_grad():
        rows, columns, scale = steps.window(series, origin, -context, horizon)
        embedded = network.embeddings(steps.codes[rows])
        fixed = steps.fixed(rows, columns, scale, embedded)
        past = _join(steps.lagged(rows, columns[:, :context], scale), fixed[:, :context])
        _, state = network(past)
        drawn = _draw(network, steps, (rows, columns, scale), fixed[:, context:], state)
        levels = torch.tensor(GRID, dtype=drawn.dtype, device=drawn.device)
        found = torch.quantile(drawn, levels, dim=1)
    quantiles = found.permute(1, 2, 0).double().cpu().numpy()
    return np.asarray(quantiles * encoded.scale[series, encoded.n_time][:, None, None])


def _draw(
    network: DeepARNetwork,
    steps: Steps,
    window: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    fixed: torch.Tensor,
    state: tuple[torch.Tensor, torch.Tensor],
) -> torch.Tensor:
    """``[n, paths, horizon]`` scaled futures, each step drawn after the one before."""
    import torch

    rows, columns, scale = window
    horizon = fixed.shape[1]
    first = columns.shape[1] - horizon
    scales = scale.repeat_interleave(_PATHS)
    hidden = tuple(part.repeat_interleave(_PATHS, dim=1) for part in state)
    drawn = torch.zeros((len(rows) * _PATHS, 0), device=scale.device)
    for step in range(horizon):
        lagged = steps.lagged(rows, columns[:, first + step : first + step + 1], scale)[:, 0]
        inputs = lagged.repeat_interleave(_PATHS, dim=0)
        for k, lag in enumerate(steps.lags.tolist()):
            if lag <= step:  # it reaches into what was drawn
                inputs[:, k] = drawn[:, step - lag]
                inputs[:, len(steps.lags) + k] = 1.0
        ahead = fixed[:, step].repeat_interleave(_PATHS, dim=0)
        outputs, hidden = network(_join(inputs, ahead)[:, None], hidden)
        value = network.likelihood.draw(outputs[:, 0], scales)
        drawn = torch.cat([drawn, value[:, None]], dim=1)
    return drawn.reshape(len(rows), _PATHS, horizon)


def _likelihood(settings: DeepARSettings, encoded: Encoded) -> str:
    """The one asked for, else counts for counts and heavy tails for anything else.

    Raises:
        InputError: the one asked for does not allow the demand there is.
    """
    demand = encoded.target[encoded.observed]
    whole = bool((demand >= 0).all() and (demand == np.round(demand)).all())
    if settings.likelihood is None:
        return "negative-binomial" if whole else "student-T"
    limits = {"beta": (0.0, 1.0), "negative-binomial": (0.0, np.inf)}
    low, high = limits.get(settings.likelihood, (-np.inf, np.inf))
    if demand.size and (demand.min() < low or demand.max() > high):
        outside = demand.min() if demand.min() < low else demand.max()
        raise InputError(
            f"training parameter likelihood of {DeepAR.name}: {settings.likelihood} takes demand "
            f"from {low:g} to {high:g}; found {outside:g}, use student-T"
        )
    return settings.likelihood


def _context(panel: Panel, horizon: int) -> int:
    """Steps read before the first forecast: seasons and horizons, within the history."""
    season = panel.frequency.season
    wanted = max(2 * horizon, 4 * season if season <= 31 else season)
    return max(min(wanted, _LONGEST_CONTEXT, panel.n_time), 1)


def _lags(panel: Panel) -> list[int]:
    """The last step, one and two seasons before, a year before."""
    season, year = panel.frequency.season, round(panel.frequency.steps_per_year)
    wanted = {1, 2, season, 2 * season}
    if year > 2 * season and panel.n_time > 1.2 * year:
        # The same weekday a year ago, for daily data.
        wanted.add(round(year / season) * season)
    return sorted(lag for lag in wanted if lag < max(panel.n_time, 2))
