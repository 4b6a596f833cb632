"""Retraining and upgrading: what an AutoPredictor takes over from an earlier predictor."""

from __future__ import annotations

from typing import Any

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.jobs.train import configuration
from forecastle.service.context import Context
from forecastle.service.predictors import REFERENCE, is_auto
from forecastle.service.records import Parameters, Result, find, pick, require_active

_INHERITED = (
    "ForecastHorizon",
    "ForecastTypes",
    "ForecastDimensions",
    "ForecastFrequency",
    "DataConfig",
    "TimeAlignmentBoundary",
)
_REPLACEABLE = ("OptimizationMetric", "EncryptionConfig")


def inherited(context: Context, parameters: Parameters) -> Result:
    """The configuration of the reference, which a retraining keeps.

    The metric and the encryption may be given anew. Everything else may only be repeated: a
    retrained predictor answers the same question with newer data.

    Raises:
        ResourceNotFound: the reference is not there.
        ResourceInUse: it is being trained.
        InputError: a parameter differs from the reference's.
    """
    reference = require_active(find(context, parameters[REFERENCE], ResourceType.PREDICTOR))
    config = _as_auto(reference)
    for name in _INHERITED:
        if name in parameters and parameters[name] != config.get(name):
            raise InputError(
                f"{name} differs from that of the predictor to retrain, {reference.arn}; leave it "
                f"out, or create a new predictor without {REFERENCE}"
            )
    return {**config, **pick(parameters, *_REPLACEABLE)}


def _as_auto(reference: Resource) -> Result:
    """The parameters of a predictor as CreateAutoPredictor takes them."""
    config = configuration(reference.request, reference.details)
    if is_auto(reference):
        return pick(config, *_INHERITED, *_REPLACEABLE)
    features, data = config["FeaturizationConfig"], config["InputDataConfig"]
    return {
        **pick(config, "ForecastHorizon", "ForecastTypes", *_REPLACEABLE),
        **pick(features, "ForecastFrequency", "ForecastDimensions"),
        "DataConfig": {
            "DatasetGroupArn": data["DatasetGroupArn"],
            **_some("AttributeConfigs", map(_attribute, features.get("Featurizations", ()))),
            **_some("AdditionalDatasets", map(_holiday, data.get("SupplementaryFeatures", ()))),
        },
    }


def _attribute(featurization: Parameters) -> Result:
    transformations: dict[str, str] = {}
    for method in featurization.get("FeaturizationPipeline", ()):
        transformations |= method.get("FeaturizationMethodParameters", {})
    return {
        "AttributeName": featurization["AttributeName"],
        "Transformations": transformations,
    }


def _holiday(feature: Parameters) -> Result:
    return {"Name": feature["Name"], "Configuration": {"CountryCode": [feature["Value"]]}}


def _some(name: str, values: Any) -> Result:
    """The member, if it holds anything."""
    found = list(values)
    return {name: found} if found else {}
