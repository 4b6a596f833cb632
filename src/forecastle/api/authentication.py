"""Who asks: the access key that signed a request, and whether it may be believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from forecastle.api.exchange import Received
from forecastle.api.refusals import UnrecognizedClient
from forecastle.api.signature import Claim, check_scope, check_signature, read_claim
from forecastle.catalog.access_keys import AccessKey, AccessKeys
from forecastle.service.context import Caller

_MOST_KEPT = 1000
UNKNOWN_KEY = (
    "The security token included in the request is invalid: access key '{key}' is unknown or "
    "revoked; see `forecastle keys list`"
)


class KeyRing:
    """The access keys, looked up in the database at most once a second each.

    A revoked key therefore opens nothing after a second.
    """

    def __init__(
        self, keys: AccessKeys, timer: Callable[[], float], seconds_kept: float = 1.0
    ) -> None:
        self._keys, self._timer, self._seconds_kept = keys, timer, seconds_kept
        self._kept: dict[str, tuple[float, AccessKey]] = {}

    def find(self, access_key_id: str) -> AccessKey | None:
        """The key of that id that is not revoked."""
        now = self._timer()
        looked_up, key = self._kept.get(access_key_id, (float("-inf"), None))
        if now - looked_up > self._seconds_kept:
            key = self._look_up(access_key_id, now)
        return key if key is not None and key.revoked_at is None else None

    def _look_up(self, access_key_id: str, now: float) -> AccessKey | None:
        key = self._keys.find(access_key_id)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        if key is not None:
            self._kept[access_key_id] = (now, key)
        return key


@dataclass(frozen=True)
class Guard:
    """Believes nobody without a valid signature.

    Attributes:
        keys: the access keys.
        clock: seconds since 1970.
        skew: seconds that a request's date may be off.
    """

    keys: KeyRing
    clock: Callable[[], float]
    skew: int

    def admit(self, received: Received, service: str) -> Caller:
        """Who asks.

        Args:
            received: the request as it came.
            service: whose name the signature must carry, ``forecast`` or ``sts``.

        Raises:
            AuthenticationFailed: in one of its kinds.
        """
        claim = read_claim(received)
        key = self._find_key(claim)
        now = datetime.fromtimestamp(self.clock(), UTC)
        check_scope(claim, service, now, timedelta(seconds=self.skew))
        check_signature(claim, received, key.secret)
        return Caller(key.account, key.role, claim.region, key.access_key_id)

    def _find_key(self, claim: Claim) -> AccessKey:
        key = self.keys.find(claim.access_key_id)
        if key is None:
            raise UnrecognizedClient(UNKNOWN_KEY.format(key=claim.access_key_id[:32]))
        return key
