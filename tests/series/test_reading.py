"""Sales are read without fuss: whatever the dialect, the same sales give the same observations."""

import gzip
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.series.alignment import default_alignment
from forecastle.series.reading import ReadOptions, read_target
from forecastle.storage.delimited import DELIMITERS

HEADER = "item_id,timestamp,demand\n"
PLAIN = HEADER + "A,2024-01-01,1\nA,2024-01-02,2.5\nB,2024-01-02,-3\n"
EXPECTED = [
    ("A", datetime(2024, 1, 1), 1.0),
    ("A", datetime(2024, 1, 2), 2.5),
    ("B", datetime(2024, 1, 2), -3.0),
]


def rows(table):
    return table.observations.select("item_id", "timestamp", "demand").rows()


@pytest.fixture
def read(tmp_path):
    """Read text or bytes as a file."""

    def read_file(content, name="sales.csv", **options):
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
        return read_target(tmp_path / name, ReadOptions(**options))

    return read_file


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        gzip.compress(PLAIN.encode()),
        PLAIN.encode("utf-16"),
        PLAIN.rstrip("\n").encode(),
        PLAIN.removeprefix(HEADER).encode(),
        PLAIN.replace("\n", "\n\n").encode(),
        b"\n\n" + PLAIN.encode() + b"\n  \n",
        PLAIN.replace(",", " , ").encode(),
        PLAIN.replace("A", '"A"').encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", ";").replace(".", ",").encode(),
        PLAIN.replace(",", "|").encode(),
        PLAIN.replace("2024-01-0", "2024/1/").encode(),
        PLAIN.replace("2024-01-0", "2024010").encode(),
        PLAIN.replace("2024-01-02", "2024-01-02T00:00:00Z")
        .replace("2024-01-01", "2024-01-01T00:00:00Z")
        .encode(),
    ],
    ids=[
        "plain", "BOM", "CRLF", "CR", "gzip", "UTF-16", "no last line end", "no header",
        "blank lines", "blank lines around", "spaces", "quotes", "tab", "semicolon", "pipe",
        "slashes", "compact dates", "ISO",
    ],
)  # fmt: skip
def test_every_dialect_reads_alike(read, content):
    assert rows(read(content)) == EXPECTED


@pytest.mark.parametrize("delimiter", DELIMITERS)
@given(
    sales=st.dictionaries(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
            st.dates(date(1990, 1, 1), date(2100, 1, 1)),
        ),
        st.one_of(st.none(), st.floats(-1e15, 1e15)),
        min_size=1,
        max_size=8,
    ),
    packed=st.booleans(),
)
def test_what_was_written_is_read(tmp_path_factory, delimiter, sales, packed):
    path = tmp_path_factory.mktemp("sales") / "sales.csv"
    written = pl.DataFrame(
        [(item, day, demand) for (item, day), demand in sales.items()],
        schema={"item_id": pl.String, "timestamp": pl.Date, "demand": pl.Float64},
        orient="row",
    )
    written.write_csv(path, separator=delimiter, quote_style="non_numeric")
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    options = ReadOptions(alignment=default_alignment(Frequency(1, "D")))
    expected = sorted(
        (item, datetime(day.year, day.month, day.day), demand)
        for (item, day), demand in sales.items()
    )
    assert rows(read_target(path, options)) == expected
    assert rows(read_target(written, options)) == expected


@given(
    sales=st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(0, 3), st.floats(-1e6, 1e6)), min_size=1
    ),
    order=st.randoms(),
)
def test_the_order_of_rows_does_not_matter(sales, order):
    def observations(chosen):
        frame = pl.DataFrame(chosen, schema=["item_id", "day", "demand"], orient="row")
        days = pl.lit(date(2024, 1, 1)) + pl.duration(days="day")
        options = ReadOptions(frequency=Frequency(1, "D"))
        return read_target(frame.select("item_id", days.alias("date"), "demand"), options)

    shuffled = list(sales)
    order.shuffle(shuffled)
    assert observations(shuffled).observations.equals(observations(sales).observations)


