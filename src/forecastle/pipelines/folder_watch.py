"""Watching folders: the operating system tells of files as they come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from watchfiles import Change, watch

from forecastle.core.errors import ForecastleError
from forecastle.pipelines.noticing import Watched, is_source, watched
from forecastle.pipelines.settling import Settling
from forecastle.service.context import Service

FILE = "file"
_TOGETHER_MS, _STEP_MS, _LOOK_MS = 200, 20, 500

_Roots = Mapping[Path, list[Watched]]


class FolderWatch:
    """Hands the files that come into source folders to the settling.

    Args:
        service: with the pipelines and the buckets.
        settling: takes the files.
        look_around: called when folders are watched anew, as what came before was told to nobody.
    """

    def __init__(
        self, service: Service, settling: Settling, look_around: Callable[[], None]
    ) -> None:
        self._service, self._settling, self._look_around = service, settling, look_around

    def follow(self, ending: threading.Event) -> None:
        """Watch the folders that are sources now, until a pipeline changes or the end comes."""
        pipelines = watched(self._service)
        roots = self._roots(pipelines)
        if not roots:
            ending.wait(_LOOK_MS / 1000)
            return
        begun = False
        for changes in watch(
            *roots,
            watch_filter=None,
            debounce=_TOGETHER_MS,
            step=_STEP_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            stop_event=ending,
            raise_interrupt=False,
        ):
            if not begun:
                begun = True
                self._look_around()
            self._tell(roots, changes)
            if watched(self._service) != pipelines:
                return

    def _roots(self, pipelines: Iterable[Watched]) -> _Roots:
        """The pipelines of each folder that is a source bucket."""
        roots: dict[Path, list[Watched]] = {}
        for each in pipelines:
            try:
                folder = self._service.stores.folder(
                    each.record.account, each.pipeline.source.bucket
                )
            except ForecastleError:
                continue  # the listing says what is wrong with it
            if folder is not None:
                roots.setdefault(folder, []).append(each)
        return roots

    def _tell(self, roots: _Roots, changes: Iterable[tuple[Change, str]]) -> None:
        for change, name in changes:
            path = Path(name)
            for root, pipelines in roots.items():
                if change is not Change.deleted and path.is_relative_to(root):
                    self._tell_of(path, root, pipelines, came=change is Change.added)

    def _tell_of(self, path: Path, root: Path, pipelines: Iterable[Watched], *, came: bool) -> None:
        """A file, or all files of a folder that came with what is in it."""
        files = path.rglob("*") if path.is_dir() else (path,)
        for file in files:
            key = file.relative_to(root).as_posix()
            for each in pipelines:
                if is_source(each.pipeline, each.pipeline.source.bucket, key):
                    self._settling.add(each, key, FILE, came=came)
