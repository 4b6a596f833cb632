"""Readers of single values: text as it is written in the file → value, or an `InputError`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from forecastle.core.errors import InputError
from forecastle.pipelines.document import Reader, is_empty, nearest

_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

Value = TypeVar("Value")


def text(name: str, node: Node) -> str:
    """Any text without control characters."""
    if not isinstance(node, ScalarNode) or is_empty(node):
        kind = "a section" if isinstance(node, MappingNode) else "a list"
        raise InputError(f"{name} is {'empty' if is_empty(node) else kind}; write one value")
    found: str = node.value
    if _CONTROL.search(found):
        raise InputError(f"{name} {found!r} holds control characters; write plain text")
    return found


def checked(check: Callable[[str], Value]) -> Reader[Value]:
    """Text that another part of the program reads, which names the value itself."""
    return lambda name, node: check(text(name, node))


def matching(pattern: str, words: str) -> Reader[str]:
    """Text of a pattern; ``words`` say which."""

    def read(name: str, node: Node) -> str:
        found = text(name, node)
        if re.fullmatch(pattern, found, re.ASCII) is None:
            raise InputError(f"{name} '{found}' cannot be used; write {words}")
        return found

    return read


def one_of(*words: str) -> Reader[str]:
    """One of some words, in any case."""
    by_case = {word.lower(): word for word in words}

    def read(name: str, node: Node) -> str:
        found = text(name, node)
        if found.lower() not in by_case:
            raise InputError(f"{name} '{found}' is not known; {nearest(found, words)}")
        return by_case[found.lower()]

    return read


def whole(smallest: int, largest: int) -> Reader[int]:
    """A whole number in a range."""

    def read(name: str, node: Node) -> int:
        found = text(name, node)
        if re.fullmatch(r"[+-]?\d{1,9}", found, re.ASCII) is None:
            raise InputError(
                f"{name} '{found}' is no whole number; write one from {smallest} to {largest}"
            )
        if not smallest <= int(found) <= largest:
            raise InputError(f"{name} {found} is out of range; use {smallest} to {largest}")
        return int(found)

    return read


def number(smallest: float = 0.0, *, above: bool = False) -> Reader[float]:
    """A number from ``smallest`` on, or above it."""
    bound = f"{'above' if above else 'from'} {smallest:g}"

    def read(name: str, node: Node) -> float:
        found = text(name, node)
        try:
            value = float(found)
        except ValueError:
            raise InputError(f"{name} '{found}' is no number; write one {bound}") from None
        if not math.isfinite(value) or value < smallest or (above and value == smallest):
            raise InputError(f"{name} {found} is out of range; use a number {bound}")
        return value

    return read


def flag(name: str, node: Node) -> bool:
    """True or false."""
    found = text(name, node)
    if found.lower() not in _FLAGS:
        raise InputError(f"{name} '{found}' is neither true nor false; write one of them")
    return _FLAGS[found.lower()]


def entries(node: Node) -> Sequence[Node]:
    """The entries of a list; a single value is a list of one."""
    found: Sequence[Node] = node.value if isinstance(node, SequenceNode) else [node]
    return found


def list_of(reader: Reader[Value]) -> Reader[tuple[Value, ...]]:
    """A list, or a single value."""
    return lambda name, node: tuple(reader(name, each) for each in entries(node))
