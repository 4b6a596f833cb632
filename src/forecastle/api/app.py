"""The web application: HTTP around the reception, and the pages for supervisors."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from forecastle.api.auditing import Auditor
from forecastle.api.authentication import Guard, KeyRing
from forecastle.api.events import EventIntake
from forecastle.api.exchange import Answer, Received, join_headers
from forecastle.api.forecast import Call, ForecastProtocol
from forecastle.api.health import Health
from forecastle.api.limits import Gate, RateLimit
from forecastle.api.metrics import Metrics
from forecastle.api.reception import Reception
from forecastle.api.refusals import IncompleteSignature, NoSuchPage, TooLarge, TooSlow
from forecastle.api.signature import PRESIGNED, is_presigned
from forecastle.api.sts import TokenServiceProtocol
from forecastle.api.subscriptions import confirm_subscription
from forecastle.core.errors import RequestError
from forecastle.core.token_buckets import TokenBuckets
from forecastle.pipelines.webhook import PATH as EVENTS_PATH
from forecastle.service import operations
from forecastle.service.context import Service

# As many as the database has connections for; more would only wait for them.
_THREADS = 10
_BODY_SECONDS = 20.0
_BAD_REQUEST = 400
# Failed signatures in the audit log, per second and at once: an attacker shall not fill the disk.
_AUDITED_FAILURES, _AUDITED_BURST = 1.0, 50.0


def create_app(
    service: Service,
    call: Call = operations.call,
    timer: Callable[[], float] = time.monotonic,
    pages: Starlette | None = None,
) -> Starlette:
    """The application that a server such as uvicorn runs.

    Args:
        service: what the operations work with.
        call: does an operation.
        timer: seconds since some moment, for durations and rates.
        pages: answers everything that is not the API's, such as the console; None: nothing does.
    """
    settings = service.settings
    metrics = Metrics(service.catalog, settings.worker_timeout)
    failures = TokenBuckets(_AUDITED_FAILURES, _AUDITED_BURST, timer)
    house = _House(service, metrics, Auditor(service.catalog.audit, failures), timer)
    desk = _Desk(
        reception=_reception(house, call),
        intake=_intake(house),
        gate=Gate(settings.max_concurrent_requests),
        threads=ThreadPoolExecutor(_THREADS, thread_name_prefix="api"),
        max_bytes=settings.max_request_bytes,
        random=service.random,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(desk.threads.shutdown)
            if pages is not None:
                await stack.enter_async_context(pages.router.lifespan_context(pages))
            yield

    health = Health(service.catalog, settings.worker_timeout, metrics)
    return Starlette(
        routes=[
            Route("/", desk.api, methods=["POST"]),
            Route(EVENTS_PATH, desk.events, methods=["POST"]),
            *health.routes(),
            *([] if pages is None else [Mount("/", app=pages)]),
        ],
        exception_handlers={404: desk.no_such_page, 405: desk.no_such_page, 500: desk.failed},
        lifespan=lifespan,
    )


@dataclass(frozen=True)
class _House:
    """What all that answers requests shares."""

    service: Service
    metrics: Metrics
    auditor: Auditor
    timer: Callable[[], float]

    def rate(self) -> RateLimit:
        """Requests per second of whoever asks."""
        settings = self.service.settings
        buckets = TokenBuckets(settings.requests_per_second, settings.request_burst, self.timer)
        return RateLimit(buckets, settings.requests_per_second)


def _reception(house: _House, call: Call) -> Reception:
    service = house.service
    keys = KeyRing(service.catalog.access_keys, house.timer)
    return Reception(
        forecast=ForecastProtocol(service, call),
        sts=TokenServiceProtocol(),
        guard=Guard(keys, service.clock, service.settings.clock_skew),
        rate=house.rate(),
        auditor=house.auditor,
        metrics=house.metrics,
        clock=service.clock,
        timer=house.timer,
    )


def _intake(house: _House) -> EventIntake:
    other = house.service.settings.sns_endpoint_url
    return EventIntake(
        service=house.service,
        rate=house.rate(),
        auditor=house.auditor,
        metrics=house.metrics,
        timer=house.timer,
        confirm=lambda url: confirm_subscription(url, other),
    )


@dataclass(frozen=True)
class _Desk:
    """Takes HTTP requests and has them answered in threads, so that the event loop stays free."""

    reception: Reception
    intake: EventIntake
    gate: Gate
    threads: ThreadPoolExecutor
    max_bytes: int
    random: Callable[[int], int]

    async def api(self, request: Request) -> Response:
        """``POST /``: the API."""
        return await self._serve(request, self.reception.answer)

    async def events(self, request: Request) -> Response:
        """``POST /events``: what landed in buckets."""
        return await self._serve(request, self.intake.answer)

    async def _serve(self, request: Request, work: Callable[[Received], Answer]) -> Response:
        request_id = self._request_id()
        try:
            with self.gate.enter():
                body = await self._read_body(request)
                received = _received(request, body, request_id)
                loop = asyncio.get_running_loop()
                answer = await loop.run_in_executor(self.threads, work, received)
                return _response(answer, request_id)
        except RequestError as error:
            return self._refuse(request, request_id, error)
        except ClientDisconnect:
            return Response(status_code=_BAD_REQUEST)

    async def no_such_page(self, request: Request, _error: Exception) -> Response:
        """Any other method or path."""
        if is_presigned(request.url.query):
            return self._refuse(request, self._request_id(), IncompleteSignature(PRESIGNED))
        error = NoSuchPage(
            f"Nothing is at {request.method} {request.url.path}; the API is at POST /, "
            "events go to POST /events, and there are GET /healthz, /readyz and /metrics"
        )
        return self._refuse(request, self._request_id(), error)

    async def failed(self, request: Request, error: Exception) -> Response:
        """What escaped a page, such as the metrics."""
        return self._refuse(request, self._request_id(), error)

    def _refuse(self, request: Request, request_id: str, error: Exception) -> Response:
        """Answer on the event loop, without the database: a full house must say so at once."""
        received = _received(request, b"", request_id)
        return _response(self.reception.refuse(received, error), request_id)

    async def _read_body(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                return await _read_at_most(request, self.max_bytes)
        except TimeoutError:
            raise TooSlow(
                f"The body did not come within {_BODY_SECONDS:g} seconds; send it again"
            ) from None

    def _request_id(self) -> str:
        return str(uuid.UUID(int=self.random(128), version=4))


async def _read_at_most(request: Request, most: int) -> bytes:
    """The body; not a byte more is kept than is allowed."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(most)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        f"The request is larger than {most} bytes (setting max_request_bytes); send less at once"
    )


def _received(request: Request, body: bytes, request_id: str) -> Received:
    return Received(
        method=request.method,
        path=request.url.path,
        query=request.url.query,
        headers=join_headers(request.headers.raw),
        body=body,
        address=None if request.client is None else request.client.host,
        request_id=request_id,
    )


def _response(answer: Answer, request_id: str) -> Response:
    headers = {
        "content-type": answer.content_type,
        "x-amzn-requestid": request_id,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(answer.body, answer.status, headers)
