"""The envelope of a saved predictor: a format version, and a checksum of every file.

The folder holds ``index.json`` beside the files it lists. A folder of an unknown format, or
one whose files are not those that were saved, is refused before anything in it is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forecastle.core.errors import InputError

FORMAT = 1
INDEX = "index.json"


def seal(folder: Path, content: Mapping[str, Any]) -> None:
    """Write ``index.json``: ``content``, the format and the checksums of all other files."""
    record = {"format": FORMAT, **content, "files": _checksums(folder)}
    text = json.dumps(record, indent=2, ensure_ascii=False)
    (folder / INDEX).write_text(f"{text}\n", encoding="utf-8")


def locate(folder: Path) -> Path:
    """The predictor's own folder, where the folder of results that holds it was given."""
    inside = folder / "predictor"
    return inside if (inside / INDEX).is_file() and not (folder / INDEX).exists() else folder


def unseal(folder: Path) -> dict[str, Any]:
    """Read ``index.json`` and check the folder against it.

    Raises:
        InputError: there is no predictor, its format is not known, or its files were changed.
    """
    record = _read_index(folder)
    if record.get("format") != FORMAT:
        raise InputError(
            f"{folder}: the predictor has format {record.get('format')}, this version of "
            f"Forecastle reads format {FORMAT}; train it anew or use the version that wrote it"
        )
    listed = record.get("files")
    found, expected = _checksums(folder), listed if isinstance(listed, dict) else {}
    if found != expected:
        first = min(name for name, _ in found.items() ^ expected.items())
        raise InputError(
            f"{folder}: the predictor is damaged ({first} is missing, new or changed); "
            "copy the folder again or train anew"
        )
    return record


def _read_index(folder: Path) -> dict[str, Any]:
    path = folder / INDEX
    if not path.is_file():
        raise InputError(
            f"{folder}: no predictor is there ({INDEX} is missing); give the folder predictor/ "
            "that a run wrote"
        )
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: the predictor is damaged ({error}); train anew") from error
    if not isinstance(record, dict):
        raise InputError(f"{path}: the predictor is damaged (no JSON object); train anew")
    return record


def _checksums(folder: Path) -> dict[str, str]:
    """``{relative path: SHA-256}`` of every file but the index, sorted."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path != folder / INDEX
    }
