"""Preview: what an import would make of files, or why it would refuse them.

Plain functions of plain data, so that they can run in a process of their own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from forecastle.core.errors import DataError, Problem
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_copy import write_copy
from forecastle.series.dataset_files import data_files
from forecastle.series.dataset_options import CSV, ImportOptions
from forecastle.series.dataset_reading import read_dataset
from forecastle.series.profile import Profile, profile
from forecastle.storage.beginnings import beginning
from forecastle.storage.files import SourceFile

_ENDING = ".csv"


@dataclass(frozen=True)
class Preview:
    """What an import would make of files.

    Attributes:
        profile: of the data; None where an import would refuse them.
        problems: why it would, the first of them.
        n_problems: how many there are in all.
        is_whole: whether all was looked at, not only the beginning.
    """

    profile: Profile | None
    problems: tuple[Problem, ...]
    n_problems: int
    is_whole: bool


@dataclass(frozen=True)
class ImportPlan:
    """What is to be imported, and how.

    Attributes:
        files: as they are.
        schema: of the dataset.
        options: how the files are written.
        columns: attribute and column of the file, where a copy is to be imported; else None.
    """

    files: tuple[SourceFile, ...]
    schema: DatasetSchema
    options: ImportOptions
    columns: tuple[tuple[str, str | None], ...] | None = None


def look(task: tuple[ImportPlan, int]) -> Preview:
    """Read files as an import would, at most so many bytes of them.

    Raises:
        InputError: there are no files.
    """
    plan, most_bytes = task
    with tempfile.TemporaryDirectory(prefix="forecastle-") as name:
        is_whole = True
        try:
            files, is_whole = _beginnings(plan.files, most_bytes, Path(name))
            if plan.columns is not None:
                files = _copies(replace(plan, files=tuple(files)), Path(name) / "copies")
                options = replace(plan.options, format=CSV)
            else:
                options = plan.options
            table = read_dataset(files, plan.schema, options)
        except DataError as error:
            return Preview(None, error.problems, error.count, is_whole)
        return Preview(profile(table, plan.schema), (), 0, is_whole)


def write_copies(task: tuple[ImportPlan, Path]) -> list[SourceFile]:
    """The files as an import takes them, in a folder; see `dataset_copy`.

    Raises:
        InputError: an attribute has no column.
        DataError: a file is broken.
    """
    return _copies(*task)


def _beginnings(
    files: Sequence[SourceFile], most_bytes: int, folder: Path
) -> tuple[list[SourceFile], bool]:
    """As many of the files as have so many bytes, the last one cut; and whether these are all."""
    taken: list[SourceFile] = []
    left = most_bytes
    for number, file in enumerate(data_files(files)):
        if left <= 0:
            return taken, False
        own = folder / f"beginning {number}"
        own.mkdir()
        path = beginning(file.path, left, own)
        taken.append(replace(file, path=path))
        if path != file.path:
            return taken, False
        left -= path.stat().st_size
    return taken, True


def _copies(plan: ImportPlan, folder: Path) -> list[SourceFile]:
    copies = []
    for file in data_files(plan.files):
        name = _name(file.name)
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_copy(file, plan.schema, dict(plan.columns or ()), target)
        copies.append(SourceFile(name, target))
    return copies


def _name(name: str) -> str:
    """The file's name with the ending of a CSV file: ``sales.csv`` of ``sales.csv.gz``."""
    path = PurePosixPath(name)
    stem = path.name.partition(".")[0] or path.name
    return str(path.with_name(stem + _ENDING))
