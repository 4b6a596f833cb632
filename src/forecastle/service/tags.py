"""Tags: at most 50 per resource, none under AWS's own prefix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forecastle.core.errors import InputError, LimitExceeded
from forecastle.core.settings import ServiceSettings

_RESERVED = "aws:"


def read_tags(
    settings: ServiceSettings, tags: Sequence[Mapping[str, str]], present: Sequence[str] = ()
) -> dict[str, str]:
    """Key → value from ``[{"Key": …, "Value": …}]``.

    Args:
        settings: with the quota.
        tags: those given.
        present: keys that the resource has already.

    Raises:
        InputError: a key comes twice or is reserved.
        LimitExceeded: the resource would have too many.
    """
    read: dict[str, str] = {}
    for tag in tags:
        key = tag["Key"]
        if key.lower().startswith(_RESERVED):
            raise InputError(f"tag key '{key}' starts with '{_RESERVED}', which is reserved")
        if key in read:
            raise InputError(f"tag key '{key}' comes twice; give each key once")
        read[key] = tag["Value"]
    count = len({*read, *present})
    if count > settings.quota_tags:
        raise LimitExceeded(
            f"tags: {count} on one resource, at most {settings.quota_tags}; take some away, or "
            "raise the setting quota_tags"
        )
    return read
