"""The API for tests: in the process, or behind a real socket on a free port."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from botocore.config import Config
from starlette.applications import Starlette

from forecastle.api.app import create_app
from forecastle.api.server import server_config
from forecastle.catalog.access_keys import AccessKey, Role
from forecastle.catalog.catalog import Catalog
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.stores import Stores
from forecastle.service.context import Context, Service

ACCOUNT = "123456789012"
REGION = "eu-central-1"
CLIENT = ("192.0.2.7", 1)
_START_SECONDS = 20.0


@dataclass
class FakeCall:
    """Operations that do nothing: each answers with ``results``, or raises ``error``."""

    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    error: Exception | None = None
    seen: list[tuple[Context, str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, context: Context, operation: str, parameters: dict[str, Any]):
        self.seen.append((context, operation, parameters))
        if self.error is not None:
            raise self.error
        return self.results.get(operation, {})


@contextmanager
def opened_service(folder: Path, **settings: Any) -> Iterator[Service]:
    """A service over an empty SQLite catalog."""
    chosen = ServiceSettings(data_dir=folder, account=ACCOUNT, port=0, **settings)
    catalog = Catalog.open(chosen, migrate=True)
    stores = Stores.open(chosen, catalog)
    chance = random.Random(8460)
    try:
        yield Service(catalog, chosen, stores, time.time, chance.getrandbits)
    finally:
        catalog.close()


def new_key(service: Service, role: Role = Role.ADMIN, account: str = ACCOUNT) -> AccessKey:
    """An access key."""
    return service.catalog.access_keys.create(account, role, service.clock())


@dataclass(frozen=True)
class Http:
    """Requests to an application in this process, without a socket."""

    app: Starlette

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._request(method, path, options))

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, **options: Any) -> httpx.Response:
        return self.request("POST", "/", **options)

    async def _request(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=CLIENT)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://forecastle.test"
        ) as http:
            return await http.request(method, path, **options)


@dataclass(frozen=True)
class RunningApi:
    """A served API and a key of its administrator."""

    url: str
    service: Service
    key: AccessKey

    def client(self, name: str, key: AccessKey | None = None, **options: Any) -> Any:
        """A boto3 client: ``forecast``, ``forecastquery`` or ``sts``; it never tries again."""
        import boto3

        signer = self.key if key is None else key
        return boto3.client(
            name,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=signer.access_key_id,
            aws_secret_access_key=signer.secret,
            config=Config(retries={"total_max_attempts": 1}),
            **options,
        )


@contextmanager
def running_api(service: Service, app: Starlette | None = None) -> Iterator[RunningApi]:
    """Serve the API from a thread."""
    settings = replace(service.settings, port=0)
    server = uvicorn.Server(server_config(app or create_app(service), settings))
    scheme = "http" if settings.tls_certificate is None else "https"
    thread = threading.Thread(target=server.run, name="uvicorn")
    thread.start()
    try:
        yield RunningApi(f"{scheme}://{_address(server, thread)}", service, new_key(service))
    finally:
        server.should_exit = True
        thread.join()


def _address(server: uvicorn.Server, thread: threading.Thread) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the server ended at once"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.005)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    return f"{host}:{port}"
