"""``forecastle bucket``."""

import json
from pathlib import Path

import pytest

from forecastle.catalog.catalog import Catalog
from forecastle.cli.bucket import SECRET_VARIABLE
from forecastle.cli.main import run_app
from forecastle.core.settings import ServiceSettings


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def call(*arguments: str) -> dict:
        code = run_app(["bucket", *arguments, "--data-dir", str(tmp_path), "--json"])
        printed = capsys.readouterr()
        return {"code": code, **json.loads(printed.out if code == 0 else printed.err)}

    return call


def test_a_folder_bucket(run, tmp_path: Path):
    assert run("add", "retail")["account"] == "000000000000"
    assert (tmp_path / "buckets" / "retail").is_dir()
    assert run("test", "retail")["usable"] is True
    (listed,) = run("list")["buckets"]
    assert (listed["name"], listed["place"]) == ("retail", str(tmp_path / "buckets" / "retail"))


def test_a_bucket_is_forgotten_and_its_content_stays(run, tmp_path: Path):
    run("add", "retail")
    kept = tmp_path / "buckets" / "retail" / "sales.csv"
    kept.write_text("A,2024-01-01,1\n")
    run("remove", "retail")
    assert run("list")["buckets"] == []
    assert kept.exists()


def test_a_bucket_with_its_own_endpoint(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(SECRET_VARIABLE, "hush")
    added = run(
        "add", "remote", "--endpoint", "http://127.0.0.1:9", "--access-key-id", "key",
        "--account", "111111111111", "--region", "eu-west-1",
    )  # fmt: skip
    assert added == {
        "code": 0,
        "name": "remote",
        "account": "111111111111",
        "endpoint": "http://127.0.0.1:9",
    }
    catalog = Catalog.open(ServiceSettings(data_dir=tmp_path))
    record = catalog.buckets.find("remote")
    catalog.close()
    assert record is not None
    assert (record.access_key_id, record.secret, record.region) == ("key", "hush", "eu-west-1")
    assert "hush" not in str(run("list"))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("add", "retail"), "registered already"),
        (("remove", "nothing"), "is not registered"),
        (("test", "nothing"), "does not exist"),
        (("add", "shop", "--account", "7"), "account '7'"),
    ],
    ids=["twice", "unknown", "missing", "account"],
)
def test_what_is_refused(run, arguments: tuple[str, ...], complaint: str):
    run("add", "retail")
    refused = run(*arguments)
    assert refused["code"] == 2
    assert complaint in refused["error"]
