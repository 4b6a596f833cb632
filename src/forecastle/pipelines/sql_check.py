"""What a query may be: one SELECT over the tables that there are, and over nothing else.

DuckDB parses the query and gives its tree; nothing is run. This is the first of three walls: DuckDB
itself runs without files, network and extensions (`sql_child`), in a process that has neither
secrets nor much memory.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import duckdb

from forecastle.core.errors import InputError

QUERY, RESULT, FAILURE = "query.json", "result.arrow", "failure.txt"
"""By which `sql` and `sql_child` understand each other."""

_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "repeat", "json_each"})
_LONGEST = 100_000


LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "temp_directory": "",
}
"""No files, no network, no extensions, no variables of this program, nothing on the disk."""


def named_tables(text: str, known: Collection[str]) -> set[str]:
    """The tables that a query reads.

    Args:
        text: the query.
        known: the tables that there are.

    Raises:
        InputError: it is no single SELECT, or reads something else.
    """
    tree = _tree(text)
    nodes = list(_nodes(tree))
    for name in (str(node["function"]["function_name"]) for node in _of(nodes, "TABLE_FUNCTION")):
        if name.lower() not in _TABLE_FUNCTIONS:
            raise InputError(f"{name}(…) is not allowed: queries read {_list(known)} and no files")
    if any(node["query"] is None for node in _of(nodes, "SHOW_REF")):  # SHOW TABLES
        return set(known)
    common = {str(each["key"]).lower() for node in nodes for each in _common(node)}
    read = {_table(node, known) for node in _of(nodes, "BASE_TABLE")} - common
    unknown = sorted(read - set(known))
    if unknown:
        raise InputError(f"there is no table '{unknown[0]}'; there are {_list(known)}")
    return read


def _tree(text: str) -> Any:
    """The syntax tree of the one statement."""
    if len(text) > _LONGEST:
        raise InputError(f"the query has {len(text)} characters; use at most {_LONGEST}")
    with duckdb.connect(":memory:", config=LOCKED) as connection:
        [answer] = connection.execute("SELECT json_serialize_sql(?)", [text]).fetchall()
    tree = json.loads(answer[0])
    if tree["error"]:
        if tree["error_type"] == "not implemented":
            raise InputError("only SELECT is allowed: queries read, they change nothing")
        raise InputError(f"the query cannot be read: {tree['error_message']}")
    if len(tree["statements"]) != 1:
        raise InputError(f"{len(tree['statements'])} statements; give one SELECT")
    return tree["statements"]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    for each in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(each, dict | list):
            yield from _nodes(each)


def _of(nodes: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    return (node for node in nodes if node.get("type") == kind)


def _common(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The names that a WITH gives."""
    found: list[dict[str, Any]] = node.get("cte_map", {}).get("map", [])
    return found


def _table(node: dict[str, Any], known: Collection[str]) -> str:
    if node["schema_name"] or node["catalog_name"]:
        raise InputError(
            f"{node['schema_name']}.{node['table_name']} is not allowed: queries read "
            f"{_list(known)}"
        )
    return str(node["table_name"]).lower()


def _list(known: Collection[str]) -> str:
    return ", ".join(sorted(known))
