"""Every morning: a file lands in the bucket, a run is seen, the dashboard has its forecast."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from forecastle.pipelines.control import apply_pipeline
from tests.compat.running import PATIENCE
from tests.console.addresses import new_dashboard
from tests.shop import write_sales

SERVE_OPTIONS = ("--worker",)
_NAME = "morning"
_YAML = f"""\
name: {_NAME}
source: {{bucket: {_NAME}, prefix: input/, quiet_seconds: 0.2}}
frequency: D
horizon: 7
algorithm: ETS
export: {{bucket: {_NAME}, prefix: output/}}
"""
_ITEMS = ("bread", "tea")
_RUN_MS = 1000 * PATIENCE


def test_a_dropped_file_becomes_a_run_and_a_refreshed_dashboard(console, visit, tmp_path):
    apply_pipeline(console.context, _YAML, f"{_NAME}.yaml")
    page = visit(f"/buckets/{_NAME}?prefix=input/")
    drop(page, write_sales(tmp_path / "first.csv", items=_ITEMS, days=120))
    first = seen_live(page, console.url)

    dashboard = new_dashboard(console.context, _NAME, "Every morning")
    board = page.context.new_page()
    board.goto(f"{console.url}/dashboards/{dashboard}")
    told = board.get_by_text(re.compile(f"^Data of .*{_NAME}_")).first
    expect(told).to_contain_text(first[-12:].lower())
    assert last_day(board) == date(2024, 5, 6)

    page.goto(f"{console.url}/buckets/{_NAME}?prefix=input/")
    drop(page, write_sales(tmp_path / "second.csv", items=_ITEMS, days=127))
    second = seen_live(page, console.url)
    assert second != first
    board.get_by_role("button", name="Refresh").click()
    expect(told).to_contain_text(second[-12:].lower())
    assert last_day(board) == date(2024, 5, 13)


def drop(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_role("link", name=path.name)).to_be_visible()


def seen_live(page: Page, url: str) -> str:
    """Follow the run from the pipeline's page until it is done; its identifier."""
    page.goto(f"{url}/pipelines/{_NAME}")
    running = page.get_by_role("row").filter(has_text=re.compile("Running"))
    running.get_by_role("link").first.click(timeout=_RUN_MS)
    page.wait_for_url("**/runs/**")
    steps = page.get_by_role("region", name="Steps").or_(page.locator("#content"))
    expect(steps.get_by_text("Succeeded").first).to_be_visible(timeout=_RUN_MS)
    expect(page.get_by_text("The exported files")).to_be_visible(timeout=_RUN_MS)
    expect(page.get_by_text("Running", exact=True)).to_have_count(0, timeout=_RUN_MS)
    return page.url.rpartition("/")[2]


def last_day(board: Page) -> date:
    """Where the line of the dashboard ends."""
    board.locator(".chart canvas").first.wait_for()
    days = board.evaluate(
        "getElement(document.querySelector('.chart').id.slice(1)).options.xAxis.data"
    )
    return date.fromisoformat(str(days[-1])[:10])
