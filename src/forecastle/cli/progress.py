"""The progress bar: algorithm, window, time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from forecastle.core.budget import Progress, ProgressListener


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[ProgressListener]:
    """A listener that draws on stderr while the block runs, if that is a terminal."""
    console = Console(stderr=True)
    with Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}"),
        console=console,
        transient=True,
        disable=not (shown and console.is_terminal),
    ) as bar:
        task = bar.add_task("Reading", total=None, left="")

        def listen(progress: Progress) -> None:
            bar.update(
                task,
                completed=progress.fraction,
                total=1.0,
                description=describe(progress),
                left=time_left(progress),
            )

        yield listen


def describe(progress: Progress) -> str:
    """``ETS, 2011-11-25``, as far as it is known."""
    parts = [part for part in (progress.algorithm, progress.window) if part]
    return ", ".join(parts) or "Training"


def time_left(progress: Progress) -> str:
    """``0:01:30 left``, if it can be told."""
    seconds = progress.seconds_left
    return "" if seconds is None else f"{timedelta(seconds=round(seconds))} left"
