"""``forecastle serve``: API, console, a worker beside them, an S3 server where one is wanted."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from forecastle.cli import options
from forecastle.cli.listening import address_of, introduce, listening
from forecastle.cli.service_options import DataDir

if TYPE_CHECKING:
    import socket

    from forecastle.core.settings import ServiceSettings
    from forecastle.service.context import Service
    from forecastle.storage.seaweed import SeaweedWebhook


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; default 127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; default 8460, 0 takes a free one")
    ] = None,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Run a worker beside the API")
    ] = True,
    console: Annotated[
        bool, typer.Option("--console/--no-console", help="Have the console on the same port")
    ] = True,
    s3: Annotated[
        bool, typer.Option("--s3", help="Also run an S3 server, on the next port (extra s3)")
    ] = False,
    data_dir: DataDir = None,
    debug: options.Debug = False,
) -> None:
    """Run the service: the Amazon Forecast API, the console and a worker, until stopped."""
    from forecastle.cli.locking import served_here
    from forecastle.core.logs import configure_logging
    from forecastle.core.settings import load_settings

    settings, _ = load_settings(os.environ, data_dir=data_dir, host=host, port=port)
    configure_logging(settings)
    with suppress(KeyboardInterrupt), served_here(settings.data_dir), ExitStack() as stack:
        listener = stack.enter_context(listening(settings))
        _run(settings, listener, stack, worker=worker, console=console, s3=s3)


def _run(
    settings: ServiceSettings,
    listener: socket.socket,
    stack: ExitStack,
    *,
    worker: bool,
    console: bool,
    s3: bool,
) -> None:
    """Start what is wanted, one after the other, and serve; all of it ends with the stack."""
    import uvicorn

    from forecastle.api.app import create_app
    from forecastle.api.server import server_config
    from forecastle.cli.s3_server import s3_beside
    from forecastle.cli.supervision import Supervisor
    from forecastle.console.app import create_console
    from forecastle.jobs.stores import Stores
    from forecastle.service.start import open_service

    service = open_service(settings)
    stack.callback(service.catalog.close)
    introduce(service, address_of(settings, listener) if console else None)
    if s3:
        port = settings.port and settings.port + 1
        webhook = _webhook(service, listener)
        beside = stack.enter_context(s3_beside(settings, service.catalog, port, webhook))
        service = replace(service, settings=beside, stores=Stores.open(beside, service.catalog))
    pages = create_console(service) if console else None
    server = uvicorn.Server(server_config(create_app(service, pages=pages), service.settings))
    if worker:
        stack.enter_context(Supervisor(service.settings))
    _greet(service, listener)
    server.run(sockets=[listener])


def _webhook(service: Service, listener: socket.socket) -> SeaweedWebhook | None:
    """How the S3 server tells of new objects; with TLS it does not, and they are found by listing.

    It would not trust a certificate that the service made for itself.
    """
    from forecastle.pipelines.webhook import PATH, webhook_token
    from forecastle.storage.seaweed import SeaweedWebhook

    if service.settings.tls_certificate is not None:
        return None
    url = f"{address_of(service.settings, listener)}{PATH}"
    return SeaweedWebhook(url, webhook_token(service, None))


def _greet(service: Service, listener: socket.socket) -> None:
    """Say where the service listens, and what AWS's clients need to know of it."""
    settings = service.settings
    address = address_of(settings, listener)
    variables = {
        "AWS_ENDPOINT_URL_FORECAST": address,
        "AWS_ENDPOINT_URL_FORECASTQUERY": address,
        "AWS_ENDPOINT_URL_STS": address,
        "AWS_ENDPOINT_URL_S3": settings.s3_endpoint_url,
        "AWS_DEFAULT_REGION": settings.region,
    }
    lines = [
        f"Forecastle listens on {address}; its data are in {settings.data_dir}",
        *(f"  export {name}={value}" for name, value in variables.items() if value),
    ]
    print("\n".join(lines), flush=True)
