"""One service for all client tests, with folder buckets and a registered bucket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compat.running import Running, Serve
from tests.compat.sales import write_broken_sales, write_sales

BUCKET = "shop"


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Serve(tmp_path_factory.mktemp("service")) as running:
        write_sales(running.buckets / BUCKET / "input" / "sales.csv")
        write_broken_sales(running.buckets / BUCKET / "broken" / "sales.csv")
        yield running
