"""Stored tables: kept on disk, merged, and given back as a panel is built from them."""

from datetime import datetime

import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.core.frequency import Frequency
from forecastle.series.alignment import default_alignment
from forecastle.series.building import build_panel
from forecastle.series.dataset_table import DatasetTable, merged, related_rows
from forecastle.series.dataset_target import target_observations
from forecastle.series.recipe import DataRecipe
from tests.series.dataset_examples import PRICES, imported, metadata, related, schema

DAILY = default_alignment(Frequency(1, "D"))


def test_a_table_survives_the_disk(tmp_path):
    table = imported(tmp_path, "A,2024-01-01,1\n")
    table.save(tmp_path / "stored" / "1")
    again = DatasetTable.load(tmp_path / "stored" / "1")
    assert again.rows.equals(table.rows)
    assert (again.statistics, again.n_rows) == (table.statistics, table.n_rows)
    assert again.data_size_gb == table.data_size_gb


@pytest.mark.parametrize(
    ("of", "old", "new", "expected"),
    [
        (
            schema(),
            "A,2024-01-01,1\nA,2024-01-02,2\n",
            "A,2024-01-02,7\nB,2024-01-01,3\n",
            [("A", 1, 1.0), ("A", 2, 7.0), ("B", 1, 3.0)],
        ),
        (
            related(),
            "A,2024-01-01,1\nA,2024-01-02,2\n",
            "A,2024-01-02,\nB,2024-01-01,3\n",
            [("A", 1, 1.0), ("A", 2, None), ("B", 1, 3.0)],
        ),
        (metadata(), "A,red,1\nB,red,1\n", "B,blue,2\n", [("A", "red", 1.0), ("B", "blue", 2.0)]),
    ],
    ids=["target", "related", "metadata"],
)
def test_newer_rows_replace_stored_ones(tmp_path, of, old, new, expected):
    stored, newer = (imported(tmp_path, content, of) for content in (old, new))
    table = merged(stored, newer, of)
    found = [
        tuple(value.day if isinstance(value, datetime) else value for value in row[:3])
        for row in table.rows.iter_rows()
    ]
    assert found == expected
    assert table.statistics == newer.statistics
    assert merged(table, newer, of).rows.equals(table.rows)


def test_words_among_related_data_must_be_forecast_dimensions(tmp_path):
    prices = related(PRICES + " day_name:string")
    table = imported(tmp_path, "A,2024-01-01,1,Mon\n", prices)
    with pytest.raises(InputError) as refused:
        related_rows(table.rows, prices, DAILY)
    assert str(refused.value) == (
        "The attribute(s) [day_name] present in the RELATED_TIME_SERIES schema should be of "
        "numeric type such as `integer` or `float`, or be added as a forecast dimension"
    )
    assert related_rows(table.rows, prices, DAILY, ["day_name"]).equals(table.rows)


def test_related_rows_may_not_share_a_period(tmp_path):
    content = "B,2024-01-01,1\nA,2024-01-01,1\nA,2024-01-02,2\nA,2024-01-08,2\n"
    table = imported(tmp_path, content, related())
    weekly = default_alignment(Frequency(1, "W"))
    with pytest.raises(DataError) as refused:
        related_rows(table.rows, related(), weekly)
    assert str(refused.value) == (
        "related data: item_id 'A', timestamp '2024-01-01 00:00:00' comes more than once in "
        "periods that start on Monday; related data are never aggregated, give one row for each "
        "period"
    )


def test_the_three_tables_make_a_panel(tmp_path):
    days = [f"2024-01-{day:02d}" for day in range(1, 13)]
    target = imported(tmp_path, "".join(f"A,{day},{i}\n" for i, day in enumerate(days[:9])))
    prices = imported(
        tmp_path, "".join(f"A,{day},{i % 2}\n" for i, day in enumerate(days)), related()
    )
    brands = imported(tmp_path, "A,red,1.5\n", metadata())
    built = build_panel(
        target_observations(target.rows, schema(), DAILY),
        DataRecipe(DAILY),
        3,
        related_rows(prices.rows, related(), DAILY),
        brands.rows,
    )
    assert built.panel.target.tolist() == [[float(i) for i in range(9)]]
    assert built.panel.known_names == ("price",)
    assert built.panel.static.row(0) == ("red", 1.5)
