"""Jobs on S3: from objects to objects, through a server that fails now and then.

The server knows objects by their keys alone, whatever their bucket.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from forecastle.core.names import ResourceType
from tests.jobs.job_world import World, legacy, s3
from tests.servers import FaultyS3

SALES = "".join(
    f"{item},{date(2024, 1, 1) + timedelta(day)},{10 + day % 7}\n"
    for item in "AB"
    for day in range(30)
)


@pytest.fixture
def server() -> Iterator[FaultyS3]:
    with FaultyS3() as running:
        yield running


def test_the_whole_way(tmp_path: Path, server: FaultyS3):
    world = World.at(
        tmp_path,
        s3_endpoint_url=server.endpoint,
        s3_access_key_id="key",
        s3_secret_access_key="secret",
        artifacts_url="s3://inner/artifacts",
    )
    server.objects["in/sales.csv"] = SALES.encode()
    server.faults = [503, None, 500, None]
    dataset = world.dataset("sales")
    world.import_data(dataset, "s3://retail/in", "first")
    request = legacy(world.group(dataset), "NPTS")
    predictor = world.run(ResourceType.PREDICTOR, "predictor", request)
    forecast = world.run(ResourceType.FORECAST, "forecast", {"PredictorArn": predictor.arn})
    server.faults = [503]
    export = {"ForecastArn": forecast.arn, "Destination": s3("s3://retail/out/")}
    world.run(ResourceType.FORECAST_EXPORT_JOB, "forecast/export", export)
    content = server.objects["out/export_2023-11-14T22-13-20Z_part0.csv"]
    assert content.startswith(b"item_id,date,p10,p50,p90\nA,2024-01-31T00:00:00Z,")
    assert len(content.splitlines()) == 1 + 2 * 3
    assert any(name.startswith("artifacts/") for name in server.objects)
