"""The export layouts of Amazon Forecast, byte for byte."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.storage.exports import (
    write_accuracy_csv,
    write_accuracy_parquet,
    write_backtest_csv,
    write_backtest_parquet,
    write_forecast_csv,
    write_forecast_parquet,
)


def frame(item="A", p10=1.0, **columns):
    return pl.DataFrame(
        {"item_id": [item], "timestamp": [datetime(2019, 2, 1)], "p10": [p10], **columns}
    )


def test_a_forecast(tmp_path):
    path = tmp_path / "forecast.csv"
    write_forecast_csv(frame(p50=[0.1], p90=[1e15]), path, (), ("p10", "p50", "p90"))
    assert path.read_bytes() == (
        b"item_id,date,p10,p50,p90\nA,2019-02-01T00:00:00Z,1.0,0.1,1000000000000000.0\n"
    )


def test_dimensions_follow_the_date(tmp_path):
    path = tmp_path / "forecast.csv"
    write_forecast_csv(frame(store=["S1"]), path, ("store",), ("p10",))
    assert path.read_text().splitlines() == [
        "item_id,date,store,p10",
        "A,2019-02-01T00:00:00Z,S1,1.0",
    ]


def backtest(item="A"):
    return frame(
        item,
        target_value=pl.Series([None], dtype=pl.Float64),
        mean=[2.5],
        backtestwindow_start_time=[datetime(2019, 2, 1)],
        backtestwindow_end_time=[datetime(2019, 2, 1, 23)],
    )


def accuracy(item="A"):
    start, end = datetime(2019, 2, 1), datetime(2019, 2, 1, 23)
    return pl.DataFrame(
        {
            "wQL[0.1]": [0.25, 0.25],
            "MAPE": pl.Series([None, None], dtype=pl.Float64),
            "backtest_window": ["Computed", "Summary"],
            "store": ["S1", "S1"],
            "item_id": [item, item],
            "backtestwindow_end_time": [end, None],
            "backtestwindow_start_time": [start, None],
        }
    )


def test_a_backtest(tmp_path):
    path = tmp_path / "backtest.csv"
    table = backtest()
    write_backtest_csv(table, path, (), ("mean", "p10"))
    assert path.read_text().splitlines() == [
        "item_id,timestamp,target_value,backtestwindow_start_time,backtestwindow_end_time,mean,p10",
        "A,2019-02-01T00:00:00Z,,2019-02-01T00:00:00,2019-02-01T23:00:00,2.5,1.0",
    ]


def test_the_accuracy_of_items(tmp_path):
    path = tmp_path / "accuracy.csv"
    write_accuracy_csv(accuracy(), path, ("store",), ("wQL[0.1]", "MAPE"))
    assert path.read_text().splitlines() == [
        "item_id,store,backtest_window,backtestwindow_start_time,backtestwindow_end_time,"
        "wQL[0.1],MAPE",
        "A,S1,Computed,2019-02-01T00:00:00,2019-02-01T23:00:00,0.25,",
        "A,S1,Summary,,,0.25,",
    ]


PAIRS = {
    "forecast": (write_forecast_csv, write_forecast_parquet, frame, (), ("p10",)),
    "backtest": (write_backtest_csv, write_backtest_parquet, backtest, (), ("mean", "p10")),
    "accuracy": (
        write_accuracy_csv,
        write_accuracy_parquet,
        accuracy,
        ("store",),
        ("wQL[0.1]", "MAPE"),
    ),
}


@pytest.mark.parametrize("layout", PAIRS)
def test_parquet_has_the_columns_and_the_values_of_csv(tmp_path, layout):
    write_csv, write_parquet, table, dimensions, columns = PAIRS[layout]
    write_csv(table(), tmp_path / "file.csv", dimensions, columns)
    write_parquet(table(), tmp_path / "file.parquet", dimensions, columns)
    parquet = pl.read_parquet(tmp_path / "file.parquet")
    assert pl.read_csv(tmp_path / "file.csv", schema=parquet.schema).equals(parquet)


@pytest.mark.parametrize("layout", PAIRS)
def test_names_in_parquet_are_as_they_are(tmp_path, layout):
    _, write_parquet, table, dimensions, columns = PAIRS[layout]
    write_parquet(table("=1+1"), tmp_path / "file.parquet", dimensions, columns)
    assert pl.read_parquet(tmp_path / "file.parquet")["item_id"][0] == "=1+1"


@pytest.mark.parametrize("item", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_names_that_a_spreadsheet_would_run_get_an_apostrophe(tmp_path, item):
    path = tmp_path / "forecast.csv"
    write_forecast_csv(frame(item, store=[item]), path, ("store",), ("p10",))
    read = pl.read_csv(path)
    assert read.select("item_id", "store").row(0) == (f"'{item}", f"'{item}")


def test_numbers_are_never_touched(tmp_path):
    path = tmp_path / "forecast.csv"
    write_forecast_csv(frame(p10=-1.5), path, (), ("p10",))
    assert path.read_text().endswith(",-1.5\n")


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_floats_read_back_equal(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("floats") / "forecast.csv"
    write_forecast_csv(frame(p10=value), path, (), ("p10",))
    assert float(path.read_text().splitlines()[1].split(",")[2]) == value
