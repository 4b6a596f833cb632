"""``forecast-defaults.yaml`` of AWS's own pipeline, group by group, as pipelines.

AWS's solution "Improving Forecast Accuracy with Machine Learning" reads its buckets so: the files
``train/<name>.csv``, ``<name>.related.csv`` and ``<name>.metadata.csv`` belong to the dataset group
``<name>``; the YAML file says how to forecast it, under the group's name or else under ``Default``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from forecastle.core.errors import DataError, InputError, Problem
from forecastle.pipelines.aws_training import PREDICTORS, PredictorSection
from forecastle.pipelines.pipeline import (
    METADATA,
    RELATED,
    TARGET,
    DatasetPart,
    Destination,
    Pipeline,
    Source,
)

DEFAULT = "Default"
FOLDER = "train/"
EXPORTS = "exports/"
# Files of a group are usually copied together; AWS's pipeline trained when the last had come.
GATHER_SECONDS = 60.0

_GROUP, _DATASETS, _FORECAST = "DatasetGroup", "Datasets", "Forecast"
_SECTIONS = (_GROUP, _DATASETS, *PREDICTORS, _FORECAST)
_SUFFIXES = {TARGET: "", RELATED: ".related", METADATA: ".metadata"}
_NAME = r"[A-Za-z]\w*"
_LONGEST_NAME = 40

Section = Mapping[str, Any]


@dataclass(frozen=True)
class ImportedGroup:
    """A group of the file as a pipeline.

    Attributes:
        pipeline: does what AWS's pipeline did with the group.
        left_out: what could not be carried over, in sentences.
    """

    pipeline: Pipeline
    left_out: tuple[str, ...] = ()


def read_forecast_defaults(
    text: str, file: str, bucket: str, groups: Sequence[str] = ()
) -> list[ImportedGroup]:
    """The pipelines for the groups that a file describes.

    Args:
        text: of the file.
        file: its name, for messages.
        bucket: where ``train/`` is; the exports go there too, under ``exports/<name>/``.
        groups: more groups, by the names of their files, for which ``Default`` holds.

    Raises:
        DataError: the file is no YAML, or a group cannot be a pipeline; says which and why.
    """
    sections = _sections(text, file)
    named = [name for name, section in sections.items() if _is_group(section) and name != DEFAULT]
    wanted = [*named, *(name for name in groups if name not in named)]
    if not wanted:
        raise DataError.of(
            file,
            f"only {DEFAULT} is described, which holds for files of any name; say which groups "
            "there are: --group NAME for train/NAME.csv",
        )
    found, problems = [], []
    for name in wanted:
        try:
            found.append(_Group(name, sections, bucket).imported())
        except InputError as error:
            problems.append(Problem(file, f"{name}: {error}"))
    if problems:
        raise DataError(problems)
    return found


@dataclass(frozen=True)
class _Group:
    """One group: its own sections before those of ``Default``."""

    name: str
    sections: Mapping[str, Section]
    bucket: str

    def imported(self) -> ImportedGroup:
        if re.fullmatch(_NAME, self.name, re.ASCII) is None:
            raise InputError("is no name of a group; use letters, digits and _, a letter first")
        datasets, files = self._datasets()
        predictor = self._predictor()
        training = predictor.training(self._section(_FORECAST) or {})
        parts = tuple(_part(dataset, predictor.left_out) for dataset in datasets)
        own = self.sections.get(self.name, {})
        strange = [f"{key} is no setting of a pipeline" for key in own if key not in _SECTIONS]
        name = self.name[:_LONGEST_NAME]
        pipeline = Pipeline(
            name=name,
            source=Source(self.bucket, f"{FOLDER}{files}.", (".csv",)),
            frequency=predictor.frequency(_frequency(datasets)),
            horizon=predictor.horizon,
            export=Destination(self.bucket, f"{EXPORTS}{self.name}/"),
            group="" if name == self.name else self.name,
            domain=self._domain(datasets),
            datasets=parts,
            training=training,
            gather_seconds=GATHER_SECONDS if len(parts) > 1 else 0.0,
        )
        return ImportedGroup(pipeline, (*predictor.left_out, *strange))

    def _section(self, key: str) -> Any:
        own = self.sections.get(self.name, {}).get(key)
        return own or self.sections.get(DEFAULT, {}).get(key)

    def _predictor(self) -> PredictorSection:
        for section in (self.sections.get(self.name, {}), self.sections.get(DEFAULT, {})):
            for kind in PREDICTORS:
                if section.get(kind):
                    return PredictorSection(kind, section[kind])
        raise InputError("neither Predictor nor AutoPredictor is there; describe one of them")

    def _datasets(self) -> tuple[list[Section], str]:
        """The datasets, the target first, and the name of the group whose files they are.

        ``Default`` waits for the target alone, whatever else it describes.
        """
        found, files = self._section(_DATASETS), self.name
        if isinstance(found, Mapping):
            files = str(found.get("From"))
            found = self.sections.get(files, {}).get(_DATASETS)
        if not isinstance(found, list):
            raise InputError("Datasets is missing; list the datasets, or say From: another group")
        types = [dataset.get("DatasetType") for dataset in found]
        if TARGET not in types or len(set(types)) < len(types) or set(types) - set(_SUFFIXES):
            raise InputError(
                f"Datasets has the types {', '.join(map(str, types))}; there must be one "
                f"{TARGET}, and there may be one {RELATED} and one {METADATA}"
            )
        ordered = sorted(found, key=lambda dataset: list(_SUFFIXES).index(dataset["DatasetType"]))
        is_default = found is self.sections.get(DEFAULT, {}).get(_DATASETS)
        return (ordered[:1] if is_default else ordered), files

    def _domain(self, datasets: Sequence[Section]) -> str:
        own = self._section(_GROUP) or {}
        domain = own.get("Domain", datasets[0].get("Domain"))
        for dataset in datasets:
            if dataset.get("Domain", domain) != domain:
                raise InputError(
                    f"{dataset['DatasetType']} has the domain {dataset['Domain']}, the group "
                    f"{domain}; give both the same"
                )
        if domain is None:
            raise InputError("DatasetGroup.Domain is missing; give it, such as RETAIL")
        return str(domain)


def _sections(text: str, file: str) -> dict[str, Section]:
    try:
        found = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = None if mark is None else mark.line + 1
        raise DataError.of(file, f"is no YAML: {error.problem}", line) from None
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise DataError.of(
            file, f"must hold {DEFAULT} and the names of groups, each with its sections"
        )
    return {str(name): section for name, section in found.items()}


def _is_group(section: Section) -> bool:
    """Anchors are often kept under a name of their own, which is no group's."""
    return any(key in section for key in _SECTIONS)


def _frequency(datasets: Sequence[Section]) -> str:
    if "DataFrequency" not in datasets[0]:
        raise InputError(f"{TARGET} has no DataFrequency; give it, such as D")
    return str(datasets[0]["DataFrequency"])


def _part(dataset: Section, left_out: list[str]) -> DatasetPart:
    """A dataset; adds to ``left_out`` what a pipeline has no place for."""
    kind = str(dataset["DatasetType"])
    attributes = dataset.get("Schema", {}).get("Attributes")
    if not attributes:
        raise InputError(f"{kind} has no Schema; give its Attributes in the order of the columns")
    schema = {each["AttributeName"]: each["AttributeType"] for each in attributes}
    if places := [name for name, type_ in schema.items() if type_ == "geolocation"]:
        left_out.append(f"{kind}: the geolocation {places[0]} is read as a string")
        schema[places[0]] = "string"
    known = ("Domain", "DatasetType", "DataFrequency", "TimestampFormat", "Schema")
    left_out += [f"{kind}: {key} {dataset[key]}" for key in dataset if key not in known]
    return DatasetPart(kind, schema, dataset.get("TimestampFormat"), _SUFFIXES[kind])
