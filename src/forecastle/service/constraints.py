"""The constraints on single values that a shape of the model states.

The texts are those of AWS, behind "failed to satisfy constraint:". A pattern is a full match, as
in AWS's answers (a name with a hyphen is refused although the pattern has no end anchor), in the
dialect of Java's regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import Shape

# In Java, \d, \s and \w are ASCII, and a dot stops at every line end, not only at \n.
_DOT = re.compile(r"(?<!\\)\.(?=[*+])")
_JAVA_DOT = r"[^\\n\\r\\x85\\u2028\\u2029]"
# Python's re has no \p{…}. \w is letters, numbers and the underscore, which the one class of the
# model that uses \p{…} (of tags) lists anyway; the category Z is these separators.
_CATEGORIES = {
    r"\p{L}": r"\w",
    r"\p{N}": "",
    r"\p{Z}": " \\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000",
}


@dataclass(frozen=True)
class Constraint:
    """A condition on a value, and how AWS words it."""

    text: str
    holds: Callable[[Any], bool]


@cache
def modelled_constraints(shape: Shape) -> tuple[Constraint, ...]:
    """What the model asks of a value of this shape, beside its type."""
    return tuple(_modelled(shape))


def _modelled(shape: Shape) -> Iterator[Constraint]:
    bounds = shape.metadata
    if shape.type_name in ("integer", "long", "float", "double"):
        yield from value_between(bounds.get("min"), bounds.get("max"))
    else:
        yield from length_between(bounds.get("min"), bounds.get("max"))
    if "pattern" in bounds:
        yield matching(bounds["pattern"])
    if "enum" in bounds:
        yield one_of(bounds["enum"])
    if shape.type_name == "string":
        yield NO_NUL


def value_between(smallest: float | None, largest: float | None) -> Iterator[Constraint]:
    """Bounds of a number, both inclusive; None is no bound."""
    if smallest is not None:
        text = f"Member must have value greater than or equal to {smallest}"
        yield Constraint(text, lambda value: value >= smallest)
    if largest is not None:
        text = f"Member must have value less than or equal to {largest}"
        yield Constraint(text, lambda value: value <= largest)


def length_between(smallest: int | None, largest: int | None) -> Iterator[Constraint]:
    """Bounds of a text's, list's or map's length, both inclusive; None is no bound."""
    if smallest:
        text = f"Member must have length greater than or equal to {smallest}"
        yield Constraint(text, lambda value: len(value) >= smallest)
    if largest is not None:
        text = f"Member must have length less than or equal to {largest}"
        yield Constraint(text, lambda value: len(value) <= largest)


def matching(pattern: str) -> Constraint:
    """The whole text matches a pattern of the model."""
    compiled = in_python(pattern)
    text = f"Member must satisfy regular expression pattern: {pattern}"
    return Constraint(text, lambda value: compiled.fullmatch(value) is not None)


def one_of(values: list[str]) -> Constraint:
    """The value is in an enumeration."""
    text = f"Member must satisfy enum value set: [{', '.join(values)}]"
    return Constraint(text, lambda value: value in values)


# Ours: several patterns of the model let NUL through, which PostgreSQL cannot store.
NO_NUL = Constraint("Member must not contain the character NUL", lambda value: "\0" not in value)


def in_python(pattern: str) -> re.Pattern[str]:
    """A pattern in Java's dialect, as the model writes it, for a full match in Python."""
    if r"\p{" in pattern:
        for category, characters in _CATEGORIES.items():
            pattern = pattern.replace(category, characters)
        return re.compile(pattern)
    return re.compile(_DOT.sub(_JAVA_DOT, pattern), re.ASCII)
