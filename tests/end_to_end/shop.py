"""A service with pipelines as end-to-end tests use it: apply, drop a file, wait, look."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import yaml

from forecastle.catalog.catalog import Catalog
from forecastle.catalog.pipelines import RUNNING, Run
from forecastle.core.settings import ServiceSettings
from tests.compat.running import without_aws

Found = TypeVar("Found")

ACCOUNT = "000000000000"
BUCKET = "demo-forecast"
HORIZON = 7
FIRST = date(2024, 1, 1)
PATIENCE = 120.0
# A file counts as whole soon, and what nobody told of is found soon.
QUIET_SECONDS = 0.2
LISTING_SECONDS = 1


def sales(items: int = 2, days: int = 60, level: int = 20) -> str:
    """Lines ``item_id,timestamp,demand`` with a week's season, the same every time."""
    return "".join(
        f"item-{item},{FIRST + timedelta(days=day)},{level * (item + 1) + 7 * day % 5}\n"
        for item in range(items)
        for day in range(days)
    )


def next_day(days: int = 60) -> str:
    """The first day that a forecast from `sales` is for."""
    return str(FIRST + timedelta(days=days))


@dataclass(frozen=True)
class Shop:
    """A data directory with its catalog, and the environment of its commands."""

    data_dir: Path
    catalog: Catalog
    settings: Mapping[str, str]

    @property
    def bucket(self) -> Path:
        """The folder that is the bucket."""
        return self.data_dir / "buckets" / BUCKET

    def command(self, *arguments: str) -> Any:
        """What a command answers with ``--json``."""
        environment = {
            **without_aws(os.environ),
            "FORECASTLE_DATA_DIR": str(self.data_dir),
            **self.settings,
        }
        done = subprocess.run(
            [sys.executable, "-m", "forecastle", *arguments, "--json"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def apply(self, folder: Path, name: str, **changed: Any) -> None:
        """Apply a pipeline of the cheapest model, changed as told, by the command."""
        file = folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(described(name, **changed)))
        self.command("pipeline", "apply", str(file))

    def drop(self, key: str, content: str | bytes) -> None:
        """Put a file into the bucket, whole at once as by a rename."""
        target = self.bucket / key
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f".{target.name}.half")
        half.write_bytes(content.encode() if isinstance(content, str) else content)
        half.replace(target)

    def ended(self, pipeline: str, count: int = 1, patience: float = PATIENCE) -> list[Run]:
        """The runs, oldest first, once there are ``count`` and all are over."""

        def over() -> list[Run] | None:
            runs = self.catalog.pipelines.runs(ACCOUNT, pipeline, limit=1000)
            busy = len(runs) < count or any(run.status == RUNNING for run in runs)
            return None if busy else runs[::-1]

        runs = wait_for(over, patience)
        assert len(runs) == count
        return runs

    def messages(self, runs: Sequence[Run]) -> str:
        """What the runs and their steps say, for a failing test."""
        steps = [step for run in runs for step in self.catalog.pipelines.steps(run.run_id)]
        return "\n".join(str(each) for each in (*runs, *steps))


@contextmanager
def opened_shop(data_dir: Path, **settings: str) -> Iterator[Shop]:
    """The shop of a data directory; ``settings`` are variables of the environment."""
    url = settings.get("FORECASTLE_DATABASE_URL")
    catalog = Catalog.open(ServiceSettings(data_dir=data_dir, database_url=url), migrate=True)
    try:
        yield Shop(data_dir, catalog, settings)
    finally:
        catalog.close()


def described(name: str, **changed: Any) -> dict[str, Any]:
    """A pipeline's YAML as an object."""
    return {
        "name": name,
        "source": {
            "bucket": BUCKET,
            "prefix": f"{name}/in/",
            "quiet_seconds": QUIET_SECONDS,
        },
        "frequency": "D",
        "horizon": HORIZON,
        "algorithm": "SeasonalNaive",
        "export": {"bucket": BUCKET, "prefix": f"{name}/out/"},
        **changed,
    }


def exported(folder: Path) -> list[dict[str, str]]:
    """The rows of all parts that stand directly in a folder."""
    parts = sorted(folder.glob("*.csv"))
    return [row for part in parts for row in csv.DictReader(part.read_text().splitlines())]


def wait_for(look: Callable[[], Found | None], patience: float = PATIENCE) -> Found:
    """What ``look`` finds, once it finds something."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {patience:.0f} s")
