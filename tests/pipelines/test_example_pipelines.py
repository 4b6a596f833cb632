"""The files of examples/pipelines can be applied as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.writing import pipeline_to_yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "examples" / "pipelines").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_reads_and_says_the_same_when_written(file: Path) -> None:
    pipeline = read_pipeline(file.read_text("utf-8"), file.name)
    assert read_pipeline(pipeline_to_yaml(pipeline), file.name) == pipeline


def test_the_tutorial_shows_the_first_of_them() -> None:
    text = (ROOT / "examples" / "pipelines" / "uk_sales.yaml").read_text("utf-8")
    plain = "".join(line for line in text.splitlines(True) if not line.startswith("#"))
    assert plain in (ROOT / "docs" / "tutorials" / "daily-forecast.md").read_text("utf-8")
