"""Reading a text file that a command was given."""

from __future__ import annotations

from pathlib import Path

from forecastle.core.errors import InputError


def read_text(file: Path) -> str:
    """The file, with or without a byte order mark.

    Raises:
        InputError: it is no text.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is no UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from None
