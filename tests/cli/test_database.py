"""`forecastle db`: upgrade, backup and restore."""

from __future__ import annotations

import json
import zipfile

import pytest

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.catalog import Catalog
from forecastle.cli.main import run_app
from forecastle.core.settings import FILE, ServiceSettings
from forecastle.jobs.stores import Stores
from tests.catalog.records import ACCOUNT, a_resource


@pytest.fixture
def data_dir(tmp_path):
    """A data directory with a key, a setting, and a forecast that has its artifact."""
    settings = ServiceSettings(data_dir=tmp_path / "data")
    catalog = Catalog.open(settings, migrate=True)
    catalog.resources.add(a_resource("p", status=life.ACTIVE, details={"artifact": "made"}))
    catalog.access_keys.create(ACCOUNT, Role.ADMIN, 1.0)
    made = tmp_path / "made" / "inner"
    made.mkdir(parents=True)
    (made / "x.parquet").write_bytes(b"numbers")
    Stores.open(settings, catalog).artifacts.publish(made.parent, "made")
    (settings.data_dir / FILE).write_text('region = "eu-central-1"\n')
    catalog.close()
    return settings.data_dir


def test_a_backup_brings_everything_back_into_either_database(
    data_dir, tmp_path, monkeypatch, capsys, database_url
):
    file = tmp_path / "backup.zip"
    assert run_app(["db", "backup", str(file), "--data-dir", str(data_dir), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(file),
        "resources": 1,
        "artifacts": 1,
    }
    assert file.stat().st_mode & 0o777 == 0o600

    if database_url:
        monkeypatch.setenv("FORECASTLE_DATABASE_URL", database_url)
    target = tmp_path / "target"
    assert run_app(["db", "restore", str(file), "--data-dir", str(target)]) == 0

    settings = ServiceSettings(data_dir=target, database_url=database_url)
    catalog = Catalog.open(settings)
    assert catalog.resources.find(a_resource("p").arn).status == life.ACTIVE
    (key,) = catalog.access_keys.list()
    assert key.account == ACCOUNT, "its secret can be read: the key file came along"
    folder = Stores.open(settings, catalog).artifacts.open("made")
    assert (folder / "inner" / "x.parquet").read_bytes() == b"numbers"
    assert (target / FILE).read_text() == 'region = "eu-central-1"\n'
    catalog.close()


def test_artifacts_may_be_left_out(data_dir, tmp_path):
    file = tmp_path / "backup.zip"
    assert run_app(["db", "backup", str(file), "--no-artifacts", "--data-dir", str(data_dir)]) == 0
    with zipfile.ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if name.startswith("artifacts/")]


def test_nothing_is_overwritten_unasked(data_dir, tmp_path, capsys):
    file = tmp_path / "backup.zip"
    place = ["--data-dir", str(data_dir)]
    assert run_app(["db", "backup", str(file), *place]) == 0
    assert run_app(["db", "backup", str(file), *place]) == 2
    assert "is there already" in capsys.readouterr().err
    assert run_app(["db", "restore", str(file), *place]) == 2
    assert "add --overwrite" in capsys.readouterr().err
    other = ServiceSettings(data_dir=tmp_path / "other")
    Catalog.open(other, migrate=True).close()
    assert run_app(["db", "restore", str(file), "--data-dir", str(other.data_dir)]) == 2
    assert "another key than the backup's" in capsys.readouterr().err
    assert run_app(["db", "restore", str(file), "--overwrite", *place]) == 0


@pytest.mark.parametrize("content", [b"no zip", None])
def test_what_is_no_backup_is_refused(tmp_path, capsys, content):
    file = tmp_path / "x.zip"
    if content is None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("holiday.jpg", b"")
    else:
        file.write_bytes(content)
    assert run_app(["db", "restore", str(file), "--data-dir", str(tmp_path / "data")]) == 2
    assert f"{file}: is no backup" in capsys.readouterr().err


def test_upgrade_tells_from_where_to_where(tmp_path, capsys):
    place = ["--data-dir", str(tmp_path), "--json"]
    assert run_app(["db", "upgrade", *place]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["before"] is None
    assert run_app(["db", "upgrade", *place]) == 0
    assert json.loads(capsys.readouterr().out)["before"] == first["after"]
