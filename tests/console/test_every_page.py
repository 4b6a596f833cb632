"""What holds for every page, in each language, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import Run, Step
from forecastle.pipelines.control import apply_pipeline
from forecastle.service.addresses import id_of
from forecastle.service.context import Context
from tests.console import seeding
from tests.console.addresses import PAGES, new_dashboard, predictor_id
from tests.console.browser import NARROW, WIDE, log_in, new_context
from tests.console.insights import new_analysis, new_explanation, new_monitor
from tests.console.page_checks import faults, nameless, settle, tabs_to

# Language and whether it is dark; each page is seen wide and narrow in the first.
LOOKS = {"English, light": ("en", False), "Korean, dark": ("ko", True)}
_LOCALES = {"en": "en-GB", "ko": "ko-KR"}
_PIPELINE = """\
name: every_page
source: {bucket: every-page, prefix: input/}
frequency: D
horizon: 7
export: {bucket: every-page, prefix: output/}
schedule: "0 6 * * *"
"""
_STEPS = ("check", "import", "train", "forecast", "export", "results", "notify")
_RUN = "01JEVERYPAGE00000000000000"
# With underscores: they are data, which no language translates.
_TITLES = ("all_items", "most_sold", "by_day")
_MORNING = 1_764_572_400.0


@dataclass(frozen=True)
class Looker:
    """A browser in one of the looks, logged in."""

    context: BrowserContext
    page: Page
    session: CDPSession
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def looker(console) -> Iterator[Callable[[str], Looker]]:
    """One browser for each look, for all pages."""
    made: dict[str, Looker] = {}

    def of(look: str) -> Looker:
        if look not in made:
            language, dark = LOOKS[look]
            context = new_context(console.browser, locale=_LOCALES[language], dark=dark)
            page = context.new_page()
            log_in(page, console.url, *console.user(Role.ADMIN))
            made[look] = Looker(context, page, context.new_cdp_session(page))
            page.on("pageerror", lambda error: made[look].complaints.append(str(error)))
            page.on(
                "console",
                lambda message: (
                    made[look].complaints.append(message.text) if message.type == "error" else None
                ),
            )
        return made[look]

    yield of
    for each in made.values():
        each.context.close()


@pytest.fixture(scope="module")
def made(console) -> Mapping[str, str]:
    """Identifiers: the shop's, and what else the addresses need."""
    context = console.context
    apply_pipeline(context, _PIPELINE, "every_page.yaml")
    return {
        "group": seeding.GROUP,
        "dataset": seeding.DATASET,
        "import": seeding.IMPORT,
        "path": f"s3://{seeding.BUCKET}/input/sales.csv",
        "predictor": predictor_id(context, seeding.PREDICTOR),
        "forecast": seeding.FORECAST,
        "export": f"{seeding.FORECAST}/{seeding.EXPORT}",
        "bucket": seeding.BUCKET,
        "pipeline": "every_page",
        "run": _failed_run(context),
        "dashboard": new_dashboard(context, seeding.GROUP, "every_page", _TITLES),
        "item": seeding.ITEMS[0],
        "explanation": id_of(new_explanation(context, "every_page")),
        "analysis": id_of(new_analysis(context, "every_page", "list_price")),
        "monitor": id_of(new_monitor(context, "every_page")),
    }


def _failed_run(context: Context) -> str:
    """A run that failed at its third step: it has something of everything."""
    pipelines = context.service.catalog.pipelines
    run = Run(
        run_id=_RUN,
        account=context.caller.account,
        pipeline="every_page",
        text=_PIPELINE,
        region=context.caller.region,
        trigger="schedule",
        status="FAILED",
        started_at=_MORNING,
        ended_at=_MORNING + 60,
        message="train: the history is too short",
        dispatched=True,
    )
    pipelines.start(run, [])
    for number, step in enumerate(_STEPS[:3]):
        done = number < 2
        pipelines.put_step(
            Step(
                run_id=_RUN,
                step=step,
                status="SUCCEEDED" if done else "FAILED",
                started_at=_MORNING + 20 * number,
                ended_at=_MORNING + 20 * number + 10,
                message=None if done else "the history is too short",
            )
        )
    return _RUN


@pytest.fixture(params=PAGES)
def address(request, made) -> str:
    return PAGES[request.param].format_map(made)


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_read_and_used(console, looker, address, look):
    language, dark = LOOKS[look]
    reader = looker(look)
    reader.complaints.clear()
    answer = reader.page.goto(f"{console.url}{address}")
    assert answer.status < 400
    settle(reader.page)
    found = faults(reader.page, language) + nameless(reader.session)
    if not dark:
        reader.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        settle(reader.page)
        found += faults(reader.page, language, narrow=True)
        reader.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    assert "\n".join(dict.fromkeys(found + reader.complaints)) == ""


def test_the_main_button_is_reached_by_keyboard(console, looker, address):
    page = looker("English, light").page
    page.goto(f"{console.url}{address}")
    settle(page)
    main = "#content .q-btn.bg-primary:not([disabled])"
    if page.locator(main).count():
        assert tabs_to(page, main)


@pytest.mark.parametrize("language", _LOCALES)
def test_the_login_can_be_read_and_used(console, language):
    context = new_context(console.browser, locale=_LOCALES[language], size=NARROW)
    page = context.new_page()
    page.goto(f"{console.url}/login")
    found = faults(page, language, narrow=True) + nameless(context.new_cdp_session(page))
    context.close()
    assert found == []
