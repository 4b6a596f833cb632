"""How the files of a dataset are written: what CreateDatasetImportJob says beside the schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from forecastle.core.errors import InputError
from forecastle.series.dataset import GEOLOCATION, DatasetSchema
from forecastle.series.timestamps import TimestampFormat

CSV, PARQUET = "CSV", "PARQUET"
LAT_LONG, POSTAL_CODE = "LAT_LONG", "CC_POSTALCODE"

_DEFAULT_TIMESTAMPS = "yyyy-MM-dd HH:mm:ss"
_HOURS = ("H", "h")


@dataclass(frozen=True)
class ImportOptions:
    """How the files are written.

    Attributes:
        timestamp_format: in Amazon Forecast's letters; None is ``yyyy-MM-dd HH:mm:ss``.
        time_zone: of all rows, such as ``Europe/Berlin``. Timestamps stay as they are written.
        geolocation_format: LAT_LONG (``40.71_-74.01``) or CC_POSTALCODE (``US_98121``).
        format: CSV or PARQUET.
    """

    timestamp_format: str | None = None
    time_zone: str | None = None
    geolocation_format: str | None = None
    format: str = CSV

    @property
    def timestamps(self) -> TimestampFormat:
        """The format of the timestamps.

        Raises:
            InputError: it has letters that are not known.
        """
        return TimestampFormat.from_letters(self.timestamp_format or _DEFAULT_TIMESTAMPS)


def check_import(schema: DatasetSchema, options: ImportOptions) -> None:
    """Refuse options that are not known, or do not fit the schema.

    Raises:
        InputError: names the option, its value and the remedy.
    """
    if options.format not in (CSV, PARQUET):
        raise InputError(f"Format '{options.format}' is not known; use {CSV} or {PARQUET}")
    if options.time_zone is not None:
        _check_time_zone(options.time_zone)
    _check_timestamps(schema, options)
    _check_geolocation(schema, options.geolocation_format)


def _check_time_zone(name: str) -> None:
    try:
        pl.select(pl.lit(datetime(2000, 1, 1)).dt.replace_time_zone(name))
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"TimeZone '{name}' is not known; use a name such as Europe/Berlin or UTC"
        ) from error


def _check_timestamps(schema: DatasetSchema, options: ImportOptions) -> None:
    letters = options.timestamps.letters
    is_within_a_day = schema.frequency is not None and schema.frequency.unit in ("H", "min")
    if is_within_a_day and not schema.is_metadata and not any(h in letters for h in _HOURS):
        raise InputError(
            f"TimestampFormat '{letters}' has no time of day, which DataFrequency "
            f"{schema.frequency} needs; use {_DEFAULT_TIMESTAMPS}"
        )


def _check_geolocation(schema: DatasetSchema, given: str | None) -> None:
    if given not in (None, LAT_LONG, POSTAL_CODE):
        raise InputError(
            f"GeolocationFormat '{given}' is not known; use {LAT_LONG} or {POSTAL_CODE}"
        )
    places = [field.name for field in schema.attributes if field.type == GEOLOCATION]
    if places and given is None:
        raise InputError(
            f"GeolocationFormat is missing, but '{places[0]}' is a geolocation; give {LAT_LONG} "
            f"or {POSTAL_CODE}"
        )
