"""Open pages without browsers: what a browser tells NiceGUI's server, and nothing else."""

from __future__ import annotations

import ast
import asyncio
import re
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urlencode

import httpx
import socketio

_QUERY = re.compile(r"query: ({.*?}),\s*\n\s*extraHeaders")
_PATH = "/_nicegui_ws/socket.io"
_PATIENCE = 60.0


@contextmanager
def open_pages(url: str, paths: Sequence[str], cookies: Mapping[str, str]) -> Iterator[None]:
    """Pages that stay open and connected while the ``with`` lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def wait(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(_PATIENCE)

    clients = [wait(_open(url, path, cookies)) for path in paths]
    try:
        yield
    finally:
        for client in clients:
            wait(client.disconnect())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _open(url: str, path: str, cookies: Mapping[str, str]) -> socketio.AsyncClient:
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=_PATIENCE) as http:
        page = await http.get(path)
    page.raise_for_status()
    found = _QUERY.search(page.text)
    if found is None:
        raise SystemExit(f"{path} does not tell how its socket is opened")
    query = {
        **ast.literal_eval(found[1]),  # NiceGUI writes it as Python does
        "implicit_handshake": "true",
        "document_id": secrets.token_hex(8),
        "tab_id": secrets.token_hex(8),
        "old_tab_id": "",
    }
    client = socketio.AsyncClient(reconnection=False)
    await client.connect(  # refused where the server knows no such page
        f"{url}?{urlencode(query)}",
        headers={**headers, "origin": url},
        transports=["websocket"],
        socketio_path=_PATH,
    )
    return client
