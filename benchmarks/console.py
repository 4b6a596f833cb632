"""What the console's pages weigh, and how soon they can be read and used.

    python -m benchmarks.console [--times 5] [--series 100000] [--requests 1000]

Starts `forecastle serve` with the tests' shop and a forecast of many series, and looks at its pages
with Chromium: bytes, first paint, first answer. Beside them, in the same run, the limits of what
can be had: a NiceGUI page with one label, a page without any script, and a static file. Then: how
soon the search shows items, what an open page takes of the server's memory, and what the API's
callers notice of many open pages.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser

from benchmarks.api_latency import client, many_series_forecast, measure, memory, show
from benchmarks.console_sessions import open_pages
from benchmarks.console_visits import Place, Visit, visits
from forecastle.console.assets import asset
from forecastle.pipelines.control import apply_pipeline
from forecastle.service.context import Context
from tests.compat.running import Running, Serve, free_port
from tests.console.addresses import new_dashboard, predictor_id
from tests.console.browser import log_in, new_context, started_browser
from tests.console.seeding import (
    FORECAST,
    GROUP,
    PREDICTOR,
    copy_of,
    local_context,
    seeded_data,
)

_MENU, _DRAWER = "[aria-label=Menu]", ".q-drawer"
_MANY = "many"
_OPEN_PAGES = (10, 30, 100)
# The server keeps a page for as long as its browser may come back.
_FORGOTTEN_SECONDS = 75
_SEARCHES = 40
_UNLIMITED = {"FORECASTLE_REQUESTS_PER_SECOND": "100000", "FORECASTLE_REQUEST_BURST": "100000"}
_PIPELINE = """\
name: bench
source: {bucket: bench-pipeline, prefix: input/}
frequency: D
horizon: 7
export: {bucket: bench-pipeline, prefix: output/}
"""


def main() -> None:
    options = _parsed()
    with (
        tempfile.TemporaryDirectory(prefix="forecastle-") as folder,
        started_browser() as browser,
        _bare_page() as bare,
    ):
        copy_of(seeded_data(options.shop or Path(folder) / "shop"), Path(folder))
        with Serve(Path(folder), **_UNLIMITED) as service:
            context = local_context(service.data_dir)
            print(f"cores {os.cpu_count()}")
            cookies = _logged_in(service, context)
            apply_pipeline(context, _PIPELINE, "bench.yaml")
            many = many_series_forecast(client(service, "forecast"), service, options.series)
            _weigh_pages(browser, _places(service, context, bare), cookies, options.times)
            _search(browser, service, context, options.series)
            _open_many(service, cookies, many, options.requests)
            context.service.catalog.close()


def _places(service: Running, context: Context, bare: str) -> list[Place]:
    """The limits first, then the console's pages."""
    pages = {
        "home": "/",
        "group": f"/groups/{GROUP}",
        "predictor": f"/predictors/{predictor_id(context, PREDICTOR)}",
        "forecast": f"/forecasts/{FORECAST}",
        "forecast of many": f"/forecasts/{_MANY}",
        "dashboard": f"/dashboards/{new_dashboard(context, GROUP, 'bench')}",
        "pipelines": "/pipelines",
    }
    return [
        Place("a static file", f"{service.url}{asset('console.css')}"),
        Place("a page without script", f"{service.url}/login?next=/"),
        Place("a NiceGUI page with a label", bare, "#ask", "#answer"),
        *(Place(name, f"{service.url}{path}", _MENU, _DRAWER) for name, path in pages.items()),
    ]


def _weigh_pages(
    browser: Browser, places: list[Place], cookies: Mapping[str, str], times: int
) -> None:
    for warm in (False, True):
        title = "seen before" if warm else "for the first time"
        print(f"\n{title}, median of {times}; milliseconds since the navigation began")
        print(
            f"{'':<28}{'requests':>9}{'kB':>8}{'socket kB':>10}{'first byte':>11}"
            f"{'paint':>8}{'connected':>10}{'answered':>9}{'beside bare':>12}"
        )
        bare: Visit | None = None
        for place in places:
            strangers = place.name == "a page without script"
            found = visits(browser, place, {} if strangers else cookies, times, warm=warm)
            bare = found if place.button and bare is None else bare
            _row(place, found, bare)


