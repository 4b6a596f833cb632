"""How uvicorn runs the application: TLS, proxies, and nothing said that need not be."""

from __future__ import annotations

import uvicorn
from starlette.applications import Starlette

from forecastle.core.errors import InputError
from forecastle.core.settings import ServiceSettings

_GRACE_SECONDS = 10
_KEEP_ALIVE_SECONDS = 75


def server_config(app: Starlette, settings: ServiceSettings) -> uvicorn.Config:
    """The configuration for ``uvicorn.Server``; logging is set up before, by `core.logs`.

    Raises:
        InputError: of certificate and key only one is given, or a file is missing.
    """
    _check_tls(settings)
    proxies = settings.trusted_proxies.replace(" ", "")
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _check_tls(settings: ServiceSettings) -> None:
    files = {"tls_certificate": settings.tls_certificate, "tls_key": settings.tls_key}
    given = {name: path for name, path in files.items() if path is not None}
    if len(given) == 1:
        (missing,) = files.keys() - given.keys()
        raise InputError(f"TLS needs tls_certificate and tls_key; {missing} is not set")
    for name, path in given.items():
        if not path.is_file():
            raise InputError(f"{name} '{path}' is no file; correct the setting")
