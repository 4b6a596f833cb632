"""S3Bucket: a bucket on Amazon S3 or any server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.store import S3Store

from forecastle.storage.atomic import atomic_file
from forecastle.storage.buckets import Folder, ObjectInfo
from forecastle.storage.disk import disk_told
from forecastle.storage.locations import check_key, check_object_key
from forecastle.storage.s3_failures import is_cut_off, server_told

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Credential

_Answer = TypeVar("_Answer")

_CHUNK = 8 * 2**20
# Parts of an upload under way at once: each must arrive within the silence that is allowed.
_PARTS_AT_ONCE = 2
_CUT_OFF_TRIES = 3


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for.

    Attributes:
        tries: how often a request that failed is sent again.
        seconds: after which a request that failed is not sent again.
        silence_seconds: without a byte, after which a request has failed.
        first_pause: seconds before the first repetition; later ones are longer.
    """

    tries: int = 5
    seconds: float = 120.0
    silence_seconds: float = 30.0
    first_pause: float = 0.2


USUAL_PATIENCE = Patience()


class S3Bucket:
    """Objects on an S3 server, by path-style requests.

    Nothing is taken from the environment: `AWS_ENDPOINT_URL` and AWS's keys there are the clients'.

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
        patience: Patience = USUAL_PATIENCE,
    ) -> None:
        self.name = name
        url = endpoint or _amazon(region)
        config: S3Config = {
            "endpoint": url,
            "aws_endpoint_url_s3": url,
            "region": region,
            "virtual_hosted_style_request": False,
            "disable_bulk_delete": True,
            "skip_signature": access_key_id is None,
        }
        self._store = S3Store(
            name,
            config=config,
            client_options=_client(patience, url),
            retry_config=_retries(patience),
            credential_provider=partial(_credential, access_key_id or "", secret_access_key or ""),
        )

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Bucket.list`; all are asked for before the first is given."""
        # The store's prefixes are whole folders: look into the last one, and filter.
        folder = check_key(prefix).rpartition("/")[0]
        found = self._ask(prefix, lambda: list(obstore.list(self._store, prefix=folder or None)))
        objects = (each for batch in found for each in batch if each["path"].startswith(prefix))
        yield from map(_info, sorted(objects, key=lambda each: each["path"]))

    def folder(self, key: str = "") -> Folder:
        """See `Bucket.folder`."""
        prefix = check_key(key).rpartition("/")[0]
        found = self._ask(
            key, lambda: obstore.list_with_delimiter(self._store, prefix=prefix or None)
        )
        folders = sorted(f"{each.rstrip('/')}/" for each in found["common_prefixes"])
        objects = sorted(map(_info, found["objects"]), key=lambda info: info.key)
        return Folder(tuple(folders), tuple(objects))

    def find(self, key: str) -> ObjectInfo | None:
        """See `Bucket.find`."""
        check_object_key(self.name, key)
        return self._ask(key, lambda: self._head(key))

    def fetch(self, key: str, target: Path) -> None:
        """See `Bucket.fetch`."""
        check_object_key(self.name, key)
        with disk_told(f"copy of {self._place(key)}"), atomic_file(target) as temporary:
            self._ask(key, lambda: self._download(key, temporary))

    def local_path(self, key: str) -> Path | None:
        """See `Bucket.local_path`."""
        check_object_key(self.name, key)
        return None

    def put(self, key: str, source: Path) -> None:
        """See `Bucket.put`; large files go in parts, and appear when the last has arrived."""
        check_object_key(self.name, key)
        self._ask(
            key, lambda: obstore.put(self._store, key, source, max_concurrency=_PARTS_AT_ONCE)
        )

    def read(self, key: str) -> bytes:
        """See `Bucket.read`."""
        check_object_key(self.name, key)
        return self._ask(key, lambda: bytes(obstore.get(self._store, key).bytes()))

    def write(self, key: str, content: bytes) -> None:
        """See `Bucket.write`."""
        check_object_key(self.name, key)
        self._ask(key, lambda: obstore.put(self._store, key, content))

    def delete(self, key: str) -> None:
        """See `Bucket.delete`."""
        check_object_key(self.name, key)
        self._ask(key, lambda: obstore.delete(self._store, key))

    def _head(self, key: str) -> ObjectInfo | None:
        try:
            return _info(obstore.head(self._store, key))
        except FileNotFoundError:
            return None

    def _download(self, key: str, target: Path) -> None:
        with target.open("wb") as file:
            for chunk in obstore.get(self._store, key).stream(_CHUNK):
                file.write(chunk)

    def _place(self, key: str) -> str:
        return f"s3://{self.name}/{key}"

    def _ask(self, key: str, request: Callable[[], _Answer]) -> _Answer:
        """Make a request, and make it again where its answer was cut off.

        The store itself repeats what fails before the answer begins, and resumes downloads.
        """
        with server_told(self._place(key)):
            for _ in range(_CUT_OFF_TRIES - 1):
                try:
                    return request()
                except Exception as error:
                    if not is_cut_off(error):
                        raise
            return request()


def _info(found: ObjectMeta) -> ObjectInfo:
    return ObjectInfo(found["path"], found["size"], found["e_tag"] or "", found["last_modified"])


def _amazon(region: str) -> str:
    """Amazon S3's endpoint; without one, the store would look into the environment."""
    suffix = ".cn" if region.startswith("cn-") else ""
    return f"https://s3.{region}.amazonaws.com{suffix}"


def _credential(access_key_id: str, secret_access_key: str) -> S3Credential:
    return {
        "access_key_id": access_key_id,
        "secret_access_key": secret_access_key,
        "token": None,
        "expires_at": None,
    }


def _client(patience: Patience, url: str) -> ClientConfig:
    """Silence is limited, not the length of a transfer."""
    silence = timedelta(seconds=patience.silence_seconds)
    return {
        "allow_http": url.startswith("http:"),
        "connect_timeout": min(timedelta(seconds=5), silence),
        "read_timeout": silence,
        "timeout": timedelta(days=1),
    }


def _retries(patience: Patience) -> RetryConfig:
    return {
        "max_retries": patience.tries,
        "retry_timeout": timedelta(seconds=patience.seconds),
        "backoff": {
            "init_backoff": timedelta(seconds=patience.first_pause),
            "max_backoff": timedelta(seconds=10 * patience.first_pause),
            "base": 2,
        },
    }