def test_transactions_are_summed_to_the_frequency(read):
    table = read(
        HEADER
        + "A,2024-01-01 09:12:01,1\nA,2024-01-01 17:30:59,2\nB,2024-01-01 10:00:00,5\n"
        + "A,2024-01-03 09:00:00,-1\nA,2024-01-03 09:00:00,\nA,2024-01-08 12:00:07,4\n"
    )
    assert table.frequency == Frequency(1, "D")
    assert table.observations.rows() == [
        ("A", datetime(2024, 1, 1), 3.0, 2, 0),
        ("A", datetime(2024, 1, 3), -1.0, 2, 1),
        ("A", datetime(2024, 1, 8), 4.0, 1, 0),
        ("B", datetime(2024, 1, 1), 5.0, 1, 0),
    ]


@pytest.mark.parametrize(
    ("how", "demand"), [("sum", 6.0), ("avg", 2.0), ("first", 3.0), ("min", 1.0), ("max", 3.0)]
)
def test_the_five_aggregations(read, how, demand):
    content = HEADER + "A,2024-01-01,\nA,2024-01-01,3\nA,2024-01-01,1\nA,2024-01-01,2\n"
    assert rows(read(content, aggregation=how)) == [("A", datetime(2024, 1, 1), demand)]


def test_an_unknown_aggregation_is_refused():
    with pytest.raises(InputError, match="aggregation 'mode' is not known"):
        ReadOptions(aggregation="mode")


@pytest.mark.parametrize(("first", "weekday"), [("2024-01-05", 4), ("2024-01-07", 6)])
def test_weekly_data_keep_their_weekday(read, first, weekday):
    days = [datetime.fromisoformat(first) + timedelta(weeks=week) for week in range(5)]
    table = read(HEADER + "".join(f"A,{day:%Y-%m-%d},1\n" for day in days))
    assert table.frequency == Frequency(1, "W")
    assert [time.weekday() for time in table.observations["timestamp"]] == [weekday] * 5


def test_a_coarser_frequency_may_be_asked_for(read):
    content = HEADER + "".join(f"A,2024-{month:02}-{d:02},1\n" for month in (1, 2) for d in (3, 4))
    assert rows(read(content, frequency=Frequency(1, "M"))) == [
        ("A", datetime(2024, 1, 1), 2.0),
        ("A", datetime(2024, 2, 1), 2.0),
    ]


def test_newer_data_are_read_in_the_periods_of_a_predictor(read):
    alignment = default_alignment(Frequency(1, "D"))
    content = HEADER + "".join(f"A,2024-01-{day:02},1\n" for day in (1, 8, 15, 22))
    assert read(content, alignment=alignment).frequency == Frequency(1, "D")


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (["31/12/2010", "01/02/2011"], datetime(2010, 12, 31)),
        (["12/31/2010", "01/02/2011"], datetime(2010, 12, 31)),
        (["31.12.2010", "1.2.2011"], datetime(2010, 12, 31)),
        (["12/1/2010 8:26", "12/13/2010 17:00"], datetime(2010, 12, 1)),
    ],
)
def test_day_and_month_are_told_from_the_whole_file(read, dates, first):
    table = read(HEADER + "".join(f"A,{text},1\n" for text in dates), frequency=Frequency(1, "D"))
    assert table.observations["timestamp"][0] == first


def test_the_format_may_be_given(read):
    content = HEADER + "A,01/02/2024,1\n"
    assert rows(read(content, timestamp_format="dd/MM/yyyy"))[0][1] == datetime(2024, 2, 1)
    assert rows(read(content, timestamp_format="MM/dd/yyyy"))[0][1] == datetime(2024, 1, 2)


def test_two_columns_are_one_series_named_after_the_file(read):
    assert rows(read("2024-01-01,1\n", name="shop.csv")) == [("shop", datetime(2024, 1, 1), 1.0)]


def test_positions_may_be_named(read):
    table = read("1,x,2024-01-01,A\n", columns=("demand", "store", "timestamp", "item_id"))
    assert rows(table) == [("A", datetime(2024, 1, 1), 1.0)]


def test_dimensions_are_keys(read):
    content = "store,item_id,timestamp,demand\nS,A,2024-01-01,1\nR,A,2024-01-01,2\n"
    table = read(content, dimensions=("store",))
    assert table.observations.select("item_id", "store", "demand").rows() == [
        ("A", "R", 2.0),
        ("A", "S", 1.0),
    ]


