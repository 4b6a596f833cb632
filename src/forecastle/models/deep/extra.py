"""Whether PyTorch is there, and how networks use it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np

from forecastle.core.errors import InputError
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec

EXTRA = "deep"
_FEWEST_WINDOWS = 20
_PARTS = ("torch", "safetensors")


@cache
def missing() -> str | None:
    """What to do to have networks; None where PyTorch is installed."""
    absent = [name for name in _PARTS if importlib.util.find_spec(name) is None]
    if not absent:
        return None
    return f"it needs {' and '.join(absent)}; install the extra: pip install 'forecastle[{EXTRA}]'"


def unsuited(panel: Panel, spec: ForecastSpec) -> str | None:
    """Why a network cannot learn from the data; None if it can."""
    windows = int(np.maximum(panel.lengths - spec.horizon, 0).sum())
    if windows < _FEWEST_WINDOWS:
        return f"only {windows} windows to learn from; it needs {_FEWEST_WINDOWS}"
    return missing()


def require(algorithm: str) -> None:
    """Refuse work that needs PyTorch.

    Raises:
        InputError: it is not installed; says what to do.
    """
    reason = missing()
    if reason is not None:
        raise InputError(f"{algorithm} cannot run: {reason}")


@contextmanager
def seeded(seed: int) -> Iterator[str]:
    """Chance decided by ``seed`` alone, on the device that is yielded: ``cuda`` or ``cpu``.

    One thread on a CPU: how sums are shared among threads would show in the last bits, and small
    networks gain little from more.
    """
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            yield device
    finally:
        torch.set_num_threads(threads)
