"""What lay in a bucket before a pipeline came: only the newest files start a run, and one together.

Years of old files would otherwise be as many runs. After this, whatever is found in the bucket
without being remembered has landed since, even while nothing ran.
"""

from __future__ import annotations

from dataclasses import replace

from forecastle.catalog.pipelines import PipelineRecord
from forecastle.pipelines.noticing import Watched, is_source, source_bucket, upload_of
from forecastle.pipelines.pipeline import Pipeline
from forecastle.service.context import Service

EXISTING = "existing"
"""The trigger of such uploads; and the run of those that start none."""


def note_existing(service: Service, record: PipelineRecord, pipeline: Pipeline) -> None:
    """Remember the files that are there; call it before the pipeline, or its new source, is kept.

    The newest file of each dataset waits: a worker starts one run on them as soon as the pipeline
    is there. The others start none.

    Raises:
        ForecastleError: the bucket cannot be listed.
    """
    watched = Watched(record, pipeline)
    source = pipeline.source
    found = [
        info
        for info in source_bucket(service, watched).list(source.prefix)
        if is_source(pipeline, source.bucket, info.key)
    ]
    filled = sorted((info for info in found if info.size), key=lambda info: info.modified)
    newest = {pipeline.dataset_of(info.key).type: info.key for info in filled}.values()
    uploads = [upload_of(service, watched, info, EXISTING) for info in found]
    service.catalog.pipelines.remember(
        [each if each.key in newest else replace(each, run_id=EXISTING) for each in uploads]
    )
