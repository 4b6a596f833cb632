"""TrainedPredictor: members, weights and accuracy; forecasts new data without training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.executor import Executor, SerialExecutor
from forecastle.core.frequency import Frequency
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.backtest_archive import read_backtests, write_backtests
from forecastle.training.blend import Blend
from forecastle.training.dependence import Dependence
from forecastle.training.origin import Origin
from forecastle.training.report import AccuracyReport, Backtest
from forecastle.training.shards import SHARD_SERIES, Shards, forecast_in_shards
from forecastle.training.tasks import Files, ForecastTask, run_forecast

MANIFEST = "predictor.json"
WEIGHTS = "series_weights.parquet"
BACKTESTS = "backtests.parquet"
FORMAT = 1


@dataclass(frozen=True, eq=False)
class TrainedPredictor:
    """What training made.

    Attributes:
        spec: what is forecast.
        frequency: of the series.
        keys: the series of the training, in the order of the blend's series weights.
        blend: the members and their shares.
        members: each member as the files that it saved.
        accuracy: on the reported windows.
        backtests: the forecasts of the reported windows, earliest first; empty if not loaded.
        left_out: algorithms that took no part, and why.
        messages: what the user should know.
        seconds: how long training took.
        origin: where algorithms, shares and training parameters come from.
        shard_series: more series than this are forecast in shards of at most so many.
        dependence: how series and steps go up and down together, for totals; None: saved by an
            earlier version, which did not look.
    """

    spec: ForecastSpec
    frequency: Frequency
    keys: pl.DataFrame
    blend: Blend
    members: Mapping[str, Files]
    accuracy: AccuracyReport
    backtests: tuple[Backtest, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    messages: tuple[str, ...] = ()
    seconds: float = 0.0
    origin: Origin = field(default_factory=Origin)
    shard_series: int = SHARD_SERIES
    dependence: Dependence | None = None

    @property
    def weights(self) -> dict[str, float]:
        """The group's share of each member, largest first."""
        return self.blend.shares()

    def forecast(self, history: Panel, executor: Executor | None = None) -> Forecast:
        """The ``horizon`` steps after ``history``, which may hold new data and new series.

        Raises:
            InputError: the history has another frequency than the predictor.
        """
        if history.frequency != self.frequency:
            raise InputError(
                f"the data's frequency is {history.frequency}, the predictor's {self.frequency}; "
                "give data of the predictor's frequency or train a new predictor"
            )
        blend, executor = self.blend_for(history), executor or SerialExecutor()
        shards = Shards(history.n_series, self.shard_series, self.spec.seed)
        if not shards.is_one:
            horizon = self.spec.horizon
            return forecast_in_shards(history, self.members, blend, horizon, shards, executor)
        tasks = [ForecastTask(name, self.members[name], history) for name in blend.algorithms]
        quantiles = {
            tasks[index].algorithm: result for index, result in executor.map(run_forecast, tasks)
        }
        return blend.forecast(history, quantiles)

    def blend_for(self, history: Panel) -> Blend:
        """The shares for the series of ``history``: new series take the group's."""
        position = self.keys.with_row_index("position")
        joined = history.keys.join(
            position, on=self.keys.columns, how="left", maintain_order="left"
        )
        index = joined["position"].fill_null(-1).cast(pl.Int64).to_numpy()
        rows = np.where(
            (index >= 0)[:, None], self.blend.series_weights[index], self.blend.weights[None]
        )
        return replace(self.blend, series_weights=rows)

    def save(self, folder: Path) -> None:
        """Write JSON, Parquet and the members' own files into an existing, empty folder."""
        names = list(self.blend.algorithms)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "spec": asdict(self.spec),
            "frequency": str(self.frequency),
            "weights": dict(zip(names, self.blend.weights.tolist(), strict=True)),
            "spread": self.blend.spread,
            "accuracy": self.accuracy.to_json(),
            "left_out": dict(self.left_out),
            "messages": list(self.messages),
            "seconds": self.seconds,
            "origin": self.origin.to_json(),
            "shard_series": self.shard_series,
            "dependence": None if self.dependence is None else self.dependence.to_json(),
        }
        (folder / MANIFEST).write_text(
            json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8"
        )
        shares = pl.DataFrame(
            self.blend.series_weights, schema=[weight_column(name) for name in names]
        )
        pl.concat([self.keys, shares], how="horizontal").write_parquet(folder / WEIGHTS)
        if self.backtests:
            write_backtests(folder / BACKTESTS, self.backtests)
        for name, files in self.members.items():
            (folder / name).mkdir()
            for file, content in files.items():
                (folder / name / file).write_bytes(content)

    @classmethod
    def load(cls, folder: Path, *, backtests: bool = True) -> TrainedPredictor:
        """Read back what `save` wrote.

        Args:
            folder: that it was saved to.
            backtests: whether to read them too; to forecast, nobody needs them. Predictors that
                earlier versions saved have none.

        Raises:
            InputError: the folder holds no predictor, a damaged one, or one of another format.
        """
        try:
            return cls._load(folder, backtests)
        except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"{folder}: no usable predictor ({error}); give the folder 'predictor' that "
                "'forecastle run' wrote, or train again"
            ) from error

    @classmethod
    def _load(cls, folder: Path, backtests: bool) -> TrainedPredictor:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise InputError(
                f"{folder}: predictor format {manifest['format']} is not {FORMAT}; it was saved "
                "by another version of Forecastle: train again"
            )
        names = tuple(manifest["weights"])
        table = pl.read_parquet(folder / WEIGHTS)
        columns = [weight_column(name) for name in names]
        spec = manifest["spec"] | {"forecast_types": tuple(manifest["spec"]["forecast_types"])}
        blend = Blend(
            names,
            np.array(list(manifest["weights"].values()), dtype=float),
            table.select(columns).to_numpy(),
            manifest.get("spread", 1.0),
        )
        members = {
            name: {path.name: path.read_bytes() for path in sorted((folder / name).iterdir())}
            for name in names
        }
        frequency, keys = Frequency.parse(manifest["frequency"]), table.drop(columns)
        wanted = backtests and (folder / BACKTESTS).exists()
        return cls(
            spec=ForecastSpec(**spec),
            frequency=frequency,
            keys=keys,
            blend=blend,
            members=members,
            accuracy=AccuracyReport.from_json(manifest["accuracy"]),
            backtests=read_backtests(folder / BACKTESTS, frequency, keys) if wanted else (),
            left_out=manifest["left_out"],
            messages=tuple(manifest["messages"]),
            seconds=manifest["seconds"],
            origin=Origin.from_json(manifest.get("origin")),
            shard_series=manifest.get("shard_series", SHARD_SERIES),
            dependence=_dependence(manifest.get("dependence")),
        )


def _dependence(values: Mapping[str, Any] | None) -> Dependence | None:
    return None if values is None else Dependence.from_json(values)


def weight_column(algorithm: str) -> str:
    """The column of the series' shares of a member in `WEIGHTS`."""
    return f"weight_{algorithm}"
