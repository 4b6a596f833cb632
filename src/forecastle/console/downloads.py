"""Files that pages offer: plain addresses, with the rights of the one who is logged in."""

from __future__ import annotations

from starlette.routing import BaseRoute


def download_routes() -> list[BaseRoute]:
    """For the console's application."""
    return []
