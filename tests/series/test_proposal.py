"""What a file tells about the dataset that it could become."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.series.domains import ITEM_METADATA, RELATED_TIME_SERIES, TARGET_TIME_SERIES
from forecastle.series.proposal import Reason, propose_dataset
from forecastle.storage.files import SourceFile

DAYS = [date(2024, 1, 1) + timedelta(days=day) for day in range(28)]


def proposal(tmp_path, content, kind=TARGET_TIME_SERIES, domain="RETAIL"):
    path = tmp_path / "sales.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return propose_dataset(SourceFile("sales.csv", path), kind, domain)


def found(proposed):
    return {column.column: column.attribute for column in proposed.columns}


def reasons(proposed):
    return {column.column: column.reason for column in proposed.columns}


@pytest.mark.parametrize(
    ("header", "domain", "attributes"),
    [
        ("date,sku,qty", "RETAIL", ("timestamp", "item_id", "demand")),
        ("날짜,상품,판매량", "RETAIL", ("timestamp", "item_id", "demand")),
        ("Day,StockCode,Quantity", "CUSTOM", ("timestamp", "item_id", "target_value")),
        ("Order date,product id,Units sold", "RETAIL", ("timestamp", "item_id", "demand")),
        ("date,instance type,value", "EC2_CAPACITY",
         ("timestamp", "instance_type", "number_of_instances")),
    ],
)  # fmt: skip
def test_usual_names_are_the_domains_attributes(tmp_path, header, domain, attributes):
    rows = "".join(f"{day},A{k % 3},{k}\n" for k, day in enumerate(DAYS))
    proposed = proposal(tmp_path, f"{header}\n{rows}", domain=domain)
    assert tuple(found(proposed).values()) == attributes
    assert proposed.missing == ()
    assert (proposed.timestamp_formats, proposed.frequency) == (("yyyy-MM-dd",), "D")


def test_without_a_header_the_cells_tell(tmp_path):
    rows = "".join(f"A{k % 3},{day},{k}\n" for k, day in enumerate(DAYS))
    proposed = proposal(tmp_path, rows)
    assert not proposed.layout.has_header
    assert list(found(proposed).values()) == ["item_id", "timestamp", "demand"]
    assert set(reasons(proposed).values()) == {Reason.CONTENT}


def test_a_file_of_a_till_keeps_what_tells_series_apart(tmp_path):
    rows = "".join(
        f"{5000 + k};WHITE {k};85{k % 4};12/{k + 1}/2010 8:26;{k};2,55;{'UK' if k % 2 else 'FR'};\n"
        for k in range(28)
    )
    header = "InvoiceNo;Description;StockCode;InvoiceDate;Quantity;UnitPrice;Country;Note\n"
    proposed = proposal(tmp_path, header + rows)
    assert {c: a for c, a in found(proposed).items() if a} == {
        "StockCode": "item_id",
        "InvoiceDate": "timestamp",
        "Quantity": "demand",
        "Country": "country",
    }
    told = reasons(proposed)
    assert told["InvoiceNo"] is told["Description"] is Reason.TOO_MANY_VALUES
    assert told["UnitPrice"] is Reason.OTHER_NUMBER
    assert told["Note"] is Reason.EMPTY
    assert proposed.layout.delimiter == ";"
    assert proposed.timestamp_formats == ("MM/dd/yyyy HH:mm",)


def test_excels_korean_is_read(tmp_path):
    rows = "".join(f"{day};커피;{k};강남\n" for k, day in enumerate(DAYS))
    proposed = proposal(tmp_path, f"날짜;상품;수량;매장\n{rows}".encode("cp949"))
    assert found(proposed)["매장"] == "location"
    assert proposed.rows[0] == ("2024-01-01", "커피", "0", "강남")


def test_one_series_needs_no_item(tmp_path):
    proposed = proposal(tmp_path, "date,sales\n" + "".join(f"{day},3\n" for day in DAYS))
    assert found(proposed) == {None: "item_id", "date": "timestamp", "sales": "demand"}
    assert proposed.columns[0].reason is Reason.ONE_SERIES


def test_day_and_month_are_not_guessed(tmp_path):
    proposed = proposal(
        tmp_path, "item,date,qty\n" + "".join(f"A,0{k}/02/2024,1\n" for k in DIGITS)
    )
    assert proposed.timestamp_formats == ("dd/MM/yyyy", "MM/dd/yyyy")
    assert proposed.frequency is None


DIGITS = range(1, 9)


def test_what_is_not_found_stays_open(tmp_path):
    rows = "".join(f"A,{day},{k},{k}\n" for k, day in enumerate(DAYS))
    proposed = proposal(tmp_path, f"item,date,alpha,beta\n{rows}")
    assert proposed.missing == ("demand",)


def test_related_numbers_are_features_and_sales_are_left_out(tmp_path):
    rows = "".join(f"A,{day},{k}.5,0,7\n" for k, day in enumerate(DAYS))
    proposed = proposal(tmp_path, f"sku,day,단가,promo,qty\n{rows}", RELATED_TIME_SERIES)
    assert found(proposed) == {
        "sku": "item_id",
        "day": "timestamp",
        "단가": "price",
        "promo": "promotion_applied",
        "qty": None,
    }
    assert reasons(proposed)["qty"] is Reason.IS_TARGET


def test_item_metadata_are_words(tmp_path):
    proposed = proposal(
        tmp_path, "sku,Brand,분류,무게\nA,red,tea,2.5\nB,blue,tea,3.5\n", ITEM_METADATA
    )
    assert list(found(proposed).values()) == ["item_id", "brand", "category", "column_4"]
    assert [column.type for column in proposed.columns] == ["string", "string", "string", "float"]


def test_typed_columns_of_parquet_are_taken_at_their_word(tmp_path):
    path = tmp_path / "sales.parquet"
    pl.DataFrame({"sku": ["A"] * 28, "day": DAYS, "units": range(28)}).write_parquet(path)
    proposed = propose_dataset(SourceFile("s.parquet", path), TARGET_TIME_SERIES, "RETAIL")
    assert list(found(proposed).values()) == ["item_id", "timestamp", "demand"]
    assert (proposed.layout.format, proposed.frequency) == ("PARQUET", "D")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("hello world\nno table\n", "no delimiter recognised"),
        ("\n \n", "the file is empty"),
        (b"PK\x03\x04rest", "is a workbook or zip archive"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, message):
    with pytest.raises(DataError, match=message):
        proposal(tmp_path, content)


def test_a_domain_without_such_datasets_is_told(tmp_path):
    with pytest.raises(InputError, match="'EC2_CAPACITY' has no ITEM_METADATA"):
        proposal(tmp_path, "a,b\n", ITEM_METADATA, "EC2_CAPACITY")
