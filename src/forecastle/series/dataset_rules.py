"""What Amazon Forecast asks of a dataset's schema (guide: howitworks-domains-ds-types, limits).

Every refusal names the field, what was found there and the remedy.
"""

from __future__ import annotations

from collections.abc import Mapping

from forecastle.core.errors import InputError
from forecastle.series.columns import DEMAND, ITEM, TIMESTAMP
from forecastle.series.dataset import GEOLOCATION, NUMBERS, DatasetSchema
from forecastle.series.domains import (
    ITEM_METADATA,
    RELATED_TIME_SERIES,
    TARGET_TIME_SERIES,
    Domain,
    Field,
    domain,
)
from forecastle.series.recipe import MOST_DIMENSIONS

TYPES = ("string", "integer", "float", "timestamp", GEOLOCATION)

MOST_COLUMNS: Mapping[str, int] = {
    TARGET_TIME_SERIES: 13,
    RELATED_TIME_SERIES: 25,
    ITEM_METADATA: 10,
}
MOST_FEATURES = 13


def check_schema(schema: DatasetSchema) -> None:
    """Refuse a schema that Amazon Forecast would not take.

    Raises:
        InputError: names the field, what was found and the remedy.
    """
    _check_type(schema)
    _check_names(schema)
    _check_required(schema)
    for field in schema.attributes:
        _check_field(schema, field)
    _check_numbers(schema)
    if schema.dataset_type == RELATED_TIME_SERIES:
        _check_related(schema)
    if schema.is_metadata and len(schema.attributes) == 1:
        raise InputError(
            f"Schema: item metadata hold nothing beside '{schema.item}'; add an attribute such as "
            "category"
        )


def _check_type(schema: DatasetSchema) -> None:
    own = domain(schema.domain)
    if schema.dataset_type not in MOST_COLUMNS:
        raise InputError(
            f"DatasetType '{schema.dataset_type}' is not known; use one of "
            f"{', '.join(MOST_COLUMNS)}"
        )
    if schema.dataset_type not in own.datasets:
        raise InputError(
            f"Domain '{own.name}' has no {schema.dataset_type}; use one of "
            f"{', '.join(own.datasets)}, or another domain such as CUSTOM"
        )
    if schema.dataset_type == RELATED_TIME_SERIES and schema.frequency is None:
        raise InputError(
            "DataFrequency is missing; a RELATED_TIME_SERIES dataset needs it, for example D"
        )


def _check_names(schema: DatasetSchema) -> None:
    most = MOST_COLUMNS[schema.dataset_type]
    if len(schema.attributes) > most:
        raise InputError(
            f"Schema: {len(schema.attributes)} attributes; a {schema.dataset_type} dataset has at "
            f"most {most}"
        )
    for name in schema.names:
        alike = [other for other in schema.names if other.lower() == name.lower()]
        if len(alike) > 1:
            raise InputError(
                f"Schema: attribute '{name}' comes {len(alike)} times ({', '.join(alike)}); "
                "case does not tell names apart, rename one"
            )


def _check_required(schema: DatasetSchema) -> None:
    own = domain(schema.domain)
    types = {field.name: field.type for field in schema.attributes}
    required = own.datasets[schema.dataset_type].required
    for field in required:
        if field.name not in types:
            needed = ", ".join(f"{each.name} ({each.type})" for each in required)
            raise InputError(
                f"Schema: attribute '{field.name}' is missing; a {schema.dataset_type} dataset of "
                f"domain {own.name} needs {needed}"
            )
        accepted = NUMBERS if field.name == own.target else (field.type,)
        if types[field.name] not in accepted:
            raise InputError(
                f"Schema: attribute '{field.name}' is a {types[field.name]}; domain {own.name} "
                f"needs {field.type}"
            )


def _check_field(schema: DatasetSchema, field: Field) -> None:
    own = domain(schema.domain)
    if field.type not in TYPES:
        raise InputError(
            f"Schema: attribute '{field.name}' has the type '{field.type}'; use one of "
            f"{', '.join(TYPES)}"
        )
    if field.type == "timestamp" and (field.name != TIMESTAMP or schema.is_metadata):
        raise InputError(
            f"Schema: attribute '{field.name}' is a timestamp; only '{TIMESTAMP}' of a time series "
            "may be one, declare it as string"
        )
    _check_reserved(schema, field, own)
    is_extra = schema.is_target and field.name not in (own.item, own.target, TIMESTAMP)
    if is_extra and field.type == "float":
        raise InputError(
            f"Schema: attribute '{field.name}' is a float; beside the target '{own.target}' a "
            f"{TARGET_TIME_SERIES} dataset holds forecast dimensions, so declare it as string, or "
            f"move it to a {RELATED_TIME_SERIES} dataset"
        )
    if field.type == GEOLOCATION and schema.is_metadata:
        raise InputError(
            f"Schema: attribute '{field.name}' is a geolocation; it belongs into the "
            f"{TARGET_TIME_SERIES} dataset, move it there or declare it as string"
        )


def _check_reserved(schema: DatasetSchema, field: Field, own: Domain) -> None:
    """Refuse the target outside the target series, and names that the stored form gives away."""
    is_target = field.name in (own.target, DEMAND) and not schema.is_metadata
    if is_target and field.name != schema.target:
        raise InputError(
            f"Schema: attribute '{field.name}' is the name of the target; a "
            f"{schema.dataset_type} dataset of domain {own.name} may not hold it, leave it out or "
            "rename it"
        )
    if field.name == ITEM != own.item:
        raise InputError(
            f"Schema: attribute '{ITEM}' is the item, which domain {own.name} calls '{own.item}'; "
            "rename it"
        )


def _check_numbers(schema: DatasetSchema) -> None:
    if len(schema.dimensions) > MOST_DIMENSIONS:
        raise InputError(
            f"Schema: {len(schema.dimensions)} forecast dimensions "
            f"({', '.join(schema.dimensions)}); use at most {MOST_DIMENSIONS}"
        )
    places = [field.name for field in schema.attributes if field.type == GEOLOCATION]
    if len(places) > 1:
        raise InputError(
            f"Schema: {len(places)} attributes are geolocations ({', '.join(places)}); "
            "keep one, and declare the others as string"
        )


def _check_related(schema: DatasetSchema) -> None:
    if not schema.features:
        raise InputError(
            "Schema: no attribute of the RELATED_TIME_SERIES dataset is a number; add a feature "
            "of type float or integer, such as price"
        )
    if len(schema.features) > MOST_FEATURES:
        raise InputError(
            f"Schema: {len(schema.features)} related features; use at most {MOST_FEATURES}"
        )
