"""Opening the service: its database, its buckets, and on the first start its first key."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from forecastle.catalog.access_keys import AccessKey, Role
from forecastle.catalog.catalog import Catalog
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.stores import Stores
from forecastle.service.context import Service

FIRST_USER = "admin"


@dataclass(frozen=True)
class FirstAccess:
    """What opens a new service; shown once, as it is kept encrypted or as a hash.

    ``key`` and ``password`` are None where there was one before.
    """

    key: AccessKey | None
    password: str | None

    def __repr__(self) -> str:
        """Without the password."""
        return f"FirstAccess({self.key!r})"


def open_service(settings: ServiceSettings) -> Service:
    """Open the service, its database brought up to date."""
    catalog = Catalog.open(settings, migrate=True)
    return Service(
        catalog=catalog,
        settings=settings,
        stores=Stores.open(settings, catalog),
        clock=time.time,
        random=secrets.randbits,
    )


def first_access(service: Service) -> FirstAccess:
    """Make the first key and the first user, where there are none."""
    catalog, account, now = service.catalog, service.settings.account, service.clock()
    key = (
        None if catalog.access_keys.list() else catalog.access_keys.create(account, Role.ADMIN, now)
    )
    password = (
        None if catalog.users.any() else catalog.users.create(FIRST_USER, account, Role.ADMIN, now)
    )
    return FirstAccess(key, password)
