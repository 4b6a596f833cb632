"""``forecastle serve``: the API, a worker beside it, and an S3 server where one is wanted."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from forecastle.cli import options
from forecastle.cli.service_options import DataDir

if TYPE_CHECKING:
    from forecastle.core.settings import ServiceSettings
    from forecastle.service.context import Service
    from forecastle.service.start import FirstAccess

_BACKLOG = 2048


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
    data_dir: DataDir = None,
    debug: options.Debug = False,
) -> None:
    """Run the service: the Amazon Forecast API and a worker. Runs until stopped."""
    from forecastle.cli.locking import served_here
    from forecastle.core.logs import configure_logging
    from forecastle.core.settings import load_settings

    settings, _ = load_settings(os.environ, data_dir=data_dir, host=host, port=port)
    configure_logging(settings)
    with suppress(KeyboardInterrupt), served_here(settings.data_dir), ExitStack() as stack:
        listener = stack.enter_context(_listening(settings))
        _run(settings, listener, stack, worker=worker)


def _run(
    settings: ServiceSettings, listener: socket.socket, stack: ExitStack, *, worker: bool
) -> None:
    """Start what is wanted, one after the other, and serve; all of it ends with the stack."""
    import uvicorn

    from forecastle.api.app import create_app
    from forecastle.api.server import server_config
    from forecastle.cli.supervision import Supervisor
    from forecastle.service.start import first_access, open_service

    service = open_service(settings)
    stack.callback(service.catalog.close)
    first = first_access(service)
    server = uvicorn.Server(server_config(create_app(service), service.settings))
    if worker:
        stack.enter_context(Supervisor(service.settings))
    _greet(service, listener, first)
    server.run(sockets=[listener])


@contextmanager
def _listening(settings: ServiceSettings) -> Iterator[socket.socket]:
    """The socket, bound before anything else is started.

    Raises:
        InputError: the address or the port is not to be had.
    """
    from forecastle.core.errors import InputError

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise InputError(
                f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}); "
                "choose another --port or stop what listens there"
            ) from error
        listener.listen(_BACKLOG)
        yield listener


def _greet(service: Service, listener: socket.socket, first: FirstAccess | None) -> None:
    """Say where the service listens and, this once, what opens it."""
    address = _address(service.settings, listener)
    lines = [f"Forecastle listens on {address}; its data are in {service.settings.data_dir}"]
    if service.settings.s3_endpoint_url:
        lines.append(f"Buckets are on {service.settings.s3_endpoint_url}")
    if first is not None:
        lines += ["", "First start. These are shown only now; `forecastle keys create` makes more:"]
        lines += [
            f"  export {name}={value}" for name, value in _environment(first, service, address)
        ]
        lines.append(f"  console: user {first.user}, password {first.password}")
    print("\n".join(lines), flush=True)


def _environment(first: FirstAccess, service: Service, address: str) -> Iterator[tuple[str, str]]:
    """What AWS's clients read."""
    yield "AWS_ACCESS_KEY_ID", first.key.access_key_id
    yield "AWS_SECRET_ACCESS_KEY", first.key.secret
    yield "AWS_DEFAULT_REGION", service.settings.region
    for name in ("FORECAST", "FORECASTQUERY", "STS"):
        yield f"AWS_ENDPOINT_URL_{name}", address
    if service.settings.s3_endpoint_url:
        yield "AWS_ENDPOINT_URL_S3", service.settings.s3_endpoint_url


def _address(settings: ServiceSettings, listener: socket.socket) -> str:
    """The URL for clients on this machine."""
    scheme = "http" if settings.tls_certificate is None else "https"
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"{scheme}://{host}:{listener.getsockname()[1]}"
