"""The process in which one query runs: ``python -m forecastle.pipelines.sql_child FOLDER``.

It finds ``query.json`` in FOLDER, and leaves ``result.arrow`` or ``failure.txt`` there. Memory,
processor time and the size of the result are limited by the operating system; it has no secret in
its environment, and DuckDB in it no file but those that Arrow reads for it.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq

from forecastle.core.errors import InputError
from forecastle.pipelines.sql_check import FAILURE, LOCKED, QUERY, RESULT

_STATUS = Path("/proc/self/status")
_THREADS = 2
_BATCH = 1000
_GRACE_SECONDS = 5


def main(folder: Path) -> None:
    """Run the query."""
    query = json.loads((folder / QUERY).read_text(encoding="utf-8"))
    _limit(query["seconds"], query["bytes"])
    try:
        _answer(query, folder)
    except (InputError, duckdb.Error, pa.ArrowException, OSError, MemoryError) as error:
        (folder / FAILURE).write_text(_in_words(error, query), encoding="utf-8")


def _limit(seconds: float, size: int) -> None:
    """What is in memory now may stay; the rest is for the query."""
    hard = int(seconds) + _GRACE_SECONDS
    signal.alarm(hard)
    resource.setrlimit(resource.RLIMIT_CPU, (hard * _THREADS, hard * _THREADS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * size, 2 * size))
    if _STATUS.exists():  # on Linux alone the limit counts what is allocated
        most = 2 * size + _data_now()
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _data_now() -> int:
    """Bytes of private memory, as RLIMIT_DATA counts them."""
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmData:"))


def _answer(query: dict[str, Any], folder: Path) -> None:
    config = {**LOCKED, "memory_limit": f"{query['bytes']}B", "threads": str(_THREADS)}
    with duckdb.connect(":memory:", config=config) as connection:
        for name, table in query["tables"].items():
            connection.register(name, _dataset(table))
        connection.execute("SET lock_configuration = true")
        timer = threading.Timer(query["seconds"], connection.interrupt)
        timer.start()
        try:
            _write(connection.sql(query["text"]), query, folder / RESULT)
        finally:
            timer.cancel()


def _dataset(table: dict[str, Any]) -> Any:
    """A table as Arrow reads it: files are opened when a query needs them, with its filters."""
    if not table["parts"]:
        return pq.read_table(table["rows"])
    form, files = ds.ParquetFileFormat(), pyarrow.fs.LocalFileSystem()
    fragments, schemas = [], []
    for part in table["parts"]:
        constants = part["constants"].items()
        same = [ds.field(name) == value for name, value in constants]
        whole = same[0]
        for each in same[1:]:
            whole = whole & each
        fragments.append(form.make_fragment(part["path"], files, partition_expression=whole))
        written = pq.read_schema(part["path"])
        kept = [field for field in written if field.name in (part["columns"] or written.names)]
        schemas.append(pa.schema([*(pa.field(name, pa.string()) for name, _ in constants), *kept]))
    return ds.FileSystemDataset(fragments, _ordered(pa.unify_schemas(schemas)), form, files)


def _ordered(schema: pa.Schema) -> pa.Schema:
    """Numbers last: ``p5``, ``p10`` …, ``mean``, whatever the first file has."""
    return pa.schema(sorted(schema, key=_place))


def _place(column: pa.Field) -> tuple[bool, bool, int, str]:
    is_number = pa.types.is_floating(column.type)
    level = column.name if is_number else ""
    return is_number, level == "mean", len(level), level


def _write(relation: Any, query: dict[str, Any], path: Path) -> None:
    """The rows, batch by batch, as far as they are allowed.

    Raises:
        InputError: there are too many, or a column has a type that tables here do not have.
    """
    most, rows, size = query["rows"], 0, 0
    reader = relation.limit(most + 1).to_arrow_reader(_BATCH)
    for column in reader.schema:
        if pa.types.is_interval(column.type) or pa.types.is_union(column.type):
            raise InputError(f"column '{column.name}' has a type of DuckDB's; cast it to VARCHAR")
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, reader.schema) as writer:
        for batch in reader:
            rows, size = rows + batch.num_rows, size + batch.nbytes
            if rows > most:
                raise InputError(f"the answer has more than {most} rows; add a LIMIT or a sum")
            if size > query["bytes"]:
                raise InputError(_too_large(query))
            writer.write_batch(batch)


def _in_words(error: Exception, query: dict[str, Any]) -> str:
    text = str(error).strip()
    if isinstance(error, InputError):
        return text
    if isinstance(error, duckdb.InterruptException):
        return f"the query took more than {query['seconds']:g} seconds; narrow it"
    memory = (MemoryError, duckdb.OutOfMemoryException, pa.ArrowMemoryError)
    if isinstance(error, memory) or "Out of Memory" in text:  # an OSError of a DuckDB stream
        return _too_large(query)
    return f"the query failed: {text}"


def _too_large(query: dict[str, Any]) -> str:
    return f"the query needs more than {query['bytes'] // 2**20} MB of memory; narrow it"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
