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
    """What opens a new service; shown once, as it is kept encrypted or as a hash."""

    key: AccessKey
    user: str
    password: str

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"FirstAccess({self.key!r}, user={self.user})"


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


def first_access(service: Service) -> FirstAccess | None:
    """Make the first key and the first user; None if there is a key already."""
    catalog, account, now = service.catalog, service.settings.account, service.clock()
    if catalog.access_keys.list():
        return None
    key = catalog.access_keys.create(account, Role.ADMIN, now)
    password = catalog.users.create(FIRST_USER, account, Role.ADMIN, now)
    return FirstAccess(key, FIRST_USER, password)
