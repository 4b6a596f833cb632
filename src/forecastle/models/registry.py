"""Every algorithm, in the order in which a time budget is spent: cheap and strong first."""

from __future__ import annotations

from dataclasses import dataclass

from forecastle.core.errors import InputError
from forecastle.models.base import Model
from forecastle.models.last_year import LastYearLevel
from forecastle.models.lightgbm_quantile import LightGBMQuantile
from forecastle.models.seasonal_naive import SeasonalNaive


@dataclass(frozen=True)
class Entry:
    """An algorithm and its part in AutoML.

    ``automl`` is False for algorithms that run only when asked for by name; ``why_not`` says why.
    """

    model: Model
    why_not: str = ""

    @property
    def automl(self) -> bool:
        """Whether AutoML considers the algorithm."""
        return not self.why_not


_ENTRIES: tuple[Entry, ...] = (
    Entry(SeasonalNaive()),
    Entry(LastYearLevel()),
    Entry(LightGBMQuantile()),
)

REGISTRY: dict[str, Entry] = {entry.model.name: entry for entry in _ENTRIES}
"""By name, in order."""

NAIVE = SeasonalNaive.name


def model(name: str) -> Model:
    """The algorithm of that name."""
    return REGISTRY[name].model


def resolve(names: tuple[str, ...]) -> tuple[str, ...]:
    """Registered names for names in any case, ``-`` and ``_`` alike, in registry order.

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
    return name.strip().lower().replace("-", "").replace("_", "")
