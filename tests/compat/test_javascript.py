"""The JavaScript SDK, from its own packages, which `make test` installs where there is Node.js."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.compat.running import PATIENCE, Running
from tests.compat.sales import DAYS, ITEMS, NEXT

FOLDER = Path(__file__).parent / "javascript"


@pytest.fixture(scope="module")
def told(service: Running) -> dict[str, Any]:
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").is_dir():
        pytest.skip("Node.js or the JavaScript SDK is missing: install Node.js, run `make test`")
    done = subprocess.run(
        [node, str(FOLDER / "story.mjs")],
        env=dict(service.client),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_story_is_told_to_the_end(told: dict[str, Any]) -> None:
    assert told["count"] == DAYS * len(ITEMS)
    assert told["windows"] == ["SUMMARY", "COMPUTED"]
    assert told["creationIsDate"] is True


def test_the_forecast_has_its_quantiles(told: dict[str, Any]) -> None:
    assert set(told["predictions"]) == {"p10", "p50", "p90"}
    assert told["predictions"]["p50"][0]["Timestamp"] == f"{NEXT}T00:00:00"


def test_errors_are_of_the_modelled_classes(told: dict[str, Any]) -> None:
    assert told["notFound"] is True
    assert told["invalid"] is True
