"""Pipelines, the uploads that they noticed, and their runs, in the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select
from sqlalchemy import update as update_rows
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from forecastle.catalog.tables import PIPELINES, RUN_STEPS, RUNS, UPLOADS

RUNNING, SUCCEEDED, FAILED, CANCELLED = "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"
SKIPPED = "SKIPPED"
"""Of a step that had nothing to do; steps have the statuses of runs beside it."""


@dataclass(frozen=True)
class PipelineRecord:
    """A pipeline as it was applied.

    Attributes:
        account: whose it is.
        name: unique in the account.
        text: its YAML.
        region: for the ARNs that its runs make.
        created_at: seconds since 1970.
        changed_at: the same.
        due_at: when its schedule starts it next; None without one.
    """

    account: str
    name: str
    text: str
    region: str
    created_at: float
    changed_at: float
    due_at: float | None = None


@dataclass(frozen=True)
class Upload:
    """A file that a pipeline noticed; ``run_id`` is None while more files are gathered."""

    account: str
    pipeline: str
    bucket: str
    key: str
    etag: str
    size: float
    trigger: str
    noticed_at: float
    run_id: str | None = None

    @property
    def identity(self) -> str:
        """The same for the same content in the same place, however it was noticed."""
        parts = json.dumps([self.bucket, self.key, self.etag])
        return hashlib.sha256(parts.encode()).hexdigest()

    @property
    def url(self) -> str:
        """``s3://bucket/key``."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Run:
    """One run of a pipeline.

    Attributes:
        run_id: a ULID.
        account: whose it is.
        pipeline: its name.
        text: the pipeline's YAML at the start.
        region: for new ARNs.
        trigger: what started it.
        status: RUNNING, SUCCEEDED, FAILED or CANCELLED.
        started_at: seconds since 1970.
        ended_at: the same; None while it runs.
        message: of its end.
        attempt: counts retries, from 1.
        dispatched: whether the queue knows of this attempt.
        details: what it made: ARNs, paths, totals.
    """

    run_id: str
    account: str
    pipeline: str
    text: str
    region: str
    trigger: str
    status: str
    started_at: float
    ended_at: float | None = None
    message: str | None = None
    attempt: int = 1
    dispatched: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step of a run; ``results`` are the ARNs and facts that later steps use."""

    run_id: str
    step: str
    status: str
    started_at: float
    ended_at: float | None = None
    message: str | None = None
    attempts: int = 1
    results: Mapping[str, Any] = field(default_factory=dict)


class Pipelines:
    """Pipelines, uploads and runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)

    def apply(self, record: PipelineRecord) -> None:
        """Make a pipeline, or put another text in the place of its own."""
        changed = {key: value for key, value in vars(record).items() if key != "created_at"}
        with self._engine.begin() as connection:
            done = connection.execute(
                update_rows(PIPELINES).where(*_pipeline(record)).values(**changed)
            )
            if done.rowcount == 0:
                connection.execute(insert(PIPELINES).values(**vars(record)))

    def find(self, account: str, name: str) -> PipelineRecord | None:
        """The pipeline of that name."""
        found = self._pipelines(PIPELINES.c.account == account, PIPELINES.c.name == name)
        return found[0] if found else None

    def all(self, account: str | None = None) -> list[PipelineRecord]:
        """Those of an account, or all; by name."""
        return self._pipelines(*([] if account is None else [PIPELINES.c.account == account]))

    def delete(self, account: str, name: str) -> bool:
        """Forget a pipeline and the uploads it noticed; its runs stay. False if there is none."""
        where = (PIPELINES.c.account == account, PIPELINES.c.name == name)
        with self._engine.begin() as connection:
            connection.execute(
                delete(UPLOADS).where(UPLOADS.c.account == account, UPLOADS.c.pipeline == name)
            )
            return connection.execute(delete(PIPELINES).where(*where)).rowcount == 1

    def take_due(self, record: PipelineRecord, following: float | None) -> bool:
        """Move the schedule on; True for the one caller that is to start the run."""
        with self._engine.begin() as connection:
            done = connection.execute(
                update_rows(PIPELINES)
                .where(*_pipeline(record), PIPELINES.c.due_at == record.due_at)
                .values(due_at=following)
            )
        return done.rowcount == 1

    def notice(self, upload: Upload) -> bool:
        """Remember an upload; False if it was noticed before, by whatever trigger."""
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(UPLOADS).values(**vars(upload), identity=upload.identity))
        except IntegrityError:
            return False
        return True

    def remember(self, uploads: Sequence[Upload]) -> None:
        """Remember uploads, with their runs, all at once; not those that were noticed before."""
        make = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        rows = [{**vars(upload), "identity": upload.identity} for upload in uploads]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(make(UPLOADS).on_conflict_do_nothing(), rows)

    def uploads(self, account: str, pipeline: str, *, run_id: str | None = None) -> list[Upload]:
        """The uploads of a run, or those that no run has taken yet; oldest first."""
        query = select(UPLOADS).where(
            UPLOADS.c.account == account,
            UPLOADS.c.pipeline == pipeline,
            UPLOADS.c.run_id.is_(None) if run_id is None else UPLOADS.c.run_id == run_id,
        )
        with self._reading.connect() as connection:
            rows = connection.execute(query.order_by(UPLOADS.c.noticed_at, UPLOADS.c.key))
            return [_as_upload(row) for row in rows]

    def seen(self, account: str, pipeline: str) -> set[str]:
        """The identities of all uploads that a pipeline noticed."""
        query = select(UPLOADS.c.identity).where(
            UPLOADS.c.account == account, UPLOADS.c.pipeline == pipeline
        )
        with self._reading.connect() as connection:
            return set(connection.execute(query).scalars())

    def waiting(self) -> list[Upload]:
        """The uploads of all pipelines that no run has taken yet; oldest first."""
        query = select(UPLOADS).where(UPLOADS.c.run_id.is_(None))
        with self._reading.connect() as connection:
            rows = connection.execute(query.order_by(UPLOADS.c.noticed_at, UPLOADS.c.key))
            return [_as_upload(row) for row in rows]

    def start(self, run: Run, uploads: Sequence[Upload]) -> bool:
        """Begin a run with these uploads, in one transaction; False if another run took one."""
        with self._engine.begin() as connection:
            taken = sum(_take(connection, run, upload) for upload in uploads)
            if taken < len(uploads):
                connection.rollback()
                return False
            connection.execute(insert(RUNS).values(**_run_row(run)))
        return True

    def run(self, run_id: str, account: str | None = None) -> Run | None:
        """The run of that id, if it is the account's (None: whoever's)."""
        conditions = [] if account is None else [RUNS.c.account == account]
        found = self._runs(RUNS.c.run_id == run_id, *conditions)
        return found[0] if found else None

    def runs(self, account: str, pipeline: str | None = None, limit: int = 100) -> list[Run]:
        """The latest runs, newest first."""
        conditions = [] if pipeline is None else [RUNS.c.pipeline == pipeline]
        return self._runs(RUNS.c.account == account, *conditions, limit=limit)

    def undispatched(self) -> list[Run]:
        """Runs that the queue does not know of yet."""
        return self._runs(RUNS.c.dispatched.is_(False), RUNS.c.status == RUNNING)

    def running(self) -> list[Run]:
        """Runs that are at work, of all accounts."""
        return self._runs(RUNS.c.status == RUNNING)

    def change_run(self, run_id: str, values: Mapping[str, Any], *, status: str = RUNNING) -> bool:
        """Change a run that is in ``status``; False if it is in another one by now."""
        row = {key: _stored(key, value) for key, value in values.items()}
        with self._engine.begin() as connection:
            done = connection.execute(
                update_rows(RUNS)
                .where(RUNS.c.run_id == run_id, RUNS.c.status == status)
                .values(**row)
            )
        return done.rowcount == 1

    def put_step(self, step: Step) -> None:
        """Write where a step stands."""
        row = {**vars(step), "results": json.dumps(step.results)}
        where = (RUN_STEPS.c.run_id == step.run_id, RUN_STEPS.c.step == step.step)
        with self._engine.begin() as connection:
            done = connection.execute(update_rows(RUN_STEPS).where(*where).values(**row))
            if done.rowcount == 0:
                connection.execute(insert(RUN_STEPS).values(**row))

    def steps(self, run_id: str) -> list[Step]:
        """The steps of a run, in the order in which they began."""
        query = select(RUN_STEPS).where(RUN_STEPS.c.run_id == run_id)
        with self._reading.connect() as connection:
            rows = connection.execute(query.order_by(RUN_STEPS.c.started_at, RUN_STEPS.c.step))
            return [Step(**{**row._mapping, "results": json.loads(row.results)}) for row in rows]

    def remove_run(self, run_id: str) -> None:
        """Forget a run and its steps; that its uploads were seen is remembered."""
        with self._engine.begin() as connection:
            connection.execute(delete(RUNS).where(RUNS.c.run_id == run_id))

    def _pipelines(self, *conditions: Any) -> list[PipelineRecord]:
        query = select(PIPELINES).where(*conditions)
        with self._reading.connect() as connection:
            rows = connection.execute(query.order_by(PIPELINES.c.account, PIPELINES.c.name))
            return [PipelineRecord(**row._mapping) for row in rows]

    def _runs(self, *conditions: Any, limit: int | None = None) -> list[Run]:
        query = select(RUNS).where(*conditions)
        query = query.order_by(RUNS.c.started_at.desc(), RUNS.c.run_id.desc()).limit(limit)
        with self._reading.connect() as connection:
            return [_as_run(row) for row in connection.execute(query)]


def _pipeline(record: PipelineRecord) -> tuple[Any, Any]:
    return PIPELINES.c.account == record.account, PIPELINES.c.name == record.name


def _take(connection: Connection, run: Run, upload: Upload) -> int:
    """Give an upload to a run, unless another one has it."""
    return connection.execute(
        update_rows(UPLOADS)
        .where(
            UPLOADS.c.account == upload.account,
            UPLOADS.c.pipeline == upload.pipeline,
            UPLOADS.c.identity == upload.identity,
            UPLOADS.c.run_id.is_(None),
        )
        .values(run_id=run.run_id)
    ).rowcount


def _as_upload(row: Row[Any]) -> Upload:
    values = {key: value for key, value in row._mapping.items() if key != "identity"}
    return Upload(**values)


def _as_run(row: Row[Any]) -> Run:
    return Run(**{**row._mapping, "details": json.loads(row.details)})


def _run_row(run: Run) -> dict[str, Any]:
    return {key: _stored(key, value) for key, value in vars(run).items()}


def _stored(key: str, value: Any) -> Any:
    return json.dumps(value) if key == "details" else value