@pytest.mark.parametrize("dimensions", [("demand",), ("store", "store")])
def test_a_dimension_may_not_take_another_columns_name(dimensions):
    with pytest.raises(InputError, match="is taken"):
        ReadOptions(dimensions=dimensions)


def test_quotes_amid_a_field_are_text(read):
    content = "item_id,name,timestamp,demand\n" + 'A,5" pipe,2024-01-01,1\nB,6" pipe,2024-01-01,2\n'
    assert [demand for *_, demand in rows(read(content))] == [1.0, 2.0]


def test_names_may_hold_delimiters_and_line_ends(read):
    content = HEADER + '"A, ""b""\nc",2024-01-01,1\n'
    assert rows(read(content)) == [('A, "b"\nc', datetime(2024, 1, 1), 1.0)]


def test_an_empty_demand_is_a_missing_value(read):
    table = read(HEADER + "A,2024-01-01,\nA,2024-01-02,1\n")
    assert rows(table)[0] == ("A", datetime(2024, 1, 1), None)
    assert table.facts.missing_rows == 1


def test_the_facts(read):
    table = read(HEADER + "A,2024-01-01,1\nA,2024-01-01,1\n\nA,2024-01-01,-1\nB,2024-01-03,\n")
    facts = table.facts
    assert (facts.files, facts.rows, facts.items) == (1, 4, 2)
    assert (facts.first, facts.last) == (np.datetime64("2024-01-01"), np.datetime64("2024-01-03"))
    assert (facts.merged_rows, facts.repeated_rows) == (2, 1)
    assert (facts.negative_rows, facts.missing_rows, facts.blank_rows) == (1, 1, 1)


def test_a_folder_is_one_table(tmp_path):
    (tmp_path / "a.csv").write_text(HEADER + "A,2024-01-01,1\nA,2024-01-02,2.5\n")
    (tmp_path / "b.csv").write_text(HEADER)
    (tmp_path / "c.csv").touch()
    pl.DataFrame({"sku": ["B"], "date": [date(2024, 1, 2)], "qty": [-3]}).write_parquet(
        tmp_path / "d.parquet"
    )
    table = read_target(tmp_path)
    assert rows(table) == EXPECTED
    assert table.facts.files == 2


def test_frames_and_parquet_read_like_files(tmp_path):
    polars = pl.DataFrame(
        {"sku": ["A", "A", "B"], "date": [date(2024, 1, 1), *[date(2024, 1, 2)] * 2],
         "qty": [1.0, 2.5, -3.0]}
    )  # fmt: skip
    polars.write_parquet(tmp_path / "sales")
    indexed = polars.to_pandas().set_index("date")
    for source in (polars, polars.lazy(), polars.to_pandas(), indexed, str(tmp_path / "sales")):
        assert rows(read_target(source)) == EXPECTED


@pytest.mark.parametrize(
    ("item", "key"),
    [([85123], "85123"), ([85123.0], "85123"), (["85123.0"], "85123.0"), ([" x "], "x")],
)
def test_item_ids_are_text(item, key):
    table = read_target(pl.DataFrame({"item": item, "date": ["2024-01-01"], "qty": [1]}))
    assert table.observations["item_id"].to_list() == [key]


def test_time_zones_keep_the_local_day():
    stamps = pd.DatetimeIndex(["2024-01-01 23:30", "2024-01-02 00:30"], tz="Asia/Seoul")
    frame = pd.DataFrame({"item_id": "A", "timestamp": stamps, "demand": [1.0, np.nan]})
    assert rows(read_target(frame, ReadOptions(frequency=Frequency(1, "D")))) == [
        ("A", datetime(2024, 1, 1), 1.0),
        ("A", datetime(2024, 1, 2), None),
    ]


def test_reading_twice_gives_the_same_bits(tmp_path):
    generator = np.random.default_rng(1)
    path = tmp_path / "sales.csv"
    pl.DataFrame(
        {"item_id": "A", "timestamp": "2024-01-01", "demand": generator.normal(size=100_000)}
    ).write_csv(path)
    assert len({rows(read_target(path))[0][2] for _ in range(4)}) == 1
