"""The code blocks of a tutorial, as a reader would type them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One code block: its language (empty: shell) and its text."""

    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    """All code blocks of a page, in order."""
    return [Block(*found) for found in _BLOCK.findall(page.read_text("utf-8"))]


def yaml_name(page: Path) -> str:
    """What the page calls the file of its YAML block."""
    found = re.search(r"to `([\w.-]+\.yaml)`:", page.read_text("utf-8"))
    assert found is not None
    return found[1]
