"""The step "check": a quick look at the files of a run, before anything is made of them.

What only a whole file tells, such as a broken cell in its middle, is told by the import.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastle.catalog.pipelines import Upload
from forecastle.core.errors import DataError, InputError
from forecastle.pipelines.dataset_parts import TYPE_OF
from forecastle.pipelines.datasets import schema_for
from forecastle.pipelines.pipeline import DatasetPart
from forecastle.pipelines.work import Done, Work
from forecastle.series.columns import TIMESTAMP
from forecastle.series.conventions import timestamp_format
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_files import open_files
from forecastle.series.dataset_options import CSV, PARQUET, ImportOptions
from forecastle.series.tables import Table, read_or_repair
from forecastle.storage.buckets import Bucket
from forecastle.storage.files import SourceFile, opened
from forecastle.storage.locations import Location


@dataclass(frozen=True)
class CheckedFile:
    """A file that can be imported, as far as a quick look tells.

    Attributes:
        url: ``s3://bucket/key``.
        dataset: type of the dataset that it goes to.
        format: CSV or PARQUET.
        timestamp_format: in Amazon Forecast's letters; None in item metadata.
    """

    url: str
    dataset: str
    format: str
    timestamp_format: str | None

    @classmethod
    def of(cls, results: Mapping[str, Any]) -> list[CheckedFile]:
        """From the results of the step."""
        return [cls(**each) for each in results["files"]]


def check(work: Work) -> Done:
    """Whether all files are there, hold something, and have the columns of their datasets.

    Raises:
        InputError: names the file, the line where it can, and the remedy.
        StorageError: the bucket failed.
    """
    if not work.uploads:
        raise InputError(
            f"the run has no files; start one with forecastle pipeline run {work.run.pipeline}"
        )
    uploads = {upload.key: upload for upload in work.uploads}.values()
    files = [_checked(work, upload) for upload in uploads]
    names = ", ".join(_file_name(upload) for upload in uploads)
    return Done(f"{names}: {_described(files)}", {"files": [vars(file) for file in files]})


def _described(files: Sequence[CheckedFile]) -> str:
    written = {f"{file.format}, {file.timestamp_format or 'no timestamps'}" for file in files}
    return "; ".join(sorted(written))


def _checked(work: Work, upload: Upload) -> CheckedFile:
    part = work.pipeline.dataset_of(upload.key)
    bucket = work.service.stores.bucket(work.run.account, Location(upload.bucket, upload.key))
    info, name = bucket.find(upload.key), _file_name(upload)
    if info is None:
        raise DataError.of(name, f"the file is not at {upload.url} any more; put it there again")
    if info.size == 0:
        raise DataError.of(name, "the file is empty; put it there again, with one sale per line")
    with ExitStack() as stack:
        return _looked_into(work, part, upload, _local(bucket, upload.key, stack), stack)


def _local(bucket: Bucket, key: str, stack: ExitStack) -> Path:
    """The file on this machine, under its own name."""
    local = bucket.local_path(key)
    if local is None:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="forecastle-"))
        local = Path(folder) / key.rpartition("/")[2]
        bucket.fetch(key, local)
    return local


def _looked_into(
    work: Work, part: DatasetPart, upload: Upload, path: Path, stack: ExitStack
) -> CheckedFile:
    schema = schema_for(work, part)
    with opened(path) as content:
        format_ = PARQUET if content.is_parquet else CSV
    source = SourceFile(_file_name(upload), path)
    tables = open_files([source], schema, ImportOptions(format=format_), stack)
    written = read_or_repair(tables, stack, lambda whole: _timestamps(part, schema, whole))
    return CheckedFile(upload.url, part.type, format_, written)


def _timestamps(part: DatasetPart, schema: DatasetSchema, tables: Sequence[Table]) -> str | None:
    """How the timestamps are written: as the pipeline says, else as the file tells."""
    if schema.is_metadata or part.timestamp_format is not None:
        return part.timestamp_format
    section = next(key for key, type_ in TYPE_OF.items() if type_ == part.type)
    option = f"datasets.{section}.timestamp_format in the pipeline's YAML"
    return str(timestamp_format([(table, TIMESTAMP) for table in tables], option))


def _file_name(upload: Upload) -> str:
    return upload.key.rpartition("/")[2]
