"""The notebooks of examples/, run from top to bottom against `forecastle serve --s3`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.compat.running import PATIENCE, Running, Serve

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def with_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Serve(tmp_path_factory.mktemp("with_s3"), "--s3", role="admin") as running:
        yield running


def run(notebook: str, service: Running, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    told = re.search(r"AWS_ENDPOINT_URL_S3=(\S+)", service.output.read_text())
    assert told is not None, service.output.read_text()
    for name, value in {**service.client, "AWS_ENDPOINT_URL_S3": told[1]}.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    content = nbformat.read(EXAMPLES / notebook, as_version=4)
    NotebookClient(content, timeout=int(PATIENCE), kernel_name="python3").execute(
        cwd=str(EXAMPLES), env=dict(os.environ)
    )
    return [cell for cell in content.cells if cell.cell_type == "code"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_from_the_till_to_the_chart(with_s3: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    uploaded = run("1_prepare_and_upload.ipynb", with_s3, monkeypatch)
    assert "input/sales.csv" in uploaded[-1].outputs[0]["data"]["text/plain"]
    charted = run("2_train_and_forecast.ipynb", with_s3, monkeypatch)
    assert len(charted[-1].outputs[0]["data"]["image/png"]) > 10_000
