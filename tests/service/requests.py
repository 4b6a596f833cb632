"""Requests and results made from the service model, for property tests of the whole API.

``valid_requests`` satisfy every constraint of the model (and of our patches); ``invalid_requests``
break exactly one. Both are parameters as a client sends them: JSON types by member names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import Shape, StructureShape
from hypothesis import strategies as st

from forecastle.service.contract import Operation

# No regular expression of the model reaches beyond a line, and NUL is refused everywhere.
LINE_ENDS = "\0\n\r\x85\u2028\u2029"
CHARACTERS = st.characters(codec="utf-8", exclude_characters=LINE_ENDS)
TAG_CHARACTERS = st.sampled_from("abcXYZ 019_.:/=+-@éßж\u00a0\u3000½")

NAMES = st.from_regex(re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,62}", re.ASCII), fullmatch=True)
ARNS = st.one_of(
    st.builds("arn:aws:forecast:eu-west-1:123456789012:{}/{}".format, NAMES, NAMES),
    st.from_regex(
        re.compile(r"arn:([a-z\d-]{1,9}):forecast:.{0,20}:.{0,20}:.{1,60}", re.ASCII),
        fullmatch=True,
        alphabet=CHARACTERS,
    ),
)
ROLES = st.builds("arn:aws:iam::123456789012:role/{}".format, NAMES)
COUNTS = {"Y": 1, "M": 11, "W": 4, "D": 6, "H": 23, "min": 59}
FREQUENCIES = [
    text
    for unit, largest in COUNTS.items()
    for n in range(1, largest + 1)
    for text in (f"{n}{unit}",)
] + list(COUNTS)

# Where the modelled pattern is not what holds (see service/patches.py), or too wide to draw from.
STRINGS: dict[str, st.SearchStrategy[str]] = {
    "Arn": ARNS,
    "LongArn": ARNS,
    "Name": NAMES,
    "Frequency": st.sampled_from(FREQUENCIES),
    "TagKey": st.text(TAG_CHARACTERS, min_size=1, max_size=20),
    "TagValue": st.text(TAG_CHARACTERS, max_size=20),
    "S3Config.RoleArn": ROLES,
    "EncryptionConfig.RoleArn": ROLES,
    "Filter.Value": st.sampled_from(["ACTIVE", "CREATE_FAILED", "SUCCESS"]) | ARNS,
    "Transformations.value": st.sampled_from(["sum", "value", "5", "9.99", "-1"]),
}


def valid_requests(operation: Operation, complete: bool = False) -> st.SearchStrategy[Any]:
    """Requests that satisfy the model; ``complete`` ones have every member, lists an element."""
    return _structures(operation.input_shape, complete, answer=False)


def results(operation: Operation) -> st.SearchStrategy[Any]:
    """Answers of the right types for an operation that has any; times as seconds since 1970."""
    assert operation.output_shape is not None
    return _structures(operation.output_shape, complete=False, answer=True)


@st.composite
def invalid_requests(draw: st.DrawFn, operation: Operation) -> dict[str, Any]:
    """A complete request with one violation planted, at a place and of a kind drawn at random."""
    request = draw(valid_requests(operation, complete=True))
    planted = draw(st.sampled_from(list(flaws(operation.input_shape))))
    planted.plant(request, draw(planted.values))
    return request


@dataclass(frozen=True)
class Flaw:
    """One way to break a request.

    Attributes:
        steps: members, and None for a list's first element or a map's first value.
        kind: what is wrong, for messages.
        values: what to put there; ``MISSING`` takes the member away.
    """

    steps: tuple[str | None, ...]
    kind: str
    values: st.SearchStrategy[Any]

    def plant(self, request: dict[str, Any], value: Any) -> None:
        container: Any = request
        for step in self.steps[:-1]:
            container = container[_position(container, step)]
        last = _position(container, self.steps[-1])
        if value is MISSING:
            del container[last]
        else:
            container[last] = value


MISSING = object()


def flaws(shape: StructureShape, steps: tuple[str | None, ...] = ()) -> Iterator[Flaw]:
    """Every way to break one value below a structure, each named by its kind."""
    yield Flaw((*steps, "Unknown"), "unknown member", st.just(1))
    for member, inner in shape.members.items():
        here = (*steps, member)
        if member in shape.required_members:
            yield Flaw(here, "missing", st.just(MISSING))
            yield Flaw(here, "null", st.none())
        yield from _flaws_of_value(inner, here)


def _flaws_of_value(shape: Shape, steps: tuple[str | None, ...]) -> Iterator[Flaw]:
    yield Flaw(steps, "wrong type", _WRONG_TYPES[shape.type_name])
    yield from _broken_bounds(shape, steps)
    if shape.type_name == "structure":
        yield from flaws(shape, steps)
    elif shape.type_name in ("list", "map"):
        element = shape.member if shape.type_name == "list" else shape.value
        yield Flaw((*steps, None), "null element", st.none())
        yield from _flaws_of_value(element, (*steps, None))


def _broken_bounds(shape: Shape, steps: tuple[str | None, ...]) -> Iterator[Flaw]:
    bounds = shape.metadata
    smallest, largest = bounds.get("min"), bounds.get("max")
    if shape.type_name == "integer":
        beyond = {"too small": (smallest, -1), "too large": (largest, 1)}
        for kind, (bound, step) in beyond.items():
            if bound is not None:
                yield Flaw(steps, kind, st.just(bound + step))
    if shape.type_name == "list":
        for kind, size in _sizes(smallest, largest):
            yield Flaw(steps, kind, _structures_or_values(shape.member, size))
    if shape.type_name == "map" and smallest:
        yield Flaw(steps, "too short", st.just({}))
    if shape.type_name == "string":
        yield Flaw(steps, "NUL", st.just("a\0b"))
        yield from _broken_text(bounds, steps)


def _broken_text(bounds: dict[str, Any], steps: tuple[str | None, ...]) -> Iterator[Flaw]:
    if "enum" in bounds:
        yield Flaw(steps, "no such value", st.just(bounds["enum"][0] + "?"))
    if "pattern" in bounds:
        yield Flaw(steps, "pattern", st.sampled_from(["§\n", "a§\r\n"]))
    if "max" in bounds:
        yield Flaw(steps, "too long", st.just("a" * (max(bounds["max"], 300) + 1)))
    if bounds.get("min"):
        yield Flaw(steps, "too short", st.just(""))


def _sizes(smallest: int | None, largest: int | None) -> Iterator[tuple[str, int]]:
    if smallest:
        yield "too short", smallest - 1
    if largest is not None:
        yield "too long", largest + 1


def _structures_or_values(shape: Shape, size: int) -> st.SearchStrategy[list[Any]]:
    place = f"{shape.name}.member"
    return _values(place, shape, complete=False, answer=False).map(lambda value: [value] * size)


_WRONG_TYPES: dict[str, st.SearchStrategy[Any]] = {
    "structure": st.sampled_from(["text", 1, True, []]),
    "list": st.sampled_from(["text", 1, True, {}]),
    "map": st.sampled_from(["text", 1, True, []]),
    "string": st.sampled_from([1, 1.5, True, [], {}]),
    "integer": st.sampled_from(["1", 1.5, True, [], {}, 2**31, -(2**31) - 1]),
    "double": st.sampled_from(["1", False, [], {}, 10**400]),
    "boolean": st.sampled_from(["true", 1, 0.0, [], {}]),
}


def _position(container: Any, step: str | None) -> Any:
    if step is not None:
        return step
    return 0 if isinstance(container, list) else next(iter(container))


@cache
def _structures(shape: StructureShape, complete: bool, answer: bool) -> st.SearchStrategy[Any]:
    members = {
        member: _values(f"{shape.name}.{member}", inner, complete, answer)
        for member, inner in shape.members.items()
    }
    required = {m: s for m, s in members.items() if complete or m in shape.required_members}
    optional = {m: s for m, s in members.items() if m not in required}
    return st.fixed_dictionaries(required, optional=optional)


def _values(place: str, shape: Shape, complete: bool, answer: bool) -> st.SearchStrategy[Any]:
    if shape.type_name == "structure":
        return _structures(shape, complete, answer)
    if shape.type_name == "list":
        element = _values(f"{shape.name}.member", shape.member, complete, answer)
        return st.lists(element, min_size=_least(shape, complete), max_size=_most(shape))
    if shape.type_name == "map":
        keys = _strings(f"{shape.name}.key", shape.key)
        element = _values(f"{shape.name}.value", shape.value, complete, answer)
        return st.dictionaries(
            keys, element, min_size=_least(shape, complete), max_size=_most(shape)
        )
    return _strings(place, shape) if shape.type_name == "string" else _numbers(shape)


def _least(shape: Shape, complete: bool) -> int:
    return max(shape.metadata.get("min", 0), int(complete))


def _most(shape: Shape) -> int:
    return min(shape.metadata.get("max", 2), 2)


def _numbers(shape: Shape) -> st.SearchStrategy[Any]:
    bounds = shape.metadata
    if shape.type_name in ("integer", "long"):
        return st.integers(bounds.get("min", -(2**31)), bounds.get("max", 2**31 - 1))
    if shape.type_name == "double":
        return st.floats(allow_nan=False, allow_infinity=False)
    if shape.type_name == "timestamp":
        return st.integers(0, 4_000_000_000_000).map(lambda milliseconds: milliseconds / 1000)
    assert shape.type_name == "boolean", f"{shape.name} is of the unknown type {shape.type_name}"
    return st.booleans()


def _strings(place: str, shape: Shape) -> st.SearchStrategy[str]:
    bounds = shape.metadata
    handwritten = STRINGS.get(place, STRINGS.get(shape.name))
    if handwritten is not None:
        return handwritten
    if "enum" in bounds:
        return st.sampled_from(bounds["enum"])
    if "pattern" not in bounds:
        return st.text(
            CHARACTERS, min_size=bounds.get("min", 0), max_size=min(bounds.get("max", 9), 9)
        )
    return _matching(bounds["pattern"], bounds.get("min", 0), bounds.get("max", 10_000))


@cache
def _matching(pattern: str, smallest: int, largest: int) -> st.SearchStrategy[str]:
    compiled = re.compile(pattern, re.ASCII)
    texts = st.from_regex(compiled, fullmatch=True, alphabet=CHARACTERS)
    return texts.filter(lambda text: smallest <= len(text) <= largest)
