"""Changing what a pipeline says in its file: the rest of the file stays as somebody wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yaml.nodes import MappingNode, Node

from forecastle.pipelines.document import read_document
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.writing import pipeline_content, pipeline_to_yaml, to_yaml


def changed_text(text: str, before: Pipeline, after: Pipeline) -> str:
    """The file so that it says ``after``.

    Only the keys at the top of the file whose values differ are written anew; all other lines stay,
    with their comments. A file that is written in braces is written anew as a whole.

    Args:
        text: the file.
        before: what it says.
        after: what it is to say; it need not be a pipeline that can be applied.

    Raises:
        DataError: the text is no YAML.
    """
    old, new = pipeline_content(before), pipeline_content(after)
    changed = {key: new.get(key) for key in {**old, **new} if old.get(key) != new.get(key)}
    if not changed:
        return text
    document = read_document(text, before.name)
    if not _is_plain(document):
        return pipeline_to_yaml(after)
    return "".join(_lines(text, document, changed))


def _is_plain(document: MappingNode) -> bool:
    """Whether each key at the top begins a line."""
    return not document.flow_style and all(
        key.start_mark.column == 0 and value.start_mark.line >= key.start_mark.line
        for key, value in document.value
    )


def _lines(text: str, document: MappingNode, changed: Mapping[str, Any]) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    keys = [key for key, _ in document.value]
    starts = [_start(lines, key) for key in keys]
    yield from lines[: starts[0]]
    for key, start, end in zip(keys, starts, [*starts[1:], len(lines)], strict=True):
        if key.value not in changed:
            yield from lines[start:end]
            continue
        # Remarks above a key stay, also where its value changes.
        yield from lines[start : key.start_mark.line]
        yield _written(key.value, changed[key.value])
    if lines and not lines[-1].endswith("\n"):
        yield "\n"
    present = {key.value for key in keys}
    for name, value in changed.items():
        if name not in present:
            yield _written(name, value)


def _start(lines: Sequence[str], key: Node) -> int:
    """The first line that belongs to a key: the remarks right above it do."""
    start = int(key.start_mark.line)
    while start and lines[start - 1].startswith("#"):
        start -= 1
    return start


def _written(name: str, value: Any) -> str:
    return "" if value is None else to_yaml({name: value})
