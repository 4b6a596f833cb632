"""What every page must be: told as sentences, so that a failing test names what to mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

_SCRIPT = (Path(__file__).parent / "page_checks.js").read_text(encoding="utf-8")
# What acts must have a name, or people who listen do not know what it does.
_ACTING = frozenset(
    {
        "button", "textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "link",
        "slider", "spinbutton", "tab", "menuitem", "image",
    }
)  # fmt: skip
_NOTHING_LOADS = """
![...document.querySelectorAll("#content :is(.q-spinner, .q-loading, [aria-busy=true])")]
  .some(each => each.checkVisibility())
"""
_ROLES_OF_TEXT = ("StaticText", "InlineTextBox")
# Beyond data: names that are the same in every language, and codes.
_SAME_EVERYWHERE = (
    "Forecastle|Parquet|JSON|YAML|English|Amazon|Forecast|QuickSight|AutoML|AutoPredictor|"
    "Prophet|NPTS|ARIMA|AutoARIMA|AutoETS|LightGBM|Theta|DeepAR|MSTL|Croston|WAPE|RMSE|MAPE|"
    "MASE|FULL|INCREMENTAL|https?|Ceph|DuckDB|PARQUET|RETAIL|"
    "exports|input|test|date|output|demand|datasets|script|alert|bread|coffee|milk|shop|admin|user|Ctrl|Enter|"
    "SELECT|FROM|WHERE|GROUP|ORDER|Slack|Teams|EventBridge|webhook|SeaweedFS|MinIO|float|"
    "string|integer|timestamp|cron"
)


def faults(page: Page, language: str, *, narrow: bool = False) -> list[str]:
    """What is wrong with headings, language, width and contrast of the page that is shown."""
    options = {"language": language, "narrow": narrow, "allowed": _SAME_EVERYWHERE}
    found = page.evaluate(_SCRIPT, options)
    return [str(each) for each in found]


def nameless(session: CDPSession) -> list[str]:
    """What can be used but has no name, by the tree that the browser shows to screen readers."""
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        f"{role} without a name: {_near(node, nodes)}"
        for node in nodes
        if not node["ignored"]
        and (role := str(node["role"]["value"])) in _ACTING
        and not str(node.get("name", {}).get("value", "")).strip()
    ]


def settle(page: Page) -> None:
    """Until the page is connected to the server and has nothing more to load."""
    page.wait_for_function("window.did_handshake === true && document.fonts.status === 'loaded'")
    page.wait_for_function(_NOTHING_LOADS, timeout=20_000)


def tabs_to(page: Page, selector: str, at_most: int = 60) -> bool:
    """Whether the keyboard comes to an element: past the navigation, then by Tab."""
    page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
    page.locator(".skip-link").focus()
    page.keyboard.press("Enter")
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return True
    return False


def _near(node: dict[str, Any], nodes: list[dict[str, Any]]) -> str:
    """The words around a node, to find it by."""
    by_id = {each["nodeId"]: each for each in nodes}
    at = node
    for _ in range(6):
        parent = by_id.get(at.get("parentId", ""))
        if parent is None:
            break
        at = parent
        if words := _words(at, by_id):
            return f"near {words!r}"
    return "with nothing around it"


def _words(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> str:
    if node["role"]["value"] in _ROLES_OF_TEXT:
        return str(node.get("name", {}).get("value", ""))
    parts = (_words(by_id[child], by_id) for child in node.get("childIds", ()) if child in by_id)
    return " ".join(part for part in parts if part)[:80]
