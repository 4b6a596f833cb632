"""The S3 server of ``forecastle serve --s3``, which knows the service's keys and buckets."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from forecastle.catalog.access_keys import AccessKey, Role
from forecastle.catalog.catalog import Catalog
from forecastle.core.errors import ForecastleError
from forecastle.core.settings import ServiceSettings
from forecastle.storage.seaweed import SeaweedKey, SeaweedServer, SeaweedWebhook

_FOLDER = "s3"
_LOOK_SECONDS = 2.0
_log = logging.getLogger(__name__)


@contextmanager
def s3_beside(
    settings: ServiceSettings,
    catalog: Catalog,
    port: int,
    webhook: SeaweedWebhook | None = None,
) -> Iterator[ServiceSettings]:
    """Run an S3 server, with the service's keys as they come and go.

    The service itself has a key of its own, made anew at each start.

    Args:
        settings: as they are.
        catalog: the keys and the buckets.
        port: of the endpoint; 0 takes a free one.
        webhook: who is told of new objects.

    Yields:
        The settings of a service whose buckets are there.
    """
    own = SeaweedKey(f"forecastle-{secrets.token_hex(8)}", secrets.token_urlsafe(30))
    known = _keys(own, settings, catalog)
    folder = settings.data_dir / _FOLDER
    with SeaweedServer(folder, known, port=port, webhook=webhook) as server:
        ending = threading.Event()

        def follow() -> None:
            current = known
            while not ending.wait(_LOOK_SECONDS):
                current = _updated(server, current, own, settings, catalog)

        follower = threading.Thread(target=follow, name="s3-keys", daemon=True)
        follower.start()
        try:
            yield replace(
                settings,
                s3_endpoint_url=server.endpoint,
                s3_access_key_id=own.access_key_id,
                s3_secret_access_key=own.secret_access_key,
            )
        finally:
            ending.set()
            follower.join()


def _updated(
    server: SeaweedServer,
    known: list[SeaweedKey],
    own: SeaweedKey,
    settings: ServiceSettings,
    catalog: Catalog,
) -> list[SeaweedKey]:
    """The keys that the server knows after a look at the catalog."""
    try:
        wanted = _keys(own, settings, catalog)
        if wanted != known:
            server.change_keys(wanted)
        return wanted
    except Exception as error:
        known_trouble = isinstance(error, ForecastleError)
        _log.error("the S3 server was not told of new keys: %s", error, exc_info=not known_trouble)
        return known


def _keys(own: SeaweedKey, settings: ServiceSettings, catalog: Catalog) -> list[SeaweedKey]:
    active = [key for key in catalog.access_keys.list() if key.revoked_at is None]
    return [own, *(_seaweed_key(key, settings, catalog) for key in active)]


def _seaweed_key(key: AccessKey, settings: ServiceSettings, catalog: Catalog) -> SeaweedKey:
    """The administrator of the service's first account owns the server; others, their buckets."""
    owns_all = key.account == settings.account and key.role is Role.ADMIN
    buckets = tuple(record.name for record in catalog.buckets.list(key.account))
    return SeaweedKey(
        key.access_key_id,
        key.secret,
        buckets=None if owns_all else buckets,
        read_only=key.role is Role.VIEWER,
    )
