"""What steps and triggers of runs are called."""

from __future__ import annotations

from collections.abc import Mapping

from forecastle.console.language import Language, mark
from forecastle.pipelines.events import CLOUDTRAIL, EVENTBRIDGE, S3_EVENT, SEAWEEDFS, WEBHOOK
from forecastle.pipelines.existing import EXISTING
from forecastle.pipelines.folder_watch import FILE
from forecastle.pipelines.listing import LISTING
from forecastle.pipelines.run_control import PERSON
from forecastle.pipelines.running import CHECK, EXPORT, FORECAST, IMPORT, NOTIFY, RESULTS, TRAIN
from forecastle.pipelines.schedule import SCHEDULE

_STEPS: Mapping[str, str] = {
    CHECK: mark("Check the files"),
    IMPORT: mark("Import"),
    TRAIN: mark("Training"),
    FORECAST: mark("Forecast"),
    EXPORT: mark("Export"),
    RESULTS: mark("Publish results"),
    NOTIFY: mark("Notify"),
}
_TRIGGERS: Mapping[str, str] = {
    PERSON: mark("Started by hand"),
    SCHEDULE: mark("Schedule"),
    FILE: mark("A file landed"),
    LISTING: mark("A file was found in the bucket"),
    EXISTING: mark("The files were there already"),
    WEBHOOK: mark("Another program told of a file"),
    S3_EVENT: mark("The storage told of a file"),
    EVENTBRIDGE: mark("The storage told of a file"),
    CLOUDTRAIL: mark("The storage told of a file"),
    SEAWEEDFS: mark("The storage told of a file"),
}


def step_text(language: Language, step: str) -> str:
    """The name of a step."""
    return language(_STEPS[step]) if step in _STEPS else step


def trigger_text(language: Language, trigger: str) -> str:
    """What started a run."""
    return language(_TRIGGERS[trigger]) if trigger in _TRIGGERS else trigger


def lasted_text(language: Language, seconds: float | None) -> str:
    """How long something took; a dash while it goes on."""
    return "–" if seconds is None else language.duration(max(1.0, seconds))
