"""How fast a dataset is imported, beside the bare group-by of the same file by DuckDB and Polars.

    python -m benchmarks.import_speed [--rows 10000000] [--repeats 5]

Ours validates every cell, keeps what all five aggregations need and tells the field statistics;
the peers only sum to item and day. Each runs in a process of its own, by turns, on a file that
lies in the page cache.
"""

from __future__ import annotations

from benchmarks.read_speed import DUCKDB, MEASURED, compare

_OURS = MEASURED.format(
    imports="from pathlib import Path\n"
    "from forecastle.series.dataset import DatasetSchema\n"
    "from forecastle.series.dataset_files import SourceFile\n"
    "from forecastle.series.dataset_reading import read_dataset\n"
    "from forecastle.series.domains import DOMAINS, TARGET_TIME_SERIES\n"
    "from forecastle.core.frequency import Frequency\n"
    "fields = DOMAINS['RETAIL'].datasets[TARGET_TIME_SERIES].required\n"
    "schema = DatasetSchema('RETAIL', TARGET_TIME_SERIES, fields, Frequency(1, 'D'))",
    work="read_dataset([SourceFile('sales.csv', Path(path))], schema).rows.height",
)
_POLARS = MEASURED.format(
    imports="import polars as pl",
    work="pl.scan_csv(path, schema_overrides={'timestamp': pl.String})"
    ".with_columns(pl.col('timestamp').str.to_datetime('%Y-%m-%d %H:%M:%S').dt.date())"
    ".group_by('item_id', 'timestamp').agg(pl.col('demand').sum())"
    ".collect(engine='streaming').height",
)
READERS = {"Forecastle": _OURS, "DuckDB": DUCKDB, "Polars": _POLARS}


if __name__ == "__main__":
    compare(READERS, __doc__)
