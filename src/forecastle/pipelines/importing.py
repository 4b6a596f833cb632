"""The step "import": the files of a run become the data of the pipeline's datasets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.resources import Resource
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import DATA, IMPORT_JOBS
from forecastle.jobs.import_data import INCREMENTAL
from forecastle.pipelines.checking import CheckedFile
from forecastle.pipelines.dataset_parts import SUFFIX_OF
from forecastle.pipelines.datasets import ensure_dataset, ensure_group, find_dataset, join
from forecastle.pipelines.pipeline import DatasetPart
from forecastle.pipelines.requests import source
from forecastle.pipelines.work import Done, Wanted, Work

_FULL = "FULL"
JOBS, GROUP, WAITS_FOR = "imports", "group", "waits_for"


def import_files(work: Work) -> Done:
    """Import all files, those of one dataset one after the other; the group then holds them.

    Several files of one dataset come together, oldest first, each on top of those before. As in
    Amazon Forecast's own pipeline, no forecast is made before each dataset of the pipeline holds
    data: the run ends then, and a later file goes on.

    Raises:
        InputError: a dataset has other columns than the pipeline says, or an import failed.
    """
    files = CheckedFile.of(work.results["check"])
    group = ensure_group(work)
    jobs: list[str] = []
    for part in work.pipeline.datasets:
        own = [file for file in files if file.dataset == part.type]
        if own:
            jobs += [job.arn for job in _imported(work, part, own)]
    missing = join(work, group)
    results: dict[str, Any] = {GROUP: group.arn, JOBS: jobs, WAITS_FOR: missing}
    if not missing:
        return Done(_counted(work, jobs), results)
    awaited = " and ".join(f"{type_} ({_described(work, type_)})" for type_ in missing)
    message = f"{_counted(work, jobs)}; the forecast waits for the first file of {awaited}"
    return Done(message, results, ends_run=True)


def holds(work: Work, jobs: Sequence[str]) -> bool:
    """Whether the datasets still hold what the run imported; a later import may be there."""
    found = [find_dataset(work, part) for part in work.pipeline.datasets]
    present = {arn for each in found if each for arn in each.details.get(IMPORT_JOBS, ())}
    return present.issuperset(jobs)


def _imported(work: Work, part: DatasetPart, files: Sequence[CheckedFile]) -> list[Resource]:
    dataset = ensure_dataset(work, part)
    names = [work.name, *(f"{work.name}_{number}" for number in range(2, len(files) + 1))]
    arns = [work.arn(ResourceType.DATASET_IMPORT_JOB, f"{dataset.name}/{name}") for name in names]
    _forget_replaced(work, dataset, arns)
    jobs: list[Resource] = []
    for name, arn, file in zip(names, arns, files, strict=True):
        dataset = work.existing(dataset.arn)
        is_newer = dataset.details.get(DATA) is not None and (
            bool(jobs) or part.import_mode == INCREMENTAL
        )
        request = {
            "DatasetImportJobName": name,
            "DatasetArn": dataset.arn,
            "DataSource": source(work, file.url),
            "Format": file.format,
            "ImportMode": INCREMENTAL if is_newer else _FULL,
            **({"TimestampFormat": file.timestamp_format} if file.timestamp_format else {}),
        }
        jobs.append(work.make(Wanted("CreateDatasetImportJob", request, partial(work.find, arn))))
    return jobs


def _forget_replaced(work: Work, dataset: Resource, arns: Sequence[str]) -> None:
    """A later import took the place of what this run imported: all of it is imported again."""
    found = [each for arn in arns if (each := work.find(arn)) is not None]
    held = dataset.details.get(IMPORT_JOBS, ())
    if any(each.status == life.ACTIVE and each.arn not in held for each in found):
        for each in found:
            work.discard(each)


def _counted(work: Work, jobs: Sequence[str]) -> str:
    rows = sum(int(work.existing(arn).details.get("rows", 0)) for arn in jobs)
    return f"{rows:,} rows imported"


def _described(work: Work, type_: str) -> str:
    part = next(part for part in work.pipeline.datasets if part.type == type_)
    return f"*{part.suffix or SUFFIX_OF[type_]}.csv"
