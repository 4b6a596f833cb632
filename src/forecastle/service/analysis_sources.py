"""What an analysis looks at, as a table that is ready to be computed with.

A source is found again whenever somebody looks: what it points at may have changed meanwhile. Its
files become one prepared table, which is kept and used again as long as they stay the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Filter
from forecastle.core.names import Arn, ResourceType
from forecastle.service.context import Context
from forecastle.service.rights import require
from forecastle.service.source_files import Found, Source, SourceKind, find_files
from forecastle.storage.files import SourceFile
from forecastle.storage.kept_files import KeptFiles
from forecastle.storage.prepared import Field, fields_of, prepare

_KEPT_BYTES = 4 * 2**30
_MOST_CHOICES = 50
_TYPES = {
    SourceKind.GROUP: ResourceType.DATASET_GROUP,
    SourceKind.EXPORT: ResourceType.FORECAST_EXPORT_JOB,
    SourceKind.BACKTEST: ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB,
    SourceKind.ACCURACY: ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB,
}


@dataclass(frozen=True)
class Table:
    """The data of a source, ready to be computed with.

    Attributes:
        path: the prepared table.
        fields: its columns.
        name: of the source, for people.
        version: the same as long as the data are the same.
        made_at: when the data were made; seconds since 1970.
    """

    path: Path
    fields: tuple[Field, ...]
    name: str
    version: str
    made_at: float


@dataclass(frozen=True)
class Choice:
    """A source to offer.

    Attributes:
        source: it.
        name: for people.
        made_at: seconds since 1970.
    """

    source: Source
    name: str
    made_at: float


def list_choices(context: Context, kind: SourceKind, most: int = _MOST_CHOICES) -> list[Choice]:
    """Sources of one kind, newest first: groups, exports, pipelines.

    Args:
        context: who asks.
        kind: one that resources make.
        most: of them.
    """
    require(context, Role.VIEWER, "ListAnalysisSources")
    catalog, account = context.service.catalog, context.caller.account
    if kind is SourceKind.PIPELINE:
        found = catalog.pipelines.all(account)[:most]
        return [Choice(Source(kind, each.name), each.name, each.changed_at) for each in found]
    is_ready = Filter("Status", life.ACTIVE)
    jobs = catalog.resources.page(account, _TYPES[kind], (is_ready,), None, most)
    return [Choice(Source(kind, each.arn), each.name, each.created_at) for each in jobs]


def open_table(context: Context, source: Source) -> Table:
    """The data of a source; prepared now, or when somebody looked at the same files before.

    Raises:
        ForecastleError: as `find_files`, or the files are no table.
    """
    found = find_files(context, source)
    service, version = context.service, found.version
    folder = service.settings.data_dir / "cache" / "tables"
    kept = KeptFiles(folder, _KEPT_BYTES, service.clock)
    name = hashlib.sha256(f"{context.caller.account} {version}".encode()).hexdigest()
    path = kept.get(f"{name}.parquet", partial(_prepare, found))
    return Table(path, fields_of(path), found.name, version, found.made_at)


def _prepare(found: Found, target: Path) -> None:
    """Copies from S3 live only until the table is made."""
    with TemporaryDirectory(prefix="forecastle-") as folder:
        files = []
        for number, (bucket, info) in enumerate(found.parts):
            path = bucket.local_path(info.key)
            name = info.key.rpartition("/")[2]
            if path is None:
                path = Path(folder) / str(number) / name
                bucket.fetch(info.key, path)
            files.append(SourceFile(name, path))
        prepare(files, target, found.dialect)


def name_of(source: Source) -> str:
    """What a source is called without looking for it."""
    arn = Arn.parse(source.value)
    if arn is not None:
        return arn.path.rpartition("/")[2]
    return "QuickSight manifest" if source.value.lstrip().startswith("{") else source.value
