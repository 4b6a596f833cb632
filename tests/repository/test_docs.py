"""The documentation is complete: every option, algorithm and exported name is in it."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import forecastle
from forecastle.library.outputs import accuracy_record
from forecastle.models.registry import REGISTRY
from tests.shop import rows

DOCS = Path(__file__).parents[2] / "docs"
ALGORITHMS = (DOCS / "reference" / "algorithms.md").read_text(encoding="utf-8")


def test_the_reference_of_the_commands_is_what_they_take(tmp_path: Path):
    """Otherwise run `make docs`; options without help would show here too."""
    page = tmp_path / "cli.md"
    command = [sys.executable, "-m", "typer", "forecastle.cli.main", "utils", "docs"]
    options = ["--name", "forecastle", "--title", "Command line", "--output", str(page)]
    subprocess.run([*command, *options], check=True, capture_output=True)
    written = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8") == written


def test_every_option_says_what_it_does():
    page = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    options = [line for line in page.splitlines() if line.startswith(("* `-", "* `{"))]
    assert len(options) > 40
    assert [line for line in options if not line.partition("`: ")[2].strip()] == []


@pytest.mark.parametrize("name", REGISTRY)
def test_every_algorithm_has_its_row(name: str):
    assert f"\n| {name} |" in ALGORITHMS


def test_no_row_is_left_of_an_algorithm_that_is_gone():
    names = [line.split("|")[1].strip() for line in ALGORITHMS.splitlines() if line[:1] == "|"]
    assert set(names) - {"Algorithm", "---"} == set(REGISTRY)


def test_every_exported_name_is_in_the_guide_to_the_library():
    page = (DOCS / "how-to" / "python.md").read_text(encoding="utf-8")
    names = set(forecastle.__all__) - {"__version__"}
    assert [name for name in sorted(names) if f"fc.{name}" not in page] == []


def test_every_setting_is_in_the_guide_to_the_library():
    page = (DOCS / "how-to" / "python.md").read_text(encoding="utf-8")
    names = [field.name for field in fields(forecastle.Settings)]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_key_of_accuracy_json_is_described():
    page = (DOCS / "reference" / "data-formats.md").read_text(encoding="utf-8")
    predictor = forecastle.Predictor.train(rows(days=40), algorithms="SeasonalNaive")
    keys = set(accuracy_record(predictor.trained)) - {"IsAutoPredictor", "OptimizationMetric"}
    assert [key for key in sorted(keys) if f"`{key}" not in page] == []
