"""The resources: one kind of record for all fourteen types.

A record is changed by compare and set on its version, so two that collide never overwrite each
other; `change` tries again with what it finds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, exists, func, insert, or_, select
from sqlalchemy import update as update_rows
from sqlalchemy.exc import IntegrityError

from forecastle.catalog import status as life
from forecastle.catalog.tables import EDGES, RESOURCES, TAGS
from forecastle.core.errors import ForecastleError, ResourceAlreadyExists
from forecastle.core.names import ResourceType

_ATTEMPTS = 20
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Edge:
    """A relation to a parent; an owned child goes with it in DeleteResourceTree."""

    parent: str
    owned: bool = True


@dataclass(frozen=True)
class Resource:
    """One resource.

    Attributes:
        arn: its name for clients.
        account: whose it is.
        type: its kind.
        name: as the client gave it.
        status: where it is in its life (`forecastle.catalog.status`).
        created_at: seconds since 1970.
        modified_at: the same.
        nonce: tells it from an earlier resource of the same name.
        request: the parameters of the Create operation.
        details: what was found and made since: artifacts, statistics, the accuracy.
        message: what the user should know; the error if it failed.
        progress: of the job at work: ``fraction``, ``step``, ``minutes_left``, and of a training
            ``parts`` (`core.budget.Part`).
        dispatched: whether the job queue has been told of the present status.
        version: counts the changes.
    """

    arn: str
    account: str
    type: ResourceType
    name: str
    status: str
    created_at: float
    modified_at: float
    nonce: str
    request: Values = field(default_factory=dict)
    details: Values = field(default_factory=dict)
    message: str | None = None
    progress: Values | None = None
    dispatched: bool = True
    version: int = 0


@dataclass(frozen=True)
class Filter:
    """``Status IS ACTIVE`` or ``PredictorArn IS_NOT arn:…``; ``parent`` filters by relation."""

    key: str
    value: str
    equal: bool = True


@dataclass(frozen=True)
class Position:
    """Where a page ended: the next one begins after it."""

    created_at: float
    arn: str


class Resources:
    """The resources in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)

    def add(
        self, resource: Resource, edges: Sequence[Edge] = (), tags: Mapping[str, str] | None = None
    ) -> None:
        """Add a new one.

        Raises:
            ResourceAlreadyExists: the ARN is taken, also by one that is being deleted.
        """
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(RESOURCES).values(**_as_row(resource)))
                _add_edges(connection, resource.arn, edges)
                for key, value in (tags or {}).items():
                    connection.execute(insert(TAGS).values(arn=resource.arn, key=key, value=value))
        except IntegrityError as error:
            words = resource.type.words
            raise ResourceAlreadyExists(
                f"A {words} already exists with the arn: {resource.arn}; choose another name, or "
                f"delete it and wait until it is gone"
            ) from error

    def find(self, arn: str, account: str | None = None) -> Resource | None:
        """The resource of that ARN, if it is the account's (None: whoever's)."""
        query = select(RESOURCES).where(RESOURCES.c.arn == arn)
        if account is not None:
            query = query.where(RESOURCES.c.account == account)
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _as_resource(row)

    def named(self, account: str, kind: ResourceType, path: str) -> str | None:
        """The ARN that ends in a path, whatever its region; the newest if there are several."""
        query = (
            select(RESOURCES.c.arn)
            .where(RESOURCES.c.account == account, RESOURCES.c.type == str(kind))
            .where(RESOURCES.c.arn.endswith(f":{kind}/{path}", autoescape=True))
            .order_by(RESOURCES.c.created_at.desc())
        )
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else str(row.arn)

    def page(
        self,
        account: str,
        kind: ResourceType,
        filters: Sequence[Filter] = (),
        after: Position | None = None,
        limit: int = 100,
    ) -> list[Resource]:
        """Up to ``limit`` of one kind, newest first."""
        query = (
            select(RESOURCES)
            .where(RESOURCES.c.account == account, RESOURCES.c.type == str(kind))
            .where(*(_condition(each) for each in filters))
            .order_by(RESOURCES.c.created_at.desc(), RESOURCES.c.arn.desc())
            .limit(limit)
        )
        if after is not None:
            created, arn = RESOURCES.c.created_at, RESOURCES.c.arn
            query = query.where(
                or_(created < after.created_at, and_(created == after.created_at, arn < after.arn))
            )
        return self._select(query)

    def count(self, account: str, kind: ResourceType, statuses: Sequence[str] | None = None) -> int:
        """How many of one kind an account has, in some statuses or in all."""
        query = select(func.count()).where(
            RESOURCES.c.account == account, RESOURCES.c.type == str(kind)
        )
        if statuses is not None:
            query = query.where(RESOURCES.c.status.in_(statuses))
        with self._reading.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def tally(self) -> dict[tuple[str, str], int]:
        """How many there are of each type and status, over all accounts."""
        kind, status = RESOURCES.c.type, RESOURCES.c.status
        query = select(kind, status, func.count()).group_by(kind, status).order_by(kind, status)
        with self._reading.connect() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(query)}

    def children(
        self, arn: str, *, owned: bool | None = None, statuses: Sequence[str] | None = None
    ) -> list[Resource]:
        """The resources that name ``arn`` as a parent, oldest first.

        Args:
            arn: the parent.
            owned: only those relations.
            statuses: only children in these.
        """
        query = select(RESOURCES).join(EDGES, EDGES.c.child == RESOURCES.c.arn)
        query = query.where(EDGES.c.parent == arn)
        if owned is not None:
            query = query.where(EDGES.c.owned == owned)
        if statuses is not None:
            query = query.where(RESOURCES.c.status.in_(statuses))
        return self._select(query.order_by(RESOURCES.c.created_at, RESOURCES.c.arn))

    def descendants(self, arn: str) -> list[Resource]:
        """All owned below ``arn``, children before their parents."""
        below: dict[str, Resource] = {}
        for child in self.children(arn, owned=True):
            for each in (*self.descendants(child.arn), child):
                below.setdefault(each.arn, each)
        return list(below.values())

    def undispatched(self, limit: int = 100) -> list[Resource]:
        """Those whose job is not in the queue yet, oldest first.

        A new one whose parent is still being made waits for it: the explanation of a predictor.
        """
        query = select(RESOURCES).where(RESOURCES.c.dispatched.is_(False), ~_waits_for_parent())
        return self._select(query.order_by(RESOURCES.c.created_at, RESOURCES.c.arn).limit(limit))

    def change(
        self,
        arn: str,
        how: Callable[[Resource], Resource | None],
        edges: Callable[[Resource], Sequence[Edge]] | None = None,
    ) -> Resource | None:
        """Change a resource by ``how``, which is called again if another change came between.

        Args:
            arn: which.
            how: gives the changed resource, or None to leave it as it is; it may raise.
            edges: the relations from then on; None leaves them.

        Returns:
            What stands there afterwards; None if the resource is gone.

        Raises:
            ForecastleError: the status may not follow the one before.
        """
        for _ in range(_ATTEMPTS):
            found = self.find(arn)
            if found is None:
                return None
            wanted = how(found)
            if wanted is None:
                return found
            _check_transition(found, wanted)
            changed = replace(wanted, version=found.version + 1)
            with self._engine.begin() as connection:
                if _swap(connection, found, changed):
                    if edges is not None:
                        connection.execute(delete(EDGES).where(EDGES.c.child == arn))
                        _add_edges(connection, arn, edges(changed))
                    return changed
        raise ForecastleError(f"{arn} is changed all the time by others; try again")

    def change_together(self, changes: Mapping[str, Callable[[Resource], Resource | None]]) -> None:
        """Change several resources in one transaction; those that are gone are left out.

        Args:
            changes: per ARN as in `change`; called again if another change came between.

        Raises:
            ForecastleError: a status may not follow the one before; nothing is changed then.
        """
        for _ in range(_ATTEMPTS):
            with self._engine.connect() as connection, connection.begin() as transaction:
                if all(_change_in(connection, arn, how) for arn, how in changes.items()):
                    return
                transaction.rollback()
        raise ForecastleError(f"{', '.join(changes)}: changed all the time by others; try again")

    def tell_progress(self, arn: str, nonce: str, progress: Values | None) -> str | None:
        """Record how far the job is; the status, by which a job learns that it is to stop."""
        with self._engine.begin() as connection:
            connection.execute(
                update_rows(RESOURCES)
                .where(RESOURCES.c.arn == arn, RESOURCES.c.nonce == nonce)
                .values(progress=_json(progress))
            )
            return connection.execute(
                select(RESOURCES.c.status).where(RESOURCES.c.arn == arn, RESOURCES.c.nonce == nonce)
            ).scalar_one_or_none()

    def mark_dispatched(self, resource: Resource) -> None:
        """The queue knows of this version."""
        with self._engine.begin() as connection:
            connection.execute(
                update_rows(RESOURCES)
                .where(RESOURCES.c.arn == resource.arn, RESOURCES.c.version == resource.version)
                .values(dispatched=True)
            )

    def remove(self, arn: str, nonce: str) -> None:
        """The end of a deletion: record, tags and relations go, and the name is free."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(RESOURCES).where(RESOURCES.c.arn == arn, RESOURCES.c.nonce == nonce)
            )

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of a resource, in the order of their keys."""
        query = select(TAGS.c.key, TAGS.c.value).where(TAGS.c.arn == arn).order_by(TAGS.c.key)
        with self._reading.connect() as connection:
            return {row.key: row.value for row in connection.execute(query)}

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Set tags; others stay."""
        with self._engine.begin() as connection:
            connection.execute(delete(TAGS).where(TAGS.c.arn == arn, TAGS.c.key.in_(tags)))
            for key, value in tags.items():
                connection.execute(insert(TAGS).values(arn=arn, key=key, value=value))

    def untag(self, arn: str, keys: Sequence[str]) -> None:
        """Take tags away; unknown ones are no error."""
        with self._engine.begin() as connection:
            connection.execute(delete(TAGS).where(TAGS.c.arn == arn, TAGS.c.key.in_(keys)))

    def all_of(
        self, kinds: Sequence[ResourceType], statuses: Sequence[str] | None = None
    ) -> Iterator[Resource]:
        """Every resource of some kinds, of all accounts, in some statuses or in all."""
        query = select(RESOURCES).where(RESOURCES.c.type.in_([str(kind) for kind in kinds]))
        if statuses is not None:
            query = query.where(RESOURCES.c.status.in_(statuses))
        yield from self._select(query)

    def _select(self, query: Any) -> list[Resource]:
        with self._reading.connect() as connection:
            return [_as_resource(row) for row in connection.execute(query)]


def _swap(connection: Connection, found: Resource, changed: Resource) -> bool:
    """Compare and set."""
    done = connection.execute(
        update_rows(RESOURCES)
        .where(
            RESOURCES.c.arn == found.arn,
            RESOURCES.c.nonce == found.nonce,
            RESOURCES.c.version == found.version,
        )
        .values(**_as_row(changed))
    )
    return done.rowcount == 1


def _change_in(
    connection: Connection, arn: str, how: Callable[[Resource], Resource | None]
) -> bool:
    """One of several changes; False if another came between."""
    row = connection.execute(select(RESOURCES).where(RESOURCES.c.arn == arn)).first()
    if row is None:
        return True
    found = _as_resource(row)
    wanted = how(found)
    if wanted is None:
        return True
    _check_transition(found, wanted)
    return _swap(connection, found, replace(wanted, version=found.version + 1))


def _check_transition(before: Resource, after: Resource) -> None:
    if before.status != after.status and not life.may_follow(before.status, after.status):
        raise ForecastleError(
            f"{before.arn} cannot go from {before.status} to {after.status}; try again later"
        )


def _condition(wanted: Filter) -> Any:
    if wanted.key == "Status":
        column = RESOURCES.c.status
        return column == wanted.value if wanted.equal else column != wanted.value
    # A what-if forecast is found by its analysis and by its own ARN, as in Amazon Forecast.
    related = or_(
        exists().where(EDGES.c.child == RESOURCES.c.arn, EDGES.c.parent == wanted.value),
        RESOURCES.c.arn == wanted.value,
    )
    return related if wanted.equal else ~related


def _waits_for_parent() -> Any:
    parent = RESOURCES.alias()
    unfinished = exists().where(
        EDGES.c.child == RESOURCES.c.arn,
        EDGES.c.owned.is_(True),
        EDGES.c.parent == parent.c.arn,
        parent.c.status.in_(life.UNFINISHED),
    )
    return and_(RESOURCES.c.status == life.CREATE_PENDING, unfinished)


def _add_edges(connection: Connection, child: str, edges: Sequence[Edge]) -> None:
    for edge in edges:
        connection.execute(insert(EDGES).values(child=child, parent=edge.parent, owned=edge.owned))


def _as_row(resource: Resource) -> dict[str, Any]:
    return {
        **vars(resource),
        "type": str(resource.type),
        "request": _json(resource.request),
        "details": _json(resource.details),
        "progress": _json(resource.progress),
    }


def _as_resource(row: Row[Any]) -> Resource:
    values = dict(row._mapping)
    return Resource(
        **{
            **values,
            "type": ResourceType(values["type"]),
            "request": json.loads(values["request"]),
            "details": json.loads(values["details"]),
            "progress": None if values["progress"] is None else json.loads(values["progress"]),
        }
    )


def _json(values: Values | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, allow_nan=False)
