"""How a refusal writes the place and the value it speaks of, after AWS's texts."""

from __future__ import annotations

import json
from typing import Any

_LONGEST_VALUE = 256


def within(path: str, member: str) -> str:
    """The path of a structure's member: ``dataConfig`` and ``DatasetGroupArn`` joined by a dot.

    AWS names members in camelCase: the first letter is small, the others stay.
    """
    name = shown(member[:1].lower() + member[1:])
    return f"{path}.{name}" if path else name


def inside(path: str, position: int | str) -> str:
    """The path of a list's element (counted from 1) or of a map's value, by its key."""
    return f"{path}.{shown(position)}.member"


def shown(value: Any) -> str:
    """A value for a message: text as it is, else JSON; one line, at most 256 characters.

    What cannot be printed (line ends, control characters, halves of surrogate pairs) is escaped:
    a value of a request must not write lines of its own into a log.
    """
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    cut = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    if cut.isprintable():
        return cut
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in cut)
