"""Who asks, and what an operation works with."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from forecastle.catalog.access_keys import Role
from forecastle.catalog.catalog import Catalog
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.stores import Stores


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        account: whose resources are seen and made.
        role: what may be done.
        region: of the request's credential scope; it goes into new ARNs.
        name: the access key's id or the user's name, for the audit log.
    """

    account: str
    role: Role
    region: str
    name: str


@dataclass(frozen=True)
class Service:
    """What all operations share, opened once per process.

    Attributes:
        catalog: the database.
        settings: of the service.
        stores: buckets and artifacts.
        clock: seconds since 1970.
        random: ``random(bits)``, for identifiers.
    """

    catalog: Catalog
    settings: ServiceSettings
    stores: Stores
    clock: Callable[[], float]
    random: Callable[[int], int]


@dataclass(frozen=True)
class Context:
    """One call."""

    service: Service
    caller: Caller


def request_id(service: Service) -> str:
    """A random identifier for one request."""
    return str(uuid.UUID(int=service.random(128), version=4))
