"""Which executor, by what was asked for."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from forecastle.compute.processes import ProcessExecutor
from forecastle.core.executor import Executor, SerialExecutor


def executor_for(
    scheduler: str | None = None, workers: int | None = None
) -> AbstractContextManager[Executor]:
    """The cluster of a Dask scheduler, if one is named; else processes of this machine.

    Args:
        scheduler: its address, such as ``tcp://10.0.0.5:8786``.
        workers: how many processes, where there is no scheduler; None is one per core, and 1 is
            this process alone.

    Raises:
        InputError: Dask is not installed, or the number of workers is below 1.
    """
    if scheduler:
        from forecastle.compute.dask_executor import DaskExecutor

        return DaskExecutor(scheduler)
    return nullcontext(SerialExecutor()) if workers == 1 else ProcessExecutor(workers)
