"""Dataset schemas: which columns a dataset of Amazon Forecast has, and what each is for.

Every column of a dataset has one use. What identifies a row is a key: the item, and strings as
forecast dimensions. The target is forecast; numbers beside it are features. Whichever domain: the
stored form calls the item ``item_id`` and the target ``demand``; all else keeps its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecastle.core.frequency import Frequency
from forecastle.series.columns import DEMAND, ITEM, TIMESTAMP
from forecastle.series.domains import (
    ITEM_METADATA,
    RELATED_TIME_SERIES,
    TARGET_TIME_SERIES,
    Domain,
    Field,
    domain,
)

GEOLOCATION = "geolocation"
NUMBERS = ("integer", "float")

_RESOLUTIONS = {"min": Frequency(1, "min"), "H": Frequency(1, "H")}


@dataclass(frozen=True)
class DatasetSchema:
    """The columns of a dataset in the order of its files.

    Attributes:
        domain: one of Amazon Forecast's seven.
        dataset_type: TARGET_TIME_SERIES, RELATED_TIME_SERIES or ITEM_METADATA.
        attributes: the columns; types are string, integer, float, timestamp, geolocation.
        frequency: of the data; None where it was not given.
    """

    domain: str
    dataset_type: str
    attributes: tuple[Field, ...]
    frequency: Frequency | None = None

    @classmethod
    def from_request(
        cls,
        domain: str,
        dataset_type: str,
        attributes: Sequence[Mapping[str, Any]],
        frequency: str | None = None,
    ) -> DatasetSchema:
        """From what CreateDataset takes: ``[{"AttributeName": …, "AttributeType": …}]``.

        Raises:
            InputError: the frequency is not known.
        """
        fields = tuple(Field(a["AttributeName"], a["AttributeType"]) for a in attributes)
        step = None if frequency is None else Frequency.parse(frequency)
        return cls(domain, dataset_type, fields, step)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in order."""
        return tuple(field.name for field in self.attributes)

    @property
    def is_target(self) -> bool:
        """Whether this is the time series that is forecast."""
        return self.dataset_type == TARGET_TIME_SERIES

    @property
    def is_metadata(self) -> bool:
        """Whether this is item metadata, which has no timestamps."""
        return self.dataset_type == ITEM_METADATA

    @property
    def item(self) -> str:
        """The column that identifies an item."""
        return self._domain.item

    @property
    def target(self) -> str | None:
        """The column that is forecast; None in related data and metadata."""
        return self._domain.target if self.is_target else None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns that may tell series of one item apart; none in metadata."""
        return tuple(field.name for field in self.attributes if self.is_dimension(field))

    @property
    def features(self) -> tuple[str, ...]:
        """The numbers of related data."""
        is_related = self.dataset_type == RELATED_TIME_SERIES
        return tuple(f.name for f in self.attributes if is_related and f.type in NUMBERS)

    @property
    def keys(self) -> tuple[str, ...]:
        """The stored columns that identify a row."""
        return (ITEM, *self.dimensions, *(() if self.is_metadata else (TIMESTAMP,)))

    @property
    def resolution(self) -> Frequency:
        """The periods to which a target is stored: a minute, an hour or a day."""
        unit = "min" if self.frequency is None else self.frequency.unit
        return _RESOLUTIONS.get(unit, Frequency(1, "D"))

    def is_dimension(self, field: Field) -> bool:
        """Whether a column is a forecast dimension: text, or a whole number beside the target."""
        if self.is_metadata or field.name in (self.item, self.target):
            return False
        types = ("string", GEOLOCATION, *(("integer",) if self.is_target else ()))
        return field.type in types

    def stored_name(self, name: str) -> str:
        """What the stored form calls a column."""
        return {self.item: ITEM, self.target: DEMAND}.get(name, name)

    @property
    def _domain(self) -> Domain:
        return domain(self.domain)
