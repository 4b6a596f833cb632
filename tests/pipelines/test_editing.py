"""Changing what a pipeline says leaves the rest of its file as it was written."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from forecastle.pipelines.editing import changed_text
from forecastle.pipelines.pipeline import Notification, Pipeline
from forecastle.pipelines.reading import read_pipeline

TEXT = """\
# Sales of the shops
name: shop   # as in the ledger
source: {bucket: retail, prefix: input/}
frequency: D

# Two weeks, since orders take ten days
horizon: 14
export:
  bucket: retail   # the same
  prefix: output/
"""


def change(text: str, **values: object) -> str:
    before = read_pipeline(text, "shop.yaml")
    after = replace(before, **values)
    changed = changed_text(text, before, after)
    assert read_pipeline(changed, "shop.yaml") == after
    return changed


def test_what_stays_the_same_changes_nothing():
    assert change(TEXT) == TEXT


def test_a_value_is_changed_where_it_stands():
    assert change(TEXT, horizon=7) == TEXT.replace("horizon: 14", "horizon: 7")


def test_a_new_key_comes_last():
    assert change(TEXT, schedule="0 6 * * *") == f"{TEXT}schedule: 0 6 * * *\n"
    assert change(TEXT.rstrip("\n"), enabled=False) == f"{TEXT}enabled: false\n"


def test_a_key_whose_value_is_the_default_goes():
    assert change(f"{TEXT}enabled: false\n", enabled=True) == TEXT


def test_a_file_in_braces_is_written_anew():
    text = "{name: a, source: {bucket: one-b}, frequency: D, horizon: 7, export: {bucket: two-b}}"
    assert change(text, horizon=8).startswith("name: a\nsource:\n")


REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "pipeline.md"


@pytest.mark.parametrize(
    "values",
    [
        {"horizon": 3, "enabled": False},
        {"schedule": None, "notifications": ()},
        {"notifications": (Notification("slack://a/b/c", ("failure",)),), "retention_days": 2.5},
        {"gather_seconds": 0.0, "group": ""},
    ],
)
def test_a_file_with_every_key_can_be_changed(values):
    (_, whole, *_) = re.findall(r"```yaml\n(.*?)```", REFERENCE.read_text("utf-8"), re.DOTALL)
    changed = change(whole, **values)
    kept = [line for line in whole.splitlines() if "#" in line]
    assert [line for line in changed.splitlines() if "#" in line] == kept


def test_what_cannot_be_applied_can_be_written():
    before = read_pipeline(TEXT, "shop.yaml")
    after: Pipeline = replace(before, name="", horizon=0)
    assert "name: ''\n" in changed_text(TEXT, before, after)
