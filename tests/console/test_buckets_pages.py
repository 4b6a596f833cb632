"""Buckets in the console: connected, tested, walked through, filled, emptied of nothing."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from forecastle.catalog.access_keys import Role
from tests.console.browser import NARROW

NOBODY = "http://127.0.0.1:9"
ALL_WORKS = ["Files can be listed", "Files can be read", "Files can be written and deleted"]


def drop(page: Page, path: Path) -> None:
    """What choosing a file does."""
    page.locator("input[type=file]").set_input_files(path)


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    path.write_text("item_id,timestamp,demand\nbread,2024-01-01,1\n")
    return path


def test_a_folder_is_connected_tested_and_disconnected(visit, console):
    page = visit("/buckets", Role.ADMIN)
    page.get_by_role("link", name="Connect a bucket").click()
    page.get_by_label("Name of the bucket").fill("connected")
    page.get_by_role("button", name="Test").click()
    for text in ALL_WORKS:
        expect(page.get_by_text(text)).to_be_visible()
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("connected")
    expect(page.get_by_text("This folder is empty")).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Disconnect").click()
    page.wait_for_url(f"{console.url}/buckets")
    assert (console.running.buckets / "connected").is_dir()
    assert console.context.service.catalog.buckets.find("connected") is None


def test_a_server_that_is_not_there_is_told_before_anything_is_saved(visit, console):
    page = visit("/buckets/new", Role.ADMIN)
    page.get_by_text("Amazon S3, or any storage").click()
    page.get_by_label("Name of the bucket").fill("far-away")
    page.get_by_label("Address of the S3 server").fill(NOBODY)
    page.get_by_label("Access key ID").fill("key")
    page.get_by_label("Secret access key").fill("hush")
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_text("Files cannot be listed")).to_be_visible()
    expect(page.get_by_text("the S3 server failed").first).to_be_visible()
    assert console.context.service.catalog.buckets.find("far-away") is None


def test_a_file_goes_up_is_seen_and_comes_down_again(visit, console, sales):
    (console.running.buckets / "updown").mkdir()
    page = visit("/buckets/updown")
    drop(page, sales)
    link = page.get_by_role("link", name="sales.csv")
    expect(link).to_be_visible()
    drop(page, sales)
    expect(page.get_by_role("link", name="sales-2.csv")).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert Path(download.value.path()).read_text() == sales.read_text()
    assert (console.running.buckets / "updown" / "sales.csv").read_text() == sales.read_text()


def test_folders_have_addresses_and_crumbs(visit, console):
    page = visit("/buckets/shop")
    page.get_by_role("link", name="input").click()
    page.wait_for_url(re.compile(r"prefix=input"))
    expect(page.get_by_role("link", name="sales.csv")).to_be_visible()
    page.get_by_role("navigation", name="Where this page lies").get_by_text("shop").click()
    expect(page.get_by_role("link", name="exports")).to_be_visible()


def test_a_long_folder_is_searched(visit, console):
    folder = console.running.buckets / "long"
    folder.mkdir()
    for number in range(130):
        (folder / f"day{number:03d}.csv").write_text("x")
    page = visit("/buckets/long")
    expect(page.get_by_role("link", name="day000.csv")).to_be_visible()
    expect(page.get_by_role("link", name="day129.csv")).to_have_count(0)
    page.get_by_label("Search in this folder").fill("DAY129")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="day129.csv")).to_be_visible()
    expect(page.get_by_role("link", name="day000.csv")).to_have_count(0)


def test_viewers_look_and_do_not_touch(visit):
    page = visit("/buckets", Role.VIEWER)
    expect(page.get_by_text("Can be read").first).to_be_visible()
    expect(page.get_by_role("link", name="Connect a bucket")).to_have_count(0)
    page.get_by_role("link", name="shop", exact=True).click()
    expect(page.get_by_role("link", name="input")).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    expect(page.get_by_role("button", name="Test")).to_have_count(0)


def test_an_operator_connects_no_buckets(visit):
    page = visit("/buckets/new", Role.OPERATOR)
    expect(page.get_by_role("alert")).to_contain_text("this page needs admin")


def test_strangers_get_no_files(console):
    address = f"{console.url}/download/buckets/shop?key=input/sales.csv"
    answer = httpx.get(address, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("path", ["/buckets", "/buckets/shop?prefix=input/", "/buckets/new"])
def test_pages_fit_a_phone(visit, path):
    page = visit(path, Role.ADMIN, size=NARROW)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
