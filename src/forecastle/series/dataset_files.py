"""The files of a dataset, opened as tables whose columns are those of the schema.

CSV columns stand in the order of the schema, without a header; a header that names exactly the
schema's columns is taken too, in any order. Parquet columns are found by name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import PurePosixPath

from forecastle.core.errors import DataError, InputError
from forecastle.series.columns import is_header
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_options import CSV, PARQUET, ImportOptions
from forecastle.series.tables import Table, parquet_table, text_table
from forecastle.storage import delimited
from forecastle.storage.files import OpenedFile, SourceFile, opened

_PARQUET_ENDINGS = ("", ".parquet", ".parq", ".pqt")
_HIDDEN = (".", "_")
_PANDAS_INDEX = re.compile(r"__index_level_\d+__")


def open_files(
    files: Sequence[SourceFile], schema: DatasetSchema, options: ImportOptions, stack: ExitStack
) -> list[Table]:
    """Open files as tables, in the order of their names.

    Left out are empty files, and those whose name starts with a dot or an underscore, as Spark
    and Athena do.

    Args:
        files: the files of one import.
        schema: names their columns.
        options: their format.
        stack: temporary copies live as long as it.

    Raises:
        InputError: there are none, or a name is not one that is taken.
        DataError: a file is not what it should be, or its columns are not those of the schema.
    """
    chosen = data_files(files)
    if not chosen:
        raise InputError("there are no data files; put CSV or Parquet files there")
    for file in chosen:
        _check_name(file.name, options.format)
    return [_table(file, schema, options.format, stack) for file in chosen]


def data_files(files: Sequence[SourceFile]) -> list[SourceFile]:
    """The files that hold data, in the order of their names."""
    visible = (f for f in files if not PurePosixPath(f.name).name.startswith(_HIDDEN))
    return sorted((f for f in visible if f.path.stat().st_size > 0), key=lambda f: f.name)


def _check_name(name: str, format_: str) -> None:
    base = PurePosixPath(name)
    if not any(character.isalpha() for character in base.name):
        raise InputError(f"{name}: the file name has no letter; rename the file")
    if format_ == PARQUET and base.suffix.lower() not in _PARQUET_ENDINGS:
        raise InputError(
            f"{name}: Parquet files end in .parquet, .parq, .pqt or have no ending; rename the "
            f"file, or set Format to {CSV}"
        )


def _table(file: SourceFile, schema: DatasetSchema, format_: str, stack: ExitStack) -> Table:
    try:
        content = replace(stack.enter_context(opened(file.path)), name=file.name)
    except DataError as error:
        problems = [replace(problem, file=file.name) for problem in error.problems]
        raise DataError(problems, error.count) from error
    if content.is_parquet != (format_ == PARQUET):
        found = PARQUET if content.is_parquet else CSV
        raise DataError.of(file.name, f"the file is {found}, not {format_}; set Format to {found}")
    return _parquet(content, schema) if content.is_parquet else _text(content, schema)


def _parquet(file: OpenedFile, schema: DatasetSchema) -> Table:
    table = parquet_table(file, file.name)
    missing = [name for name in schema.names if name not in table.schema]
    further = [
        name
        for name in table.schema
        if name not in schema.names and not _PANDAS_INDEX.fullmatch(name)
    ]
    if missing or further:
        raise DataError.of(
            file.name, f"the columns are {_listed(table.names)}, {_expected(schema)}"
        )
    columns = {name: table.schema[name] for name in schema.names}
    return replace(table, rows=table.rows.select(schema.names), schema=columns)


def _text(file: OpenedFile, schema: DatasetSchema) -> Table:
    fewest = min(2, len(schema.names))
    sample = delimited.sample(file.path, file.name, (",",), fewest)
    first = [field.strip() for field in sample.records[0]]
    has_header = sorted(first) == sorted(schema.names)
    if not has_header and _reads_like_header(first, schema):
        raise DataError.of(
            file.name, f"the header is {_listed(first)}, {_expected(schema)}", line=1
        )
    if sample.n_columns != len(schema.names):
        raise DataError.of(
            file.name,
            f"{sample.n_columns} columns found, {_expected(schema)}",
            line=1 + sample.positions[0],
        )
    names = first if has_header else list(schema.names)
    return text_table(file, file.name, sample, names, has_header=has_header)


def _reads_like_header(first: Sequence[str], schema: DatasetSchema) -> bool:
    """Whether a first line names columns: it holds a schema's name, or no number and no date.

    Item metadata may be words alone, so only a name of the schema tells there.
    """
    known = {name.lower() for name in schema.names}
    names_one = any(field.lower() in known for field in first)
    return is_header(first) and (names_one or not schema.is_metadata)


def _expected(schema: DatasetSchema) -> str:
    return f"but the attributes of the schema are {_listed(schema.names)}; write these columns"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
