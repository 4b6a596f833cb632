"""Files that are kept while there is room."""

from __future__ import annotations

from itertools import count

import pytest

from forecastle.storage.kept_files import KeptFiles


@pytest.fixture
def kept(tmp_path):
    ticks = count(1_000)
    return KeptFiles(tmp_path / "kept", 100, lambda: float(next(ticks)))


def put(kept, name, size=40):
    made = []

    def make(path):
        made.append(path)
        path.write_bytes(b"x" * size)

    path = kept.get(name, make)
    return path, bool(made)


def test_a_file_is_made_once(kept):
    path, made = put(kept, "a")
    assert made
    assert put(kept, "a") == (path, False)


def test_what_was_not_used_for_longest_goes_first(kept):
    a, b = put(kept, "a")[0], put(kept, "b")[0]
    put(kept, "a")  # used again
    c = put(kept, "c")[0]
    assert (a.exists(), b.exists(), c.exists()) == (True, False, True)


def test_the_newest_stays_however_large_it_is(kept):
    small, large = put(kept, "small")[0], put(kept, "large", 500)[0]
    assert large.exists()
    assert not small.exists()


def test_what_fails_to_be_made_is_tried_again(kept):
    def fail(_path):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.get("a", fail)
    assert put(kept, "a")[1]