def _row(place: Place, visit: Visit, bare: Visit | None) -> None:
    ratio = f"{visit.answered / bare.answered:11.1f}x" if bare else ""
    print(
        f"{place.name:<28}{visit.requests:9.0f}{visit.kilobytes:8.0f}"
        f"{visit.socket_kilobytes:10.1f}{visit.first_byte:11.0f}{visit.first_paint:8.0f}"
        f"{visit.connected:10.0f}{visit.answered:9.0f}{ratio}",
        flush=True,
    )


def _search(browser: Browser, service: Running, context: Context, series: int) -> None:
    """From the last key to the options, on the page of a forecast of many series."""
    page = log_in(new_context(browser).new_page(), service.url, *_user(context))
    page.goto(f"{service.url}/forecasts/{_MANY}")
    box = page.get_by_role("combobox").first
    times = []
    for number in range(_SEARCHES):
        wanted = f"SKU-{number * 7919 % series:06d}"
        box.fill("")
        started = time.perf_counter()
        box.fill(wanted)
        page.get_by_role("option", name=wanted).first.wait_for()
        times.append(1000 * (time.perf_counter() - started))
    print(f"\nfrom what was typed to the item, among {series} items, all waiting included")
    show("item search", times)
    page.context.close()


def _open_many(service: Running, cookies: Mapping[str, str], forecast: str, requests: int) -> None:
    """Memory of the web process, and the API's answers, with pages open and without."""
    api = client(service, "forecast")
    paths = ["/", f"/groups/{GROUP}", f"/forecasts/{FORECAST}"]

    def describe() -> Any:
        return api.describe_forecast(ForecastArn=forecast)

    with open_pages(service.url, paths, cookies):  # what the first of its kind loads stays
        pass
    time.sleep(_FORGOTTEN_SECONDS)
    print(f"\nthe web process at rest: {_web_memory(service):.0f} MB")
    calm = measure("DescribeForecast, no page open", describe, requests)
    for count in _OPEN_PAGES:
        chosen = [paths[number % len(paths)] for number in range(count)]
        at_rest = _web_memory(service)
        with open_pages(service.url, chosen, cookies):
            time.sleep(2)  # what building the pages needed is given back
            grown = _web_memory(service) - at_rest
            print(f"{count} pages open: {grown:+.1f} MB, {grown / count:.2f} MB a page")
            busy = measure(f"DescribeForecast, {count} pages open", describe, requests)
            print(f"  p50 is {statistics.median(busy) / statistics.median(calm):.2f} times that")
        time.sleep(_FORGOTTEN_SECONDS)
    measure("DescribeForecast, all closed again", describe, requests)


def _web_memory(service: Running) -> float:
    return sum(size for name, size in memory(service).items() if name.startswith("serve"))


def _user(context: Context) -> tuple[str, str]:
    service = context.service
    name = f"bench{time.monotonic_ns()}"
    account, role = context.caller.account, context.caller.role
    return name, service.catalog.users.create(name, account, role, service.clock())


def _logged_in(service: Running, context: Context) -> dict[str, str]:
    """The cookies of a session."""
    name, password = _user(context)
    with httpx.Client(base_url=service.url) as http:
        form = {"name": name, "password": password, "next": "/"}
        answer = http.post("/login", data=form)
        if answer.status_code != 303:
            raise SystemExit(f"the login failed with {answer.status_code}")
        return dict(http.cookies)


@contextmanager
def _bare_page() -> Iterator[str]:
    """Where the bare page is."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.console_bare", str(port)])
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=5, help="looks at each page")
    parser.add_argument("--series", type=int, default=100_000, help="items of the large forecast")
    parser.add_argument("--requests", type=int, default=1000, help="to the API, each time")
    parser.add_argument("--shop", type=Path, help="folder that keeps the shop between runs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
