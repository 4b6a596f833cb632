"""What the service answers to: the operations of Amazon Forecast, from botocore's service models.

The models are those of the clients (boto3, AWS CLI): the contract is AWS's, not our memory of it.
They are read once, on first use; no client is made and no configuration of the user is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel, StructureShape

from forecastle.core.errors import UnknownOperation

_SERVICES = ("forecast", "forecastquery")
_VERSION = "2018-06-26"


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of the model; there is one object per operation, compared by identity.

    Attributes:
        name: as in ``CreateDataset``.
        service: ``forecast`` or ``forecastquery``.
        target: the header ``X-Amz-Target`` that asks for it.
        input_shape: what a request may hold.
        output_shape: what an answer holds; None where the body stays empty.
        errors: wire names of the modelled exceptions.
        is_idempotent: whether the model promises that repeating it changes nothing more.
    """

    name: str
    service: str
    target: str
    input_shape: StructureShape
    output_shape: StructureShape | None
    errors: tuple[str, ...]
    is_idempotent: bool


@cache
def operations() -> Mapping[str, Operation]:
    """All 65 operations by name: 63 of ``forecast``, 2 of ``forecastquery``."""
    return {operation.name: operation for service in _SERVICES for operation in _read(service)}


def by_target(target: str) -> Operation:
    """The operation of the header ``X-Amz-Target``, such as ``AmazonForecast.CreateDataset``.

    Raises:
        UnknownOperation: names the target and what one looks like.
    """
    operation = _targets().get(target)
    if operation is None:
        raise UnknownOperation(
            f"X-Amz-Target '{target[:200]}' is no operation of Amazon Forecast; send "
            "AmazonForecast.<Operation>, or AmazonForecastRuntime.<Operation> for queries"
        )
    return operation


@cache
def _targets() -> Mapping[str, Operation]:
    return {operation.target: operation for operation in operations().values()}


def _read(service: str) -> Iterator[Operation]:
    description = _loader().load_service_model(service, "service-2", _VERSION)
    model = ServiceModel(description, service)
    for name in model.operation_names:
        yield _operation(model, name, description["operations"][name])


def _operation(model: ServiceModel, name: str, description: Mapping[str, Any]) -> Operation:
    modelled = model.operation_model(name)
    return Operation(
        name=name,
        service=model.service_name,
        target=f"{model.metadata['targetPrefix']}.{name}",
        input_shape=modelled.input_shape,
        output_shape=modelled.output_shape,
        errors=tuple(shape.name for shape in modelled.error_shapes),
        is_idempotent=bool(description.get("idempotent", False)),
    )


def _loader() -> Loader:
    # Only the models of the package: a file under ~/.aws/models must not change the contract.
    packaged = [Loader.BUILTIN_DATA_PATH]
    return Loader(extra_search_paths=packaged, include_default_search_paths=False)
