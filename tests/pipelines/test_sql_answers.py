"""Answers of SQL for people."""

from __future__ import annotations

import polars as pl
import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import InputError
from forecastle.pipelines.sql import Limits
from forecastle.pipelines.sql_answers import as_csv, ask, describe_tables
from forecastle.service.context import Caller, Context
from tests.jobs.job_world import ACCOUNT, World
from tests.pipelines.results_world import Runs, sales


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    made = Runs(World.at(tmp_path_factory.mktemp("answers")))
    made.run(sales())
    return Context(made.service, Caller(ACCOUNT, Role.VIEWER, "us-east-1", "Ada"))


def test_the_tables_with_the_columns_that_a_query_sees(context):
    tables = {table.name: dict(table.columns) for table in describe_tables(context)}
    assert set(tables) == {"accuracy", "forecasts", "history", "predictors", "totals"}
    for name in ("forecasts", "history"):
        asked = ask(context, f"DESCRIBE {name}")["column_name"].to_list()
        assert list(tables[name]) == asked
    assert tables["forecasts"]["item_id"] == "text"
    assert tables["forecasts"]["timestamp"] == "time"
    assert tables["forecasts"]["p50"] == "number"


def test_an_account_without_forecasts_has_the_tables_all_the_same(context):
    caller = Caller("1" * 12, Role.VIEWER, "us-east-1", "Eve")
    tables = {
        table.name: table.columns for table in describe_tables(Context(context.service, caller))
    }
    assert ("p50", "number") in tables["forecasts"]
    assert ("demand", "number") in tables["history"]


def test_an_answer_is_limited(context):
    assert ask(context, "SELECT count(*) AS n FROM history")["n"].to_list() == [42]
    with pytest.raises(InputError, match="more than 3 rows; add a LIMIT or a sum"):
        ask(context, "SELECT * FROM history", Limits(rows=3))


def test_csv_has_no_formulas():
    assert (
        as_csv(pl.DataFrame({"name": ["=1+1", "tea"], "n": [1, 2]})) == "name,n\n'=1+1,1\ntea,2\n"
    )
    with pytest.raises(InputError, match="cast the column to VARCHAR"):
        as_csv(pl.DataFrame({"list": [[1]]}))
