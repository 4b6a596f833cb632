from __future__ import annotations

import io
import json
import urllib.error
import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from forecastle.core.errors import DataError, InputError
from forecastle.preparation.analysis import analyse
from forecastle.preparation.download import WORKBOOK, download_online_retail
from forecastle.preparation.invoices import read_invoices
from forecastle.preparation.online_retail import PreparationOptions, daily_sales, prepare_files

HEADER = (
    "Invoice",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "Price",
    "Customer ID",
    "Country",
)
UK = "United Kingdom"
SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"

# Tue 1 Dec 2009; a return on Wed; an exact repeat; a blank customer; postage; bad debt; France.
LINES = [
    (489434, 85048, "LIGHTS", 12, datetime(2009, 12, 1, 7, 45), 6.95, 13085.0, UK),
    (489434, "79323P", "CHERRY LIGHTS", 2, datetime(2009, 12, 1, 7, 45), 5.00, 13085.0, UK),
    ("C489449", 85048, "LIGHTS", -1, datetime(2009, 12, 2, 9, 0), 6.95, 13085.0, UK),
    (489500, "79323p", "CHERRY LIGHTS", 3, datetime(2009, 12, 2, 10, 0), 5.00, None, UK),
    (489500, "79323p", "CHERRY LIGHTS", 3, datetime(2009, 12, 2, 10, 0), 5.00, None, UK),
    (489501, "POST", "POSTAGE", 1, datetime(2009, 12, 2, 11, 0), 18.00, 12583.0, "France"),
    (489502, 85048, None, 5, datetime(2009, 12, 7, 11, 0), 0.0, None, UK),
    ("A506401", "B", "Adjust bad debt", 1, datetime(2009, 12, 7, 12, 0), -50.0, None, UK),
    (536365, 85048, "LIGHTS", 10, datetime(2010, 12, 2, 8, 0), 6.95, 13085.0, UK),
    (536999, 85048, "LIGHTS", 20, datetime(2010, 12, 9, 8, 0), 6.95, 13085.0, UK),
]


def write_workbook(path, lines=LINES, sheet="Year 2009-2010", header=HEADER):
    with xlsxwriter.Workbook(path) as book:
        dates = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, header)
        for number, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                if isinstance(value, datetime):
                    page.write_datetime(number, column, value, dates)
                else:
                    page.write(number, column, value)
        book.add_worksheet("Year 2010-2011")
    return path


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    return write_workbook(tmp_path_factory.mktemp("uci") / "online_retail_II.xlsx")


@pytest.fixture(scope="module")
def lines(workbook):
    return read_invoices(workbook)


def test_the_sheet_is_read_with_numbers_and_letters_in_one_column(lines):
    assert lines["invoice"].to_list()[1:3] == ["489434", "C489449"]
    assert lines["stock_code"].to_list()[:4] == ["85048", "79323P", "85048", "79323P"]
    assert lines["customer"].to_list()[0] == "13085"
    assert lines["timestamp"][0] == datetime(2009, 12, 1, 7, 45)
    assert lines["line"].to_list() == list(range(2, 12))


def test_the_missions_files_hold_price_times_quantity_with_returns_netted(lines, tmp_path):
    files = prepare_files(lines, PreparationOptions(), tmp_path)
    assert files.training.name == "tr_target_20091201_20101202.csv"
    assert files.added.name == "tr_target_add_20091201_20101209.csv"
    assert files.training.read_text() == (
        "United Kingdom,2009-12-01,93.4\n"
        "United Kingdom,2009-12-02,23.05\n"
        "United Kingdom,2009-12-07,-50.0\n"
        "United Kingdom,2010-12-02,69.5\n"
    )
    assert files.added.read_text() == (
        files.training.read_text() + "United Kingdom,2010-12-09,139.0\n"
    )
    assert (files.training_rows, files.added_rows) == (4, 5)


def test_the_manifest_names_the_longer_file_and_no_header(lines, tmp_path):
    options = PreparationOptions(s3_prefix="s3://shop/sales/")
    manifest = json.loads(prepare_files(lines, options, tmp_path).manifest.read_text())
    assert manifest["fileLocations"] == [
        {"URIs": ["s3://shop/sales/tr_target_add_20091201_20101209.csv"]}
    ]
    assert manifest["globalUploadSettings"]["containsHeader"] == "false"


