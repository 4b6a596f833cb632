"""Training parameters: what a request may change in an algorithm, as text, checked and read.

Amazon Forecast takes them as a map of strings (CreatePredictor: TrainingParameters).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecastle.core.errors import InputError

WORD, NUMBER, WHOLE_NUMBER = "word", "number", "whole number"


@dataclass(frozen=True)
class Parameter:
    """One training parameter of an algorithm.

    Attributes:
        name: as Amazon Forecast spells it.
        allowed: the values that it takes, in words.
        read: text → value; None for a text that is not allowed.
        kind: of its values: `WORD`, `NUMBER` or `WHOLE_NUMBER`.
    """

    name: str
    allowed: str
    read: Callable[[str], Any]
    kind: str = WORD


def read_parameters(
    algorithm: str, known: Sequence[Parameter], given: Mapping[str, str]
) -> dict[str, Any]:
    """Name → value of what was ``given``.

    Raises:
        InputError: names the parameter, its value, the algorithm and what is allowed.
    """
    by_name = {parameter.name: parameter for parameter in known}
    return {name: _read(algorithm, by_name, name, text) for name, text in given.items()}


def whole_number(name: str) -> Parameter:
    """A parameter that is a whole number from 1."""
    return Parameter(name, "a whole number from 1", _whole_number, WHOLE_NUMBER)


def positive_number(name: str) -> Parameter:
    """A parameter that is a number above zero."""
    return Parameter(name, "a number above 0", _positive_number, NUMBER)


def whole_number_between(name: str, least: int, most: int) -> Parameter:
    """A parameter that is a whole number in a range, bounds included."""

    def read(text: str) -> int | None:
        number = _whole(text)
        return number if number is not None and least <= number <= most else None

    return Parameter(name, f"a whole number from {least} to {most}", read, WHOLE_NUMBER)


def number_between(name: str, least: float, most: float) -> Parameter:
    """A parameter that is a number in a range, bounds included."""

    def read(text: str) -> float | None:
        number = _positive_number(text)
        return number if number is not None and least <= number <= most else None

    return Parameter(name, f"a number from {least:g} to {most:g}", read, NUMBER)


def yes_or_no(name: str) -> Parameter:
    """A parameter that is true or false, in any case."""
    values = {"true": True, "false": False}
    return Parameter(name, "true or false", lambda text: values.get(text.strip().lower()))


def one_of(name: str, *values: str) -> Parameter:
    """A parameter that is one of some words."""
    return Parameter(name, " or ".join(values), lambda text: text if text in values else None)


def _read(algorithm: str, known: Mapping[str, Parameter], name: str, text: str) -> Any:
    if not known:
        raise InputError(
            f"training parameter '{name}': {algorithm} takes no training parameters; leave them out"
        )
    if name not in known:
        raise InputError(
            f"training parameter '{name}' is not one of {algorithm}; use {', '.join(known)}"
        )
    value = known[name].read(text)
    if value is None:
        raise InputError(
            f"training parameter {name} of {algorithm}: '{text}' cannot be used; "
            f"use {known[name].allowed}"
        )
    return value


def _whole_number(text: str) -> int | None:
    number = _whole(text)
    return number if number is not None and number >= 1 else None


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _positive_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < math.inf else None
