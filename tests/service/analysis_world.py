"""Exports in a bucket without jobs that write them: what analyses and dashboards look at."""

from __future__ import annotations

from collections.abc import Sequence

from forecastle.catalog.access_keys import Role
from forecastle.jobs.export_files import part_prefix
from forecastle.service.context import Caller, Context
from forecastle.service.source_files import Source, SourceKind
from tests.service.service_world import REGION, World

HEADER = "item_id,date,p10,p50,p90"
DAYS = ("2011-12-04T00:00:00Z", "2011-12-05T00:00:00Z")


def context_of(world: World, role: Role = Role.OPERATOR, name: str = "ann") -> Context:
    """Somebody of the world's account."""
    return Context(world.service, Caller(world.account, role, REGION, name))


def put(world: World, key: str, content: str) -> str:
    """An object in the account's bucket; its path."""
    path = world.service.settings.buckets_dir / world.bucket / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return f"s3://{world.bucket}/{key}"


def rows(items: Sequence[str] = ("tea", "milk"), first: float = 1.0) -> str:
    """The text of an export: each item a step larger than the one before."""
    lines = [
        f"{item},{day},{first + n},{first + n + 1},{first + n + 3}"
        for n, item in enumerate(items)
        for day in DAYS
    ]
    return "\n".join([HEADER, *lines, ""])


def exported(world: World, forecast: str, name: str = "out", content: str | None = None) -> str:
    """A finished export of a forecast, with its file; its ARN."""
    made = world.do(
        "CreateForecastExportJob",
        ForecastExportJobName=name,
        ForecastArn=forecast,
        Destination=world.s3("exports/"),
    )
    arn = str(made["ForecastExportJobArn"])
    put(world, f"exports/{part_prefix(world.find(arn))}_part0.csv", content or rows())
    world.finish(arn)
    return arn


def shop(world: World) -> tuple[str, str]:
    """A dataset group and an ACTIVE forecast of it: their ARNs."""
    group = world.sales()
    forecast = world.forecast(world.trained(group))
    world.finish(forecast)
    return group, forecast


def file(world: World, content: str, key: str = "data/sales.csv") -> Source:
    """A file in the bucket as a source."""
    return Source(SourceKind.PATH, put(world, key, content))
