"""Running: a run goes step by step, and what it did and what came of it is written down.

What the catalog says of a step is the truth: a step that succeeded is not done again, whether the
worker died since or the run is retried. A step that was cut off is done again, and finds what it
made.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from forecastle.catalog.pipelines import (
    CANCELLED,
    FAILED,
    RUNNING,
    SKIPPED,
    SUCCEEDED,
    Run,
    Step,
)
from forecastle.core.errors import (
    ForecastleError,
    LimitExceeded,
    ResourceInUse,
    StorageError,
)
from forecastle.core.logs import fields
from forecastle.pipelines.importing import WAITS_FOR, holds
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.work import Abandoned, Done, Results, Work
from forecastle.service.context import Service

CHECK, IMPORT, TRAIN, FORECAST, EXPORT = "check", "import", "train", "forecast", "export"
RESULTS, NOTIFY = "results", "notify"

REPORT = "report"
"""Among the results: the URL of the run's own report."""

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds before each further try of a step that may succeed then."""

_PASSING = (StorageError, ResourceInUse, LimitExceeded)
_OVER = (SUCCEEDED, SKIPPED)
_RENEWS = "renews"
_MAKERS = {"group": IMPORT, "predictor": TRAIN, "forecast": FORECAST, "export": EXPORT}
_log = logging.getLogger(__name__)

StepAction = Callable[[Work], Done]


class Notify(Protocol):
    """Tells people that a run is over; what could not be delivered, in sentences."""

    def __call__(
        self,
        service: Service,
        pipeline: Pipeline,
        run: Run,
        steps: Sequence[Step],
        results: Mapping[str, Any],
        /,
        *,
        succeeded: bool,
    ) -> list[str]:
        """Never raises for what a receiver does."""


@dataclass(frozen=True)
class Runs:
    """Does the steps of runs.

    Attributes:
        service: what operations work with.
        actions: the steps by their names, in order.
        notify: tells people of the end.
        pauses: see `PAUSES`.
    """

    service: Service
    actions: Mapping[str, StepAction]
    notify: Notify
    pauses: Sequence[float] = PAUSES

    def perform(self, run_id: str, attempt: int, name: str) -> bool:
        """Do one step; whether the next one is to follow."""
        run = self.service.catalog.pipelines.run(run_id)
        if run is None or run.attempt != attempt:
            return False
        steps = self._steps(run)
        record = steps.get(name)
        if run.status != RUNNING:
            self._cancelled(record)
            return False
        again = record is not None and record.status in _OVER
        if record is not None and again and self._stands(run, steps, name):
            return not record.results.get(WAITS_FOR)
        begun = self._begin(run, name, record)
        try:
            done = self._tried(run, steps, begun)
        except Abandoned as error:
            if error.is_cancelled:
                self._cancelled(begun)
            return False
        except SQLAlchemyError:  # the step is done again when the database is back
            raise
        except Exception as error:
            self._end(run, begun, FAILED, _told(run, name, error), {})
            return False
        self._end(run, begun, done.status, done.message, done.results)
        return not done.ends_run

    def close(self, run_id: str, attempt: int) -> None:
        """End the run, and tell people of it."""
        run = self.service.catalog.pipelines.run(run_id)
        if run is None or run.attempt != attempt or run.status != RUNNING:
            return
        steps = self._steps(run)
        steps.pop(NOTIFY, None)  # of the attempt before
        failed = next((each for each in steps.values() if each.status == FAILED), None)
        last = list(steps.values())[-1]
        succeeded = failed is None
        message = last.message if failed is None else f"{failed.step}: {failed.message}"
        ended = replace(
            run,
            status=SUCCEEDED if succeeded else FAILED,
            message=message,
            ended_at=self.service.clock(),
            details=_details(steps),
        )
        self._notify(ended, steps, succeeded=succeeded)
        news = {name: getattr(ended, name) for name in ("status", "message", "details")}
        now = self.service.clock()
        self.service.catalog.pipelines.change_run(run_id, {**news, "ended_at": now})
        _log.info("run ended", extra=_of(run, status=ended.status, message=message))

    def _steps(self, run: Run) -> dict[str, Step]:
        """What is written of the steps, in the order of the steps."""
        found = {each.step: each for each in self.service.catalog.pipelines.steps(run.run_id)}
        return {name: found[name] for name in (*self.actions, NOTIFY) if name in found}

    def _stands(self, run: Run, steps: Mapping[str, Step], name: str) -> bool:
        """Whether what a step made is still there to be used.

        A run that is retried may find that another one has imported since: its own files are then
        imported again, unless its forecast is made already.
        """
        forecast = steps.get(FORECAST)
        if name != IMPORT or (forecast is not None and forecast.status in _OVER):
            return True
        work = self._work(run, steps, steps[name])
        return holds(work, steps[name].results["imports"])

    def _begin(self, run: Run, name: str, record: Step | None) -> Step:
        """Write that a step begins; one that failed, or no longer stands, makes things anew."""
        now = self.service.clock()
        begun = Step(run.run_id, name, RUNNING, now)
        if record is not None:
            cut_off = record.status == RUNNING
            renews = not cut_off or bool(record.results.get(_RENEWS))
            begun = replace(
                begun,
                started_at=record.started_at if cut_off else now,
                attempts=record.attempts + 1,
                results={_RENEWS: True} if renews else {},
            )
        self.service.catalog.pipelines.put_step(begun)
        _log.info("step begins", extra=_of(run, step=name, attempt=begun.attempts))
        return begun

    def _tried(self, run: Run, steps: Mapping[str, Step], begun: Step) -> Done:
        """Do a step, again where that can help."""
        for pause in (*self.pauses, None):
            work = self._work(run, steps, begun)
            try:
                return self.actions[begun.step](work)
            except _PASSING as error:
                if pause is None:
                    raise
                _log.warning("step is tried again", extra=_of(run, step=begun.step, why=str(error)))
                begun = replace(
                    begun,
                    attempts=begun.attempts + 1,
                    message=f"{error}; tried again in {pause:.0f} s",
                    results={_RENEWS: True},
                )
                self.service.catalog.pipelines.put_step(begun)
                work.pause(pause)
        raise AssertionError("the last try returns or raises")

    def _work(self, run: Run, steps: Mapping[str, Step], begun: Step) -> Work:
        pipelines = self.service.catalog.pipelines

        def tell(message: str) -> None:
            pipelines.put_step(replace(begun, message=message))

        return Work(
            service=self.service,
            run=run,
            pipeline=read_pipeline(run.text, run.pipeline),
            uploads=pipelines.uploads(run.account, run.pipeline, run_id=run.run_id),
            results=_made(steps),
            renews=bool(begun.results.get(_RENEWS)),
            tell=tell,
        )

    def _end(self, run: Run, begun: Step, status: str, message: str, results: Results) -> None:
        """Write how a step ended; it may have taken more attempts since it began."""
        present = self._steps(run).get(begun.step, begun)
        ended = replace(
            present,
            status=status,
            message=message,
            results=results,
            ended_at=self.service.clock(),
        )
        self.service.catalog.pipelines.put_step(ended)
        _log.log(
            logging.WARNING if status == FAILED else logging.INFO,
            "step ended",
            extra=_of(run, step=begun.step, status=status, message=message),
        )

    def _cancelled(self, record: Step | None) -> None:
        if record is not None and record.status == RUNNING:
            now = self.service.clock()
            over = replace(record, status=CANCELLED, ended_at=now, message="the run was cancelled")
            self.service.catalog.pipelines.put_step(over)

    def _notify(self, run: Run, steps: Mapping[str, Step], *, succeeded: bool) -> None:
        """Tell people; that they could not be told does not change what came of the run."""
        begun = self._begin(run, NOTIFY, None)
        status, message = SKIPPED, "nobody is to be told"
        try:
            pipeline = read_pipeline(run.text, run.pipeline)
            waits = any(each.results.get(WAITS_FOR) for each in steps.values())
            if pipeline.notifications and not waits:
                results = steps[RESULTS].results if succeeded else {}
                undelivered = self.notify(
                    self.service, pipeline, run, list(steps.values()), results, succeeded=succeeded
                )
                status = FAILED if undelivered else SUCCEEDED
                message = "; ".join(undelivered) or f"{len(pipeline.notifications)} told"
        except SQLAlchemyError:
            raise
        except Exception as error:
            status, message = FAILED, _told(run, NOTIFY, error)
        self._end(run, begun, status, message, {})


def arns(made: Mapping[str, Results]) -> dict[str, str]:
    """The ARNs among the results of steps, by what they are: group, predictor, forecast, export."""
    return {name: made[step][name] for name, step in _MAKERS.items() if step in made}


def _details(steps: Mapping[str, Step]) -> dict[str, Any]:
    made = _made(steps)
    return {"arns": arns(made), "results": dict(made.get(RESULTS, {}))}


def _made(steps: Mapping[str, Step]) -> dict[str, Results]:
    """The results of the steps that are over, by their names."""
    return {name: each.results for name, each in steps.items() if each.status in _OVER}


def _told(run: Run, step: str, error: Exception) -> str:
    """An error in words; one that nobody thought of goes to the log under a reference."""
    if isinstance(error, ForecastleError):
        return str(error)
    reference = uuid.uuid4().hex[:12]
    _log.exception("step %s of run %s failed unexpectedly (ref %s)", step, run.run_id, reference)
    return (
        f"the step failed unexpectedly (ref {reference}); this is a fault of Forecastle: the "
        f"worker's log tells more under that reference. Go on with forecastle pipeline retry "
        f"{run.run_id}"
    )


def _of(run: Run, **more: Any) -> dict[str, Any]:
    return fields(pipeline=run.pipeline, run=run.run_id, **more)
