"""``forecastle console``: the console alone, for installations where the API runs elsewhere."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from typing import Annotated

import typer

from forecastle.cli import options
from forecastle.cli.listening import address_of, introduce, listening
from forecastle.cli.service_options import DataDir


def console(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; default 127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; default 8460, 0 takes a free one")
    ] = None,
    data_dir: DataDir = None,
    debug: options.Debug = False,
) -> None:
    """Run the console alone, beside `forecastle serve --no-console`, until stopped."""
    import uvicorn

    from forecastle.api.server import server_config
    from forecastle.console.app import create_console
    from forecastle.core.logs import configure_logging
    from forecastle.core.settings import load_settings
    from forecastle.service.start import open_service

    settings, _ = load_settings(os.environ, data_dir=data_dir, host=host, port=port)
    configure_logging(settings)
    with suppress(KeyboardInterrupt), listening(settings) as listener:
        service = open_service(settings)
        with closing(service.catalog):
            address = address_of(settings, listener)
            introduce(service, address)
            server = uvicorn.Server(server_config(create_console(service), settings))
            print(
                f"The console listens on {address}; its data are in {settings.data_dir}",
                flush=True,
            )
            server.run(sockets=[listener])
