"""Tasks on a Dask cluster, by the address of its scheduler (extra ``dask``)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from types import TracebackType
from typing import Any, Self, TypeVar

from forecastle.core.errors import ForecastleError, InputError
from forecastle.series.panel import Panel

Task = TypeVar("Task")
Result = TypeVar("Result")

_ANSWER_SECONDS = 10.0
_FIRST_COMPLETED = "FIRST_COMPLETED"
_PANELS_KEPT = 2
# Dask warns of large tasks; ours hold a panel, once.
_CONFIGURATION = {"distributed.admin.large-graph-warning-threshold": "1 PiB"}


class DaskExecutor:
    """Runs tasks on the workers of a Dask cluster; use it in a ``with`` statement.

    Forecastle of the same version must be installed where the scheduler and the workers run;
    workers of one thread each (``dask worker --nthreads 1``) serve it best.
    Tasks of a worker that dies are run again by a living one. What a worker has begun when the
    ``with`` block is left runs to its end there; its result is forgotten.

    Args:
        address: of the scheduler, such as ``tcp://10.0.0.5:8786``.
        timeout: seconds to wait for the scheduler's first answer, and for a worker.

    Raises:
        InputError: the extra is not installed; on first use also: the scheduler does not answer,
            or has no workers.
    """

    def __init__(self, address: str, timeout: float = _ANSWER_SECONDS) -> None:
        self._address, self._timeout = address, timeout
        self._dask = _dask(address)
        self._client: Any = None

    @property
    def workers(self) -> int:
        """How many tasks run at the same time, by the workers that are there now."""
        client = self._connected()
        try:
            threads: dict[str, int] = client.nthreads()
        except OSError as error:
            raise self._lost() from error
        return max(1, sum(threads.values()))

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[int, Result]]:
        """See `Executor.map`.

        Few tasks are handed out ahead, so ``tasks`` may be a generator of large ones. A panel
        that several tasks share is sent once.

        Raises:
            ForecastleError: workers died again and again at the same task, or the scheduler did.
        """
        client = self._connected()
        sender, waiting = _Sender(client, function), enumerate(tasks)
        running: dict[Any, int] = {}
        try:
            while True:
                with import_module("dask.config").set(_CONFIGURATION):
                    running |= sender.send(waiting, 2 * self.workers - len(running))
                if not running:
                    return
                for future in sorted(self._done(running), key=running.__getitem__):
                    yield running.pop(future), future.result()
        except self._dask.KilledWorker as error:
            raise ForecastleError(
                f"workers of the Dask cluster at {self._address} died again and again at the same "
                "task; most often memory ran out: give them more, or train fewer items"
            ) from error
        except self._dask.client.FutureCancelledError as error:
            raise self._lost() from error
        finally:
            if client is self._client:  # else this was closed, and the futures went with it
                client.cancel(list(running), force=True)

    def _done(self, running: Iterable[Any]) -> Iterable[Any]:
        """Those of ``running`` that are done, once there are any."""
        try:
            with self._connected().as_current():
                done: set[Any] = self._dask.wait(list(running), return_when=_FIRST_COMPLETED).done
        except OSError as error:
            raise self._lost() from error
        return done

    def _lost(self) -> ForecastleError:
        return ForecastleError(
            f"the connection to the Dask scheduler at {self._address} was lost; try again when "
            "it runs"
        )

    def close(self) -> None:
        """Let go of the cluster, which lives on."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def __enter__(self) -> Self:
        self._connected()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _connected(self) -> Any:
        if self._client is None:
            self._client = _connect(self._dask, self._address, self._timeout)
        return self._client


@dataclass(frozen=True)
class _Parcel:
    """A task on its way: its type and its fields but for the panels, which are named."""

    kind: Callable[..., Any]
    fields: dict[str, Any]
    panels: tuple[str, ...]


class _Sender:
    """Hands tasks to the cluster. Panels travel apart from the tasks, and once.

    A panel is the result of a task of its own, so that it can be had again if the worker that
    held it dies; one that is scattered could not. Only the latest are kept at hand: shards come
    one after the other, and none of them twice.
    """

    def __init__(self, client: Any, function: Callable[[Any], Any]) -> None:
        self._client, self._function = client, function
        self._panels: dict[int, tuple[Panel, Any]] = {}

    def send(self, waiting: Iterator[tuple[int, Any]], count: int) -> dict[Any, int]:
        """Hand out up to ``count`` of the waiting tasks; their index by future."""
        pairs = (following for _ in range(count) if (following := next(waiting, None)))
        return {self._submit(task): index for index, task in pairs}

    def _submit(self, task: Any) -> Any:
        if not dataclasses.is_dataclass(task) or isinstance(task, type):
            return self._client.submit(self._function, task, pure=False)
        fields = {item.name: getattr(task, item.name) for item in dataclasses.fields(task)}
        panels = {name: fields.pop(name) for name in list(fields) if _is_panel(fields[name])}
        parcel = _Parcel(type(task), fields, tuple(panels))
        sent = [self._sent(panel) for panel in panels.values()]
        return self._client.submit(_run, self._function, parcel, *sent, pure=False)

    def _sent(self, panel: Panel) -> Any:
        sent = self._panels.pop(id(panel), None)
        self._panels[id(panel)] = sent or (panel, self._client.submit(_itself, panel, pure=False))
        if len(self._panels) > _PANELS_KEPT:
            # The tasks at work hold what they need; the cluster forgets it with the last of them.
            del self._panels[next(iter(self._panels))]
        return self._panels[id(panel)][1]


def _is_panel(value: Any) -> bool:
    return isinstance(value, Panel)


def _itself(panel: Panel) -> Panel:
    return panel


def _run(function: Callable[[Any], Any], parcel: _Parcel, *panels: Panel) -> Any:
    """Put a task together again and run it."""
    return function(parcel.kind(**parcel.fields, **dict(zip(parcel.panels, panels, strict=True))))


def _dask(address: str) -> Any:
    """The package, which has no types."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise InputError(
            f"scheduler {address}: Dask is not installed; pip install 'forecastle[dask]', or "
            "leave FORECASTLE_SCHEDULER out"
        ) from error


def _connect(dask: Any, address: str, timeout: float) -> Any:
    """A client of the cluster."""
    try:
        client = dask.Client(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"scheduler {address} does not answer ({error}); start it by `dask scheduler`, or "
            "correct or leave out FORECASTLE_SCHEDULER"
        ) from error
    try:
        client.wait_for_workers(1, timeout)
    except TimeoutError as error:
        client.close()
        raise InputError(
            f"scheduler {address} has no workers; start some by `dask worker {address}`"
        ) from error
    return client
