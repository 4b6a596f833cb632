"""Fifty files at once: all in one gathered run, or a run each; none lost, none twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from forecastle.catalog.pipelines import SUCCEEDED
from tests.compat.running import Running, Serve
from tests.end_to_end.shop import (
    ACCOUNT,
    HORIZON,
    LISTING_SECONDS,
    Shop,
    exported,
    opened_shop,
    sales,
)

BURST = 50
_PATIENCE = 1100.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("bursts")
    with Serve(folder, FORECASTLE_LISTING_SECONDS=str(LISTING_SECONDS)) as service:
        yield service


@pytest.fixture(scope="module")
def shop(running: Running) -> Iterator[Shop]:
    with opened_shop(running.data_dir) as found:
        yield found


def burst(shop: Shop, pipeline: str, count: int) -> set[str]:
    """Drop files, each with a level of its own; their keys."""
    keys = [f"{pipeline}/in/sales-{number:02d}.csv" for number in range(count)]
    for number, key in enumerate(keys):
        shop.drop(key, sales(days=40, level=20 + number))
    return set(keys)


def keys_of(shop: Shop, pipeline: str, runs: list[str]) -> list[str]:
    """Of the uploads of runs."""
    uploads = [
        upload
        for run in runs
        for upload in shop.catalog.pipelines.uploads(ACCOUNT, pipeline, run_id=run)
    ]
    return sorted(upload.key for upload in uploads)


COUNTS = [2, pytest.param(BURST, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]


@pytest.mark.parametrize("count", COUNTS)
def test_a_gathered_burst_is_one_run_of_them_all(shop: Shop, tmp_path: Path, count: int) -> None:
    name = f"gathered_{count}"
    shop.apply(tmp_path, name, gather_seconds=2)
    keys = burst(shop, name, count)
    runs = shop.ended(name, patience=_PATIENCE)
    assert runs[0].status == SUCCEEDED, shop.messages(runs)
    assert keys_of(shop, name, [runs[0].run_id]) == sorted(keys)
    assert len(exported(shop.bucket / name / "out")) == 2 * HORIZON


@pytest.mark.parametrize("count", COUNTS)
def test_each_file_of_a_burst_has_a_run_and_an_export(
    shop: Shop, tmp_path: Path, count: int
) -> None:
    name = f"apart_{count}"
    shop.apply(tmp_path, name)
    keys = burst(shop, name, count)
    runs = shop.ended(name, count, _PATIENCE)
    assert {run.status for run in runs} == {SUCCEEDED}, shop.messages(runs)
    assert keys_of(shop, name, [run.run_id for run in runs]) == sorted(keys)
    assert len(exported(shop.bucket / name / "out")) == count * 2 * HORIZON
