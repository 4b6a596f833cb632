"""A training that searches for training parameters: PerformHPO."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from forecastle.core.names import ResourceType
from forecastle.jobs.train import load_predictor
from tests.jobs.job_world import World, legacy

pytest.importorskip("torch")

RANGES = {
    "IntegerParameterRanges": [{"Name": "context_length", "MinValue": 3, "MaxValue": 9}],
    "CategoricalParameterRanges": [{"Name": "use_item_metadata", "Values": ["ALL", "NONE"]}],
}


def sales(days: int = 60) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "item_id": ["tea"] * days,
            "timestamp": [date(2024, 1, 1) + timedelta(day) for day in range(days)],
            "demand": [10.0 + 3 * (day % 7) for day in range(days)],
        }
    )


def test_the_best_of_the_trials_is_trained_and_all_are_told(tmp_path: Path) -> None:
    world = World.at(tmp_path, tuning_trials=2)
    request = legacy(
        world.sales(sales()),
        "CNN-QR",
        PerformHPO=True,
        HPOConfig={"ParameterRanges": RANGES},
        TrainingParameters={"epochs": "1"},
    )
    made = world.run(ResourceType.PREDICTOR, "tuned", request)
    trials = made.details["trials"]
    best = min(trials, key=lambda trial: trial["loss"])["parameters"]
    assert len(trials) == 2
    assert all(
        set(trial["parameters"]) == {"context_length", "use_item_metadata"} for trial in trials
    )
    assert all(3 <= int(trial["parameters"]["context_length"]) <= 9 for trial in trials)
    assert made.details["training_parameters"] == {"epochs": "1", **best}
    assert "Tuned in 2 trials on earlier windows" in made.message
    trained, _ = load_predictor(world.artifact(made))
    assert trained.spec.training_parameters == {"epochs": "1", **best}
