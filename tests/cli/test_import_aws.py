"""`forecastle pipeline import-aws`: shown, written, applied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forecastle.cli.main import run_app
from forecastle.pipelines.reading import read_pipeline

_TEXT = """
Default:
  DatasetGroup: {Domain: RETAIL}
  Datasets:
    - Domain: RETAIL
      DatasetType: TARGET_TIME_SERIES
      DataFrequency: D
      TimestampFormat: yyyy-MM-dd
      Schema:
        Attributes:
          - {AttributeName: item_id, AttributeType: string}
          - {AttributeName: timestamp, AttributeType: timestamp}
          - {AttributeName: demand, AttributeType: float}
  Predictor:
    AlgorithmArn: arn:aws:forecast:::algorithm/Magic
    ForecastHorizon: 14
    FeaturizationConfig: {ForecastFrequency: D}
  Forecast: {ForecastTypes: ["0.10", "0.50"]}
"""


@pytest.fixture
def defaults(tmp_path: Path) -> Path:
    file = tmp_path / "forecast-defaults.yaml"
    file.write_text(_TEXT)
    return file


def command(file: Path, *options: str) -> int:
    groups = ("--group", "bread", "--group", "milk")
    return run_app(["pipeline", "import-aws", str(file), "--bucket", "shop", *groups, *options])


def test_it_shows_the_pipelines_and_what_is_left_out(
    defaults: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(defaults) == 0
    shown = capsys.readouterr().out
    assert "name: bread" in shown
    assert "prefix: train/milk." in shown
    assert "# not carried over: algorithm Magic is not available" in shown


def test_it_writes_a_file_per_pipeline_and_overwrites_none_unless_told(
    defaults: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "pipelines"
    assert command(defaults, "--out", str(out)) == 0
    assert f"written to {out / 'bread.yaml'}" in capsys.readouterr().out
    for name in ("bread", "milk"):
        assert read_pipeline((out / f"{name}.yaml").read_text(), "x").horizon == 14
    assert command(defaults, "--out", str(out)) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert command(defaults, "--out", str(out), "--overwrite") == 0


def test_it_applies_them(
    defaults: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    assert command(defaults, "--apply", *data, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert run_app(["pipeline", "list", *data, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    for records in (told, listed):
        assert [each["Pipeline"] for each in records] == ["bread", "milk"]


def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path / "absent.yaml") == 2
    assert "absent.yaml" in capsys.readouterr().err
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\xfa")
    assert command(tmp_path / "odd.yaml") == 2
    assert "odd.yaml is no UTF-8 text" in capsys.readouterr().err
