"""Catalog: all that the database holds, opened once per process."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from forecastle.catalog.access_keys import AccessKeys
from forecastle.catalog.audit import AuditLog
from forecastle.catalog.buckets import Buckets
from forecastle.catalog.dashboards import Dashboards
from forecastle.catalog.database import check_up_to_date, connect, upgrade
from forecastle.catalog.evaluations import Evaluations
from forecastle.catalog.pipelines import Pipelines
from forecastle.catalog.resources import Resources
from forecastle.catalog.sessions import Sessions
from forecastle.catalog.users import Users
from forecastle.catalog.vault import Vault
from forecastle.catalog.workers import Workers
from forecastle.core.settings import ServiceSettings


@dataclass(frozen=True)
class Catalog:
    """The parts of the database, over one engine."""

    engine: Engine
    vault: Vault
    resources: Resources
    access_keys: AccessKeys
    users: Users
    sessions: Sessions
    buckets: Buckets
    workers: Workers
    audit: AuditLog
    pipelines: Pipelines
    dashboards: Dashboards
    evaluations: Evaluations

    @classmethod
    def open(cls, settings: ServiceSettings, *, migrate: bool = False) -> Catalog:
        """Connect.

        Args:
            settings: say where.
            migrate: bring the tables up to date first; else refuse a database that is not.

        Raises:
            ForecastleError: the database is of another version, or the key file is unusable.
        """
        vault = Vault.open(settings.key_file)
        engine = connect(settings.database)
        try:
            upgrade(engine) if migrate else check_up_to_date(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(
            engine=engine,
            vault=vault,
            resources=Resources(engine),
            access_keys=AccessKeys(engine, vault),
            users=Users(engine),
            sessions=Sessions(engine),
            buckets=Buckets(engine, vault),
            workers=Workers(engine),
            audit=AuditLog(engine),
            pipelines=Pipelines(engine),
            dashboards=Dashboards(engine),
            evaluations=Evaluations(engine),
        )

    def close(self) -> None:
        """Let the connections go."""
        self.engine.dispose()
