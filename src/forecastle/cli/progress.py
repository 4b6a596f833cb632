"""The progress bar: algorithm, window, time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from forecastle.core.budget import Progress, ProgressListener


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[ProgressListener]:
    """A listener that draws on stderr while the block runs, if that is a terminal."""
    console = Console(stderr=True)
    with Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not (shown and console.is_terminal),
    ) as bar:
        task = bar.add_task("Reading", total=None)

        def listen(progress: Progress) -> None:
            bar.update(
                task,
                completed=progress.done,
                total=progress.total,
                description=describe(progress),
            )

        yield listen


def describe(progress: Progress) -> str:
    """``ETS, 2011-11-25``, as far as it is known."""
    parts = [part for part in (progress.algorithm, progress.window) if part]
    return ", ".join(parts) or "Training"
