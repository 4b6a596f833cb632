"""Datasets in words: their types, and why something is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from forecastle.console.language import Language, mark
from forecastle.series.dataset_copy import CopyReason
from forecastle.series.domains import ITEM_METADATA, RELATED_TIME_SERIES, TARGET_TIME_SERIES
from forecastle.series.proposal import Reason
from forecastle.service.addresses import id_of

DATA_FILES = (".csv", ".txt", ".tsv", ".parquet", ".gz")
"""Endings of the files that data are read from."""

TYPES: Mapping[str, tuple[str, str]] = {
    TARGET_TIME_SERIES: (
        mark("Sales history"),
        mark("What is to be forecast: how much of each item was sold, and when."),
    ),
    RELATED_TIME_SERIES: (
        mark("Prices and other influences"),
        mark("Numbers over time that explain sales, such as prices and promotions, if you can."),
    ),
    ITEM_METADATA: (
        mark("Item details"),
        mark("What an item is, such as its category or brand: helps with new items."),
    ),
}
"""DatasetType → what it is called, and what it is."""

REASONS: Mapping[Reason, str] = {
    Reason.NAME: mark("Recognised by the column's name."),
    Reason.CONTENT: mark("Recognised by what is in the cells."),
    Reason.ONE_SERIES: mark("No column names the item: the whole file is taken as one series."),
    Reason.DIMENSION: mark(
        "Few different values: tells series of one item apart, as a store does."
    ),
    Reason.FEATURE: mark("Numbers over time that may explain sales."),
    Reason.TRAIT: mark("Describes the item."),
    Reason.TOO_MANY_VALUES: mark("Left out: too many different values to tell series apart."),
    Reason.OTHER_NUMBER: mark("Left out: a number that is not what is to be forecast."),
    Reason.OTHER_TIME: mark("Left out: a second date."),
    Reason.IS_TARGET: mark("Left out: sales belong into the sales history."),
    Reason.EMPTY: mark("Left out: no cell is filled."),
    Reason.TOO_MANY_COLUMNS: mark("Left out: a dataset takes no more attributes."),
}

COPY_REASONS: Mapping[CopyReason, str] = {
    CopyReason.ENCODING: mark("It is not written in UTF-8."),
    CopyReason.SEPARATOR: mark("Its columns are not separated by commas."),
    CopyReason.NAMES: mark("Its columns have other names than the attributes of the dataset."),
    CopyReason.COLUMNS: mark("It has other columns than the dataset."),
}


def type_name(language: Language, dataset_type: str) -> str:
    """What a type of dataset is called."""
    return language(TYPES[dataset_type][0])


def group_path(group: str, step: str = "") -> str:
    """The address of a dataset group's page, or of one of its steps.

    Args:
        group: the id of the group.
        step: such as ``import``.
    """
    return f"/groups/{quote(group)}" + (f"/{step}" if step else "")


def dataset_path(arn: str) -> str:
    """The address of a dataset's page."""
    return f"/datasets/{quote(id_of(arn))}"


def import_path(arn: str) -> str:
    """The address of an import's page."""
    return f"/imports/{quote(id_of(arn))}"
