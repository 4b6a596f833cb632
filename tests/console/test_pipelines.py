"""Pipelines in the console: made by a form, changed as YAML, switched, run, deleted."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import Page, expect

from forecastle.catalog.access_keys import Role
from forecastle.pipelines.changing import enable_pipeline
from forecastle.pipelines.control import apply_pipeline
from forecastle.pipelines.overview import overview
from forecastle.pipelines.run_control import list_runs

TEXT = """\
# Our shop
name: {name}
source: {{bucket: shop, prefix: {name}/}}
frequency: D
horizon: 7   # a week
backtest_windows: 2
algorithm: NPTS
export: {{bucket: shop, prefix: {name}-out/}}
"""
_NUMBERS = itertools.count(1)


@pytest.fixture
def applied(console) -> str:
    """A pipeline without runs."""
    name = f"pipeline_{next(_NUMBERS)}"
    apply_pipeline(console.context, TEXT.format(name=name), "shop.yaml")
    return name


def list_all(console) -> list:
    return console.context.service.catalog.pipelines.all()


def field(page: Page, label: str):
    return page.get_by_label(label, exact=True)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def write(page: Page, text: str) -> None:
    editor = page.get_by_role("textbox", name="The pipeline's file (YAML)")
    expect(editor).to_be_visible()
    editor.fill(text)


def test_a_form_makes_a_pipeline(console, visit):
    page = visit("/pipelines/new")
    field(page, "Name of the pipeline").fill("by_form")
    field(page, "Folder in the bucket").fill("by_form/")
    field(page, "Steps ahead").fill("21")
    choose(page, "Schedule", "Monday to Friday")
    field(page, "Time (UTC)").fill("05:30")
    field(page, "Addresses to notify, one a line").fill("https://example.com/hook")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"{console.url}/pipelines/by_form")
    expect(page.get_by_role("heading", name="by_form", level=1)).to_be_visible()
    text = "Monday to Friday at 05:30 (UTC), or when a file lands in s3://shop/by_form/."
    expect(page.get_by_text(text)).to_be_visible()
    pipeline = overview(console.context, "by_form").pipeline
    assert (pipeline.horizon, pipeline.schedule) == (21, "30 5 * * 1-5")
    assert [each.url for each in pipeline.notifications] == ["https://example.com/hook"]


def test_what_cannot_be_a_pipeline_is_told_and_not_saved(console, visit):
    page = visit("/pipelines/new")
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Not saved yet")
    expect(alert).to_contain_text("name '' cannot be used; write a letter")
    assert page.url == f"{console.url}/pipelines/new"


def test_form_and_yaml_are_two_views_of_one_text(console, visit, applied):
    page = visit(f"/pipelines/{applied}/edit")
    expect(page.get_by_text("backtest_windows", exact=True)).to_be_visible()  # not in the form
    field(page, "Train anew after days").fill("30")
    page.get_by_role("button", name="YAML", exact=True).click()
    editor = page.get_by_role("textbox", name="The pipeline's file (YAML)")
    expect(editor).to_contain_text("retrain_after_days: 30")
    expect(editor).to_contain_text("horizon: 7   # a week")
    page.wait_for_function("location.search === '?view=yaml'")
    write(page, TEXT.format(name=applied) + "gather_seconds: 60\n")
    page.get_by_role("button", name="Form", exact=True).click()
    expect(field(page, "Seconds to wait for more files")).to_have_value("60")
    expect(field(page, "Train anew after days")).to_have_value("")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"{console.url}/pipelines/{applied}")
    saved = overview(console.context, applied).text
    assert saved == TEXT.format(name=applied) + "gather_seconds: 60\n"


def test_problems_of_the_yaml_name_their_lines(visit, applied):
    page = visit(f"/pipelines/{applied}/edit?view=yaml")
    write(page, TEXT.format(name=applied).replace("horizon: 7", "horizn: 7"))
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("key 'horizn' is not known; did you mean horizon?")
    expect(alert.get_by_role("button", name="Line 5")).to_be_visible()
    expect(page.locator(".cm-problem").filter(has_text="horizn: 7")).to_be_visible()
    page.get_by_role("button", name="Form", exact=True).click()  # cannot be shown as a form
    expect(page.get_by_role("textbox", name="The pipeline's file (YAML)")).to_be_visible()


def test_a_pipeline_is_paused_and_deleted(console, visit, applied):
    page = visit(f"/pipelines/{applied}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: only people start runs")).to_be_visible()
    assert overview(console.context, applied).pipeline.enabled is False
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    page.wait_for_url(f"{console.url}/pipelines")
    assert applied not in [each.name for each in list_all(console)]


def test_a_run_is_started_on_a_chosen_file(console, visit, applied):
    enable_pipeline(console.context, applied, False)  # only people start runs
    folder = console.running.buckets / "shop" / applied
    for name in ("first.csv", "second.csv"):
        (folder / name).write_text("a,2024-01-01,1\n")
    page = visit("/pipelines")
    card = page.locator(".panel").filter(has=page.get_by_role("link", name=applied, exact=True))
    card.get_by_role("button", name="Run now").click()
    page.get_by_text("On a file of my choice").click()
    page.get_by_text(f"{applied}/first.csv").click()
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url(f"{console.url}/runs/*")
    expect(page.get_by_role("heading", name=f"Run of {applied}")).to_be_visible()
    [found] = list_runs(console.context, applied)
    assert ([each.key for each in found.uploads], found.run.trigger) == (
        [f"{applied}/first.csv"],
        "person",
    )


def test_a_viewer_looks_and_changes_nothing(console, visit, applied):
    page = visit(f"/pipelines/{applied}", role=Role.VIEWER)
    expect(page.get_by_text("Each run trains with NPTS")).to_be_visible()
    for name in ("Run now", "Pause", "Delete", "Edit"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_text("The pipeline's file (YAML)")).to_have_count(0)
    page.goto(f"{console.url}/pipelines/{applied}/edit")
    expect(page.get_by_text("You may not do this")).to_be_visible()
