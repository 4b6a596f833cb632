"""Passwords: what is kept of them, and how long it takes to try one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata

# RFC 7914; 16 MiB and some 50 ms a try (OWASP's advice for scrypt with r = 8 and p = 5).
_COST, _BLOCK, _LANES = 2**14, 8, 5
_SALT_BYTES, _HASH_BYTES = 16, 64
_PASSWORD_BYTES = 12


def new_password() -> str:
    """A random one of 16 characters, 96 bits."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def hashed(password: str) -> str:
    """What the database keeps: salt and scrypt hash, in Base64."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{_encoded(salt)}${_encoded(_scrypt(password, salt))}"


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the password; without one that is stored it takes as long to say no."""
    salt, _, expected = (stored or _NOBODYS).partition("$")
    found = _scrypt(password, base64.b64decode(salt))
    return hmac.compare_digest(found, base64.b64decode(expected)) and stored is not None


def _scrypt(password: str, salt: bytes) -> bytes:
    """Keyboards and systems write the same Hangul or umlaut in several ways: one is hashed."""
    written = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(
        written, salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=64 * 2**20, dklen=_HASH_BYTES
    )


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


_NOBODYS = f"{_encoded(bytes(_SALT_BYTES))}${_encoded(bytes(_HASH_BYTES))}"
