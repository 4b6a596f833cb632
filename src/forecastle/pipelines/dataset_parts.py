"""Reading the datasets of a pipeline, and checking them as the service will."""

from __future__ import annotations

from functools import partial

from yaml.nodes import Node

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.pipelines import readers
from forecastle.pipelines.document import Section
from forecastle.pipelines.keys import keys_of
from forecastle.pipelines.pipeline import METADATA, RELATED, TARGET, DatasetPart
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_options import ImportOptions, check_import
from forecastle.series.dataset_rules import TYPES, check_schema
from forecastle.series.dataset_target import check_dimensions
from forecastle.series.domains import DOMAINS, Field
from forecastle.series.timestamps import TimestampFormat

TYPE_OF = {"target": TARGET, "related": RELATED, "metadata": METADATA}
"""Section → DatasetType."""

SUFFIX_OF = {TARGET: "", RELATED: ".related", METADATA: ".metadata"}
"""As the buckets of Amazon Forecast's own pipeline name their files."""

_SUFFIX = readers.matching(r"[A-Za-z0-9_.-]{0,40}", "letters, digits, dots, _ and -")
_SECTION = "datasets"


def read_datasets(
    top: Section, domain: str, frequency: str, dimensions: tuple[str, ...]
) -> tuple[DatasetPart, ...]:
    """The datasets, the target first; it is there also where the file does not name it.

    Args:
        top: the file.
        domain: of the group.
        frequency: of the data.
        dimensions: of the forecast; columns of the target.
    """
    datasets = top.section(_SECTION, tuple(TYPE_OF))
    parts = [DatasetPart(TARGET)]
    if datasets is not None:
        parts = [_part(datasets, key) for key in TYPE_OF if key == "target" or key in datasets.keys]
        _check_suffixes(datasets, parts)
        for part in parts:
            _check_part(datasets, part, domain, frequency)
    _check_dimensions(top, dataset_schema(parts[0], domain, frequency), dimensions)
    return tuple(parts)


def dataset_schema(part: DatasetPart, domain: str, frequency: str) -> DatasetSchema:
    """The columns of a dataset; a target that names none has the domain's."""
    if part.schema is not None:
        fields = tuple(Field(name, type_) for name, type_ in part.schema.items())
    else:
        own = DOMAINS[domain].datasets.get(part.type)
        fields = own.required if own else ()
    return DatasetSchema(domain, part.type, fields, Frequency.parse(frequency))


def _part(datasets: Section, key: str) -> DatasetPart:
    type_ = TYPE_OF[key]
    known = tuple(each.last for each in keys_of(f"{_SECTION}.*"))
    section = datasets.section(key, known)
    if section is None:
        return DatasetPart(type_, suffix=SUFFIX_OF[type_])
    return DatasetPart(
        type=type_,
        schema=section.read("schema", partial(_schema, section), None),
        timestamp_format=section.read("timestamp_format", readers.checked(_timestamps), None),
        suffix=section.read("suffix", _SUFFIX, SUFFIX_OF[type_]),
        import_mode=section.read("import_mode", readers.one_of("FULL", "INCREMENTAL"), "FULL"),
    )


def _schema(section: Section, name: str, node: Node) -> dict[str, str] | None:
    columns = Section.of(name, node, None, section.complaints)
    type_ = readers.one_of(*TYPES)
    return {column: columns.read(column, type_, "string") for column in columns.keys}


def _timestamps(text: str) -> str:
    TimestampFormat.from_letters(text)
    return text


def _check_part(datasets: Section, part: DatasetPart, domain: str, frequency: str) -> None:
    """What the service would refuse later is refused now."""
    key = next(key for key, type_ in TYPE_OF.items() if type_ == part.type)
    if part.schema is None and part.type != TARGET:
        datasets.complain(
            key, f"{_SECTION}.{key}.schema is missing; name the columns of the file in order"
        )
        return
    schema = dataset_schema(part, domain, frequency)
    try:
        check_schema(schema)
        if part.timestamp_format is not None:
            check_import(schema, ImportOptions(part.timestamp_format))
    except InputError as error:
        datasets.complain(key, f"{_SECTION}.{key}: {error}")


def _check_suffixes(datasets: Section, parts: list[DatasetPart]) -> None:
    suffixes = [part.suffix for part in parts]
    for suffix in sorted(set(suffixes)):
        if suffixes.count(suffix) > 1:
            datasets.complaints.add(
                datasets.node,
                f"suffix '{suffix}' belongs to {suffixes.count(suffix)} datasets; give each its "
                "own, so that a file's name tells whose it is",
            )


def _check_dimensions(top: Section, schema: DatasetSchema, dimensions: tuple[str, ...]) -> None:
    try:
        check_dimensions(schema, dimensions)
    except InputError as error:
        remedy = "name the columns of its files in datasets.target.schema"
        top.complain("dimensions", f"{error}; {remedy}")
