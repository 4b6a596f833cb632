"""Scenarios: what transformations and replacement rows make of the known future."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from forecastle.core.errors import InputError
from forecastle.series.scenario import FutureColumns, replaced, transformed

COLUMNS = FutureColumns(
    "item_id",
    ("store",),
    ("price", "promotion"),
    ("category", "size"),
    {"stock": "it never changed in the history, so its effect cannot be known"},
)
_FIRST = datetime(2024, 1, 1)


def future():
    """Two items in one store, three days, the price 10 and 20."""
    return pl.DataFrame(
        {
            "item_id": ["A"] * 3 + ["B"] * 3,
            "store": ["Ulm"] * 6,
            "timestamp": [_FIRST + timedelta(days=day) for day in range(3)] * 2,
            "price": [10.0] * 3 + [20.0] * 3,
            "promotion": [0.0] * 6,
            "category": ["tea"] * 3 + ["coffee"] * 3,
            "size": [1.0] * 3 + [5.0] * 3,
        },
        schema_overrides={"timestamp": pl.Datetime("us")},
    )


def change(operation, value, *conditions, attribute="price"):
    """A transformation; conditions are (attribute, condition, value)."""
    return {
        "Action": {"AttributeName": attribute, "Operation": operation, "Value": value},
        "TimeSeriesConditions": [
            {"AttributeName": name, "Condition": how, "AttributeValue": text}
            for name, how, text in conditions
        ],
    }


def prices(*changes):
    """The prices after some transformations."""
    return transformed(future(), changes, COLUMNS)["price"].to_list()


@pytest.mark.parametrize(
    ("operation", "price"), [("ADD", 12.0), ("SUBTRACT", 8.0), ("MULTIPLY", 20.0), ("DIVIDE", 5.0)]
)
def test_an_action_changes_every_row_without_conditions(operation, price):
    assert prices(change(operation, 2.0))[0] == price


def test_names_of_attributes_are_found_in_any_case():
    changed = transformed(future(), [change("ADD", 1.0, attribute="PROMOTION")], COLUMNS)

    assert changed["promotion"].to_list() == [1.0] * 6


@pytest.mark.parametrize(
    ("condition", "changed"),
    [
        (("item_id", "EQUALS", "A"), [0, 1, 2]),
        (("ITEM_ID", "NOT_EQUALS", "A"), [3, 4, 5]),
        (("store", "EQUALS", "Ulm"), [0, 1, 2, 3, 4, 5]),
        (("category", "EQUALS", "tea"), [0, 1, 2]),
        (("size", "GREATER_THAN", "2"), [3, 4, 5]),
        (("timestamp", "EQUALS", "2024-01-02 00:00:00"), [1, 4]),
        (("timestamp", "LESS_THAN", "2024-01-02 00:00:00"), [0, 3]),
        (("timestamp", "GREATER_THAN", "2024-01-01 00:00:00"), [1, 2, 4, 5]),
    ],
)
def test_a_condition_chooses_rows(condition, changed):
    before = future()["price"].to_list()
    after = prices(change("ADD", 1.0, condition))

    assert [row for row in range(6) if after[row] != before[row]] == changed


def test_all_conditions_of_one_must_hold_and_several_follow_in_order():
    after = prices(
        change("ADD", 5.0, ("item_id", "EQUALS", "A"), ("timestamp", "LESS_THAN", "2024-01-02")),
        change("MULTIPLY", 2.0, ("item_id", "EQUALS", "A")),
    )

    assert after == [30.0, 20.0, 20.0, 20.0, 20.0, 20.0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (change("ADD", 1.0, attribute="colour"), "'colour' is not in the related time series"),
        (change("ADD", 1.0, attribute="Stock"), "'stock' cannot be changed: it never changed"),
        (change("ADD", 1.0, ("brand", "EQUALS", "x")), "conditions may name item_id, timestamp"),
        (change("ADD", 1.0, ("item_id", "EQUALS", "Z")), "'Z' is not among the series"),
        (change("ADD", 1.0, ("size", "LESS_THAN", "big")), "'big' is no number"),
        (change("ADD", 1.0, ("timestamp", "EQUALS", "May")), "'May' is no date"),
        (
            change("ADD", 1.0, ("timestamp", "EQUALS", "2024-02-01 00:00:00")),
            "2024-02-01 00:00:00 is not a step of the forecast; it goes from 2024-01-01",
        ),
        (
            change("ADD", 1.0, ("timestamp", "GREATER_THAN", "2024-02-01 00:00:00")),
            "no series and step of the forecast fulfils timestamp GREATER_THAN",
        ),
        (change("DIVIDE", 0.0), "DIVIDE by 0 is not possible"),
        ({"TimeSeriesConditions": []}, "has no Action"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(wrong, message):
    with pytest.raises(InputError, match=message):
        transformed(future(), [wrong], COLUMNS)


def rows(**changes):
    """Replacement rows: the price of A on the second day."""
    values = {"item_id": "A", "store": "Ulm", "timestamp": datetime(2024, 1, 2), "price": 7.5}
    return pl.DataFrame({name: [value] for name, value in (values | changes).items()})


def test_replacement_rows_change_only_what_they_name():
    after = replaced(future(), rows(), COLUMNS, "new.csv")

    assert after["price"].to_list() == [10.0, 7.5, 10.0, 20.0, 20.0, 20.0]
    assert after.drop("price").equals(future().drop("price"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (rows().drop("store"), "new.csv: there is no column 'store'"),
        (rows().drop("price"), "no attribute is replaced; add price or promotion"),
        (rows(item_id="Z"), "Z/Ulm is not among the series"),
        (rows(timestamp=datetime(2024, 1, 9)), "2024-01-09 00:00:00 is not a step"),
        (rows(colour=1.0), "'colour' is not in the related time series"),
    ],
)
def test_replacement_rows_that_do_not_fit_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        replaced(future(), wrong, COLUMNS, "new.csv")
