"""Where a predictor's choices come from: the trials of its tuning, the predictor before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


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
class Origin:
    """Where the choices come from.

    Attributes:
        trials: of the tuning, in their order; empty: it was not tuned.
        retraining: None: it is no retrained predictor.
    """

    trials: tuple[Trial, ...] = field(default=())
    retraining: Retraining | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        return {
            "trials": [asdict(trial) for trial in self.trials],
            "retraining": None if self.retraining is None else asdict(self.retraining),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any] | None) -> Origin:
        """What `to_json` gave; earlier versions knew none of it."""
        values = values or {}
        retraining = values.get("retraining")
        return cls(
            tuple(Trial(**trial) for trial in values.get("trials", ())),
            None if retraining is None else Retraining(**retraining),
        )
