"""Where a predictor's choices come from: the trials of its tuning, the predictor before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np

from forecastle.evaluation.windows import Window
from forecastle.series.panel import Panel

# A fitted model that is older than so many horizons says little of one that is fitted now.
_OLDEST = 4


@dataclass(frozen=True)
class Trial:
    """One training of a search for training parameters.

    Attributes:
        parameters: that it was trained with, beside the fixed ones.
        loss: on the windows of the search; None: it could not be trained.
        seconds: that it took.
        failure: why it could not be trained; empty if it could.
    """

    parameters: Mapping[str, str]
    loss: float | None
    seconds: float
    failure: str = ""


@dataclass(frozen=True)
class Retraining:
    """How a predictor was trained again.

    Attributes:
        kept: whether algorithms and shares are those of the predictor before; else they were
            chosen anew.
        reason: why they were chosen anew; empty if they were not.
        standard: average wQL of the training that chose them, in those of the seasonal naive;
            None: not known.
    """

    kept: bool
    reason: str = ""
    standard: float | None = None


@dataclass(frozen=True)
class Seen:
    """What a training saw.

    Attributes:
        until: the start of the first step after its data, in ISO format.
        attributes: related columns and columns of the metadata.
    """

    until: str
    attributes: tuple[str, ...]

    @classmethod
    def of(cls, panel: Panel) -> Self:
        """What a training on ``panel`` sees."""
        return cls(str(panel.future_times(1)[0]), _attributes(panel))

    def fits(self, panel: Panel) -> bool:
        """Whether ``panel`` has the same attributes."""
        return self.attributes == _attributes(panel)

    def ends_before(self, panel: Panel, window: Window) -> bool:
        """Whether nothing of ``window`` was seen, though not much less than lies before it."""
        first = panel.frequency.shift(panel.origin, np.array([window.first, self._oldest(window)]))
        return bool(first[1] <= np.datetime64(self.until) <= first[0])

    def _oldest(self, window: Window) -> int:
        return window.first - _OLDEST * window.horizon


@dataclass(frozen=True)
class Origin:
    """Where the choices come from.

    Attributes:
        trials: of the tuning, in their order; empty: it was not tuned.
        retraining: None: it is no retrained predictor.
        seen: by the last fit of the members; None: not known.
    """

    trials: tuple[Trial, ...] = field(default=())
    retraining: Retraining | None = None
    seen: Seen | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        return {
            "trials": [asdict(trial) for trial in self.trials],
            "retraining": None if self.retraining is None else asdict(self.retraining),
            "seen": None if self.seen is None else asdict(self.seen),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any] | None) -> Origin:
        """What `to_json` gave; earlier versions knew none of it."""
        values = values or {}
        retraining, seen = values.get("retraining"), values.get("seen")
        return cls(
            tuple(Trial(**trial) for trial in values.get("trials", ())),
            None if retraining is None else Retraining(**retraining),
            None if seen is None else Seen(seen["until"], tuple(seen["attributes"])),
        )


def _attributes(panel: Panel) -> tuple[str, ...]:
    return (*panel.known_names, *panel.past_names, *panel.static.columns)
