"""``/download/forecasts/{name}.csv`` and ``.parquet``: a forecast, or one series of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from forecastle.console.downloads import download, written_file
from forecastle.console.pages.forecasts_view import key_text
from forecastle.console.visitor import Visitor
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of
from forecastle.service.context import Context
from forecastle.service.forecast_files import write_csv, write_parquet
from forecastle.service.forecast_table import Key

Write = Callable[[Context, Path, str, Key], None]


def file_address(identifier: str, ending: str, key: Key = ()) -> str:
    """Where a file is.

    Args:
        identifier: of the forecast, as addresses have it.
        ending: csv or parquet.
        key: of one series; empty for all.
    """
    query = urlencode([("item", part) for part in key])
    return f"/download/forecasts/{quote(identifier)}.{ending}" + (f"?{query}" if query else "")


@download("/download/forecasts/{name}.csv")
async def forecast_csv(visitor: Visitor, request: Request) -> Response:
    """As an export's CSV."""
    return await _file(visitor, request, "csv", write_csv)


@download("/download/forecasts/{name}.parquet")
async def forecast_parquet(visitor: Visitor, request: Request) -> Response:
    """As an export's Parquet."""
    return await _file(visitor, request, "parquet", write_parquet)


async def _file(visitor: Visitor, request: Request, ending: str, write: Write) -> Response:
    identifier = request.path_params["name"]
    key = tuple(request.query_params.getlist("item"))
    arn = await visitor.do(arn_of, ResourceType.FORECAST, identifier)
    name = " ".join(part for part in (identifier, key_text(key)) if part)
    return await written_file(visitor, f"{name}.{ending}", write, arn, key)
