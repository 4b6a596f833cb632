"""The local administrator: who works on the data directory itself needs no key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecastle.service.context import Context


@contextmanager
def administrator(data_dir: Path | None) -> Iterator[Context]:
    """The service of a data directory, as the administrator of its first account."""
    from forecastle.catalog.access_keys import Role
    from forecastle.core.settings import load_settings
    from forecastle.service.context import Caller, Context
    from forecastle.service.start import open_service

    settings, _ = load_settings(os.environ, data_dir=data_dir)
    service = open_service(settings)
    try:
        yield Context(service, Caller(settings.account, Role.ADMIN, settings.region, "local"))
    finally:
        service.catalog.close()


def worker_hint(context: Context) -> list[str]:
    """A line for people if nobody is there to do the work."""
    service = context.service
    if service.catalog.workers.count_alive(service.settings.worker_timeout):
        return []
    return ["No worker is running: `forecastle serve` starts the service."]
