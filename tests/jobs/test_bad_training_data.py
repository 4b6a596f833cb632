"""What is wrong with the data beside the sales: refused before training, or told afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from forecastle.catalog.resources import Resource
from forecastle.core.errors import DataError, InputError
from forecastle.core.names import ResourceType
from forecastle.training.backtesting import Backtesting
from tests.jobs.job_world import ITEMS, SALES, World, legacy

_FIRST, _DAYS, _HORIZON = date(2024, 1, 1), 60, 3
_RELATED = (
    ("item_id", "string"),
    ("timestamp", "timestamp"),
    ("price", "float"),
    ("tax", "float"),
)


def table(items: str, days: int, start: int = 0) -> pl.DataFrame:
    """A number for each item and day."""
    return pl.DataFrame(
        [
            (item, str(_FIRST + timedelta(day)), 10.0 + place + day % 7)
            for place, item in enumerate(items)
            for day in range(start, days)
        ],
        schema=["item_id", "timestamp", "value"],
        orient="row",
    )


def prices(items: str = "AB", days: int = _DAYS + _HORIZON, start: int = 0) -> pl.DataFrame:
    """Prices that change, and a tax that does."""
    return table(items, days, start).select(
        "item_id", "timestamp", pl.col("value").alias("price"), (pl.col("value") % 3).alias("tax")
    )


@dataclass
class Training:
    """Trains on sales of A and B with other tables beside them, and says whether it began."""

    world: World
    begun: int = 0

    def __call__(
        self, related: pl.DataFrame | None = None, items: str | None = None, **rules: str
    ) -> Resource:
        datasets = [self._imported("sales", SALES, "TARGET_TIME_SERIES", self._sold())]
        if related is not None:
            datasets.append(self._imported("prices", _RELATED, "RELATED_TIME_SERIES", related))
        if items is not None:
            datasets.append(self._imported("items", ITEMS, "ITEM_METADATA", items))
        method = {"FeaturizationMethodName": "filling", "FeaturizationMethodParameters": rules}
        named = [{"AttributeName": "price", "FeaturizationPipeline": [method]}]
        config = {"Featurizations": named} if rules else {}
        group = self.world.group(*datasets)
        request = legacy(group, "SeasonalNaive", FeaturizationConfig=config)
        return self.world.run(ResourceType.PREDICTOR, "predictor", request)

    def _sold(self) -> pl.DataFrame:
        return table("AB", _DAYS).rename({"value": "demand"})

    def _imported(
        self, name: str, columns: Any, kind: str, content: pl.DataFrame | str
    ) -> Resource:
        frequency = None if kind == "ITEM_METADATA" else "D"
        made = self.world.dataset(name, columns, kind=kind, frequency=frequency)
        self.world.import_data(made, self.world.upload(f"{name}/data.csv", content), "first")
        return made


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Training:
    training, run = Training(World.at(tmp_path)), Backtesting.run

    def noted(*arguments: Any, **options: Any) -> Backtesting:
        training.begun += 1
        return run(*arguments, **options)

    monkeypatch.setattr("forecastle.training.automl.Backtesting.run", noted)
    return training


@pytest.mark.parametrize(
    ("related", "told"),
    [
        pytest.param(
            pl.concat([prices("A"), prices("B", _DAYS + 1)]),
            "item_id 'B': related rows stop at 2024-03-01 ('price'); need 2024-03-03: add rows "
            "from 2024-03-02 on, or a filling rule such as futurefill",
            id="an item is not covered to the end of the horizon",
        ),
        pytest.param(
            pl.concat([prices("A", _DAYS), prices("B", _DAYS - 2)]),
            "item_id 'B': related rows stop at 2024-02-27 ('price'); need 2024-02-29: add rows "
            "from 2024-02-28 on, or a filling rule such as backfill",
            id="an item is not covered to the end of the history",
        ),
        pytest.param(
            pl.concat([prices("A"), prices("B", start=5)]),
            "item_id 'B': related rows of 'price' start after the item's first sale on "
            "2024-01-01; add earlier rows",
            id="an item's prices begin after its sales",
        ),
        pytest.param(
            prices().filter(pl.col("timestamp") != "2024-01-10"),
            "item_id 'A': no value of 'price' on 2024-01-10; add it, or a filling rule such as "
            "middlefill",
            id="a gap",
        ),
    ],
)
def test_prices_with_holes_are_refused_before_training(train, related, told):
    with pytest.raises(DataError) as caught:
        train(related)
    assert f"related data: {told}" in str(caught.value)
    assert train.begun == 0


def test_prices_of_other_items_are_refused_before_training(train):
    with pytest.raises(InputError, match=r"it has A, B, the related data have a, b: write them"):
        train(prices("ab"))
    assert train.begun == 0


def test_rules_close_the_holes(train):
    gap = pl.concat([prices("A"), prices("B", _DAYS + 1)]).with_columns(tax=1.0)
    made = train(
        gap.filter(pl.col("timestamp") != "2024-01-10"), middlefill="mean", futurefill="median"
    )
    assert made.details["series"] == 2


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        pytest.param(
            {"related": prices("A")},
            "Related data cover 1 of 2 series; left out: B; add their rows to forecast them too.",
            id="items without prices shrink the predictor, as Amazon Forecast does",
        ),
        pytest.param(
            {"related": prices().with_columns(tax=19.0)},
            "Related feature 'tax' never changes and was left out; give the values that it had, "
            "or remove the column.",
            id="a column that never changes",
        ),
        pytest.param(
            {"items": "A,toys\n"},
            "Item metadata list 1 of 2 items; nothing is known of B: add a row for each.",
            id="an item without metadata",
        ),
    ],
)
def test_what_can_be_trained_all_the_same_is_told_in_the_message(train, tables, message):
    made = train(**tables)
    assert message in made.message
    assert train.begun == 1
