"""Runs whose jobs are played at once, with all that they made, ready to be published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count

from forecastle.catalog.pipelines import SUCCEEDED, Run
from forecastle.core.names import ResourceType, ulid
from forecastle.pipelines.names import run_name
from forecastle.pipelines.pipeline import Destination, Pipeline, Source
from forecastle.pipelines.results import Draw, publish_results
from forecastle.pipelines.run_report import draw_report
from forecastle.service.context import Service
from tests.jobs.job_world import ACCOUNT, CREATED, World, legacy, s3

DAYS = 42
FIRST = date(2024, 1, 1)


def sales(days: int = DAYS, items: tuple[str, ...] = ("tea",), level: float = 10.0) -> str:
    """Lines of a sales file: weekly demand, the same for all items but for their place."""
    return "".join(
        f"{item},{FIRST + timedelta(day)},{level * (place + 1) + day % 7}\n"
        for place, item in enumerate(items)
        for day in range(days)
    )


@dataclass
class Runs:
    """A pipeline's runs in a world of jobs."""

    world: World
    format: str = "CSV"
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def service(self) -> Service:
        world = self.world
        return Service(
            world.catalog, world.settings, world.stores, lambda: CREATED, lambda _bits: 7
        )

    @property
    def pipeline(self) -> Pipeline:
        return Pipeline(
            "uk_sales",
            Source("retail", "input/"),
            "D",
            7,
            Destination("retail", "output/", self.format),
        )

    def run(self, text: str, **forecast: object) -> tuple[Run, dict[str, str]]:
        """Import, train, forecast and export; the run and the ARNs of what it made."""
        number = next(self.numbers)
        run = Run(
            ulid(int(CREATED * 1000) + number, 97_531 * number), ACCOUNT, "uk_sales", "",
            "us-east-1", "folder", "RUNNING", CREATED + number,
        )  # fmt: skip
        name = run_name(run.pipeline, run.run_id)
        world = self.world
        if number == 1:
            self.dataset = world.dataset("sales")
            self.group = world.group(self.dataset)
        world.import_data(self.dataset, world.upload(f"input/{number}.csv", text), name)
        predictor = world.run(
            ResourceType.PREDICTOR, name, legacy(self.group, "SeasonalNaive", ForecastHorizon=7)
        )
        made = world.run(ResourceType.FORECAST, name, {"PredictorArn": predictor.arn, **forecast})
        request = {
            "ForecastArn": made.arn,
            "Destination": s3("s3://retail/output/"),
            "Format": self.format,
        }
        export = world.run(ResourceType.FORECAST_EXPORT_JOB, f"{name}/{name}", request)
        world.catalog.pipelines.start(run, [])
        arns = {"predictor": predictor.arn, "forecast": made.arn, "export": export.arn}
        return run, {"group": self.group.arn, **arns}

    def publish(self, run: Run, arns: dict[str, str], draw: Draw = draw_report) -> dict:
        """Publish, drawing the report in this process, and let the run succeed."""
        results = publish_results(self.service, self.pipeline, run, arns, draw=draw)
        self.world.catalog.pipelines.change_run(run.run_id, {"status": SUCCEEDED})
        return results

    def as_format(self, format_: str) -> Runs:
        return replace(self, format=format_)
