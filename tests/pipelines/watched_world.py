"""A service with folder buckets and pipelines, its clock in the test's hand."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from forecastle.catalog.buckets import BucketRecord
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.pipelines import PipelineRecord, Run
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.stores import Stores
from forecastle.pipelines.existing import note_existing
from forecastle.pipelines.reading import read_pipeline
from forecastle.service.context import Service

ACCOUNT, OTHER = "000000000000", "111111111111"
NOW = 1_800_000_000.0


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """What the triggers work on.

    Attributes:
        service: with a catalog on SQLite or PostgreSQL.
        clock: the service's.
    """

    service: Service
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def at(cls, folder: Path, **settings: Any) -> World:
        """A new one, with a folder bucket ``retail``."""
        chosen = ServiceSettings(data_dir=folder, account=ACCOUNT, **settings)
        catalog, clock = Catalog.open(chosen, migrate=True), Clock()
        stores, chance = Stores.open(chosen, catalog), random.Random(4)
        service = Service(catalog, chosen, stores, clock, chance.getrandbits)
        (chosen.buckets_dir / "retail").mkdir(parents=True)
        return cls(service, clock)

    def apply(self, name: str = "sales", account: str = ACCOUNT, **changes: Any) -> PipelineRecord:
        """A pipeline as it is applied; ``changes`` in the YAML."""
        content = {
            "name": name,
            "source": {"bucket": "retail", "prefix": "input/"},
            "frequency": "D",
            "horizon": 7,
            "export": {"bucket": "retail", "prefix": "output/"},
            **changes,
        }
        text = yaml.safe_dump(content)
        due_at = self.clock() + 60 if "schedule" in changes else None
        record = PipelineRecord(account, name, text, "us-east-1", NOW, self.clock(), due_at)
        note_existing(self.service, record, read_pipeline(text, name))
        self.service.catalog.pipelines.apply(record)
        return record

    def bucket(self, name: str, account: str) -> None:
        """A folder bucket of an account."""
        self.service.stores.register(BucketRecord(name, account))

    def drop(self, key: str, content: str = "a,1\n", *, bucket: str = "retail") -> Path:
        """A file that was written a while ago."""
        path = self.service.settings.buckets_dir / bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def runs(self, name: str = "sales", account: str = ACCOUNT) -> list[Run]:
        """The runs of a pipeline, oldest first."""
        return self.service.catalog.pipelines.runs(account, name, limit=1000)[::-1]

    def files(self, name: str = "sales", account: str = ACCOUNT) -> list[set[str]]:
        """The keys of each run, oldest run first."""
        uploads = self.service.catalog.pipelines.uploads
        return [
            {each.key for each in uploads(account, name, run_id=run.run_id)}
            for run in self.runs(name, account)
        ]

    def run_keys(self, name: str = "sales") -> Counter[str]:
        """How many runs took each key."""
        return Counter(key for keys in self.files(name) for key in keys)