@pytest.mark.parametrize(
    ("item", "country", "expected"),
    [
        ("country", None, {"France", UK}),
        ("product", UK, {"85048", "79323P", "B"}),
        ("both", None, {f"{UK}/85048", f"{UK}/79323P", f"{UK}/B", "France/POST"}),
        ("product", "France", {"POST"}),
    ],
)
def test_an_item_is_a_country_a_product_or_both(lines, tmp_path, item, country, expected):
    files = prepare_files(lines, PreparationOptions(item=item, country=country), tmp_path)
    rows = files.added.read_text().splitlines()
    assert {row.split(",")[0] for row in rows} == expected


def test_repeats_and_adjustments_are_left_out_only_when_asked(lines, tmp_path):
    options = PreparationOptions(drop_duplicates=True, drop_adjustments=True)
    text = prepare_files(lines, options, tmp_path).training.read_text()
    assert "2009-12-02,8.05" in text
    assert "2009-12-07,0.0" in text


def test_the_analysis_counts_what_matters_and_writes_nothing(lines, tmp_path):
    found = analyse(lines, PreparationOptions())
    assert found.lines.number == 9
    assert found.returns == (1, -6.95)
    assert found.cancelled.number == 1
    assert found.duplicates == (1, 15.0)
    assert found.free.number == 1
    assert found.adjustments == (1, -50.0)
    assert found.blank_customers.number == 4
    assert found.not_products == (1, -50.0)
    assert found.missing_days == 374 - 5
    assert sum(found.missing_by_weekday) == found.missing_days
    assert found.gaps[0] == (date(2009, 12, 3), date(2009, 12, 6), 4)
    text = "\n".join(found.sentences())
    for word in ("Missing days", "Returns", "Duplicates", "Outliers", "Customers", "−£50.00"):
        assert word in text
    assert list(tmp_path.iterdir()) == []


def test_a_day_far_from_its_weekday_is_an_outlier():
    mondays = pl.datetime_range(
        datetime(2009, 12, 7, 9), datetime(2010, 11, 29, 9), interval="1w", eager=True
    )
    quantity = [100.0 + k % 5 for k in range(len(mondays))]
    quantity[20] = 5000.0
    lines = pl.DataFrame(
        {
            "line": range(len(mondays)),
            "invoice": "1",
            "stock_code": "85048",
            "quantity": quantity,
            "timestamp": mondays,
            "price": 1.0,
            "customer": "1",
            "country": UK,
        }
    )
    found = analyse(lines, PreparationOptions())
    assert [(outlier.day, outlier.sales) for outlier in found.outliers] == [
        (mondays[20].date(), 5000.0)
    ]
    assert found.outliers[0].usual == 102.0


def test_csv_and_parquet_give_what_the_sheet_gives(lines, tmp_path):
    table = lines.drop("line").rename(dict(zip(lines.drop("line").columns, HEADER, strict=True)))
    table.write_csv(tmp_path / "retail.csv")
    table.write_parquet(tmp_path / "retail.parquet")
    for name in ("retail.csv", "retail.parquet"):
        assert read_invoices(tmp_path / name).equals(lines)


def test_the_older_editions_names_and_dates_are_understood(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,HEART,6,12/1/2010 8:26,2.55,17850.0,United Kingdom\n"
    )
    lines = read_invoices(path)
    assert lines["timestamp"].to_list() == [datetime(2010, 12, 1, 8, 26)]
    assert lines["customer"].to_list() == ["17850"]


