"""Export jobs: of forecasts, and of the backtests of predictors, into a bucket."""

from __future__ import annotations

from dataclasses import dataclass

from forecastle.catalog.resources import Edge, Resource
from forecastle.core.names import ResourceType
from forecastle.series.dataset_options import CSV
from forecastle.service.context import Context
from forecastle.service.listing import Listing
from forecastle.service.records import (
    NewResource,
    Parameters,
    Result,
    add,
    bucket_of,
    find,
    pick,
    require_active,
    state,
)


@dataclass(frozen=True)
class Export:
    """The operations of one kind of export job.

    Attributes:
        kind: of the job.
        word: that its members begin with.
        parent: what it exports.
        parent_member: that names the parent.
        also: further keys that lists filter the parent by.
    """

    kind: ResourceType
    word: str
    parent: ResourceType
    parent_member: str
    also: tuple[str, ...] = ()

    def create(self, context: Context, parameters: Parameters) -> Result:
        """Export into files under the destination's path.

        Raises:
            ResourceNotFound: what is to be exported is not there.
            ResourceInUse: it is being made or deleted.
            InputError: it failed, or the bucket cannot be used.
        """
        parent = require_active(find(context, parameters[self.parent_member], self.parent))
        bucket_of(context, parameters["Destination"])
        name = parameters[f"{self.word}Name"]
        new = NewResource(
            self.kind,
            name,
            {"Format": CSV, **parameters},
            path=f"{parent.arn.rpartition('/')[2]}/{name}",
            edges=[Edge(parent.arn)],
        )
        return {f"{self.word}Arn": add(context, new)}

    def describe(self, context: Context, parameters: Parameters) -> Result:
        """One job."""
        job = find(context, parameters[f"{self.word}Arn"], self.kind)
        return self._named(job) | {
            **pick(job.request, self.parent_member, "Destination", "Format"),
            **state(context, job),
        }

    @property
    def list(self) -> Listing:
        """Lists the jobs."""
        return Listing(self.kind, f"{self.word}s", self._summary, (self.parent_member, *self.also))

    def _summary(self, context: Context, job: Resource) -> Result:
        return self._named(job) | pick(job.request, "Destination") | state(context, job)

    def _named(self, job: Resource) -> Result:
        return {f"{self.word}Arn": job.arn, f"{self.word}Name": job.name}


FORECAST_EXPORT = Export(
    ResourceType.FORECAST_EXPORT_JOB, "ForecastExportJob", ResourceType.FORECAST, "ForecastArn"
)
BACKTEST_EXPORT = Export(
    ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB,
    "PredictorBacktestExportJob",
    ResourceType.PREDICTOR,
    "PredictorArn",
)
