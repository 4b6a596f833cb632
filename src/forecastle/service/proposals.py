"""Proposals: what a file in a bucket tells about the dataset that it could become."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import InputError
from forecastle.series.proposal import Proposal, propose_dataset
from forecastle.service.context import Context
from forecastle.service.rights import require
from forecastle.storage.buckets import source_files
from forecastle.storage.files import SourceFile
from forecastle.storage.locations import Location


def propose(context: Context, path: str, dataset_type: str, domain: str) -> Proposal:
    """Propose the schema and the frequency of a dataset from the beginning of its first file.

    Args:
        context: who asks.
        path: ``s3://bucket/key``, a file or a folder.
        dataset_type: TARGET_TIME_SERIES, RELATED_TIME_SERIES or ITEM_METADATA.
        domain: one of Amazon Forecast's seven.

    Raises:
        InputError: there is no file, or it cannot be read as a table.
        StorageError: the bucket failed.
    """
    require(context, Role.OPERATOR, "ProposeDataset")
    with files_at(context, path) as files:
        return propose_dataset(first_file(files, path), dataset_type, domain)


@contextmanager
def files_at(context: Context, path: str) -> Iterator[list[SourceFile]]:
    """The files of a path on this machine, as an import gets them.

    Raises:
        InputError: nothing is there, or too much.
    """
    location = Location.parse(path)
    bucket = context.service.stores.bucket(context.caller.account, location)
    most = context.service.settings.quota_import_files
    with source_files(bucket, location, most_files=most) as files:
        yield files


def first_file(files: list[SourceFile], path: str) -> SourceFile:
    """The first of the files by name, empty ones left out.

    Raises:
        InputError: all are empty.
    """
    filled = sorted((f for f in files if f.path.stat().st_size), key=lambda file: file.name)
    if not filled:
        raise InputError(f"{path}: the files there are empty; choose others")
    return filled[0]