def test_days_that_two_joined_sheets_share_are_counted_once(lines):
    shared = lines.filter(pl.col("timestamp").dt.year() == 2010)
    joined = pl.concat([lines, shared]).with_columns(line=pl.int_range(2, pl.len() + 2))
    options = PreparationOptions()
    assert analyse(joined, options).joined_sheets == 2
    assert analyse(joined, options).lines == analyse(lines, options).lines


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (3, "a dozen", "Quantity 'a dozen' is not a number"),
        (5, None, "Price is empty; it must be a number"),
        (4, "31/12/2009 08:00", "InvoiceDate '31/12/2009 08:00' is not a date"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(tmp_path, column, value, message):
    broken = list(LINES[1])
    broken[column] = value
    path = write_workbook(tmp_path / "bad.xlsx", [LINES[0], tuple(broken)])
    with pytest.raises(DataError) as caught:
        read_invoices(path)
    assert str(caught.value).startswith("bad.xlsx, sheet 'Year 2009-2010', line 3: ")
    assert message in str(caught.value)


def test_a_missing_sheet_is_named_with_those_there_are(tmp_path):
    path = write_workbook(tmp_path / "other.xlsx", sheet="Sheet1")
    with pytest.raises(InputError, match=r"no sheet 'Year 2009-2010'; it has 'Sheet1'.*--sheet"):
        read_invoices(path)


def test_a_missing_column_is_named(tmp_path):
    path = write_workbook(tmp_path / "few.xlsx", header=(*HEADER[:5], "Cost", *HEADER[6:]))
    with pytest.raises(InputError, match="column 'Price' is missing; found Invoice,"):
        read_invoices(path)


@pytest.mark.parametrize("name", ["broken.xlsx", "broken.parquet", "empty.csv"])
def test_a_file_that_is_broken_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"" if name.startswith("empty") else b"\x00\x01 not a table")
    with pytest.raises(InputError, match=name):
        read_invoices(path)


def test_files_of_another_kind_headers_only_and_missing_files_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"none\.xlsx: there is no such file"):
        read_invoices(tmp_path / "none.xlsx")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InputError, match=r"'\.txt' is not read here"):
        read_invoices(tmp_path / "notes.txt")
    with pytest.raises(InputError, match="no invoice line below the header"):
        read_invoices(write_workbook(tmp_path / "header.xlsx", []))


def test_an_unknown_country_item_or_period_is_refused(lines):
    with pytest.raises(InputError, match="country 'Atlantis' is not in the file; it has France"):
        analyse(lines, PreparationOptions(country="Atlantis"))
    with pytest.raises(InputError, match="item 'shop' is not known; use country, product, both"):
        PreparationOptions(item="shop")
    late = lines.filter(pl.col("timestamp") > datetime(2010, 12, 5))
    with pytest.raises(InputError, match="no sales from 2009-12-01 to 2010-12-02"):
        analyse(late, PreparationOptions())
    with pytest.raises(InputError, match="must follow each other"):
        PreparationOptions(added_end=date(2010, 1, 1))


def test_the_archive_is_fetched_once_and_unpacked(workbook, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(workbook, WORKBOOK)
    asked = []

    def opener(address, timeout):
        asked.append(address)
        return io.BytesIO(packed.getvalue())

    path = download_online_retail(tmp_path, opener)
    assert path.read_bytes() == workbook.read_bytes()
    assert download_online_retail(tmp_path, opener) == path
    assert len(asked) == 1


def test_no_internet_and_a_wrong_answer_say_what_to_do(tmp_path):
    def unreachable(address, timeout):
        raise urllib.error.URLError("no route to host")

    with pytest.raises(InputError, match=r"cannot be reached .*by hand and give it with --input"):
        download_online_retail(tmp_path, unreachable)
    with pytest.raises(InputError, match="did not answer with"):
        download_online_retail(tmp_path, lambda address, timeout: io.BytesIO(b"<html>"))
    assert list(tmp_path.iterdir()) == []


def test_real_lines_give_the_known_daily_sales():
    source, known = SHARED / "online_retail_transactions.parquet", SHARED / "uk_sales_daily.csv"
    if not source.is_file():
        pytest.skip("the shared data are not here")
    options = PreparationOptions(first=date(2010, 12, 1), training_end=date(2010, 12, 9))
    lines = read_invoices(source).filter(pl.col("timestamp") < datetime(2010, 12, 10))
    ours = daily_sales(
        lines.filter(pl.col("country") == UK).with_columns(
            day=pl.col("timestamp").dt.date(), value=pl.col("price") * pl.col("quantity")
        ),
        options,
    )
    theirs = pl.read_csv(known, try_parse_dates=True).join(
        ours.select("timestamp", net="demand"), on="timestamp"
    )
    assert len(theirs) == 8
    assert (theirs["demand"] - theirs["net"]).abs().max() < 0.01
