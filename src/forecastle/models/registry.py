"""Every algorithm, in the order in which a time budget is spent: cheap and strong first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecastle.core.errors import InputError
from forecastle.models.arima import ARIMA
from forecastle.models.base import Model
from forecastle.models.cnn_qr import CNNQR
from forecastle.models.cnn_qr import PARAMETERS as CNN_QR_PARAMETERS
from forecastle.models.cnn_qr import tuned_ranges as cnn_qr_ranges
from forecastle.models.deep import extra
from forecastle.models.deep_ar import PARAMETERS as DEEP_AR_PARAMETERS
from forecastle.models.deep_ar import DeepAR
from forecastle.models.deep_ar import tuned_ranges as deep_ar_ranges
from forecastle.models.ets import ETS
from forecastle.models.hurdle import Hurdle
from forecastle.models.last_year import LastYearLevel
from forecastle.models.lightgbm_quantile import LightGBMQuantile
from forecastle.models.low_rank_seasonal import LowRankSeasonal
from forecastle.models.mstl import MSTLETS
from forecastle.models.npts import NPTS
from forecastle.models.npts import PARAMETERS as NPTS_PARAMETERS
from forecastle.models.parameters import Parameter, read_parameters
from forecastle.models.prophet import Prophet
from forecastle.models.quantile_regression import QuantileRegression
from forecastle.models.ranges import Range, check_ranges
from forecastle.models.seasonal_naive import SeasonalNaive
from forecastle.models.theta import Theta
from forecastle.models.tsb import TSB
from forecastle.series.panel import Panel


@dataclass(frozen=True)
class Entry:
    """An algorithm and its part in AutoML.

    Attributes:
        model: the algorithm.
        most_series: AutoML leaves it out for more series than this, because it is slow; None is
            no limit, 0 means that it runs by name only.
        parameters: the training parameters that it takes.
        missing: what must be installed before it can be used; None if nothing.
        tuned: panel and horizon → where tuning looks if nobody says where; None: it cannot be
            tuned.
    """

    model: Model
    most_series: int | None = None
    parameters: tuple[Parameter, ...] = ()
    missing: Callable[[], str | None] = lambda: None
    tuned: Callable[[Panel, int], tuple[Range, ...]] | None = None

    def left_out(self, n_series: int) -> str | None:
        """Why AutoML does not consider the algorithm for so many series; None if it does."""
        if self.most_series is None or n_series <= self.most_series:
            return None
        return "slow; ask for it by name to have it all the same"


_ENTRIES: tuple[Entry, ...] = (
    Entry(SeasonalNaive()),
    Entry(LastYearLevel()),
    Entry(LowRankSeasonal()),
    Entry(NPTS(), parameters=NPTS_PARAMETERS),
    Entry(TSB()),
    Entry(LightGBMQuantile()),
    Entry(Hurdle()),
    Entry(QuantileRegression()),
    Entry(ETS(), most_series=5_000),
    Entry(Theta()),
    Entry(MSTLETS()),
    Entry(Prophet(), most_series=5),
    Entry(ARIMA(), most_series=0),
    Entry(
        CNNQR(),
        most_series=0,
        parameters=CNN_QR_PARAMETERS,
        missing=extra.missing,
        tuned=cnn_qr_ranges,
    ),
    Entry(
        DeepAR(),
        most_series=0,
        parameters=DEEP_AR_PARAMETERS,
        missing=extra.missing,
        tuned=deep_ar_ranges,
    ),
)

REGISTRY: dict[str, Entry] = {entry.model.name: entry for entry in _ENTRIES}
"""By name, in order."""

NAIVE = SeasonalNaive.name


def model(name: str) -> Model:
    """The algorithm of that name."""
    return REGISTRY[name].model


def check_training_parameters(name: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The training parameters given for the algorithm of that name, as typed values.

    Raises:
        InputError: it takes no such parameter, or the value is not allowed.
    """
    return read_parameters(name, REGISTRY[name].parameters, given)


def check_tuning(name: str, ranges: Sequence[Range], given: Mapping[str, str]) -> None:
    """Whether the algorithm of that name can be tuned, and within ``ranges``.

    Args:
        name: of the algorithm.
        ranges: where to look; empty: where the algorithm says.
        given: training parameters that are fixed.

    Raises:
        InputError: it cannot be tuned, or a range cannot be searched; see `check_ranges`.
    """
    if REGISTRY[name].tuned is None:
        able = " and ".join(each for each, entry in REGISTRY.items() if entry.tuned is not None)
        raise InputError(
            f"algorithm {name} cannot be tuned, only {able} can; choose one of them or do not tune"
        )
    check_ranges(name, REGISTRY[name].parameters, ranges, given)


def resolve(names: tuple[str, ...]) -> tuple[str, ...]:
    """Registered names for names in any case, ``-`` and ``_`` alike and ``+`` as ``plus`` (the
    guide writes DeepAR+ for Deep_AR_Plus), in registry order.

    Raises:
        InputError: names what is not an algorithm and lists those that are.
    """
    known = {_plain(name): name for name in REGISTRY}
    for name in names:
        if _plain(name) not in known:
            raise InputError(
                f"algorithm '{name}' is not known; use AutoML or some of {', '.join(REGISTRY)}"
            )
    wanted = {known[_plain(name)] for name in names}
    return tuple(name for name in REGISTRY if name in wanted)


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "").replace("_", "").replace("+", "plus")
