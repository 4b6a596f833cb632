"""Visual: what a chart or table of an analysis shows, as plain values that can be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from forecastle.core.errors import InputError
from forecastle.storage.prepared import Field, Kind

MOST_VALUES = 8
MOST_LIMIT = 1000
MOST_GROUPS = 50
_LONGEST = 500


class Shape(StrEnum):
    """The kinds of visuals."""

    LINE = "line"
    BAR = "bar"
    AREA = "area"
    TABLE = "table"
    HEAT_MAP = "heat_map"


class Grain(StrEnum):
    """What dates are gathered to."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Aggregate(StrEnum):
    """How the rows that fall together become one value."""

    SUM = "sum"
    AVERAGE = "average"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


class Sort(StrEnum):
    """The order of what is on the X axis, unless those are dates."""

    LARGEST = "largest"
    SMALLEST = "smallest"
    NAME = "name"


@dataclass(frozen=True)
class Value:
    """A field of numbers and how it is aggregated."""

    field: str
    aggregate: Aggregate = Aggregate.SUM


@dataclass(frozen=True)
class Condition:
    """Rows to keep; what is empty or None does not count.

    Attributes:
        field: that is looked at.
        any_of: texts, one of which it must be.
        contains: a text that must be in it, in whatever case of letters.
        least: number or ISO date.
        most: the same; a day includes all of its hours.
    """

    field: str
    any_of: tuple[str, ...] = ()
    contains: str = ""
    least: float | str | None = None
    most: float | str | None = None


