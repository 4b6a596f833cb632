"""SQL over an account's resources: what it gives, and what it refuses."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from forecastle.core.errors import InputError
from forecastle.pipelines.sql import Limits, run_query
from forecastle.pipelines.sql_check import named_tables
from forecastle.pipelines.sql_tables import TABLES
from tests.jobs.job_world import ACCOUNT, World
from tests.pipelines.results_world import Runs, sales

ITEMS = ("tea", "jam")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Two runs, the second of other forecast types."""
    made = Runs(World.at(tmp_path_factory.mktemp("sql")))
    made.run(sales(items=ITEMS))
    made.run(sales(items=ITEMS), ForecastTypes=["0.05", "mean"])
    return made


@pytest.fixture
def ask(runs: Runs):
    def call(text: str, account: str = ACCOUNT, **limits: float) -> list[tuple]:
        return run_query(runs.service, account, text, Limits(**limits)).rows()

    return call


def test_forecasts_of_all_types_in_one_table(ask):
    columns = [row[0] for row in ask("DESCRIBE forecasts")]
    assert columns == [
        "forecast", "forecast_arn", "created", "item_id", "timestamp", "p5", "p10", "p50", "p90",
        "mean",
    ]  # fmt: skip
    assert ask(
        "SELECT count(*), count(p50), count(p5), count(mean), count(DISTINCT forecast) "
        "FROM forecasts"
    ) == [(28, 14, 14, 28, 2)]
    [(first, arn, created)] = ask(
        "SELECT min(timestamp), any_value(forecast_arn), any_value(created) FROM forecasts "
        "WHERE p50 IS NOT NULL AND item_id = 'tea'"
    )
    assert first == datetime(2024, 2, 12)
    assert arn.startswith(f"arn:aws:forecast:us-east-1:{ACCOUNT}:forecast/uk_sales_")
    assert created == "2023-11-14T22:13:20Z"


def test_totals_of_all_series_of_each_step_and_of_all_steps(ask):
    columns = [row[0] for row in ask("DESCRIBE totals")]
    assert columns == [
        "forecast", "forecast_arn", "created", "grouped_by", "value", "timestamp", "p5", "p10",
        "p50", "p90", "mean",
    ]  # fmt: skip
    assert ask(
        "SELECT grouped_by, value, count(*), count(timestamp) FROM totals WHERE p50 IS NOT NULL "
        "GROUP BY ALL ORDER BY grouped_by NULLS FIRST, value"
    ) == [(None, None, 8, 7), ("item_id", "jam", 8, 7), ("item_id", "tea", 8, 7)]
    assert ask(
        "SELECT count(*) FROM forecasts f JOIN totals t USING (forecast_arn, timestamp, p50) "
        "WHERE t.grouped_by = 'item_id' AND t.value = f.item_id"
    ) == [(14,)]


def test_history_as_it_was_imported(ask):
    assert ask(
        "SELECT dataset, item_id, count(*), sum(demand) FROM history GROUP BY ALL ORDER BY item_id"
    ) == [("sales", "jam", 42, 42 * 23.0), ("sales", "tea", 42, 42 * 13.0)]


def test_accuracy_and_predictors_belong_together(ask):
    rows = ask(
        "SELECT DISTINCT p.blend, p.horizon, a.algorithm, a.evaluation, a.metric "
        "FROM predictors p JOIN accuracy a USING (predictor_arn) "
        "WHERE a.evaluation = 'SUMMARY' ORDER BY a.metric"
    )
    assert {row[:4] for row in rows} == {("SeasonalNaive 100%", 7, "SeasonalNaive", "SUMMARY")}
    assert [row[4] for row in rows] == [
        "average_wql", "mape", "mase", "rmse", "wape", "wql[0.1]", "wql[0.5]", "wql[0.9]",
    ]  # fmt: skip


def test_what_the_tables_are_called(ask):
    assert ask("SHOW TABLES") == [(name,) for name in sorted(TABLES)]


def test_another_account_sees_empty_tables(ask):
    counts = ", ".join(f"(SELECT count(*) FROM {name})" for name in sorted(TABLES))
    assert ask(f"SELECT {counts}", account="111111111111") == [(0,) * len(TABLES)]
    assert ask("SELECT sum(p50), max(timestamp) FROM forecasts", account="111111111111") == [
        (None, None)
    ]


def test_preprocessing_by_query(ask):
    """Weekly sums of the history, as the next import could take them."""
    [first, *_] = ask(
        "WITH weeks AS (SELECT item_id, date_trunc('week', timestamp) AS week, sum(demand) AS "
        "demand FROM history GROUP BY ALL) SELECT * FROM weeks ORDER BY ALL"
    )
    assert first == ("jam", datetime(2024, 1, 1), 20.0 * 7 + 21)


def test_the_recipes_of_the_guide(ask):
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "sql.md").read_text(encoding="utf-8")
    answers = [ask(query) for query in re.findall(r"```sql\n(.*?)```", page, re.DOTALL)]
    assert [len(rows) for rows in answers] == [14, 0, 0, 2]  # no shops, no actuals of the horizon


