"""DataRecipe: how rows become a panel, kept beside a predictor so that newer data become alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.series.aggregation import DEFAULT_AGGREGATION, check_aggregation
from forecastle.series.alignment import Alignment
from forecastle.series.calendar import Calendar
from forecastle.series.domains import domain
from forecastle.series.filling import FillingRules

ITEM = "item_id"
MOST_DIMENSIONS = 10

Names = tuple[str, ...]
Types = Mapping[str, str]


@dataclass(frozen=True)
class DataRecipe:
    """How rows become a panel.

    Attributes:
        alignment: the frequency and where its periods start.
        dimensions: columns that tell series of one item apart, at most 10.
        columns: role (``item_id``, ``timestamp``, ``demand``, dimensions) → source column.
        timestamp_format: of the source, such as ``dd/MM/yyyy``; None: recognised.
        aggregation: how rows of one period become one.
        filling: rules for missing periods of the target.
        related_filling: the same for features of the related data, by name.
        calendar: holidays and events.
        domain: one of Amazon Forecast's seven.
        known: features known in advance; None until `build_panel` has told from the data.
        past: features known only for the past; None likewise.
        metadata: column of the item metadata → ``string`` or ``float``; None likewise.
    """

    alignment: Alignment
    dimensions: Names = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    timestamp_format: str | None = None
    aggregation: str = DEFAULT_AGGREGATION
    filling: FillingRules = field(default_factory=lambda: FillingRules.for_target({}))
    related_filling: Mapping[str, FillingRules] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    domain: str = "CUSTOM"
    known: Names | None = None
    past: Names | None = None
    metadata: Types | None = None

    def __post_init__(self) -> None:
        """Check the names.

        Raises:
            InputError: too many dimensions, or an unknown aggregation or domain.
        """
        if len(self.dimensions) > MOST_DIMENSIONS:
            raise InputError(
                f"{len(self.dimensions)} forecast dimensions; use at most {MOST_DIMENSIONS}"
            )
        check_aggregation(self.aggregation)
        domain(self.domain)

    @property
    def frequency(self) -> Frequency:
        """The step of the panel."""
        return self.alignment.frequency

    @property
    def keys(self) -> Names:
        """The columns that identify a series."""
        return (ITEM, *self.dimensions)

    def to_json(self) -> dict[str, Any]:
        """Plain data for a JSON file."""
        return {
            "alignment": self.alignment.to_json(),
            "dimensions": list(self.dimensions),
            "columns": dict(self.columns),
            "timestamp_format": self.timestamp_format,
            "aggregation": self.aggregation,
            "filling": self.filling.to_json(),
            "related_filling": {n: rules.to_json() for n, rules in self.related_filling.items()},
            "calendar": self.calendar.to_json(),
            "domain": self.domain,
            "known": _as_list(self.known),
            "past": _as_list(self.past),
            "metadata": None if self.metadata is None else dict(self.metadata),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> DataRecipe:
        """The inverse of `to_json`."""
        related = record["related_filling"].items()
        return cls(
            alignment=Alignment.from_json(record["alignment"]),
            dimensions=tuple(record["dimensions"]),
            columns=dict(record["columns"]),
            timestamp_format=record["timestamp_format"],
            aggregation=record["aggregation"],
            filling=FillingRules.for_target(record["filling"]),
            related_filling={name: FillingRules.for_related(rules) for name, rules in related},
            calendar=Calendar.from_json(record["calendar"]),
            domain=record["domain"],
            known=_as_names(record["known"]),
            past=_as_names(record["past"]),
            metadata=record["metadata"],
        )


def _as_list(names: Names | None) -> list[str] | None:
    return None if names is None else list(names)


def _as_names(values: list[str] | None) -> Names | None:
    return None if values is None else tuple(values)
