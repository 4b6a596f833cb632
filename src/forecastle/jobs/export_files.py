"""Exports: the names of their files, and their way into a bucket (guide: export formats)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import polars as pl

from forecastle.catalog.resources import Resource
from forecastle.jobs.context import JobContext
from forecastle.storage.buckets import Bucket
from forecastle.storage.locations import Location

ROWS_PER_PART = 1_000_000
PARQUET = "PARQUET"


class Writer(Protocol):
    """One of the layouts of `storage.exports`."""

    def __call__(
        self, frame: pl.DataFrame, path: Path, dimensions: Sequence[str], columns: Sequence[str], /
    ) -> None:
        """Write ``frame`` to ``path``."""


class Export:
    """Puts the parts of one export into its bucket.

    A part is named by the export and the time at which that was created: a job that is run again
    writes the same files again.

    Args:
        context: of the export job; its request names the destination.
    """

    def __init__(self, context: JobContext) -> None:
        resource = context.resource
        location = Location.parse(resource.request["Destination"]["S3Config"]["Path"])
        self._bucket: Bucket = context.stores.bucket(resource.account, location)
        self._folder = location.key.strip("/")
        self._resource, self._workspace = resource, context.workspace
        self._is_parquet = resource.request.get("Format") == PARQUET

    def put(
        self,
        parts: Iterable[pl.DataFrame],
        csv: Writer,
        parquet: Writer,
        dimensions: Sequence[str],
        columns: Sequence[str],
        folder: str = "",
    ) -> None:
        """Write each of ``parts`` in a layout, and put it under the destination's ``folder``."""
        write = parquet if self._is_parquet else csv
        with TemporaryDirectory(dir=self._workspace) as place:
            for number, frame in enumerate(parts):
                file = Path(place) / "part"
                write(frame, file, dimensions, columns)
                self._bucket.put(self._key(folder, number), file)
                file.unlink()

    def _key(self, folder: str, number: int) -> str:
        ending = "parquet" if self._is_parquet else "csv"
        name = f"{part_prefix(self._resource)}_part{number}.{ending}"
        return "/".join(part for part in (self._folder, folder, name) if part)


def part_prefix(resource: Resource) -> str:
    """``<ExportJobName>_<yyyy-MM-ddTHH-mm-ssZ>``, the time of its creation."""
    created = datetime.fromtimestamp(int(resource.created_at), UTC)
    return f"{resource.name}_{created:%Y-%m-%dT%H-%M-%SZ}"


def in_parts(frame: pl.DataFrame, rows: int = ROWS_PER_PART) -> Iterable[pl.DataFrame]:
    """A table in parts of at most ``rows`` rows."""
    return map(partial(_part, frame, rows), range(0, max(frame.height, 1), rows))


def _part(frame: pl.DataFrame, rows: int, first: int) -> pl.DataFrame:
    return frame.slice(first, rows)
