"""S3Bucket: a bucket on Amazon S3 or any server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import (
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from forecastle.core.errors import ForecastleError, InputError, StorageError
from forecastle.storage.buckets import ObjectInfo
from forecastle.storage.locations import check_key

if TYPE_CHECKING:
    from obstore.store import S3Config

_CHUNK = 8 * 2**20
_REASON_SHOWN = 300


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for.

    Attributes:
        tries: how often a request that failed is sent again.
        seconds: for a request with all its repetitions.
        request_seconds: for one answer.
        first_pause: seconds before the first repetition; later ones are longer.
    """

    tries: int = 6
    seconds: float = 60.0
    request_seconds: float = 30.0
    first_pause: float = 0.2


_USUAL = Patience()


class S3Bucket:
    """Objects on an S3 server, by path-style requests.

    Args:
        name: of the bucket.
        endpoint: URL of the server; None is Amazon S3 itself.
        access_key_id: None sends no signature.
        secret_access_key: of that key.
        region: that requests are signed for.
        patience: with a server that fails or is slow.
    """

    def __init__(
        self,
        name: str,
        *,
        endpoint: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        region: str = "us-east-1",
        patience: Patience = _USUAL,
    ) -> None:
        self.name = name
        config: S3Config = {"region": region, "virtual_hosted_style_request": False}
        if endpoint is not None:
            config["endpoint"] = endpoint
        if access_key_id is None:
            config["skip_signature"] = True
        else:
            config["access_key_id"] = access_key_id
            config["secret_access_key"] = secret_access_key or ""
        self._store = S3Store(
            name,
            config=config,
            client_options={
                "allow_http": True,
                "timeout": timedelta(seconds=patience.request_seconds),
                "connect_timeout": timedelta(seconds=min(5.0, patience.request_seconds)),
            },
            retry_config={
                "max_retries": patience.tries,
                "retry_timeout": timedelta(seconds=patience.seconds),
                "backoff": {
                    "init_backoff": timedelta(seconds=patience.first_pause),
                    "max_backoff": timedelta(seconds=10 * patience.first_pause),
                    "base": 2,
                },
            },
        )
        self._tries = patience.tries

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Bucket.list`."""
        check_key(prefix)
        # The store's prefixes are whole folders: look into the last one, and filter.
        folder = prefix.rpartition("/")[0]
        with self._told(prefix):
            found = [
                ObjectInfo(each["path"], each["size"], each["e_tag"] or "", each["last_modified"])
                for batch in obstore.list(self._store, prefix=folder or None)
                for each in batch
                if each["path"].startswith(prefix)
            ]
        yield from sorted(found, key=lambda info: info.key)

    def fetch(self, key: str, target: Path) -> None:
        """See `Bucket.fetch`; a transfer that is cut off is begun again."""
        for left in reversed(range(self._tries + 1)):
            try:
                with self._told(key), target.open("wb") as file:
                    for chunk in obstore.get(self._store, check_key(key)).stream(_CHUNK):
                        file.write(chunk)
                return
            except StorageError:
                if not left:
                    raise

    def local_path(self, key: str) -> Path | None:
        """See `Bucket.local_path`."""
        check_key(key)
        return None

    def put(self, key: str, source: Path) -> None:
        """See `Bucket.put`; large files go in parts, and appear when the last has arrived."""
        with self._told(key):
            obstore.put(self._store, check_key(key), source)

    def read(self, key: str) -> bytes:
        """See `Bucket.read`."""
        with self._told(key):
            return bytes(obstore.get(self._store, check_key(key)).bytes())

    def write(self, key: str, content: bytes) -> None:
        """See `Bucket.write`."""
        with self._told(key):
            obstore.put(self._store, check_key(key), content)

    def delete(self, key: str) -> None:
        """See `Bucket.delete`."""
        try:
            with self._told(key):
                obstore.delete(self._store, check_key(key))
        except FileNotFoundError:
            return

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """Failures in terms of the bucket, without the library's stack of causes."""
        place = f"s3://{self.name}/{key}"
        try:
            yield
        except (ForecastleError, FileExistsError):
            raise
        except (NotFoundError, FileNotFoundError) as error:
            raise InputError(f"{place}: no such object or bucket; check the path") from error
        except (PermissionDeniedError, UnauthenticatedError, PermissionError) as error:
            raise InputError(
                f"{place}: the server refuses the access key; give the right one: "
                "forecastle bucket remove, forecastle bucket add --access-key-id"
            ) from error
        except Exception as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # this machine's disk, not the server
            reason = " ".join(str(error).split())[:_REASON_SHOWN]
            raise StorageError(
                f"{place}: the server failed ({reason}); try again when it works"
            ) from error
