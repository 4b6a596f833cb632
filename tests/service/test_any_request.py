"""Whatever is asked: an answer of the model's shape, or an error that the model or AWS knows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecastle.catalog.catalog import Catalog
from forecastle.core.errors import InputError
from forecastle.core.settings import ServiceSettings
from forecastle.service.contract import operations
from tests.service.requests import valid_requests
from tests.service.service_world import World

_COMMON = {"AccessDeniedException", "ValidationException", "SerializationException"}


@pytest.fixture(scope="module")
def account(catalog_and_settings: tuple[Catalog, ServiceSettings]) -> tuple[World, dict[str, str]]:
    """An account that has one of everything, by the parameter that names it."""
    world = World.open(*catalog_and_settings)
    world.setting(quota_parallel_jobs=1000)
    dataset = world.filled(world.dataset())
    group = world.group(dataset)
    predictor = world.trained(group)
    forecast = world.forecast(predictor)
    (job,) = world.service.catalog.resources.children(dataset, owned=True)
    return world, {
        "DatasetArn": dataset,
        "DatasetGroupArn": group,
        "DatasetImportJobArn": job.arn,
        "PredictorArn": predictor,
        "ReferencePredictorArn": predictor,
        "ForecastArn": forecast,
        "ResourceArn": predictor,
        "Path": f"s3://{world.bucket}/any",
    }


@pytest.mark.parametrize("name", sorted(operations()))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_but_answers_and_known_errors(
    account: tuple[World, dict[str, str]], name: str, data: st.DataObject
) -> None:
    world, known = account
    operation = operations()[name]
    request = data.draw(valid_requests(operation))
    if data.draw(st.booleans()):
        request = pointed_at(request, known)
    assert outcome(world, name, request) in {None, *operation.errors, *_COMMON}


def outcome(world: World, name: str, request: dict[str, Any]) -> str | None:
    """The wire name of the error, if it was refused."""
    try:
        world.do(name, **request)
    except InputError as error:
        return error.wire_name
    return None


def pointed_at(value: Any, known: dict[str, str]) -> Any:
    """The request with the names of resources that are there."""
    if isinstance(value, dict):
        return {
            key: known[key] if key in known and isinstance(each, str) else pointed_at(each, known)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [pointed_at(each, known) for each in value]
    return value
