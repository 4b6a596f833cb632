"""A YAML file as sections whose keys know their lines; what is wrong is gathered, not raised.

Values are taken as they are written: YAML would read the country ``NO`` as false, ``1:30`` as 90.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from forecastle.core.errors import DataError, InputError, Problem

_LARGEST_FILE = 65_536
_DEEPEST = 20
_NULL = "tag:yaml.org,2002:null"

Value = TypeVar("Value")
Reader = Callable[[str, Node], Value]
"""Name of the key, node → value; raises `InputError`."""


@dataclass
class Complaints:
    """What is wrong with a file."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, node: Node, message: str) -> None:
        """One thing wrong, at the line where ``node`` begins."""
        self.problems.append(Problem(self.file, message, line_of(node)))

    def raise_any(self) -> None:
        """Raise what was gathered, by line.

        Raises:
            DataError: something was.
        """
        if self.problems:
            raise DataError(sorted(self.problems, key=lambda problem: problem.line or 0))


@dataclass(frozen=True)
class Section:
    """A mapping of the file.

    Attributes:
        name: as messages call it; empty at the top.
        node: the mapping.
        keys: key → the node of its value; without those that are empty.
        complaints: where what is wrong goes.
    """

    name: str
    node: Node
    keys: dict[str, Node]
    complaints: Complaints

    @classmethod
    def of(
        cls, name: str, node: Node, known: Sequence[str] | None, complaints: Complaints
    ) -> Section:
        """Read the keys of a mapping; None knows any key."""
        if not isinstance(node, MappingNode):
            what = f"'{node.value}'" if isinstance(node, ScalarNode) else "a list"
            shown = ", ".join(known) if known else "name: value"
            complaints.add(node, f"{name or 'the file'} is {what}; write keys: {shown}")
            return cls(name, node, {}, complaints)
        keys: dict[str, Node] = {}
        for key, value in node.value:
            text = key.value if isinstance(key, ScalarNode) else "a list"
            if text in keys:
                complaints.add(key, f"key '{_full(name, text)}' comes twice; keep one")
            elif known is not None and text not in known:
                complaints.add(key, _unknown(_full(name, text), text, known))
            else:
                keys[text] = value
        return cls(name, node, {k: v for k, v in keys.items() if not is_empty(v)}, complaints)

    def read(self, key: str, reader: Reader[Value], default: Value) -> Value:
        """The value of a key; ``default`` where it is not given, or cannot be used."""
        node = self.keys.get(key)
        if node is None:
            return default
        try:
            return reader(_full(self.name, key), node)
        except InputError as error:
            self.complaints.add(node, str(error))
            return default

    def need(self, key: str, reader: Reader[Value], stand_in: Value, remedy: str) -> Value:
        """As `read`, but not to give it is wrong; the ``stand_in`` lets reading go on."""
        if key not in self.keys:
            self.complaints.add(self.node, f"{_full(self.name, key)} is missing; {remedy}")
        return self.read(key, reader, stand_in)

    def section(self, key: str, known: Sequence[str] | None) -> Section | None:
        """The section of that name, if it is there."""
        node = self.keys.get(key)
        if node is None:
            return None
        return Section.of(_full(self.name, key), node, known, self.complaints)

    def complain(self, key: str, message: str) -> None:
        """Something is wrong with a key, or its absence."""
        self.complaints.add(self.keys.get(key, self.node), message)


def read_document(text: str, file: str) -> MappingNode:
    """The file's one mapping.

    Raises:
        DataError: it is no YAML, or holds something else.
    """
    if len(text) > _LARGEST_FILE:
        message = f"has {len(text)} characters; a pipeline has at most {_LARGEST_FILE}"
        raise DataError.of(file, message)
    try:
        _check_events(text, file)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = ", ".join(part for part in (error.context, error.problem) if part)
        line = None if mark is None else mark.line + 1
        raise DataError.of(file, f"is no YAML ({what}); correct it", line) from None
    except yaml.YAMLError as error:
        reason = str(error).partition("\n")[0]
        raise DataError.of(file, f"is no YAML ({reason}); correct it") from None
    if not isinstance(node, MappingNode):
        what = "is empty" if node is None else "holds no keys"
        raise DataError.of(file, f"{what}; begin with name: and source:", 1)
    return node


def is_empty(node: Node) -> bool:
    """Whether nothing was written, or ``~`` or ``null``."""
    return isinstance(node, ScalarNode) and node.tag == _NULL


def line_of(node: Node) -> int:
    """The line where a node begins, from 1."""
    return int(node.start_mark.line) + 1


def nearest(word: str, known: Sequence[str]) -> str:
    """A remedy: the known word that comes closest, else all."""
    by_case = {each.lower(): each for each in known}
    close = difflib.get_close_matches(word.lower(), by_case, n=1)
    return f"did you mean {by_case[close[0]]}?" if close else f"use one of {', '.join(known)}"


def _check_events(text: str, file: str) -> None:
    """Refuse what makes a small file large: aliases and endless nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        is_alias = isinstance(event, yaml.AliasEvent)
        if is_alias or depth > _DEEPEST:
            found = "an alias (*)" if is_alias else f"more than {_DEEPEST} levels"
            line = event.start_mark.line + 1 if event.start_mark else None
            raise DataError.of(file, f"holds {found}, which no pipeline needs; write plainly", line)


def _full(section: str, key: str) -> str:
    return f"{section}.{key}" if section else key


def _unknown(full: str, key: str, known: Sequence[str]) -> str:
    return f"key '{full}' is not known; {nearest(key, known)}"
