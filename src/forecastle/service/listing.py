"""Lists: pages, filters and the token that the next page begins with.

A token is signed, and bound to the account, the operation and the filters: it says nothing that
its holder does not know, and cannot be made or bent by a client. It expires after 24 hours
(developer guide: QueryForecast, NextToken).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from forecastle.catalog.resources import Filter, Position, Resource
from forecastle.core.errors import InputError, InvalidNextToken
from forecastle.core.names import ResourceType
from forecastle.service.context import Context
from forecastle.service.records import Parameters, Result

_MOST_RESULTS = 100
_SECONDS_VALID = 24 * 3600
_SIGNATURE_BYTES = 32
_STATUS = "Status"

Summarise = Callable[[Context, Resource], Result]


@dataclass(frozen=True)
class Listing:
    """One List operation.

    Attributes:
        kind: what it lists.
        member: of the answer, that holds the summaries.
        filters: the keys that it filters by beside Status; None: it takes no filters.
        summarise: the entry for a resource.
    """

    kind: ResourceType
    member: str
    summarise: Summarise
    filters: tuple[str, ...] | None = None

    def __call__(self, context: Context, parameters: Parameters) -> Result:
        """A page, newest first.

        Raises:
            InputError: a filter has an unknown key.
            InvalidNextToken: the token is damaged, too old, or of another request.
        """
        filters = read_filters(parameters.get("Filters", ()), (*(self.filters or ()), _STATUS))
        caller = context.caller
        bound = [caller.account, self.member, *(vars(each) for each in filters)]
        token = parameters.get("NextToken")
        after = None if token is None else Position(*read_token(context, token, bound))
        size = parameters.get("MaxResults", _MOST_RESULTS)
        found = context.service.catalog.resources.page(
            caller.account, self.kind, filters, after, size + 1
        )
        page: Result = {self.member: [self.summarise(context, each) for each in found[:size]]}
        if len(found) > size:
            last = found[size - 1]
            page["NextToken"] = make_token(context, (last.created_at, last.arn), bound)
        return page


def read_filters(filters: Sequence[Parameters], known: tuple[str, ...]) -> list[Filter]:
    """The filters of a request.

    Raises:
        InputError: a key is not known.
    """
    for each in filters:
        if each["Key"] not in known:
            raise InputError(
                f"filter key '{each['Key']}' is not known here; use {' or '.join(known)}"
            )
    return [Filter(each["Key"], each["Value"], each["Condition"] == "IS") for each in filters]


def make_token(context: Context, place: Sequence[Any], bound: Sequence[Any]) -> str:
    """The token that a next page begins with.

    Args:
        context: who asks.
        place: where this page ended, in values that JSON has.
        bound: what the next request must have in common with this one, likewise.
    """
    position = [*place, context.service.clock()]
    content = json.dumps([position, bound]).encode()
    signature = context.service.catalog.vault.sign(content)
    return base64.urlsafe_b64encode(signature + json.dumps(position).encode()).decode()


def read_token(context: Context, token: str, bound: Sequence[Any]) -> list[Any]:
    """The place that `make_token` was given.

    Raises:
        InvalidNextToken: the token is damaged, too old, or of another request.
    """
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
        position = json.loads(raw[_SIGNATURE_BYTES:])
    except (binascii.Error, ValueError) as error:
        raise refused_token() from error
    content = json.dumps([position, bound]).encode()
    expected = context.service.catalog.vault.sign(content)
    if not hmac.compare_digest(raw[:_SIGNATURE_BYTES], expected):
        raise refused_token()
    place: list[Any] = position[:-1]
    if context.service.clock() - position[-1] > _SECONDS_VALID:
        raise InvalidNextToken("NextToken is older than 24 hours; begin the list anew")
    return place


def refused_token() -> InvalidNextToken:
    """The error for a token that was never given for this request."""
    return InvalidNextToken(
        "NextToken was not given for this request; repeat the request that it came from, with the "
        "same filters, or begin anew without a token"
    )
