"""The child process of the fault tests of pipelines: an import tells its dataset of itself."""

from __future__ import annotations

import sys
from dataclasses import replace

from forecastle.core.names import ResourceType
from forecastle.jobs.child import main
from forecastle.jobs.context import JobContext, Outcome
from tests.faults.stub_child import job


def pipeline_job(context: JobContext) -> Outcome:
    """As `stub_child.job`, with what a run looks for in a dataset."""
    outcome = job(context)
    resource = context.resource
    if resource.type is ResourceType.DATASET_IMPORT_JOB:
        news = {"data": resource.nonce, "import_jobs": [resource.arn]}
        return replace(outcome, parent_details={resource.request["DatasetArn"]: news})
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict.fromkeys(ResourceType, pipeline_job)))
