"""PipelineExtension: what a worker does for pipelines beside the jobs."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from forecastle.catalog.catalog import Catalog
from forecastle.catalog.pipelines import Run, Step
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.extension import Duty
from forecastle.jobs.stores import Stores
from forecastle.jobs.workflows import Workflows
from forecastle.pipelines.dispatching import dispatch, mend
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.retention import clean_up
from forecastle.pipelines.running import Notify, Runs
from forecastle.pipelines.steps import PublishResults, step_actions
from forecastle.pipelines.watching import Watching
from forecastle.pipelines.workflow import open_queue, register
from forecastle.service.context import Service

_DISPATCH_SECONDS, _MEND_SECONDS, _CLEAN_UP_SECONDS = 0.25, 60.0, 3600.0


def publish_results(
    service: Service, pipeline: Pipeline, run: Run, arns: Mapping[str, str]
) -> dict[str, Any]:
    """See `results.publish_results`; loaded when a run needs it, as charts take long to load."""
    from forecastle.pipelines.results import publish_results as publish

    return publish(service, pipeline, run, arns)


def notify(
    service: Service,
    pipeline: Pipeline,
    run: Run,
    steps: Sequence[Step],
    results: Mapping[str, Any],
    *,
    succeeded: bool,
) -> list[str]:
    """See `notifications.notify`; loaded when a run needs it."""
    from forecastle.pipelines.notifications import notify as tell

    return tell(service, pipeline, run, steps, results, succeeded=succeeded)


class PipelineExtension:
    """Notices files, runs pipelines, cleans up after them.

    Args:
        settings: of the service.
        catalog: the database.
        publish: writes the results of a run.
        notify: tells people of its end.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        catalog: Catalog,
        publish: PublishResults = publish_results,
        notify: Notify = notify,
    ) -> None:
        stores = Stores.open(settings, catalog)
        self._service = Service(catalog, settings, stores, time.time, secrets.randbits)
        self._workflow = register(Runs(self._service, step_actions(publish), notify))
        self._watching = Watching(self._service)

    def launch(self, workflows: Workflows) -> Sequence[Duty]:
        """See `Extension.launch`."""

        def mend_runs() -> None:
            mend(self._service, workflows)

        open_queue()
        self._watching.start()
        return (
            Duty(_DISPATCH_SECONDS, self._dispatch),
            Duty(_MEND_SECONDS, mend_runs),
            Duty(_CLEAN_UP_SECONDS, self._clean_up),
        )

    def end(self) -> None:
        """See `Extension.end`."""
        self._watching.stop()

    def _dispatch(self) -> None:
        dispatch(self._service, self._workflow)

    def _clean_up(self) -> None:
        clean_up(self._service)
