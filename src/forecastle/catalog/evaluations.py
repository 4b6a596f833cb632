"""What monitors found: how good earlier forecasts were, once the actuals had come.

An evaluation stays when its forecast is deleted; it goes with its monitor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, exists, insert, or_, select

from forecastle.catalog.tables import MONITOR_EVALUATIONS, RESOURCES

SUCCESS, FAILURE = "SUCCESS", "FAILURE"


@dataclass(frozen=True)
class Evaluation:
    """How good one forecast was.

    Attributes:
        forecast: ARN of the forecast, which may be gone.
        forecast_nonce: tells it from another of the same name.
        data: the artifact of the target time series that it was compared with.
        predictor: ARN of what made the forecast.
        import_job: ARN of the import that brought the actuals; None where it is not known.
        state: `SUCCESS` or `FAILURE`.
        window_start: first forecast step, seconds since 1970.
        window_end: last forecast step, inclusive, the same.
        metrics: name → value, as Amazon Forecast names them; those that are not defined are left
            out.
        items: how many series were compared.
        message: why it failed.
        retrained_at: when the predictor was retrained; None if it is not a retrained one.
        evaluated_at: seconds since 1970.
    """

    forecast: str
    forecast_nonce: str
    data: str
    predictor: str
    import_job: str | None
    state: str
    window_start: float
    window_end: float
    metrics: Mapping[str, float] = field(default_factory=dict)
    items: int = 0
    message: str | None = None
    retrained_at: float | None = None
    evaluated_at: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain values, which make an equal one."""
        return asdict(self)


@dataclass(frozen=True)
class Place:
    """Where a page of evaluations ended: the next one begins after it."""

    evaluated_at: float
    window_start: float
    forecast_nonce: str


class Evaluations:
    """The evaluations in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)

    def add(self, monitor: str, found: Sequence[Evaluation]) -> None:
        """Keep what a monitor found; what is kept already, and a monitor that is gone, change
        nothing.
        """
        with self._engine.begin() as connection:
            known = select(RESOURCES.c.arn).where(RESOURCES.c.arn == monitor)
            if connection.execute(known).first() is None:
                return
            for each in found:
                if not _is_kept(connection, monitor, each):
                    connection.execute(insert(MONITOR_EVALUATIONS).values(_as_row(monitor, each)))

    def page(
        self,
        monitor: str,
        states: Sequence[str] = (SUCCESS, FAILURE),
        after: Place | None = None,
        limit: int = 100,
    ) -> list[Evaluation]:
        """Up to ``limit`` in some states, newest first."""
        table = MONITOR_EVALUATIONS.c
        query = select(MONITOR_EVALUATIONS).where(
            table.monitor == monitor, table.state.in_(list(states))
        )
        if after is not None:
            at, start, nonce = table.evaluated_at, table.window_start, table.forecast_nonce
            same_time = at == after.evaluated_at
            later = or_(
                start < after.window_start,
                and_(start == after.window_start, nonce < after.forecast_nonce),
            )
            query = query.where(or_(at < after.evaluated_at, and_(same_time, later)))
        order = (table.evaluated_at, table.window_start, table.forecast_nonce)
        query = query.order_by(*(column.desc() for column in order)).limit(limit)
        with self._reading.connect() as connection:
            return [_as_evaluation(row) for row in connection.execute(query)]

    def seen(self, monitor: str, data: str) -> set[str]:
        """The nonces of forecasts that are not to be compared with some data (again).

        Those that were compared well with whatever data, and those that failed with these.
        """
        table = MONITOR_EVALUATIONS.c
        settled = or_(table.state == SUCCESS, table.data == data)
        query = select(table.forecast_nonce).where(table.monitor == monitor, settled)
        with self._reading.connect() as connection:
            return {str(row.forecast_nonce) for row in connection.execute(query)}


def _is_kept(connection: Connection, monitor: str, found: Evaluation) -> bool:
    table = MONITOR_EVALUATIONS.c
    same = exists().where(
        table.monitor == monitor,
        table.forecast_nonce == found.forecast_nonce,
        table.data == found.data,
    )
    return bool(connection.execute(select(same)).scalar_one())


def _as_row(monitor: str, found: Evaluation) -> dict[str, Any]:
    metrics = json.dumps(dict(found.metrics), allow_nan=False)
    return {**found.to_json(), "metrics": metrics, "monitor": monitor}


def _as_evaluation(row: Row[Any]) -> Evaluation:
    values = dict(row._mapping)
    del values["monitor"]
    return Evaluation(**{**values, "metrics": json.loads(values["metrics"])})
