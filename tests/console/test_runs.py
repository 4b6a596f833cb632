"""A run in the console: drawn step by step, retried, cancelled."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from playwright.sync_api import expect

from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import Run, Step
from forecastle.pipelines.control import apply_pipeline

TEXT = """\
name: drawn
source: {bucket: shop, prefix: drawn/}
frequency: D
horizon: 7
export: {bucket: shop, prefix: drawn-out/}
"""
BEGAN = 1_764_572_400.0
PREDICTOR = "arn:aws:forecast:us-east-1:000000000000:predictor/drawn_1"
_NUMBERS = itertools.count(1)


@pytest.fixture
def begin(console):
    """A run in some state, with its steps."""
    pipelines = console.context.service.catalog.pipelines
    apply_pipeline(console.context, TEXT, "drawn.yaml")

    def made(status: str, steps: dict[str, dict[str, Any]], **values: Any) -> str:
        run_id = f"01JDRAWN{next(_NUMBERS):018}"
        caller = console.context.caller
        run = Run(
            run_id, caller.account, "drawn", TEXT, caller.region, "schedule", status, BEGAN,
            dispatched=True, **values,
        )  # fmt: skip
        assert pipelines.start(run, [])
        for number, (name, step) in enumerate(steps.items()):
            at = BEGAN + 10 * number
            pipelines.put_step(Step(run_id, name, started_at=at, **step))
        return run_id

    return made


def succeeded(message: str, **results: Any) -> dict[str, Any]:
    return {
        "status": "SUCCEEDED", "ended_at": BEGAN + 3600, "message": message, "results": results,
    }  # fmt: skip


def stop(page, name: str):
    return (
        page.get_by_role("list", name="Steps of the run")
        .get_by_role("listitem")
        .filter(has_text=name)
    )


def test_a_run_is_drawn_and_followed(console, visit, begin):
    run = begin("RUNNING", {"check": succeeded("sales.csv: CSV"), "import": {"status": "RUNNING"}})
    page = visit(f"/runs/{run}")
    expect(stop(page, "Check the files")).to_contain_text("Succeeded")
    expect(stop(page, "Import")).to_contain_text("Running")
    expect(stop(page, "Training")).to_contain_text("To come")
    pipelines = console.context.service.catalog.pipelines
    pipelines.put_step(Step(run, "import", "RUNNING", BEGAN + 10, message="reading (40%)"))
    expect(page.get_by_text("reading (40%)")).to_be_visible()
    pipelines.change_run(run, {"status": "SUCCEEDED", "ended_at": BEGAN + 60})
    expect(page.get_by_role("button", name="Cancel the run")).to_have_count(0)
    expect(stop(page, "Training")).to_contain_text("Not reached")


def test_what_a_run_made_is_a_click_away(visit, begin):
    steps = {
        "train": succeeded("trained", predictor=PREDICTOR),
        "export": succeeded("s3://shop/drawn-out/x_part*", export="arn", parts="drawn-out/x_part"),
        "results": succeeded("12", report="s3://shop/drawn-out/_report/x.html"),
    }
    page = visit(f"/runs/{begin('SUCCEEDED', steps, ended_at=BEGAN + 60)}")
    for name, path in {
        "The predictor": "/predictors/drawn_1",
        "The exported files": "/buckets/shop?prefix=drawn-out%2F",
        "The report (HTML)": "/download/buckets/shop?key=drawn-out%2F_report%2Fx.html",
    }.items():
        expect(page.get_by_role("link", name=name)).to_have_attribute("href", path)


def test_a_run_that_failed_goes_on_from_its_step(console, visit, begin):
    failed = {"status": "FAILED", "ended_at": BEGAN + 20, "message": "the file is empty"}
    run = begin(
        "FAILED", {"check": failed}, ended_at=BEGAN + 20, message="check: the file is empty"
    )
    page = visit(f"/runs/{run}")
    expect(page.get_by_text("check: the file is empty")).to_be_visible()
    page.get_by_role("button", name="Go on from the step that did not succeed").click()
    expect(page.get_by_text("Attempt 2")).to_be_visible()
    assert console.context.service.catalog.pipelines.run(run).attempt == 2


def test_a_run_is_cancelled_after_a_question(console, visit, begin):
    run = begin("RUNNING", {"check": {"status": "RUNNING"}})
    page = visit(f"/runs/{run}")
    page.get_by_role("button", name="Cancel the run").click()
    dialog = page.get_by_role("alertdialog")
    dialog.get_by_role("button", name="Cancel the run").click()
    again = page.get_by_role("button", name="Go on from the step that did not succeed")
    expect(again).to_be_visible()
    assert console.context.service.catalog.pipelines.run(run).status == "CANCELLED"


def test_a_viewer_is_offered_no_change(visit, begin):
    page = visit(f"/runs/{begin('RUNNING', {})}", role=Role.VIEWER)
    expect(page.get_by_role("heading", name="Run of drawn")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel the run")).to_have_count(0)


def test_another_run_is_not_there(visit):
    page = visit("/runs/01JNOWHERE")
    expect(page.get_by_text("run '01JNOWHERE' is not there")).to_be_visible()
