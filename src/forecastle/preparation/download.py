"""Fetching "Online Retail II" from the UCI archive, only when asked."""

from __future__ import annotations

import shutil
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from forecastle.core.errors import InputError
from forecastle.storage.atomic import atomic_file

PAGE = "https://archive.ics.uci.edu/dataset/502/online+retail+ii"
ADDRESS = "https://archive.ics.uci.edu/static/public/502/online+retail+ii.zip"
WORKBOOK = "online_retail_II.xlsx"

_TIMEOUT_SECONDS = 60

Opener = Callable[..., IO[Any]]


def download_online_retail(folder: Path, opener: Opener = urllib.request.urlopen) -> Path:
    """Fetch the workbook (45 MB) into ``folder``; a workbook that is there already is kept.

    Args:
        folder: made if it is not there.
        opener: opens an address for reading, as `urllib.request.urlopen` does.

    Raises:
        InputError: the archive cannot be reached or does not answer with the workbook.
    """
    target = folder / WORKBOOK
    if target.is_file():
        return target
    by_hand = f"fetch {WORKBOOK} from {PAGE} by hand and give it with --input"
    with TemporaryFile() as archive:
        try:
            with opener(ADDRESS, timeout=_TIMEOUT_SECONDS) as answer:
                shutil.copyfileobj(answer, archive)
        except OSError as error:
            raise InputError(f"{ADDRESS} cannot be reached ({error}); {by_hand}") from error
        try:
            with zipfile.ZipFile(archive) as files, files.open(WORKBOOK) as source:
                _write(source, target)
        except (zipfile.BadZipFile, KeyError) as error:
            raise InputError(f"{ADDRESS} did not answer with {WORKBOOK}; {by_hand}") from error
    return target


def _write(source: IO[bytes], target: Path) -> None:
    with atomic_file(target) as path, path.open("wb") as file:
        shutil.copyfileobj(source, file)
