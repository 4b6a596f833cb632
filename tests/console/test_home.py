"""Home: the first visit, what is at work, and what the pipelines did."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Page, expect

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import FAILED, SUCCEEDED, Run
from forecastle.catalog.resources import Edge, Resource
from forecastle.core.names import ResourceType
from tests.console.browser import log_in, new_context
from tests.console.test_groups import make_group

NEWCOMER = "123456789012"


def first_visit(console, role: Role) -> Page:
    """Somebody of an account that has nothing yet."""
    service = console.context.service
    name = f"newcomer_{role}"
    password = service.catalog.users.create(name, NEWCOMER, role, service.clock())
    page = new_context(console.browser).new_page()
    return log_in(page, console.url, name, password)


def work_on(console, group: str, name: str) -> Resource:
    """A predictor of a group whose training is at work."""
    service, caller = console.context.service, console.context.caller
    now = service.clock()
    predictor = Resource(
        arn=f"arn:aws:forecast:us-east-1:{caller.account}:predictor/{name}",
        account=caller.account,
        type=ResourceType.PREDICTOR,
        name=name,
        status=life.CREATE_IN_PROGRESS,
        created_at=now,
        modified_at=now,
        nonce=name,
        request={"DataConfig": {"DatasetGroupArn": group}},
        progress={"fraction": 0.4, "step": "ETS", "minutes_left": 2},
    )
    service.catalog.resources.add(predictor, [Edge(group)])
    return predictor


def test_the_first_visit_says_what_this_is_and_where_to_begin(console):
    page = first_visit(console, Role.OPERATOR)
    expect(page.get_by_role("heading", name="Welcome to Forecastle")).to_be_visible()
    page.get_by_role("link", name="Start with your sales file").click()
    page.wait_for_url(f"{console.url}/groups/new")
    page.context.close()


def test_a_viewers_first_visit_offers_nothing_that_is_refused(console):
    page = first_visit(console, Role.VIEWER)
    expect(page.get_by_text("an operator can")).to_be_visible()
    expect(page.get_by_role("link", name="Start with your sales file")).to_have_count(0)
    page.context.close()


def test_what_is_at_work_is_followed_to_its_end(visit, console):
    group = make_group(console, "at_work")
    predictor = work_on(console, group, "busy_bee")
    page = visit("/groups/at_work")
    expect(page.get_by_text("40% · about 2 minutes left")).to_be_visible()
    console.context.service.catalog.resources.change(
        predictor.arn,
        lambda found: replace(found, status=life.CREATE_FAILED, message="busy_bee: no history"),
    )
    expect(page.get_by_text("busy_bee: no history").first).to_be_visible()
    expect(page.get_by_text("40%")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete busy_bee")).to_be_visible()


def test_what_is_at_work_can_be_stopped(visit, console):
    predictor = work_on(console, make_group(console, "to_stop"), "unwanted")
    page = visit("/groups/to_stop")
    page.get_by_role("button", name="Stop unwanted").click()
    expect(page.get_by_role("button", name="Stop unwanted")).to_have_count(0)
    found = console.context.service.catalog.resources.find(predictor.arn)
    assert found is not None
    assert found.status in (life.CREATE_STOPPING, life.CREATE_STOPPED)


def test_the_latest_runs_of_pipelines_are_told(visit, console):
    service, account = console.context.service, console.context.caller.account
    for number, status in enumerate((SUCCEEDED, FAILED)):
        run = Run(
            run_id=f"run{number}",
            account=account,
            pipeline=f"nightly{number}",
            text="",
            region="us-east-1",
            trigger="person",
            status=status,
            started_at=service.clock(),
            dispatched=True,
        )
        service.catalog.pipelines.start(run, [])
    page = visit("/")
    expect(page.get_by_role("link", name="nightly1")).to_have_attribute("href", "/runs/run1")
    expect(page.get_by_text("Succeeded")).to_be_visible()
