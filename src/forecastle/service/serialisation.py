"""Bodies to parameters and results to bodies: JSON 1.1 by the shapes of the service model.

Two choices are ours. A member that the model does not know is refused, where AWS ignores it: the
clients (boto3, AWS CLI) send only what the model knows, so such a member is a slip of the pen, and
a misspelled option that is silently ignored trains another model than was asked for. And a number
without fraction is an integer however it is written (``7.0``), as JavaScript and Java see it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from botocore.model import Shape

from forecastle.core.errors import SerializationFailed
from forecastle.service.contract import Operation
from forecastle.service.places import inside, shown, within

_BITS = {"integer": 31, "long": 63}


def parse(operation: Operation, body: bytes) -> dict[str, Any]:
    """The parameters of a request: JSON types as modelled, members that are null left out.

    Raises:
        SerializationFailed: no JSON object in UTF-8, an unknown member, or a value of another type.
    """
    try:
        content = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise SerializationFailed(
            f"the body of {operation.name} is no JSON in UTF-8 ({error}); send a JSON object"
        ) from error
    if not isinstance(content, dict):
        raise SerializationFailed(
            f"the body of {operation.name} is {shown(content)}; send a JSON object"
        )
    return _structure(operation.input_shape, content, "")


def serialise(operation: Operation, result: Mapping[str, Any]) -> bytes:
    """The body of an answer.

    Members that the output shape does not have, that are None or no number (NaN, infinite) are
    left out. Times (datetimes with a zone, or seconds since 1970) become seconds with
    milliseconds; where the model has a string, as in QueryForecast, they must come as one.
    """
    if operation.output_shape is None:
        return b""
    return json.dumps(_written(operation.output_shape, result), allow_nan=False).encode()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _value(shape: Shape, value: Any, path: str) -> Any:
    return _READERS[shape.type_name](shape, value, path)


def _structure(shape: Shape, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse_type("Structure", "an object", value, path)
    known = shape.members
    for member in value:
        if member not in known:
            raise SerializationFailed(
                f"'{within(path, member)}' is no member of {shape.name}; it has {', '.join(known)}"
            )
    present = {member: found for member, found in value.items() if found is not None}
    return {m: _value(known[m], found, within(path, m)) for m, found in present.items()}


def _list(shape: Shape, value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        _refuse_type("List", "a list", value, path)
    return [
        None if element is None else _value(shape.member, element, inside(path, position))
        for position, element in enumerate(value, start=1)
    ]


def _map(shape: Shape, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse_type("Map", "an object", value, path)
    return {
        _string(shape.key, key, path): None
        if element is None
        else _value(shape.value, element, inside(path, key))
        for key, element in value.items()
    }


def _string(shape: Shape, value: Any, path: str) -> str:
    if not isinstance(value, str):
        _refuse_type("String", "a string", value, path)
    if not value.isascii() and any("\ud800" <= mark <= "\udfff" for mark in value):
        raise SerializationFailed(
            f"'{path}' is '{shown(value)}': half a surrogate pair is no character; send Unicode"
        )
    return value


def _integer(shape: Shape, value: Any, path: str) -> int:
    kind = shape.type_name.capitalize()
    if not _is_number(value) or value != math.floor(value):
        _refuse_type(kind, "a whole number", value, path)
    largest = 2 ** _BITS[shape.type_name] - 1
    if not -largest - 1 <= value <= largest:
        _refuse_type(kind, f"a whole number of at most {largest}", value, path)
    return int(value)


def _double(shape: Shape, value: Any, path: str) -> float:
    if not _is_number(value):
        _refuse_type("Double", "a number that a double holds", value, path)
    return float(value)


def _boolean(shape: Shape, value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        _refuse_type("Boolean", "true or false", value, path)
    return value


_READERS: Mapping[str, Callable[[Shape, Any, str], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _integer,
    "long": _integer,
    "double": _double,
    "boolean": _boolean,
}


def _is_number(value: Any) -> bool:
    """Whether it is a number of JSON within the range of a double."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond 1e308
        return False


def _refuse_type(kind: str, wanted: str, value: Any, path: str) -> NoReturn:
    if isinstance(value, dict):
        found = "Start of structure or map found where not expected"
    elif isinstance(value, list):
        found = "Start of list found where not expected"
    else:
        article = "an" if kind == "Integer" else "a"
        found = f"{_token(value)} can not be converted to {article} {kind}"
    raise SerializationFailed(f"{found}: '{path}' is {shown(value)}; send {wanted}")


def _token(value: Any) -> str:
    if value is None:
        return "NULL_VALUE"
    if isinstance(value, bool):
        return f"{str(value).upper()}_VALUE"
    return "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"


def _written(shape: Shape, value: Any) -> Any:
    """A value as JSON has it; None where there is nothing to say."""
    if value is None:
        return None
    return _WRITERS[shape.type_name](shape, value)


def _written_structure(shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    written = {
        member: _written(member_shape, value.get(member))
        for member, member_shape in shape.members.items()
    }
    return {member: found for member, found in written.items() if found is not None}


def _written_map(shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    written = {str(key): _written(shape.value, found) for key, found in value.items()}
    return {key: found for key, found in written.items() if found is not None}


def _written_number(shape: Shape, value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


def _written_time(shape: Shape, value: datetime | float) -> float:
    """Seconds since 1970, with milliseconds."""
    seconds = value.astimezone(UTC).timestamp() if isinstance(value, datetime) else value
    return round(float(seconds), 3)


_WRITERS: Mapping[str, Callable[[Shape, Any], Any]] = {
    "structure": _written_structure,
    "list": lambda shape, value: [_written(shape.member, element) for element in value],
    "map": _written_map,
    "string": lambda shape, value: str(value),
    "integer": lambda shape, value: int(value),
    "long": lambda shape, value: int(value),
    "double": _written_number,
    "boolean": lambda shape, value: bool(value),
    "timestamp": _written_time,
}
