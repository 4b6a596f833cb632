"""Pictures of every page in each language, of a shop that could be.

    python -m tests.console.screenshots [--out DIR] [--shop DIR] [--pages home,group]

The shop takes some minutes to make; ``--shop`` names a folder that keeps it. Some pages are shown
dark or narrow too. Look at the pictures before they are committed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page

from forecastle.catalog.access_keys import Role
from forecastle.service.context import Context
from tests.compat.running import Serve
from tests.console.addresses import PAGES
from tests.console.browser import NARROW, log_in, new_context, started_browser
from tests.console.page_checks import settle
from tests.console.seeding import copy_of, local_context
from tests.console.story import tell

_OUT = Path("docs/images/console")
_LOCALES = {"en": "en-GB", "ko": "ko-KR"}
_WIDE = (1280, 800)
# Shown at their whole length: the story that they tell goes on below the fold.
_WHOLE = ("group", "predictor", "forecast", "new-import", "explanation", "what-if", "monitor")
# Of the first language only: what they show is how the same page looks elsewhere.
_DARK = ("home", "forecast")
_NARROW_PAGES = ("group", "forecast")
_LOGIN, _MANAGER = "login", "ann"
_HIGHEST = 2000
_COLOURS = 256


def main() -> None:
    options = _parsed()
    with (
        tempfile.TemporaryDirectory(prefix="forecastle-") as folder,
        started_browser() as browser,
    ):
        kept = options.shop or Path(folder) / "shop"
        made = _shop(kept)
        copy_of(kept / "data", Path(folder))
        with Serve(Path(folder), "--no-worker") as running:
            context = local_context(running.data_dir)
            user = _manager(context)
            context.service.catalog.close()
            for language in _LOCALES:
                _pictures(browser, running.url, user, language, options, made)


def _shop(folder: Path) -> dict[str, str]:
    """The identifiers of the shop; it is made where it is not there."""
    told = folder / "made.json"
    if not told.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        print("making the shop: some minutes", flush=True)
        with Serve(folder, "--worker", OMP_NUM_THREADS="1") as running:
            context = _as_manager(local_context(running.data_dir))
            made = tell(context, running.buckets)
            context.service.catalog.close()
        told.write_text(json.dumps(made))
    return dict(json.loads(told.read_text()))


def _as_manager(context: Context) -> Context:
    return replace(context, caller=replace(context.caller, name=_MANAGER))


def _manager(context: Context) -> tuple[str, str]:
    service = context.service
    account = context.caller.account
    return _MANAGER, service.catalog.users.create(_MANAGER, account, Role.ADMIN, service.clock())


def _pictures(
    browser: Browser,
    url: str,
    user: tuple[str, str],
    language: str,
    options: argparse.Namespace,
    made: Mapping[str, str],
) -> None:
    out = options.out / language
    out.mkdir(parents=True, exist_ok=True)
    chosen = {name: path for name, path in PAGES.items() if name in options.pages}
    with _reader(browser, url, user, language) as page:
        for name, path in chosen.items():
            _picture(page, f"{url}{_filled(path, made)}", out / f"{name}.png", name in _WHOLE)
        page.context.clear_cookies()
        page.goto(f"{url}/login")
        _save(page, out / f"{_LOGIN}.png")
    if language != "en":
        return
    looks = {"dark": (_DARK, {"dark": True}), "narrow": (_NARROW_PAGES, {"size": NARROW})}
    for look, (names, how) in looks.items():
        with _reader(browser, url, user, language, **how) as page:
            for name in set(names) & set(chosen):
                target = out / f"{name}-{look}.png"
                _picture(page, f"{url}{_filled(PAGES[name], made)}", target, whole=False)


def _filled(path: str, made: Mapping[str, str]) -> str:
    """An address with the identifiers in it."""
    return path.format_map({name: quote(value, safe="/:") for name, value in made.items()})


@contextmanager
def _reader(
    browser: Browser,
    url: str,
    user: tuple[str, str],
    language: str,
    *,
    dark: bool = False,
    size: tuple[int, int] = _WIDE,
) -> Iterator[Page]:
    context = new_context(browser, locale=_LOCALES[language], dark=dark, size=size)
    yield log_in(context.new_page(), url, *user)
    context.close()


def _picture(page: Page, url: str, target: Path, whole: bool) -> None:
    page.goto(url)
    settle(page)
    size = dict(page.viewport_size or {})
    if whole:  # the window grows, so that the navigation reaches down to the end
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": min(height, _HIGHEST)})
    _save(page, target)
    page.set_viewport_size({"width": size["width"], "height": size["height"]})


def _save(page: Page, target: Path) -> None:
    page.wait_for_timeout(1200)  # charts grow into their places
    with Image.open(BytesIO(page.screenshot(animations="disabled"))) as picture:
        few = picture.convert("RGB").quantize(
            _COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        few.save(target, optimize=True)
    print(f"{target}  {target.stat().st_size / 1000:.0f} kB", flush=True)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--shop", type=Path, help="folder that keeps the shop between runs")
    parser.add_argument(
        "--pages",
        type=lambda text: text.split(","),
        default=list(PAGES),
        help="only these, by name",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
