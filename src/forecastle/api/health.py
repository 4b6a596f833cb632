"""Health, readiness and metrics: for supervisors and Prometheus; they need no key."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forecastle.api.metrics import Metrics
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.database import check_up_to_date
from forecastle.core.errors import ForecastleError
from forecastle.core.logs import fields

_LOG = logging.getLogger(__name__)
_OK, _UNAVAILABLE = 200, 503


@dataclass(frozen=True)
class Health:
    """Tells how the service is.

    Without a worker it is ready all the same: what is asked for waits, and everything else works.
    """

    catalog: Catalog
    worker_timeout: float
    metrics: Metrics

    def routes(self) -> list[Route]:
        """The three pages."""
        return [
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
        ]

    async def _healthz(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _readyz(self, _request: Request) -> Response:
        status, state = await run_in_threadpool(self._state)
        return JSONResponse(state, status)

    async def _metrics(self, _request: Request) -> Response:
        text = await run_in_threadpool(self.metrics.text)
        return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})

    def _state(self) -> tuple[int, dict[str, Any]]:
        try:
            check_up_to_date(self.catalog.engine)
            workers = self.catalog.workers.count_alive(self.worker_timeout)
        except ForecastleError as error:
            return _UNAVAILABLE, {"status": "not ready", "database": str(error)}
        except SQLAlchemyError as error:
            _LOG.error("not ready", exc_info=error, extra=fields())
            return _UNAVAILABLE, {"status": "not ready", "database": "does not answer"}
        return _OK, {"status": "ready", "database": "ok", "workers": workers}
