"""What may come in, and that the same kind goes out."""

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from forecastle.core.errors import InputError
from forecastle.library.tables import as_kind, check_table, kind_of

RESULT = pl.DataFrame({"item_id": ["tea"], "p50": [1.5]})


@pytest.mark.parametrize(
    ("given", "back"),
    [
        ("sales.csv", pl.DataFrame),
        (Path("sales.csv"), pl.DataFrame),
        (pl.DataFrame(), pl.DataFrame),
        (pl.LazyFrame(), pl.LazyFrame),
        (pd.DataFrame(), pd.DataFrame),
    ],
)
def test_the_kind_that_came_in_goes_out(given, back):
    check_table(given, "data")
    assert type(as_kind(RESULT, kind_of(given))) is back


def test_values_survive_the_way_to_pandas():
    assert as_kind(RESULT, "pandas").to_dict("list") == {"item_id": ["tea"], "p50": [1.5]}


@pytest.mark.parametrize("given", [None, 7, {"a": [1]}, [1, 2]])
def test_anything_else_is_refused_by_role_and_type(given):
    with pytest.raises(InputError, match=f"related: a {type(given).__name__} is no table"):
        check_table(given, "related")
