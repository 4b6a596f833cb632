"""Numbers for Prometheus: requests as they are answered, jobs and workers as they stand."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from forecastle.catalog.catalog import Catalog
from forecastle.core.logs import fields

_LOG = logging.getLogger(__name__)
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The numbers of one app, in a registry of their own."""

    def __init__(self, catalog: Catalog, worker_timeout: float) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "forecastle_requests",
            "Requests answered.",
            ("operation", "outcome"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "forecastle_request_seconds",
            "Time from the whole request to its answer.",
            ("operation",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)
        self._registry.register(_CatalogCollector(catalog, worker_timeout))

    def count(self, operation: str, outcome: str, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(operation, outcome).inc()
        self._seconds.labels(operation).observe(seconds)

    def text(self) -> bytes:
        """All numbers, in Prometheus' text format."""
        return generate_latest(self._registry)


class _CatalogCollector(Collector):
    """Asks the database when the numbers are asked for."""

    def __init__(self, catalog: Catalog, worker_timeout: float) -> None:
        self._catalog, self._worker_timeout = catalog, worker_timeout

    def describe(self) -> list[Metric]:
        """Nothing in advance: the registry must not ask the database when the app is made."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Jobs, workers, and whether the database answers."""
        try:
            numbers = [self._resources(), self._workers()]
        except SQLAlchemyError as error:
            _LOG.error("metrics without the database", exc_info=error, extra=fields())
            numbers = []
        up = GaugeMetricFamily("forecastle_database_up", "Whether the database answers.")
        up.add_metric((), 1.0 if numbers else 0.0)
        yield from (*numbers, up)

    def _resources(self) -> Metric:
        family = GaugeMetricFamily(
            "forecastle_resources", "Resources by type and status.", labels=("type", "status")
        )
        for (kind, status), count in self._catalog.resources.tally().items():
            family.add_metric((kind, status), float(count))
        return family

    def _workers(self) -> Metric:
        family = GaugeMetricFamily("forecastle_workers", "Workers with a recent heartbeat.")
        family.add_metric((), float(self._catalog.workers.count_alive(self._worker_timeout)))
        return family
