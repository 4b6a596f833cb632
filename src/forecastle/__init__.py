"""Forecastle: sales forecasting, one file in, next week's p10/p50/p90 out.

>>> import forecastle as fc
>>> fc.forecast("sales.csv", horizon=7, holidays="UK")

Importing this is quick: each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecastle.compute.processes import ProcessExecutor
    from forecastle.core.errors import DataError, ForecastleError, InputError
    from forecastle.library.api import forecast, load
    from forecastle.library.predictor import Predictor
    from forecastle.library.settings import Settings
    from forecastle.series.events import Event

    __version__: str

_HOMES = {
    "DataError": "forecastle.core.errors",
    "Event": "forecastle.series.events",
    "ForecastleError": "forecastle.core.errors",
    "InputError": "forecastle.core.errors",
    "Predictor": "forecastle.library.predictor",
    "ProcessExecutor": "forecastle.compute.processes",
    "Settings": "forecastle.library.settings",
    "forecast": "forecastle.library.api",
    "load": "forecastle.library.api",
}

__all__ = [
    "DataError",
    "Event",
    "ForecastleError",
    "InputError",
    "Predictor",
    "ProcessExecutor",
    "Settings",
    "__version__",
    "forecast",
    "load",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("forecastle")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'forecastle' has no attribute '{name}'")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
