"""Backups: the tables, the key, the settings and the artifacts in one zip file.

::

    manifest.json             {"format": 1, "revision": "0001", "created_at": …}
    tables/resources.jsonl    a row per line
    secret.key
    forecastle.toml
    artifacts/<identity>/…
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from forecastle.catalog.catalog import Catalog
from forecastle.catalog.database import connect, newest_revision
from forecastle.catalog.dump import Rows, dump, load
from forecastle.core.errors import InputError
from forecastle.core.settings import FILE, ServiceSettings
from forecastle.jobs.stores import Stores
from forecastle.storage.artifacts import ArtifactStore

_FORMAT = 1
_MANIFEST, _KEY, _TABLES, _ARTIFACTS = "manifest.json", "secret.key", "tables", "artifacts"
_NAMING = ("artifact", "data")
_OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Content:
    """What a backup holds."""

    resources: int
    artifacts: int


def back_up(settings: ServiceSettings, target: Path, now: float, *, artifacts: bool) -> Content:
    """Write a backup; the service may go on meanwhile.

    Raises:
        InputError: the file is there already.
    """
    if target.exists():
        raise InputError(f"{target}: is there already; choose another name")
    catalog = Catalog.open(settings)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.absolute().parent)
    os.close(descriptor)  # made by mkstemp for its owner alone: the key goes in
    temporary = Path(name)
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            content = _write(archive, catalog, settings, now, artifacts=artifacts)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
        catalog.close()
    return content


def restore(settings: ServiceSettings, source: Path, *, overwrite: bool) -> Content:
    """Bring back what a backup holds, into a database of either kind.

    Raises:
        InputError: the file is no backup, or there are data that may not be overwritten.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive, source)
            _check_key(archive, settings, overwrite=overwrite)
            engine = connect(settings.database)
            try:
                load(
                    engine,
                    manifest["revision"],
                    lambda name: _read_rows(archive, name),
                    overwrite=overwrite,
                )
            finally:
                engine.dispose()
            _restore_files(archive, settings, overwrite=overwrite)
            return _restore_artifacts(archive, settings)
    except zipfile.BadZipFile as error:
        raise InputError(f"{source}: is no backup ({error}); give a file of `db backup`") from error


def _write(
    archive: zipfile.ZipFile,
    catalog: Catalog,
    settings: ServiceSettings,
    now: float,
    *,
    artifacts: bool,
) -> Content:
    named: set[str] = set()
    counts: dict[str, int] = {}

    def write_table(name: str, rows: Iterator[dict[str, Any]]) -> None:
        with archive.open(f"{_TABLES}/{name}.jsonl", "w", force_zip64=True) as file:
            for row in rows:
                counts[name] = counts.get(name, 0) + 1
                named.update(_artifacts_of(row) if name == "resources" else ())
                file.write(f"{json.dumps(row, ensure_ascii=False)}\n".encode())

    manifest = {"format": _FORMAT, "revision": newest_revision(), "created_at": now}
    archive.writestr(_MANIFEST, json.dumps(manifest))
    archive.write(settings.key_file, _KEY)
    if (settings.data_dir / FILE).is_file():
        archive.write(settings.data_dir / FILE, FILE)
    dump(catalog.engine, write_table)
    kept = sorted(named) if artifacts else []
    store = Stores.open(settings, catalog).artifacts
    for identity in kept:
        _write_artifact(archive, store, identity)
    return Content(counts.get("resources", 0), len(kept))


def _artifacts_of(row: Mapping[str, Any]) -> Iterator[str]:
    details = json.loads(row["details"])
    return (str(details[key]) for key in _NAMING if key in details)


def _write_artifact(archive: zipfile.ZipFile, store: ArtifactStore, identity: str) -> None:
    """Files as they are: Parquet does not get smaller."""
    folder = store.open(identity)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            place = PurePosixPath(_ARTIFACTS, identity, *path.relative_to(folder).parts)
            archive.write(path, str(place), compress_type=zipfile.ZIP_STORED)


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    except (KeyError, ValueError) as error:
        raise InputError(f"{source}: is no backup; give a file of `db backup`") from error
    if manifest.get("format") != _FORMAT:
        raise InputError(
            f"{source}: is of format {manifest.get('format')}, this version reads {_FORMAT}; "
            "install the version of Forecastle that wrote it"
        )
    return manifest


def _check_key(archive: zipfile.ZipFile, settings: ServiceSettings, *, overwrite: bool) -> None:
    path = settings.key_file
    if overwrite or not path.exists() or path.read_bytes() == archive.read(_KEY):
        return
    raise InputError(
        f"{path}: is another key than the backup's; restore into an empty data directory, "
        "or add --overwrite"
    )


def _read_rows(archive: zipfile.ZipFile, name: str) -> Rows:
    place = f"{_TABLES}/{name}.jsonl"
    if place not in archive.namelist():
        return
    with archive.open(place) as file:
        for line in file:
            yield json.loads(line)


def _restore_files(archive: zipfile.ZipFile, settings: ServiceSettings, *, overwrite: bool) -> None:
    """The key, and the settings where there are none."""
    _write_private(settings.key_file, archive.read(_KEY))
    target = settings.data_dir / FILE
    if FILE in archive.namelist() and (overwrite or not target.exists()):
        target.write_bytes(archive.read(FILE))


def _write_private(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _restore_artifacts(archive: zipfile.ZipFile, settings: ServiceSettings) -> Content:
    catalog = Catalog.open(settings)
    try:
        store = Stores.open(settings, catalog).artifacts
        files: dict[str, list[zipfile.ZipInfo]] = {}
        for info in archive.infolist():
            parts = PurePosixPath(info.filename).parts
            if parts[0] == _ARTIFACTS and ".." not in parts:
                files.setdefault(parts[1], []).append(info)
        for identity, infos in files.items():
            _publish(archive, store, settings.data_dir, identity, infos)
        resources = sum(1 for _ in _read_rows(archive, "resources"))
        return Content(resources, len(files))
    finally:
        catalog.close()


def _publish(
    archive: zipfile.ZipFile,
    store: ArtifactStore,
    data_dir: Path,
    identity: str,
    infos: list[zipfile.ZipInfo],
) -> None:
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore") as name:
        folder = Path(name) / identity
        for info in infos:
            target = folder.joinpath(*PurePosixPath(info.filename).parts[2:])
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as content, target.open("wb") as file:
                shutil.copyfileobj(content, file)
        store.publish(folder, identity)
