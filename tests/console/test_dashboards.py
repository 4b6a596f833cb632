"""Dashboards that follow their data, and links that show one of them."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from forecastle.catalog.access_keys import Role
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of
from forecastle.service.dashboards import (
    change_dashboard,
    create_dashboard,
    new_tile,
    open_dashboard,
)
from forecastle.service.shares import SECONDS_PER_DAY, share_dashboard
from forecastle.service.source_files import Source, SourceKind
from forecastle.service.visuals import Shape, Value, Visual
from tests.console.browser import NARROW, new_context
from tests.console.seeding import EXPORT, FORECAST, GROUP


@pytest.fixture
def make(console):
    """``make(name)``: a dashboard with a chart of the shop and a table of a file; its view."""
    context = console.context

    def made(name):
        export = arn_of(context, ResourceType.FORECAST_EXPORT_JOB, f"{FORECAST}/{EXPORT}")
        path = console.running.buckets / "shop" / "tables" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("shop,sold\n<b>North</b>,5\n", encoding="utf-8")
        bars = Visual(Shape.BAR, "item_id", (Value("p50"),))
        sold = Visual(Shape.TABLE, "shop", (Value("sold"),))
        file = Source(SourceKind.PATH, f"s3://shop/tables/{name}.csv")
        tiles = (
            new_tile(context, "Top items", Source(SourceKind.EXPORT, export), bars),
            new_tile(context, "Sold", file, sold),
        )
        return create_dashboard(context, name, tiles), path

    return made


def test_a_starter_dashboard_is_one_click_away(visit):
    page = visit(f"/dashboards/new?group={GROUP}")
    page.get_by_label("Name of the dashboard").fill("Every morning")
    page.get_by_role("button", name="Create").click()
    for title in ("Forecast by day", "Items that sell most", "Items by day"):
        expect(page.get_by_role("img", name=title)).to_be_visible()


def test_new_data_are_shown(visit, make):
    view, path = make("fresh")
    page = visit(f"/dashboards/{view.dashboard.dashboard_id}", Role.VIEWER)
    expect(page.get_by_role("cell", name="<b>North</b>")).to_be_visible()
    path.write_text("shop,sold\nSouth,70\n", encoding="utf-8")
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_role("cell", name="South")).to_be_visible()
    expect(page.get_by_role("button", name="Edit layout")).to_have_count(0)


def test_the_layout_is_changed_and_stays_so(visit, make, console):
    view, _ = make("layout")
    identity = view.dashboard.dashboard_id
    page = visit(f"/dashboards/{identity}?edit=true")
    page.get_by_role("button", name="Move Sold forward").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("Sold")
    page.get_by_role("button", name="Full width for Sold").click()
    expect(page.get_by_role("button", name="Half width for Sold")).to_be_visible()
    page.get_by_role("button", name="Remove Top items").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("heading", name="Top items")).to_have_count(0)
    (tile,) = open_dashboard(console.context, identity).tiles
    assert (tile.title, tile.is_wide) == ("Sold", True)


def test_of_two_who_edit_at_once_the_second_is_told(visit, make, console):
    view, _ = make("together")
    page = visit(f"/dashboards/{view.dashboard.dashboard_id}?edit=true")
    button = page.get_by_role("button", name="Full width for Sold")
    expect(button).to_be_visible()
    change_dashboard(console.context, view, name="Together now")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("was changed meanwhile by test; load it")


def test_a_link_shows_the_dashboard_to_a_stranger_and_opens_nothing_else(visit, make, console):
    view, _ = make("shared")
    page = visit(f"/dashboards/{view.dashboard.dashboard_id}")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    context = new_context(console.browser, locale="ko-KR", size=NARROW)
    stranger = context.new_page()
    assert stranger.goto(link).status == 200
    expect(stranger.get_by_role("img", name="Top items")).to_be_visible()
    expect(stranger.get_by_role("cell", name="<b>North</b>")).to_be_visible()
    expect(stranger.get_by_role("navigation")).to_have_count(0)
    expect(stranger.get_by_role("button", name="공유")).to_have_count(0)
    assert stranger.locator("meta[name=robots]").get_attribute("content") == "noindex, nofollow"
    assert stranger.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    for path in ("/", "/dashboards", f"/dashboards/{view.dashboard.dashboard_id}", "/analysis"):
        assert "/login" in stranger.goto(f"{console.url}{path}").url
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Good until")).to_have_count(0)
    assert stranger.goto(link).status == 404
    context.close()


def test_a_link_that_has_expired_says_so(make, console):
    view, _ = make("expired")
    context = console.context
    path = share_dashboard(context, view.dashboard.dashboard_id, 1)
    (share,) = context.service.catalog.dashboards.shares(
        context.caller.account, view.dashboard.dashboard_id
    )
    assert share.expires_at - share.created_at == SECONDS_PER_DAY
    with context.service.catalog.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE shares SET expires_at = 1 WHERE share_id = ?", (share.share_id,)
        )
    answer = httpx.get(f"{console.url}{path}")
    assert answer.status_code == 410
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "x-robots-tag" not in httpx.get(f"{console.url}/login").headers
    assert "This link has expired" in answer.text
    assert httpx.get(f"{console.url}/share/guess").status_code == 404
