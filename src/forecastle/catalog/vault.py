"""Secrets: encrypted in the database under a key that lies in a file which only the owner reads."""

from __future__ import annotations

import hashlib
import hmac
import os
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from forecastle.core.errors import ForecastleError

_OWNER_ONLY = 0o600


class Vault:
    """Encrypts, decrypts and signs with the key in a file (Fernet: AES-128-CBC and HMAC-SHA256)."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._fernet = Fernet(key)

    @classmethod
    def open(cls, path: Path) -> Vault:
        """Read the key; make one if there is none.

        Raises:
            ForecastleError: others may read the file, or it holds no key.
        """
        with suppress(FileExistsError):
            _write_new(path, Fernet.generate_key())
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise ForecastleError(
                f"{path}: others may read the key that secrets are encrypted under; "
                f"run `chmod 600 {path}`"
            )
        try:
            return cls(path.read_bytes().strip())
        except ValueError as error:
            raise ForecastleError(
                f"{path}: holds no key; restore it from the backup of the data directory"
            ) from error

    def encrypt(self, secret: str) -> str:
        """For the database."""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, text: str) -> str:
        """The inverse of `encrypt`.

        Raises:
            ForecastleError: it was encrypted under another key.
        """
        try:
            return self._fernet.decrypt(text.encode()).decode()
        except InvalidToken as error:
            raise ForecastleError(
                "a secret in the database was encrypted under another key; "
                "restore secret.key of the data directory that the database belongs to"
            ) from error

    def sign(self, content: bytes) -> bytes:
        """A signature that only the holder of the key can make; 32 bytes."""
        return hmac.new(self._key, content, hashlib.sha256).digest()


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that is nobody's but the owner's from its first moment, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
