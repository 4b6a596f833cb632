"""What a browser needs for a page: bytes, requests, the first paint, the first answer."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page

from tests.console.browser import new_context

# Notes, in the page, when the socket is connected, and when the server has answered a click.
_NOTES = """
window.__notes = {};
const connected = setInterval(() => {
  if (!window.did_handshake) return;
  window.__notes.connected = performance.now();
  clearInterval(connected);
}, 1);
"""
# The page may still be replacing what is watched, and a click that comes too early is made again.
_ASK = """
([button, watched]) => new Promise(resolve => {
  const click = () => document.querySelector(button).click();
  const again = setInterval(click, 250);
  const elementOf = node => node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  new MutationObserver(changes => {
    if (!changes.some(change => elementOf(change.target)?.closest?.(watched))) return;
    clearInterval(again);
    resolve(performance.now());
  }).observe(document.body, {
    attributes: true, childList: true, characterData: true, subtree: true,
  });
  click();
})
"""
_PAINT = """
new Promise(resolve => {
  const seen = performance.getEntriesByName("first-contentful-paint")[0];
  if (seen) { resolve(seen.startTime); return; }
  new PerformanceObserver(list => {
    const entry = list.getEntriesByName("first-contentful-paint")[0];
    if (entry) resolve(entry.startTime);
  }).observe({type: "paint", buffered: true});
})
"""
_FIRST_BYTE = "performance.getEntriesByType('navigation')[0].responseStart"
_LOADED = "performance.getEntriesByType('navigation')[0].responseEnd"


@dataclass(frozen=True)
class Place:
    """A page to look at.

    Attributes:
        name: in the table.
        url: its address.
        button: what is clicked to ask the server; empty: the page asks nothing.
        watched: what changes when the answer has come.
    """

    name: str
    url: str
    button: str = ""
    watched: str = ""


@dataclass(frozen=True)
class Visit:
    """One look at a page. Milliseconds since the navigation began; kilobytes over the wire."""

    requests: float
    kilobytes: float
    socket_kilobytes: float
    first_byte: float
    first_paint: float
    connected: float
    answered: float


def visits(
    browser: Browser, place: Place, cookies: Mapping[str, str], times: int, *, warm: bool
) -> Visit:
    """The median of several looks: each by a new browser, or again by one that was there before."""
    found: list[Visit] = []
    if warm:
        with _browser(browser, place, cookies) as context:
            _visit(context, place)
            found = [_visit(context, place) for _ in range(times)]
    else:
        for _ in range(times):
            with _browser(browser, place, cookies) as context:
                found.append(_visit(context, place))
    return _median(found)


@contextmanager
def _browser(
    browser: Browser, place: Place, cookies: Mapping[str, str]
) -> Iterator[BrowserContext]:
    context = new_context(browser)
    context.add_init_script(_NOTES)
    root = urljoin(place.url, "/")  # the cookies are for all of the server, as after a login
    context.add_cookies(
        [{"name": name, "value": value, "url": root} for name, value in cookies.items()]
    )
    yield context
    context.close()


def _visit(context: BrowserContext, place: Place) -> Visit:
    page = context.new_page()
    sizes, frames = _counted(context, page)
    page.goto(place.url)
    first_byte = float(page.evaluate(_FIRST_BYTE))
    if not place.button:
        loaded = float(page.evaluate(_LOADED))
        page.close()
        return Visit(len(sizes), sum(sizes) / 1000, 0, first_byte, loaded, loaded, loaded)
    paint = float(page.evaluate(_PAINT))
    page.wait_for_function("window.__notes.connected !== undefined")
    connected = float(page.evaluate("window.__notes.connected"))
    asked = float(page.evaluate("performance.now()"))
    answer = float(page.evaluate(_ASK, [place.button, place.watched])) - asked
    visit = Visit(
        requests=len(sizes),
        kilobytes=sum(sizes) / 1000,
        socket_kilobytes=sum(frames) / 1000,
        first_byte=first_byte,
        first_paint=paint,
        connected=connected,
        answered=connected + answer,
    )
    page.close()
    return visit


def _counted(context: BrowserContext, page: Page) -> tuple[list[float], list[float]]:
    """Bytes of each answer that came over the wire, and of each message of the socket."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    frames: list[float] = []

    def finished(event: Mapping[str, float]) -> None:
        if event["encodedDataLength"] > 0:  # what the browser had kept takes none
            sizes.append(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    session.on(
        "Network.webSocketFrameReceived",
        lambda event: frames.append(len(event["response"]["payloadData"])),
    )
    return sizes, frames


def _median(found: Sequence[Visit]) -> Visit:
    return Visit(
        *(statistics.median(getattr(each, field.name) for each in found) for field in fields(Visit))
    )
