"""FieldStatistics tell what a plain computation tells, in Amazon Forecast's shape."""

import math
import statistics
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.series.dataset_options import ImportOptions
from forecastle.series.dataset_reading import read_dataset
from forecastle.series.dataset_statistics import aggregations, field_statistics, nan_flag
from forecastle.storage.files import SourceFile
from tests.series.dataset_examples import imported, metadata, related, schema

START = datetime(2024, 1, 1)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.integers(0, 10**6),
        st.one_of(st.none(), st.just(math.nan), st.floats(-1e6, 1e6)),
    ),
    min_size=1,
    max_size=30,
)


@given(rows=ROWS)
def test_statistics_are_those_of_the_rows(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sales") / "sales.parquet"
    items, seconds, values = zip(*rows, strict=True)
    times = [START + timedelta(seconds=second) for second in seconds]
    columns = {"item_id": items, "timestamp": times, "demand": pl.Series(values, dtype=pl.Float64)}
    pl.DataFrame(columns).write_parquet(path)
    table = read_dataset([SourceFile("x.parquet", path)], schema(), ImportOptions(format="PARQUET"))
    found = table.statistics
    assert found["item_id"]["CountDistinct"] == len(set(items))
    assert found["timestamp"]["CountDistinct"] == len(set(times))
    assert found["timestamp"]["Min"] == f"{min(times).isoformat()}Z"
    assert found["timestamp"]["Max"] == f"{max(times).isoformat()}Z"
    finite = [value for value in values if value is not None and not math.isnan(value)]
    demand = found["demand"]
    assert demand["CountNull"] == sum(value is None for value in values)
    assert demand["CountNan"] == len(values) - len(finite) - demand["CountNull"]
    assert demand["Count"] == len(values) - demand["CountNull"]
    assert demand["CountDistinct"] == len(set(finite))
    assert ("Avg" in demand) == bool(finite)
    if finite:
        assert (float(demand["Min"]), float(demand["Max"])) == (min(finite), max(finite))
        assert demand["Avg"] == pytest.approx(statistics.fmean(finite), rel=1e-9, abs=1e-6)
        spread = statistics.stdev(finite) if len(finite) > 1 else 0.0
        assert demand["Stddev"] == pytest.approx(spread, rel=1e-9, abs=1e-6)


def test_the_shape_is_that_of_amazon_forecast(tmp_path):
    of = schema("item_id:string timestamp:timestamp demand:integer")
    table = imported(tmp_path, "A,2024-01-01,1\n\nA,2024-01-02,3\nB,2024-01-02,\n", of)
    assert table.statistics == {
        "item_id": {
            "Count": 3, "CountDistinct": 2, "CountNull": 0,
            "CountLong": 3, "CountDistinctLong": 2, "CountNullLong": 0,
        },
        "timestamp": {
            "Count": 3, "CountDistinct": 2, "CountNull": 0,
            "Min": "2024-01-01T00:00:00Z", "Max": "2024-01-02T00:00:00Z",
            "CountLong": 3, "CountDistinctLong": 2, "CountNullLong": 0,
        },
        "demand": {
            "Count": 2, "CountDistinct": 2, "CountNull": 1, "CountNan": 0,
            "Min": "1", "Max": "3", "Avg": 2.0, "Stddev": 1.41421356237,
            "CountLong": 2, "CountDistinctLong": 2, "CountNullLong": 1, "CountNanLong": 0,
        },
    }  # fmt: skip
    assert table.data_size_gb == (tmp_path / "sales.csv").stat().st_size / 2**30


def test_related_data_and_metadata_have_statistics_too(tmp_path):
    prices = imported(tmp_path, "A,2024-01-01,1.5\n\nA,2024-01-02,\n", related()).statistics
    assert (prices["price"]["Min"], prices["price"]["CountNull"]) == ("1.5", 1)
    brands = imported(tmp_path, "A,red,1\nB,,2\nC,red,NaN\n", metadata()).statistics
    assert (brands["brand"]["Count"], brands["brand"]["CountDistinct"]) == (2, 1)
    assert brands["brand"]["CountNull"] == 1
    assert (brands["weight"]["CountNan"], brands["weight"]["Avg"]) == (1, 1.5)


def test_counts_beyond_32_bits_are_told_as_long_only(tmp_path):
    rows = pl.LazyFrame({"item_id": ["A"], "timestamp": [START], "demand": [1.0]})
    rows = rows.with_columns(pl.lit(False).alias(nan_flag("demand")))
    found = rows.select(aggregations(schema(), is_large=False)).collect().row(0, named=True)
    stored = rows.collect()
    many = field_statistics({**found, "number of rows": 3 * 10**9}, stored, schema(), 0)["item_id"]
    assert (many["Count"], many["CountLong"]) == (-1, 3 * 10**9)


def test_distinct_values_of_large_data_are_estimated():
    numbers = pl.int_range(100_000, eager=True)
    rows = pl.LazyFrame({"item_id": numbers.cast(pl.String), "demand": numbers.cast(pl.Float64)})
    rows = rows.with_columns(
        pl.lit(START).alias("timestamp"), pl.lit(False).alias(nan_flag("demand"))
    )
    found = rows.select(aggregations(schema(), is_large=True)).collect().row(0, named=True)
    told = field_statistics(found, rows.collect(), schema(), 0)
    assert told["item_id"]["CountDistinct"] == 100_000
    assert told["timestamp"]["CountDistinct"] == 1
    assert told["demand"]["CountDistinct"] == pytest.approx(100_000, rel=0.15)
