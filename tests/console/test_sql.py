"""SQL in the console: asked, answered, drawn, downloaded, sent as a link."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

from playwright.sync_api import Page, expect

from forecastle.catalog.access_keys import Role
from forecastle.pipelines.sql_tables import TABLES


def ask(page: Page, query: str, *, by_key: bool = False) -> None:
    editor = page.get_by_role("textbox", name="The query (SQL)")
    editor.fill(query)
    if by_key:
        editor.press("Control+Enter")
    else:
        page.get_by_role("button", name="Run", exact=True).click()


def test_an_example_is_asked_by_a_viewer(visit):
    page = visit("/sql", role=Role.VIEWER)
    page.get_by_role("button", name="Sales per week").click()
    expect(page.get_by_role("textbox", name="The query (SQL)")).to_contain_text("date_trunc")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("columnheader", name="week")).to_be_visible()
    page.get_by_role("switch", name="As a chart").click()
    expect(page.get_by_role("img", name="Chart of the answer: demand by week")).to_be_visible()


def test_every_table_is_described_and_totals_are_asked(visit):
    page = visit("/sql")
    for name in TABLES:
        expect(page.locator(".q-expansion-item").get_by_text(name, exact=True)).to_be_visible()
    page.get_by_role("button", name="What is needed in all").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("columnheader", name="p90")).to_be_visible()


def test_a_long_answer_comes_page_by_page_and_as_a_file(visit):
    page = visit("/sql")
    ask(page, "SELECT range AS n, '=' || range AS formula FROM range(120)", by_key=True)
    expect(page.get_by_text("120 rows")).to_be_visible()
    page.get_by_role("button", name="Next rows").click()
    expect(page.get_by_text("Rows 51 to 100 of 120")).to_be_visible()
    expect(page.get_by_role("cell", name="50", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert (len(lines), lines[:2]) == (121, ["n,formula", "0,'=0"])


def test_names_are_shown_as_they_are(visit):
    page = visit("/sql")
    ask(page, "SELECT DISTINCT item_id FROM history ORDER BY item_id")
    expect(page.get_by_role("cell", name="<script>alert(1)</script>")).to_be_visible()


def test_a_query_that_is_wrong_is_told(visit):
    page = visit("/sql")
    ask(page, "DROP TABLE forecasts")
    expect(page.get_by_role("alert")).to_contain_text("only SELECT is allowed")
    ask(page, "SELECT * FROM range(20000)")
    expect(page.get_by_role("alert")).to_contain_text("more than 10000 rows")


def test_a_link_brings_a_query_that_runs_when_somebody_says_so(console, visit):
    query = "SELECT 41 + 1 AS answer"
    page = visit(f"/sql?q={quote(query)}")
    expect(page.get_by_text("This query came with the link.")).to_be_visible()
    expect(page.get_by_role("textbox", name="The query (SQL)")).to_contain_text("41")
    expect(page.get_by_text("forecast_arn").first).to_be_visible()  # the page is whole
    expect(page.get_by_role("cell")).to_have_count(0)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("cell", name="42")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"q": [query]}


def test_the_tables_are_listed_with_their_columns(visit):
    page = visit("/sql")
    expect(page.get_by_text("p50", exact=True).first).to_be_visible()
    page.get_by_text("history", exact=True).click()
    expect(page.get_by_text("A row for each dataset, item and period")).to_be_visible()
    expect(page.get_by_text("demand", exact=True).last).to_be_visible()
