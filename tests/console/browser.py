"""A browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 90_000
WIDE, NARROW = (1280, 900), (390, 844)


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Chromium without a window; skips with a reason where there is none."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; Debian's package is `chromium`")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


def new_context(
    browser: Browser,
    *,
    locale: str = "en-GB",
    size: tuple[int, int] = WIDE,
    dark: bool = False,
) -> BrowserContext:
    """A browser of its own: its cookies, its language, its window."""
    context = browser.new_context(
        locale=locale,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        # A click on what is still sliding can end beside it.
        reduced_motion="reduce",
        timezone_id="Europe/London" if locale.startswith("en") else "Asia/Seoul",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def log_in(page: Page, url: str, name: str, password: str) -> Page:
    """Through the form, to the first page."""
    page.goto(f"{url}/login")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}/")
    return page
