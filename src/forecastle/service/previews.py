"""Previews: what an import would make of files, before anything is imported.

Files are read as the import reads them; all but small ones in a process of its own that ends when
it is done, so that the web process keeps its memory and answers others meanwhile.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastle.catalog.access_keys import Role
from forecastle.compute.processes import ProcessExecutor
from forecastle.core.executor import Executor, SerialExecutor
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import schema_of
from forecastle.jobs.import_data import Written
from forecastle.series.dataset_copy import CopyReason, copy_reasons
from forecastle.series.dataset_options import check_import
from forecastle.series.dataset_preview import ImportPlan, Preview, look, write_copies
from forecastle.series.file_match import FileMatch, match_file
from forecastle.service.context import Context
from forecastle.service.proposals import files_at, first_file
from forecastle.service.records import find
from forecastle.service.rights import require
from forecastle.storage.buckets import Bucket
from forecastle.storage.files import SourceFile
from forecastle.storage.locations import Location

MOST_BYTES = 256 << 20
"""Of larger files, this much is looked at."""

_SMALL_BYTES = 4 << 20

PREPARED = "prepared/"
"""Folder of a bucket that copies go to."""

Columns = Mapping[str, str | None]
"""Attribute → column of the file."""


@dataclass(frozen=True)
class Fit:
    """How the files of a path fit a dataset.

    Attributes:
        match: the first file and its columns.
        files: how many there are.
        size: of all, in bytes.
    """

    match: FileMatch
    files: int
    size: int

    def reasons(self, columns: Columns) -> tuple[CopyReason, ...]:
        """Why an import needs a copy of the files; empty if it takes them as they are."""
        return copy_reasons(self.match.layout, columns)


def fit(context: Context, path: str, dataset: str, wished: Columns | None = None) -> Fit:
    """Find the attributes of a dataset among the columns of a path's first file.

    Args:
        context: who asks.
        path: ``s3://bucket/key``, a file or a folder.
        dataset: its ARN.
        wished: attribute → column as somebody chose; it counts where it fits.

    Raises:
        ResourceNotFound: there is no such dataset.
        InputError: there is no file, or it cannot be read as a table.
    """
    require(context, Role.OPERATOR, "PreviewImport")
    schema = schema_of(find(context, dataset, ResourceType.DATASET))
    with files_at(context, path) as files:
        match = match_file(first_file(files, path), schema, wished)
        return Fit(match, len(files), sum(file.path.stat().st_size for file in files))


def preview(
    context: Context,
    path: str,
    dataset: str,
    parameters: Mapping[str, Any],
    columns: Columns | None = None,
    most_bytes: int = MOST_BYTES,
) -> Preview:
    """Look at files as an import of them would.

    Args:
        context: who asks.
        path: ``s3://bucket/key``, a file or a folder.
        dataset: its ARN.
        parameters: of CreateDatasetImportJob: Format, TimestampFormat, TimeZone, …
        columns: where each attribute is found, for files that are imported by a copy.
        most_bytes: how much is looked at of files that are larger in all.

    Raises:
        ResourceNotFound: there is no such dataset.
        InputError: there is no file, or the parameters cannot be used.
        StorageError: the bucket failed.
    """
    require(context, Role.OPERATOR, "PreviewImport")
    schema = schema_of(find(context, dataset, ResourceType.DATASET))
    options = Written.of(parameters).options()
    check_import(schema, options)
    chosen = None if columns is None else tuple(columns.items())
    with files_at(context, path) as files, _executor(files) as executor:
        plan = ImportPlan(tuple(files), schema, options, chosen)
        [(_, found)] = executor.map(look, [(plan, most_bytes)])
    return found


def prepare_copy(context: Context, path: str, dataset: str, columns: Columns) -> str:
    """Write the files of a path as an import takes them, into `PREPARED` of their bucket.

    Args:
        context: who asks.
        path: ``s3://bucket/key``, a file or a folder; it stays as it is.
        dataset: its ARN.
        columns: where each attribute is found.

    Returns:
        The path of the copy, or of the folder of copies; earlier ones of the same are replaced.

    Raises:
        ResourceNotFound: there is no such dataset.
        InputError: there is no file, an attribute has no column, or the bucket takes no files.
        DataError: a file is broken.
        StorageError: the bucket failed.
    """
    require(context, Role.OPERATOR, "PrepareImport")
    resource = find(context, dataset, ResourceType.DATASET)
    location = Location.parse(path)
    bucket = context.service.stores.bucket(context.caller.account, location)
    with (
        files_at(context, path) as files,
        tempfile.TemporaryDirectory(prefix="forecastle-") as name,
        _executor(files) as executor,
    ):
        options = Written.of({}).options()
        plan = ImportPlan(tuple(files), schema_of(resource), options, tuple(columns.items()))
        [(_, copies)] = executor.map(write_copies, [(plan, Path(name))])
        folder = Location(location.bucket, f"{PREPARED}{resource.name}/")
        if [file.name for file in files] == [location.key.rpartition("/")[2]]:
            _put(bucket, folder, copies)
            return str(folder.within(copies[0].name))
        folder = folder.within(f"{location.key.strip('/').rpartition('/')[2] or 'all'}/")
        for earlier in list(bucket.list(folder.key)):
            bucket.delete(earlier.key)
        _put(bucket, folder, copies)
        return str(folder)


@contextmanager
def _executor(files: Sequence[SourceFile]) -> Iterator[Executor]:
    """Where files are read: here if they are small, for a process takes a second to begin."""
    if sum(file.path.stat().st_size for file in files) <= _SMALL_BYTES:
        yield SerialExecutor()
    else:
        with ProcessExecutor(1) as processes:
            yield processes


def _put(bucket: Bucket, folder: Location, copies: Sequence[SourceFile]) -> None:
    for copy in copies:
        bucket.put(folder.within(copy.name).key, copy.path)
