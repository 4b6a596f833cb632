"""References to environment variables, so that a secret need not stand in a pipeline's file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from forecastle.core.errors import InputError

# Only these: a pipeline must not send the service's own secrets to an address of its choice.
PREFIX = "NOTIFY_"
_REFERENCE = re.compile(r"\$\{(\w+)\}")


def resolve(text: str, environment: Mapping[str, str]) -> str:
    """A text with the value of each variable in the place of its ``${NOTIFY_…}``.

    Args:
        text: of a notification: its URL or its secret.
        environment: of the process that sends, usually ``os.environ``.

    Raises:
        InputError: a variable is not set, or has a name that pipelines may not read.
    """
    return _REFERENCE.sub(lambda match: _value(match[1], environment), text)


def check_references(text: str) -> str:
    """The text, if it names only variables that a pipeline may read.

    Raises:
        InputError: names the one that it may not.
    """
    for name in _REFERENCE.findall(text):
        _check_name(name)
    return text


def _value(name: str, environment: Mapping[str, str]) -> str:
    _check_name(name)
    if name not in environment:
        raise InputError(f"environment variable {name} is not set; set it where the worker runs")
    return environment[name]


def _check_name(name: str) -> None:
    if not name.startswith(PREFIX):
        raise InputError(
            f"${{{name}}}: a pipeline reads only variables that begin with {PREFIX}; rename it"
        )
