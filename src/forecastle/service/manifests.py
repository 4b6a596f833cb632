"""Amazon QuickSight's manifests: which files of a bucket make a table, and how they are written.

QuickSight user guide, supported formats for Amazon S3 manifest files.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from forecastle.core.errors import InputError
from forecastle.storage.locations import Location
from forecastle.storage.prepared import Dialect

_DELIMITERS = {"CSV": ",", "TSV": "\t", "CLF": None, "ELF": None, "JSON": None}
_WEB = re.compile(r"https://(?:s3[.-][a-z0-9.-]+|s3)\.?amazonaws\.com/(.+)")
_HOSTED = re.compile(r"https://([a-z0-9.-]+)\.s3[a-z0-9.-]*\.amazonaws\.com/(.*)")
_EXAMPLE = '{"fileLocations": [{"URIs": ["s3://bucket/export.csv"]}]}'


@dataclass(frozen=True)
class Manifest:
    """What a manifest says.

    Attributes:
        files: objects.
        prefixes: all objects whose keys begin so.
        dialect: how the files are written.
    """

    files: tuple[Location, ...]
    prefixes: tuple[Location, ...]
    dialect: Dialect


def read_manifest(text: str) -> Manifest:
    """Read a manifest.

    Raises:
        InputError: it is none, names files outside of buckets, or files that are no tables.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InputError(f"the manifest is no JSON ({error}); it looks like {_EXAMPLE}") from error
    entries = content.get("fileLocations") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise InputError(f"the manifest has no list fileLocations; it looks like {_EXAMPLE}")
    manifest = Manifest(
        _locations(entries, "URIs"),
        _locations(entries, "URIPrefixes"),
        _dialect(content.get("globalUploadSettings") or {}),
    )
    if not manifest.files and not manifest.prefixes:
        raise InputError(f"the manifest names no files; it looks like {_EXAMPLE}")
    return manifest


def _locations(entries: list[dict[str, Any]], member: str) -> tuple[Location, ...]:
    found: list[Location] = []
    for entry in entries:
        addresses = entry.get(member, [])
        if not isinstance(addresses, list):
            raise InputError(f"manifest: {member} is no list; it looks like {_EXAMPLE}")
        found += [Location.parse(_as_s3(str(each))) for each in addresses]
    return tuple(found)


def _as_s3(address: str) -> str:
    """``s3://bucket/key`` of the addresses that QuickSight takes."""
    web, hosted = _WEB.fullmatch(address), _HOSTED.fullmatch(address)
    if hosted:
        return f"s3://{hosted[1]}/{hosted[2]}"
    return f"s3://{web[1]}" if web else address


def _dialect(settings: Any) -> Dialect:
    if not isinstance(settings, dict):
        raise InputError("manifest: globalUploadSettings is no object; leave it out for CSV")
    name = str(settings.get("format", "CSV")).upper()
    usual = _DELIMITERS.get(name)
    if usual is None:
        raise InputError(f"manifest: format '{name}' is no table; use CSV or TSV")
    delimiter = str(settings.get("delimiter", usual)).replace("\\t", "\t")
    if delimiter not in (",", ";", "\t", "|"):
        raise InputError(
            f"manifest: delimiter '{delimiter}' is not known; use comma, semicolon, tab or pipe"
        )
    header = str(settings.get("containsHeader", "true")).lower()
    return Dialect(delimiter, has_header=header != "false")
