"""A worker is killed at a moment of a run that chance chooses: one correct export all the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecastle.catalog.pipelines import SUCCEEDED
from tests.compat.running import without_aws
from tests.end_to_end.shop import (
    HORIZON,
    LISTING_SECONDS,
    Shop,
    exported,
    next_day,
    opened_shop,
    sales,
    wait_for,
)

# Long enough that a worker may finish most of a run, short enough that it seldom does.
_LONGEST_LIFE = 6.0


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with opened_shop(tmp_path / "data") as found:
        yield found


class Worker:
    """`forecastle worker`, which can be killed, its children too."""

    def __init__(self, shop: Shop) -> None:
        before = {each.process for each in shop.catalog.workers.list()}
        environment = {
            **without_aws(os.environ),
            "FORECASTLE_DATA_DIR": str(shop.data_dir),
            "FORECASTLE_LISTING_SECONDS": str(LISTING_SECONDS),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "forecastle", "worker"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(lambda: {each.process for each in shop.catalog.workers.list()} - before)

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("runs", "kills"), [(1, 5), pytest.param(8, 20, marks=pytest.mark.slow)])
def test_a_run_survives_the_deaths_of_its_workers(
    shop: Shop, tmp_path: Path, runs: int, kills: int
) -> None:
    chance = random.Random(20101202)
    shop.apply(tmp_path, "mortal")
    worker = Worker(shop)
    try:
        for number in range(1, runs + 1):
            days = 40 + number
            shop.drop(f"mortal/in/sales-{number:02d}.csv", sales(days=days))
            for _ in range(number * kills // runs - (number - 1) * kills // runs):
                time.sleep(chance.uniform(0.0, _LONGEST_LIFE))
                worker.kill()
                worker = Worker(shop)
            _one_correct_export(shop, number, days)
    finally:
        worker.kill()


def _one_correct_export(shop: Shop, number: int, days: int) -> None:
    """The latest of ``number`` runs succeeded and wrote one forecast from ``days`` of sales."""
    runs = shop.ended("mortal", number)
    assert runs[-1].status == SUCCEEDED, shop.messages(runs)
    rows = exported(shop.bucket / "mortal" / "out")
    last = next_day(days + HORIZON - 1)
    assert sum(row["date"][:10] == last for row in rows) == 2, "its last day, once per item"
    assert len(rows) == number * 2 * HORIZON
