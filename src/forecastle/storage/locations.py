"""Locations: ``s3://bucket/key``, read strictly, so that no key leads out of its bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forecastle.core.errors import InputError

_SCHEME = "s3://"
# Amazon S3's rules for names of buckets, without the rare ones about prefixes and suffixes.
_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]")
_LONGEST_KEY = 1024
_BAD_CHARACTER = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True)
class Location:
    """A place in a bucket.

    Attributes:
        bucket: its name.
        key: of an object, or what keys begin with; empty for the whole bucket.
    """

    bucket: str
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> Location:
        """Read ``s3://bucket/key``.

        Raises:
            InputError: it is no such thing, or it could lead out of its bucket.
        """
        if not text.startswith(_SCHEME):
            raise InputError(f"path '{text}' does not begin with s3://; write s3://bucket/folder")
        bucket, _, key = text.removeprefix(_SCHEME).partition("/")
        if not _BUCKET.fullmatch(bucket) or ".." in bucket:
            raise InputError(
                f"path '{text}': '{bucket}' is no name of a bucket; use 3 to 63 lower-case "
                "letters, digits, dots and hyphens"
            )
        return cls(bucket, check_key(key))

    def __str__(self) -> str:
        """As it is written."""
        return f"{_SCHEME}{self.bucket}/{self.key}"

    def within(self, name: str) -> Location:
        """A place below this one, which is taken for a folder."""
        folder = self.key if not self.key or self.key.endswith("/") else f"{self.key}/"
        return Location(self.bucket, check_key(f"{folder}{name}"))


def check_key(key: str) -> str:
    """The key, if it stays in its bucket also where buckets are folders.

    Raises:
        InputError: says what is wrong with it.
    """
    try:
        length = len(key.encode())
    except UnicodeEncodeError:
        raise InputError(f"key {key!r} is no Unicode text; use plain names") from None
    if length > _LONGEST_KEY:
        raise InputError(f"key '{key[:40]}…' is longer than {_LONGEST_KEY} bytes; shorten it")
    parts = key.split("/")
    if _BAD_CHARACTER.search(key) or any(part in (".", "..") for part in parts):
        raise InputError(
            f"key {key!r} holds '.' or '..' as a folder, a backslash or a control character; "
            "use plain names"
        )
    if "" in parts[:-1]:
        raise InputError(f"key '{key}' holds an empty folder name; write single slashes")
    return key


def check_object_key(bucket: str, key: str) -> str:
    """The key, if an object can have it: no folder's, and nothing that `check_key` refuses.

    Raises:
        InputError: says what is wrong with it.
    """
    if not key or key.endswith("/"):
        raise InputError(f"{_SCHEME}{bucket}/{key} is a folder; name an object in it")
    return check_key(key)
