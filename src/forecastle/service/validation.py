"""Requests against the constraints of the service model, with AWS's texts.

Types were looked at when the body was read (``serialisation.parse``). Every violation is named, as
AWS does it::

    2 validation errors detected: Value 'x-y' at 'predictorName' failed to satisfy constraint:
    Member must satisfy regular expression pattern: ^[a-zA-Z][a-zA-Z0-9_]*; Value null at
    'inputDataConfig' failed to satisfy constraint: Member must not be null
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from forecastle.core.errors import ValidationFailed
from forecastle.service.contract import Operation
from forecastle.service.patches import constraints_at
from forecastle.service.places import inside, shown, within

# A list of a thousand wrong names makes no readable message.
_MOST_SHOWN = 100
_NOT_NULL = "Member must not be null"


def validate(operation: Operation, params: Mapping[str, Any]) -> None:
    """Refuse a request that breaks a constraint of the model: all at once.

    Args:
        operation: what is asked for.
        params: the request as ``parse`` gives it.

    Raises:
        ValidationFailed: each violation with the value, the place and the constraint.
    """
    violations = list(islice(_of_structure(operation.input_shape, params, ""), _MOST_SHOWN + 1))
    if violations:
        raise ValidationFailed(_message(violations))


def _message(violations: list[str]) -> str:
    count = "1 validation error" if len(violations) == 1 else f"{len(violations)} validation errors"
    if len(violations) > _MOST_SHOWN:
        count = f"More than {_MOST_SHOWN} validation errors"
    return f"{count} detected: {'; '.join(violations[:_MOST_SHOWN])}"


def _of_structure(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    required = shape.required_members
    for member, member_shape in shape.members.items():
        place, member_path = f"{shape.name}.{member}", within(path, member)
        found = value.get(member)
        if found is not None:
            yield from _of_value(place, member_shape, found, member_path)
        elif member in required:
            yield _violation(member_shape, None, member_path, _NOT_NULL)


def _of_value(place: str, shape: Shape, value: Any, path: str) -> Iterator[str]:
    if value is None:
        yield _violation(shape, None, path, _NOT_NULL)
        return
    for constraint in constraints_at(place, shape):
        if not constraint.holds(value):
            yield _violation(shape, value, path, constraint.text)
    if shape.type_name == "structure":
        yield from _of_structure(shape, value, path)
    elif shape.type_name == "list":
        yield from _of_list(shape, value, path)
    elif shape.type_name == "map":
        yield from _of_map(shape, value, path)


def _of_list(shape: ListShape, value: list[Any], path: str) -> Iterator[str]:
    for position, element in enumerate(value, start=1):
        yield from _of_value(f"{shape.name}.member", shape.member, element, inside(path, position))


def _of_map(shape: MapShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for key, element in value.items():
        broken = [
            c.text for c in constraints_at(f"{shape.name}.key", shape.key) if not c.holds(key)
        ]
        if broken:
            text = f"Map keys must satisfy constraint: [{', '.join(broken)}]"
            yield _violation(shape.key, key, path, text)
        yield from _of_value(f"{shape.name}.value", shape.value, element, inside(path, key))


def _violation(shape: Shape, value: Any, path: str, constraint: str) -> str:
    return f"{_subject(shape, value)} at '{path}' failed to satisfy constraint: {constraint}"


def _subject(shape: Shape, value: Any) -> str:
    if value is None:
        return "Value null"
    # The model marks what must not appear in messages and logs: keys and values of tags.
    return "Value" if shape.metadata.get("sensitive") else f"Value '{shown(value)}'"
