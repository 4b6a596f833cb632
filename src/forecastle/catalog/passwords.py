"""Passwords: what is kept of them, and how long it takes to try one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Self

_SALT_BYTES, _HASH_BYTES = 16, 64
_PASSWORD_BYTES = 12


@dataclass(frozen=True)
class Cost:
    """What scrypt (RFC 7914) spends on a try; kept with each hash, so that it may be raised.

    Attributes:
        work: the number of blocks, a power of two; 128 times ``block`` bytes of memory each.
        block: the size of a block.
        lanes: how often all of that is done.
    """

    work: int
    block: int
    lanes: int

    @classmethod
    def read(cls, text: str) -> Self:
        """From ``work,block,lanes``."""
        return cls(*map(int, text.split(",")))

    def __str__(self) -> str:
        """As `read` reads it."""
        return f"{self.work},{self.block},{self.lanes}"


OWASP = Cost(work=2**14, block=8, lanes=5)
"""16 MiB and a quarter of a second or less: OWASP's Password Storage Cheat Sheet."""

cost = OWASP
"""Of the hashes that are made."""


def new_password() -> str:
    """A random one of 16 characters, 96 bits."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def hashed(password: str) -> str:
    """What the database keeps: cost, salt and scrypt hash, the last two in Base64."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{cost}${_encoded(salt)}${_encoded(_scrypt(password, salt, cost))}"


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the password; without one that is stored it takes as long to say no."""
    *spent, salt, expected = (stored or f"{cost}{_NOBODYS}").split("$")
    # The first hashes did not say what they cost.
    found = _scrypt(password, base64.b64decode(salt), Cost.read(spent[0]) if spent else OWASP)
    return hmac.compare_digest(found, base64.b64decode(expected)) and stored is not None


def _scrypt(password: str, salt: bytes, spent: Cost) -> bytes:
    """Keyboards and systems write the same Hangul or umlaut in several ways: one is hashed."""
    written = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(
        written,
        salt=salt,
        n=spent.work,
        r=spent.block,
        p=spent.lanes,
        maxmem=64 * 2**20,
        dklen=_HASH_BYTES,
    )


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


_NOBODYS = f"${_encoded(bytes(_SALT_BYTES))}${_encoded(bytes(_HASH_BYTES))}"
