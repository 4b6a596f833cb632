"""Columns are found by their names, in any order, or by position without a header."""

import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.series.columns import is_header, positional_names, recognise


def roles(names, given=None, dimensions=()):
    return recognise(names, given, dimensions, "sales.csv").as_roles()


@pytest.mark.parametrize(
    ("names", "item", "timestamp", "demand"),
    [
        (["item_id", "timestamp", "demand"], 0, 1, 2),
        (["demand", "item_id", "timestamp"], 1, 2, 0),
        (["Invoice", "StockCode", "Quantity", "InvoiceDate", "Price"], 1, 3, 2),
        (["SKU", "Date", "Units Sold"], 0, 1, 2),
        (["Product-ID", "ORDER DATE", "Qty"], 0, 1, 2),
        (["품목코드", "판매일자", "판매량"], 0, 1, 2),
        (["unique_id", "ds", "y"], 0, 1, 2),
        (["instance_type", "timestamp", "number_of_instances"], 0, 1, 2),
        (["workforce_type", "timestamp", "workforce_demand"], 0, 1, 2),
        (["metric_name", "timestamp", "metric_value"], 0, 1, 2),
        (["item_id", "timestamp", "target_value"], 0, 1, 2),
        (["item_id", "timestamp", "value"], 0, 1, 2),
    ],
)
def test_names_are_recognised(names, item, timestamp, demand):
    assert roles(names) == {
        "item_id": names[item],
        "timestamp": names[timestamp],
        "demand": names[demand],
    }


def test_amazons_own_names_win():
    assert roles(["sku", "item_id", "date", "timestamp", "sales", "demand"]) == {
        "item_id": "item_id",
        "timestamp": "timestamp",
        "demand": "demand",
    }


def test_two_columns_are_one_series():
    assert roles(["Sales", "Date"]) == {"timestamp": "Date", "demand": "Sales"}


def test_names_given_by_the_user_stand_for_the_roles_in_order():
    names = ["code", "note", "when", "how many"]
    assert roles(names, ("code", "when", "how many")) == {
        "item_id": "code",
        "timestamp": "when",
        "demand": "how many",
    }


def test_names_given_by_the_user_choose_among_several():
    names = ["item_id", "timestamp", "demand", "sales"]
    assert roles(names, ("sales", "timestamp", "item_id"))["demand"] == "sales"


def test_two_names_given_make_one_series_of_a_wider_file():
    assert roles(["a", "b", "c"], ("b", "c")) == {"timestamp": "b", "demand": "c"}


def test_dimensions_are_columns():
    names = ["item_id", "Store", "timestamp", "demand"]
    assert roles(names, dimensions=("store",))["store"] == "Store"


@pytest.mark.parametrize(("given", "dimensions"), [(("nope", "b"), ()), (None, ("nope",))])
def test_a_column_that_is_not_there_is_refused(given, dimensions):
    with pytest.raises(InputError, match="no column 'nope'; the columns are: a, b"):
        roles(["a", "b"], given, dimensions)


def test_roles_without_a_column_are_named():
    with pytest.raises(DataError, match="no column recognised as item_id or demand among: a, date"):
        roles(["a", "date", "c"])


@pytest.mark.parametrize(
    ("record", "header"),
    [
        (["item_id", "timestamp", "demand"], True),
        (["A", "2024-01-01", "1"], False),
        (["A", "2024-01-01", "x"], False),
        (["A", "x", "-1.5"], False),
        (["2024-01-01", ""], False),
    ],
)
def test_a_header_holds_no_number_and_no_date(record, header):
    assert is_header(record) is header


@pytest.mark.parametrize(
    ("n_columns", "names"),
    [(2, ["timestamp", "demand"]), (3, ["item_id", "timestamp", "demand"])],
)
def test_without_a_header_the_order_is_amazons(n_columns, names):
    assert positional_names(n_columns, None, (), "f") == names


def test_more_columns_without_a_header_must_be_named():
    with pytest.raises(DataError, match="--columns item_id,timestamp,demand,store"):
        positional_names(4, None, ("store",), "f")


def test_names_for_positions_must_be_complete():
    with pytest.raises(DataError, match="4 columns found, but 3 are named"):
        positional_names(4, ("a", "b", "c"), (), "f")
