"""The texts of the console as its source has them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "forecastle" / "console"
LOCALE = SOURCE / "locale"
# Babel's own extraction does not look into f-strings.
_TRANSLATES = {"t", "language", "mark", "plural"}
_IN_TEMPLATES = re.compile(r"""\bt\("([^"]+)"\)""")

# What shows its first arguments to the reader.
_SHOWS = {
    "label",
    "button",
    "link",
    "input",
    "number",
    "textarea",
    "select",
    "checkbox",
    "switch",
    "radio",
    "toggle",
    "expansion",
    "tooltip",
    "notify",
    "upload",
    "tab",
    "menu_item",
    "title",
    "panel",
    "page_head",
    "plain_text",
    "fact",
    "empty",
    "action",
}
_WORD = re.compile(r"[A-Za-z]{3,}")
_NAMES = {"Forecastle", "SQL", "YAML", "JSON", "CSV", "Parquet", "PNG", "URL"}


def source_texts() -> dict[str, str]:
    """Every text that is to be translated → where it stands."""
    found: dict[str, str] = {}
    for path, call in _calls():
        if _name(call) in _TRANSLATES and call.args:
            for text in _constants(call.args[:1]):
                found.setdefault(text, f"{path.relative_to(SOURCE)}:{call.lineno}")
    for path in sorted(SOURCE.rglob("*.html")):
        for one in _IN_TEMPLATES.findall(path.read_text(encoding="utf-8")):
            found.setdefault(one, str(path.relative_to(SOURCE)))
    return found


def untranslatable_texts() -> Iterator[str]:
    """Words that are shown as they stand in the code, in whatever language."""
    for path, call in _calls():
        for text in _shown(call):
            yield f"{path.relative_to(SOURCE)}:{call.lineno}: {text!r}"


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path, node


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _constants(values: list[ast.expr]) -> Iterator[str]:
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _shown(call: ast.Call) -> Iterator[str]:
    name = _name(call)
    if name == "props":
        for text in _literals(call.args):
            for label in re.findall(r'(?:aria-label|label|hint|placeholder)="?([^"{]*)', text):
                if _WORD.search(label):
                    yield label
    if name in _SHOWS:
        arguments = [*call.args[:3], *(k.value for k in call.keywords if k.arg in _LABELS)]
        skip = {"action": (1,), "empty": (0,), "link": (1,)}.get(name, ())
        wanted = [value for k, value in enumerate(arguments) if k not in skip]
        for text in _literals(wanted):
            if _WORD.search(text) and text not in _NAMES and not text.startswith("/"):
                yield text


_LABELS = ("label", "text", "heading", "hint", "placeholder", "lead")


def _literals(values: list[ast.expr]) -> Iterator[str]:
    yield from _constants(values)
    for value in values:
        if isinstance(value, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) else "{" for part in value.values
            )
