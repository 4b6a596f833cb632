"""TrainingSummary: what a saved predictor says of itself, read without its members."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import levels_of
from forecastle.training.origin import Origin
from forecastle.training.predictor import MANIFEST, WEIGHTS, weight_column
from forecastle.training.report import AccuracyReport


@dataclass(frozen=True)
class TrainingSummary:
    """The short part of a predictor.

    Attributes:
        frequency: of the series.
        horizon: steps ahead.
        forecast_types: quantiles and ``mean``.
        weights: the group's share of each member, largest first.
        accuracy: on the reported windows.
        left_out: algorithms that took no part, and why.
        messages: what the user should know.
        seconds: how long training took.
        origin: where algorithms, shares and training parameters come from.
    """

    frequency: Frequency
    horizon: int
    forecast_types: tuple[str, ...]
    weights: Mapping[str, float]
    accuracy: AccuracyReport
    left_out: Mapping[str, str]
    messages: tuple[str, ...]
    seconds: float
    origin: Origin

    @classmethod
    def read(cls, folder: Path) -> TrainingSummary:
        """Of the folder that `TrainedPredictor.save` wrote."""
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        shares = sorted(manifest["weights"].items(), key=lambda pair: -pair[1])
        return cls(
            frequency=Frequency.parse(manifest["frequency"]),
            horizon=manifest["spec"]["horizon"],
            forecast_types=tuple(manifest["spec"]["forecast_types"]),
            weights=dict(shares),
            accuracy=AccuracyReport.from_json(manifest["accuracy"]),
            left_out=manifest["left_out"],
            messages=tuple(manifest["messages"]),
            seconds=manifest["seconds"],
            origin=Origin.from_json(manifest.get("origin")),
        )

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels among the forecast types; the median where there are none."""
        return levels_of(self.forecast_types) or (0.5,)


def read_keys(folder: Path) -> pl.DataFrame:
    """The series of a saved predictor, in its order: ``item_id`` and the dimensions."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    shares = [weight_column(name) for name in manifest["weights"]]
    return pl.read_parquet(folder / WEIGHTS).drop(shares)