@dataclass(frozen=True)
class Visual:
    """A chart or table.

    Attributes:
        shape: its kind.
        x: field of the X axis, or of the first column.
        values: numbers to show.
        grain: of dates on the X axis.
        group: field that tells colours apart; of a heat map the rows; empty: none.
        groups: how many of them are shown apart; the others are taken together.
        conditions: rows to keep.
        sort: of the X axis where it has no dates.
        limit: of what is on the X axis; of dates the newest are kept.
    """

    shape: Shape
    x: str
    values: tuple[Value, ...]
    grain: Grain = Grain.DAY
    group: str = ""
    groups: int = 6
    conditions: tuple[Condition, ...] = ()
    sort: Sort = Sort.LARGEST
    limit: int = 200

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` is the inverse."""
        return {
            "shape": str(self.shape),
            "x": self.x,
            "values": [[each.field, str(each.aggregate)] for each in self.values],
            "grain": str(self.grain),
            "group": self.group,
            "groups": self.groups,
            "conditions": [
                {key: value for key, value in vars(each).items() if value not in ((), "", None)}
                for each in self.conditions
            ],
            "sort": str(self.sort),
            "limit": self.limit,
        }

    @classmethod
    def from_json(cls, content: Any) -> Visual:
        """Read plain values; what is left out has its default.

        Raises:
            InputError: says which part is wrong.
        """
        if not isinstance(content, Mapping):
            raise InputError("the visual is damaged; make it anew")
        return cls(
            shape=_choice(Shape, content, "shape", Shape.LINE),
            x=_text(content, "x"),
            values=tuple(_value(each) for each in _list(content, "values")),
            grain=_choice(Grain, content, "grain", Grain.DAY),
            group=_text(content, "group"),
            groups=_count(content, "groups", cls.groups, MOST_GROUPS),
            conditions=tuple(_condition(each) for each in _list(content, "conditions")),
            sort=_choice(Sort, content, "sort", Sort.LARGEST),
            limit=_count(content, "limit", cls.limit, MOST_LIMIT),
        )


def check_visual(visual: Visual, fields: Sequence[Field]) -> None:
    """Whether a table with these fields can be shown so.

    Raises:
        InputError: names the field, what it is, and what is needed.
    """
    kinds = {each.name: each.kind for each in fields}
    _known(kinds, visual.x, "X axis")
    if not visual.values:
        raise InputError("there is nothing to show; choose at least one field of numbers")
    if len(visual.values) > MOST_VALUES:
        raise InputError(f"{len(visual.values)} values are too many; choose {MOST_VALUES} at most")
    for value in visual.values:
        if _known(kinds, value.field, "value") is not Kind.NUMBER:
            raise InputError(
                f"value '{value.field}' is {kinds[value.field]}, no number; choose a field of "
                f"numbers: {_named(fields, Kind.NUMBER)}"
            )
    if visual.group:
        _known(kinds, visual.group, "colour")
        if visual.group == visual.x:
            raise InputError(f"'{visual.x}' is on the X axis already; choose another colour field")
    _check_heat_map(visual)
    for condition in visual.conditions:
        _check_condition(condition, _known(kinds, condition.field, "filter"))


def _check_heat_map(visual: Visual) -> None:
    if visual.shape is Shape.HEAT_MAP:
        if not visual.group:
            raise InputError("a heat map needs a field for its rows; choose one, such as item_id")
        if len(visual.values) > 1:
            raise InputError(
                f"a heat map shows one value, not {len(visual.values)}; take others away"
            )


def _check_condition(condition: Condition, kind: Kind) -> None:
    for bound in (condition.least, condition.most):
        fits = isinstance(bound, float | int) if kind is Kind.NUMBER else isinstance(bound, str)
        if bound is not None and (kind is Kind.TEXT or not fits):
            raise InputError(
                f"filter: '{condition.field}' is {kind} and cannot lie from or to '{bound}'"
            )


def _known(kinds: Mapping[str, Kind], name: str, role: str) -> Kind:
    if name not in kinds:
        wanted = f"{role} '{name}' is no field of these data" if name else f"no {role} is chosen"
        raise InputError(f"{wanted}; choose one of {', '.join(kinds)}")
    return kinds[name]


def _named(fields: Sequence[Field], kind: Kind) -> str:
    return ", ".join(each.name for each in fields if each.kind is kind) or "there is none"


_Chosen = TypeVar("_Chosen", bound=StrEnum)


def _choice(
    choices: type[_Chosen], content: Mapping[str, Any], key: str, default: _Chosen
) -> _Chosen:
    found = content.get(key, default)
    if found not in list(choices):
        raise InputError(f"visual: {key} '{found}' is not known; use {' or '.join(choices)}")
    return choices(found)


def _text(content: Mapping[str, Any], key: str) -> str:
    found = content.get(key, "")
    if not isinstance(found, str) or len(found) > _LONGEST:
        raise InputError(f"visual: {key} is no text of at most {_LONGEST} characters")
    return found


def _list(content: Mapping[str, Any], key: str) -> Sequence[Any]:
    found = content.get(key, ())
    if not isinstance(found, list | tuple) or len(found) > MOST_GROUPS:
        raise InputError(f"visual: {key} is no list of at most {MOST_GROUPS}")
    return found


def _count(content: Mapping[str, Any], key: str, default: int, most: int) -> int:
    found = content.get(key, default)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= most:
        raise InputError(f"visual: {key} '{found}' is no whole number from 1 to {most}")
    return found


def _value(content: Any) -> Value:
    if not isinstance(content, list | tuple) or len(content) != 2:
        raise InputError('visual: a value looks like ["p50", "sum"]')
    pair = {"field": content[0], "aggregate": content[1]}
    return Value(_text(pair, "field"), _choice(Aggregate, pair, "aggregate", Aggregate.SUM))


def _condition(content: Any) -> Condition:
    if not isinstance(content, Mapping):
        raise InputError('visual: a filter looks like {"field": "item_id", "any_of": ["tea"]}')
    wanted = [str(each)[:_LONGEST] for each in _list(content, "any_of")]
    bounds = [content.get("least"), content.get("most")]
    for bound in bounds:
        is_bound = isinstance(bound, str | float | int | None) and not isinstance(bound, bool)
        if not is_bound:
            raise InputError(f"visual: a filter goes from and to numbers or dates, not '{bound}'")
    field, contains = _text(content, "field"), _text(content, "contains")
    return Condition(field, tuple(wanted), contains, *bounds)
