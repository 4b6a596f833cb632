"""The seven domains of Amazon Forecast: what their datasets are called, hold and need.

A domain names fields; it changes nothing about a forecast (guide: howitworks-domains-ds-types).
Types are those of Amazon Forecast: string, integer, float, timestamp.
"""

from __future__ import annotations

from dataclasses import dataclass

from forecastle.core.errors import InputError

TARGET_TIME_SERIES = "TARGET_TIME_SERIES"
RELATED_TIME_SERIES = "RELATED_TIME_SERIES"
ITEM_METADATA = "ITEM_METADATA"


@dataclass(frozen=True)
class Field:
    """A column: its name and type."""

    name: str
    type: str


@dataclass(frozen=True)
class DatasetFields:
    """The columns that a dataset must have and those that it may have."""

    required: tuple[Field, ...]
    optional: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Domain:
    """One domain.

    Attributes:
        name: as Amazon Forecast spells it.
        item: the field that identifies an item.
        target: the field that is forecast.
        datasets: dataset type → its fields; a type that the domain lacks is absent.
    """

    name: str
    item: str
    target: str
    datasets: dict[str, DatasetFields]


def _fields(type_: str, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, type_) for name in names)


def _domain(
    name: str,
    item: str,
    target: Field,
    *,
    location: bool = False,
    related: tuple[Field, ...] = (),
    metadata: tuple[Field, ...] | None = (),
) -> Domain:
    """A domain from what sets it apart; ``metadata`` is None where it takes no item metadata."""
    identity = (Field(item, "string"), Field("timestamp", "timestamp"))
    datasets = {
        TARGET_TIME_SERIES: DatasetFields(
            (*identity, target), _fields("string", "location") if location else ()
        ),
        RELATED_TIME_SERIES: DatasetFields(identity, related),
    }
    if metadata is not None:
        datasets[ITEM_METADATA] = DatasetFields(_fields("string", item), metadata)
    return Domain(name, item, target.name, datasets)


_CATEGORY = _fields("string", "category")

DOMAINS: dict[str, Domain] = {
    domain.name: domain
    for domain in (
        _domain(
            "RETAIL",
            "item_id",
            Field("demand", "float"),
            location=True,
            related=(Field("price", "float"), Field("promotion_applied", "integer")),
            metadata=_fields("string", "category", "brand", "color", "genre"),
        ),
        _domain(
            "INVENTORY_PLANNING",
            "item_id",
            Field("demand", "float"),
            location=True,
            related=(Field("price", "float"),),
            metadata=_fields(
                "string", "category", "brand", "lead_time", "order_cycle", "safety_stock"
            ),
        ),
        _domain("CUSTOM", "item_id", Field("target_value", "float"), metadata=_CATEGORY),
        _domain(
            "EC2_CAPACITY",
            "instance_type",
            Field("number_of_instances", "integer"),
            location=True,
            metadata=None,
        ),
        _domain(
            "WORK_FORCE",
            "workforce_type",
            Field("workforce_demand", "float"),
            location=True,
            metadata=(
                Field("wages", "float"),
                Field("shift_length", "string"),
                Field("location", "string"),
            ),
        ),
        _domain("WEB_TRAFFIC", "item_id", Field("value", "float"), metadata=_CATEGORY),
        _domain("METRICS", "metric_name", Field("metric_value", "float"), metadata=_CATEGORY),
    )
}


def domain(name: str) -> Domain:
    """The domain of that name.

    Raises:
        InputError: names the known domains.
    """
    if name not in DOMAINS:
        raise InputError(f"domain '{name}' is not known; use one of {', '.join(DOMAINS)}")
    return DOMAINS[name]
