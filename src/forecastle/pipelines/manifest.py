"""The S3 manifest by which Amazon QuickSight reads an export.

QuickSight user guide, supported formats for Amazon S3 manifest files: delimited text, at most 1000
files, all with the same columns; UTF-8 without a byte-order mark. Parquet is none of its formats:
QuickSight reads that through Athena.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forecastle.core.errors import InputError

MOST_FILES = 1000


def quicksight_manifest(urls: Sequence[str]) -> dict[str, Any]:
    """The manifest of an export's CSV files.

    The files are named one by one: a prefix would take in the exports of other runs too.

    Raises:
        InputError: there are more files than QuickSight takes.
    """
    if len(urls) > MOST_FILES:
        raise InputError(
            f"the export has {len(urls)} files, and a QuickSight manifest names at most "
            f"{MOST_FILES}; export Parquet and let QuickSight read it through Athena"
        )
    return {
        "fileLocations": [{"URIs": list(urls)}],
        "globalUploadSettings": {
            "format": "CSV",
            "delimiter": ",",
            "textqualifier": '"',
            "containsHeader": "true",
        },
    }
