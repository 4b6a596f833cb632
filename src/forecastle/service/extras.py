"""Additional datasets: holidays of a country, and the weather that is not available."""

from __future__ import annotations

from collections.abc import Sequence

from forecastle.core.errors import InputError
from forecastle.jobs.training_request import HOLIDAY
from forecastle.series.calendar import check_country
from forecastle.service.records import Parameters

_WEATHER = "weather"
_COUNTRY_CODE = "CountryCode"


def check_additional_datasets(datasets: Sequence[Parameters]) -> None:
    """AdditionalDatasets of CreateAutoPredictor.

    Raises:
        InputError: one is not known or not available, or a country is missing or not known.
    """
    for each in datasets:
        _check_name(each["Name"])
        configuration = each.get("Configuration", {})
        countries = configuration.get(_COUNTRY_CODE, ())
        if not countries or set(configuration) != {_COUNTRY_CODE}:
            raise InputError(
                f"additional dataset {HOLIDAY} takes the Configuration "
                f'{{"{_COUNTRY_CODE}": ["US"]}}, with the country whose holidays count'
            )
        for country in countries:
            check_country(country)


def check_supplementary_features(features: Sequence[Parameters]) -> None:
    """SupplementaryFeatures of CreatePredictor.

    Raises:
        InputError: one is not known or not available, or a country is not known.
    """
    for each in features:
        _check_name(each["Name"])
        check_country(each["Value"])


def _check_name(name: str) -> None:
    if name.lower() == _WEATHER:
        raise InputError(
            "the weather index is not available: Forecastle asks no weather service; leave it "
            "out, or import weather as related time series"
        )
    if name.lower() != HOLIDAY:
        raise InputError(f"additional dataset '{name}' is not known; use {HOLIDAY}")
