"""In which encoding a text file is written."""

from __future__ import annotations

import pytest

from forecastle.storage.encodings import KOREAN, UTF8, WESTERN, as_utf8, encoding_of

TEXTS = {"plain": "item,sold\n", "korean": "상품,판매량\n커피,3\n", "french": "café,3\nthé,4\n"}


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("plain", "ascii", UTF8),
        ("korean", "utf-8", UTF8),
        ("korean", "utf-16", UTF8),
        ("korean", "cp949", KOREAN),
        ("french", "utf-8", UTF8),
        ("french", "latin-1", WESTERN),
    ],
)
def test_the_encoding_is_told_from_the_bytes(tmp_path, text, written, found):
    path = tmp_path / "sales.csv"
    path.write_bytes(TEXTS[text].encode(written))
    assert encoding_of(path) == found


@pytest.mark.parametrize(
    ("text", "encoding"), [("korean", KOREAN), ("french", WESTERN), ("plain", UTF8)]
)
def test_a_copy_in_utf8_says_the_same(tmp_path, text, encoding):
    path = tmp_path / "sales.csv"
    path.write_bytes(TEXTS[text].encode(encoding))
    copy = as_utf8(path, tmp_path / "copy", encoding_of(path))
    assert copy.read_text(encoding="utf-8") == TEXTS[text]


def test_bytes_that_mean_nothing_do_not_stand_in_the_way(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_bytes(b"caf\xe9,\x81\n")
    copy = as_utf8(path, tmp_path / "copy", encoding_of(path))
    assert copy.read_text(encoding="utf-8") == "café,\ufffd\n"
