"""Encodings: in which one a text file is written, and the file as UTF-8.

An import takes UTF-8 alone. Spreadsheets save otherwise: Excel in Korean as CP949, in the west as
Windows-1252. What is valid UTF-8 is UTF-8; what is not, is Korean if it reads as CP949 with Hangul
syllables in it, else western: there, any byte is some letter.
"""

from __future__ import annotations

import codecs
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

UTF8, KOREAN, WESTERN = "utf-8", "cp949", "cp1252"

_CHUNK = 1 << 20
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HANGUL = re.compile("[가-힣]{2}")


def encoding_of(path: Path) -> str:
    """`UTF8`, `KOREAN` or `WESTERN`; UTF-16 counts as UTF-8, for it says itself what it is."""
    with path.open("rb") as file:
        if file.read(2) in _MARKS:
            return UTF8
    if _decodes(path, UTF8):
        return UTF8
    return KOREAN if _decodes(path, KOREAN) and _has_hangul(path) else WESTERN


def as_utf8(path: Path, target: Path, encoding: str) -> Path:
    """A copy of a text file as UTF-8; the few bytes that mean nothing become question marks."""
    with (
        path.open(encoding=encoding, errors="replace", newline="") as text,
        target.open("w", encoding=UTF8, newline="") as plain,
    ):
        shutil.copyfileobj(text, plain, _CHUNK)
    return target


def _decodes(path: Path, encoding: str) -> bool:
    """Whether all of a file, but for a letter that is cut off at its end, is text so encoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _has_hangul(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder(KOREAN)()
    return any(_HANGUL.search(decoder.decode(chunk)) for chunk in _chunks(path))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