NO_FILES = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_parquet('/data/*.parquet')",
    "SELECT * FROM READ_CSV_AUTO('/etc/passwd')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "FROM 'https://example.com/x.csv'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x",
    "SELECT * FROM forecasts WHERE item_id IN (SELECT file FROM glob('/*'))",
    "SELECT 1 ORDER BY (SELECT count(*) FROM glob('/*'))",
    "SELECT 1 UNION ALL SELECT size FROM read_blob('/etc/passwd')",
    "DESCRIBE SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM query('SELECT * FROM history')",
    "SELECT * FROM query_table('history')",
    "SELECT * FROM json_execute_serialized_sql('{}')",
    "SELECT * FROM enable_logging('QueryLog', storage := 'file', storage_path := '/tmp/log')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM arrow_scan(1, 1, 1)",
    "SELECT * FROM pandas_scan(1)",
    "SELECT * FROM create_external_resource('x')",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM memory.main.history",
    "SELECT * FROM service",
]


@pytest.mark.parametrize("query", NO_FILES)
def test_nothing_but_the_tables_is_read(query: str):
    with pytest.raises(InputError, match=r"is not allowed|there is no table"):
        named_tables(query, TABLES)


ONLY_READING = [
    "COPY history TO '/tmp/history.csv'",
    "COPY (SELECT 1) TO '/tmp/one.csv'",
    "EXPORT DATABASE '/tmp/out'",
    "ATTACH '/tmp/x.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "CALL enable_logging()",
    "CREATE TABLE t AS SELECT 1",
    "CREATE SECRET (TYPE s3)",
    "CREATE MACRO f(a) AS a",
    "INSERT INTO history SELECT * FROM history",
    "DELETE FROM history",
    "DROP VIEW history",
    "USE memory",
    "CHECKPOINT",
    "PREPARE p AS SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
]


@pytest.mark.parametrize("query", ONLY_READING)
def test_only_select_is_allowed(query: str):
    with pytest.raises(InputError, match="only SELECT is allowed"):
        named_tables(query, TABLES)


@pytest.mark.parametrize("second", ["SELECT 2", "COPY history TO '/tmp/x'", "DROP VIEW history"])
def test_one_statement_alone(second: str):
    with pytest.raises(InputError, match=r"2 statements|only SELECT"):
        named_tables(f"SELECT 1; {second}", TABLES)


def test_no_statement_at_all():
    with pytest.raises(InputError, match="0 statements; give one SELECT"):
        named_tables(" -- nothing", TABLES)


def test_a_query_that_cannot_be_read():
    with pytest.raises(InputError, match="syntax error at or near"):
        named_tables("SELEC 1", TABLES)


def test_only_the_tables_that_a_query_names_are_looked_up():
    assert named_tables("SELECT * FROM History h JOIN range(3) r ON true", TABLES) == {"history"}
    assert named_tables("WITH mine AS (FROM accuracy) FROM mine", TABLES) == {"accuracy"}
    assert named_tables("SELECT 1", TABLES) == set()
    assert named_tables("SELECT (SELECT max(p50) FROM forecasts)", TABLES) == {"forecasts"}


def test_behind_the_first_wall_duckdb_reads_no_files(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Were a way found around the check of the query, DuckDB itself refuses."""
    monkeypatch.setattr("forecastle.pipelines.sql.named_tables", lambda *_: set())
    secret = tmp_path / "secret.txt"
    secret.write_text("hush")
    written = tmp_path / "written.csv"
    for query in (
        f"SELECT * FROM read_text('{secret}')",
        f"COPY (SELECT 1) TO '{written}'",
        "SET lock_configuration = false",
        f"ATTACH '{tmp_path}/x.db'",
    ):
        with pytest.raises(InputError, match=r"[Pp]ermission|locked|disabled"):
            run_query(runs.service, ACCOUNT, query)
    assert not written.exists()
    assert not (tmp_path / "x.db").exists()


def test_an_answer_that_is_too_long(ask):
    assert len(ask("SELECT * FROM range(50)", rows=50)) == 50
    with pytest.raises(InputError, match="more than 50 rows; add a LIMIT"):
        ask("SELECT * FROM range(51)", rows=50)


def test_a_query_that_takes_too_long(ask):
    """It would take days."""
    with pytest.raises(InputError, match=r"took more than 0.5 seconds"):
        ask(
            "SELECT count(*) FROM range(10000000000) a, range(1000000) b WHERE a.range = -1",
            seconds=0.5,
        )


@pytest.mark.parametrize(
    "query",
    [
        "SELECT repeat('x', 1000000) FROM range(1000000)",
        "SELECT string_agg(repeat('y', 1000)) FROM range(1000000)",
        "SELECT list(range ORDER BY hash(range)) FROM range(100000000)",
    ],
)
def test_a_query_that_needs_too_much_memory(ask, query: str):
    with pytest.raises(InputError, match="128 MB of memory"):
        ask(query, megabytes=128)


def test_a_type_that_tables_here_do_not_have(ask):
    with pytest.raises(InputError, match="column 'age' has a type of DuckDB's; cast it to VARCHAR"):
        ask("SELECT INTERVAL 1 DAY AS age")
    assert ask("SELECT CAST(INTERVAL 1 DAY AS VARCHAR) AS age") == [("1 day",)]


def test_a_wrong_name_is_told_in_duckdbs_words(ask):
    with pytest.raises(InputError, match=r'Referenced column "p99" not found'):
        ask("SELECT p99 FROM forecasts")
