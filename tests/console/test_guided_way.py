"""From a sales file to the chart and the exported files, by clicking, as somebody new does it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.compat.running import PATIENCE, Running, Serve
from tests.console.browser import PATIENCE_MS, log_in, new_context
from tests.shop import rows

_PRINTED = re.compile(r"console: user (\S+), password (\S+)")
_JOB_MS = 1000 * PATIENCE
_ITEMS = ("bread", "coffee", "tea")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    """A service on its first day: nothing in it, and a worker that waits."""
    with Serve(tmp_path, "--worker", OMP_NUM_THREADS="1") as running:
        yield running


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """What a till exports, with names of its own for the columns."""
    path = tmp_path / "till.csv"
    table = rows(items=_ITEMS, days=120).rename(
        {"item_id": "product", "timestamp": "date", "demand": "quantity"}
    )
    table.select("date", "product", "quantity").write_csv(path)
    return path


@pytest.fixture
def page(service: Running, browser: Browser) -> Iterator[Page]:
    """The first one who logs in, with the password that was printed."""
    context = new_context(browser)
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    name, password = _PRINTED.search(service.output.read_text()).groups()
    yield log_in(page, service.url, name, password)
    context.close()
    assert complaints == []


@pytest.mark.parametrize(
    "algorithm",
    [
        pytest.param("ETS", id="one algorithm"),
        pytest.param(None, id="AutoML", marks=pytest.mark.slow),
    ],
)
def test_from_a_file_to_the_chart_and_the_files(service, page, sales, algorithm):
    expect.set_options(timeout=PATIENCE_MS)
    group(page)
    bucket(page)
    dataset(page, sales)
    imported(page)
    train(page, algorithm)
    evaluation(page)
    forecast(page)
    chart_of_an_item(page, "coffee")
    export(page)
    assert exported(service) == {(item, 7) for item in _ITEMS}


def group(page: Page) -> None:
    page.get_by_role("link", name="Start with your sales file").click()
    page.get_by_label("Name of the dataset group").fill("corner_shop")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("corner_shop")


def bucket(page: Page) -> None:
    """There is none yet: the service makes a folder."""
    page.get_by_role(
        "link", name=re.compile("Choose the sales file|Connect a bucket")
    ).first.click()
    if "/buckets/new" in page.url:
        page.goto(page.url.replace("/buckets/new", "/groups/corner_shop/dataset"))
    page.get_by_role("button", name="Make a folder on this server").click()


def dataset(page: Page, sales: Path) -> None:
    """The file is dropped; columns and frequency are proposed from it."""
    page.locator("input[type=file]").set_input_files(sales)
    page.wait_for_url("**/dataset?*path=*")
    expect(page.get_by_text("Told from the dates in the file.")).to_be_visible()
    page.get_by_role("button", name="Create the dataset").click()


def imported(page: Page) -> None:
    """What is in the file is seen before it is imported."""
    page.wait_for_url("**/import?*")
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    expect(page.get_by_text("1 Jan 2024").first).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url("**/imports/**")
    page.get_by_role("link", name="Train a predictor").click(timeout=_JOB_MS)


def train(page: Page, algorithm: str | None) -> None:
    page.get_by_label("Days to forecast").fill("7")
    country = page.get_by_role("combobox", name="Public holidays of")
    country.fill("United King")
    page.get_by_role("option", name="United Kingdom", exact=True).click()
    if algorithm:
        page.get_by_text("One algorithm").click()
        page.get_by_role("combobox", name="Algorithm").click()
        page.get_by_role("option", name=re.compile(algorithm)).first.click()
    page.get_by_role("button", name="Train").click()
    page.wait_for_url("**/predictors/**")


def evaluation(page: Page) -> None:
    """Beside the simplest forecast there is."""
    make = page.get_by_role("link", name="New forecast")
    make.wait_for(timeout=_JOB_MS)
    expect(page.get_by_role("row").filter(has_text="naive").first).to_be_visible()
    make.click()


def forecast(page: Page) -> None:
    page.get_by_role("button", name="Create forecast").click()
    page.wait_for_url("**/forecasts/**")
    expect(page.get_by_text(re.compile("^Next 7 days"))).to_be_visible(timeout=_JOB_MS)


def chart_of_an_item(page: Page, item: str) -> None:
    search = page.get_by_role("combobox", name="Search an item")
    search.click()
    search.press_sequentially(item[:4])
    page.get_by_role("option", name=item).first.click()
    expect(page.get_by_role("heading", name=item)).to_be_visible()
    page.locator(".chart canvas").first.wait_for()
    lines = page.evaluate(
        "getElement(document.querySelector('.chart').id.slice(1)).options.legend.data"
    )
    assert {"History", "p10", "p50", "p90"} <= set(lines)


def export(page: Page) -> None:
    page.get_by_role("button", name="Export into a bucket").click()
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("link", name="Analyse this export")).to_be_visible(timeout=_JOB_MS)


def exported(service: Running) -> set[tuple[str, int]]:
    """Items and the days that the files have of them."""
    table = pl.read_csv(str(service.buckets / "data" / "exports" / "*part*.csv"))
    return set(table.group_by("item_id").len().iter_rows())
