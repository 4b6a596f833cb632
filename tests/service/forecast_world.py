"""A dataset group with sales, a predictor and forecasts, as their jobs leave them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.jobs.group_data import schema_of
from forecastle.series.alignment import default_alignment
from forecastle.series.dataset_table import DatasetTable
from forecastle.series.dataset_target import condensed
from forecastle.series.recipe import DataRecipe
from forecastle.service.context import Caller, Context
from forecastle.training.dependence import Dependence
from tests.service.service_world import REGION, World

STORES = (
    ("item_id", "string"),
    ("store", "string"),
    ("timestamp", "timestamp"),
    ("demand", "float"),
)

Key = tuple[str, ...]
Sales = Mapping[Key, Mapping[datetime, float | None]]


@dataclass
class Shop:
    """One dataset group.

    Attributes:
        world: the service.
        dataset: ARN of the target.
        predictor: ARN.
        dimensions: of the forecasts.
        frequency: of the forecasts.
    """

    world: World
    dataset: str
    predictor: str
    dimensions: tuple[str, ...]
    frequency: str

    @classmethod
    def open(
        cls,
        world: World,
        *,
        dimensions: tuple[str, ...] = ("store",),
        frequency: str = "D",
        aggregation: str = "sum",
    ) -> Shop:
        """With a predictor, and without sales."""
        dataset = world.filled(world.dataset(attributes=STORES))
        predictor = world.trained(world.group(dataset))
        shop = cls(world, dataset, predictor, dimensions, frequency)
        alignment = default_alignment(Frequency.parse(frequency))
        recipe = DataRecipe(alignment, dimensions, aggregation=aggregation)
        shop._publish(predictor, "artifact", {"recipe.json": json.dumps(recipe.to_json())})
        shop.sell({})
        return shop

    @property
    def context(self) -> Context:
        """Asks the service as the world's caller."""
        world = self.world
        return Context(world.service, Caller(world.account, world.role, REGION, "FCKEY"))

    def sell(self, sales: Sales) -> None:
        """All sales from now on: by item and store, then by day; None is a missing value."""
        rows = [
            {"item_id": key[0], "store": key[1], "timestamp": day, "demand": value}
            for key, days in sales.items()
            for day, value in days.items()
        ]
        types = {"item_id": pl.String, "store": pl.String, "timestamp": pl.Datetime("us")}
        frame = pl.DataFrame(rows, schema={**types, "demand": pl.Float64})
        schema = schema_of(self.world.find(self.dataset))
        table = DatasetTable(condensed(frame.lazy(), schema).collect(), {}, len(rows), 0.0)
        self._publish(self.dataset, "data", table)

    def forecast(
        self,
        values: Mapping[Key, Mapping[str, Sequence[float]]],
        first: datetime,
        name: str = "week",
        dependence: Dependence | None = None,
    ) -> str:
        """A forecast with those columns (``p10``, ``mean``), a second after the one before it.

        With a dependence, its totals of all series are ten times the values of the first.
        """
        world = self.world
        world.now += 1
        arn = world.forecast(self.predictor, name)
        columns = list(next(iter(values.values())))
        horizon = len(next(iter(values.values()))[columns[0]])
        times = Frequency.parse(self.frequency).times(np.datetime64(first, "s"), horizon)
        keys = ("item_id", *self.dimensions)
        frames = [
            pl.DataFrame({name: [part] * horizon for name, part in zip(keys, key, strict=True)})
            .with_columns(pl.Series("timestamp", times.astype("datetime64[us]")))
            .with_columns(pl.Series(name, list(map(float, found[name]))) for name in columns)
            for key, found in sorted(values.items())
        ]
        table = pl.concat(frames)
        if dependence is None:
            self._publish(arn, "artifact", {"forecast.parquet": table})
        else:
            of_all = frames[0].select("timestamp", *(pl.col(name) * 10 for name in columns))
            of_all = of_all.with_columns(pl.lit(None, pl.String).alias("grouped_by"))
            groups = table.select(keys).unique(maintain_order=True)
            files = {"totals.parquet": of_all, "groups.parquet": groups}
            self._publish(arn, "artifact", {"forecast.parquet": table, **files})
        asked = [name for name in columns if name != "mean"]
        moments = [str(time) for time in times]
        world.finish(
            arn,
            item="item_id",
            dimensions=list(self.dimensions),
            columns=asked,
            frequency=self.frequency,
            first=moments[0],
            last=moments[-1],
            series=len(values),
            **({} if dependence is None else {"dependence": dependence.to_json()}),
        )
        return arn

    def _publish(self, arn: str, detail: str, content: Any) -> None:
        """An artifact of a resource; each has an identity of its own."""
        world = self.world
        identity = f"{world.account}-{world.service.random(80)}-{detail}"
        with TemporaryDirectory() as place:
            folder = Path(place)
            if isinstance(content, DatasetTable):
                content.save(folder)
            else:
                for name, part in content.items():
                    if isinstance(part, pl.DataFrame):
                        part.write_parquet(folder / name, row_group_size=5)
                    else:
                        (folder / name).write_text(part, encoding="utf-8")
            world.service.stores.artifacts.publish(folder, identity)
        world.change(arn, details={**world.find(arn).details, detail: identity})
