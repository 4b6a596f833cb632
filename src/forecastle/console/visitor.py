"""Visitor: the one who is logged in, and the only way from a page to the service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from forecastle.catalog.access_keys import Role
from forecastle.catalog.users import User
from forecastle.console.language import Language
from forecastle.core.errors import ForecastleError
from forecastle.service import operations
from forecastle.service.auditing import entry_of, resource_of
from forecastle.service.context import Caller, Context, Service, request_id

_P = ParamSpec("_P")
_T = TypeVar("_T")

CURRENT: ContextVar[Visitor | None] = ContextVar("visitor", default=None)
"""Whose request is being answered; the gate sets it."""


class SessionEnded(ForecastleError):
    """The session has expired, or the user has signed out elsewhere."""


@dataclass(frozen=True)
class House:
    """What all visitors share.

    Attributes:
        service: what operations work with.
        threads: where the service works, so that the event loop stays free.
    """

    service: Service
    threads: ThreadPoolExecutor

    async def in_thread(self, function: Callable[..., _T], *arguments: Any) -> _T:
        """The result of a slow function."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, partial(function, *arguments))


HOUSE: ContextVar[House] = ContextVar("house")
"""The house of the request that is being answered, for pages without a visitor; by the gate."""


@dataclass(frozen=True)
class Visitor:
    """The one who looks at a page.

    Attributes:
        house: what all visitors share.
        token: of the session; never shown.
        user: who is logged in, as of the page's request.
        language: of the page.
        dark: whether the page is dark.
        address: that the request came from.
        zone: the reader's time zone.
    """

    house: House
    token: str = field(repr=False)
    user: User
    language: Language
    dark: bool
    address: str | None = None
    zone: tzinfo = UTC

    def may(self, role: Role) -> bool:
        """Whether to offer something: what is not allowed is refused all the same."""
        return self.user.role.may_act_as(role)

    @property
    def may_change(self) -> bool:
        """Whether to offer what makes, changes or deletes resources."""
        return self.may(Role.OPERATOR)

    async def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """An operation of the API, with the rights of the one who is logged in.

        Raises:
            SessionEnded: there is no session any more.
            ForecastleError: whatever the operation refuses.
        """
        work = partial(operations.call, operation=operation, parameters=parameters)
        audited = operation if operations.ROLES[operation] is not Role.VIEWER else None
        return await self.house.in_thread(self._do, work, audited, parameters)

    async def do(
        self,
        function: Callable[Concatenate[Context, _P], _T],
        *arguments: _P.args,
        **named: _P.kwargs,
    ) -> _T:
        """Any function of the service that only reads and whose first argument is the context.

        Raises:
            SessionEnded: there is no session any more.
            ForecastleError: whatever it refuses.
        """
        return await self.house.in_thread(self._do, _bound(function, *arguments, **named), None, {})

    async def change(
        self,
        action: str,
        function: Callable[Concatenate[Context, _P], _T],
        *arguments: _P.args,
        **named: _P.kwargs,
    ) -> _T:
        """`do`, for what changes something: it is written into the audit log.

        Args:
            action: its name there, such as ``ApplyPipeline``.
            function: as for `do`.
            arguments: as for `do`.
            named: as for `do`.
        """
        return await self.house.in_thread(
            self._do, _bound(function, *arguments, **named), action, named
        )

    def context(self) -> Context:
        """Who asks, looked up anew: rights that were taken away are gone at once.

        Raises:
            SessionEnded: there is no session any more, or no such user.
        """
        service = self.house.service
        session = service.catalog.sessions.find(self.token, service.clock())
        user = None if session is None else service.catalog.users.find(session.user)
        if user is None:
            raise SessionEnded("The session has ended; log in again")
        caller = Caller(user.account, user.role, service.settings.region, user.name)
        return Context(service, caller)

    def _do(
        self, work: Callable[[Context], _T], action: str | None, parameters: Mapping[str, Any]
    ) -> _T:
        context = self.context()
        if action is None:
            return work(context)
        result: _T | None = None
        outcome = "InternalServerError"
        try:
            result = work(context)
            outcome = "OK"
            return result
        except ForecastleError as error:
            outcome = error.wire_name
            raise
        finally:
            made = result if isinstance(result, Mapping) else {}
            self._audit(context, action, resource_of(parameters, made), outcome)

    def _audit(self, context: Context, action: str, resource: str | None, outcome: str) -> None:
        service, caller = context.service, context.caller
        entry = entry_of(
            request_id(service),
            self.address,
            at=service.clock(),
            account=caller.account,
            access_key_id=f"user/{caller.name}",
            operation=action,
            resource=resource,
            outcome=outcome,
        )
        service.catalog.audit.add(entry)


def _bound(
    function: Callable[Concatenate[Context, _P], _T], *arguments: _P.args, **named: _P.kwargs
) -> Callable[[Context], _T]:
    return lambda context: function(context, *arguments, **named)
