"""The envelope of a saved predictor: what is sealed is found again, anything else refused."""

import json

import pytest

from forecastle.core.errors import InputError
from forecastle.library.archive import FORMAT, INDEX, seal, unseal


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights.json").write_text("[1, 2]")
    seal(tmp_path, {"recipe": {"frequency": "D"}})
    return tmp_path


def test_what_was_sealed_is_found_again(folder):
    assert unseal(folder)["recipe"] == {"frequency": "D"}


def test_a_changed_file_is_named(folder):
    (folder / "model" / "weights.json").write_text("[1, 3]")
    with pytest.raises(InputError, match=r"damaged \(model/weights.json"):
        unseal(folder)


def test_a_missing_file_is_named(folder):
    (folder / "model" / "weights.json").unlink()
    with pytest.raises(InputError, match=r"damaged \(model/weights.json"):
        unseal(folder)


def test_a_file_that_was_not_saved_is_named(folder):
    (folder / "extra.txt").write_text("?")
    with pytest.raises(InputError, match=r"damaged \(extra.txt"):
        unseal(folder)


def test_another_format_is_refused_with_both_numbers(folder):
    record = json.loads((folder / INDEX).read_text())
    (folder / INDEX).write_text(json.dumps({**record, "format": FORMAT + 1}))
    with pytest.raises(InputError, match=f"format {FORMAT + 1}.*reads format {FORMAT}"):
        unseal(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_an_index_that_is_no_json_object_is_refused(folder, text):
    (folder / INDEX).write_text(text)
    with pytest.raises(InputError, match="damaged"):
        unseal(folder)


def test_an_index_of_bytes_that_are_no_text_is_refused(folder):
    (folder / INDEX).write_bytes(b"\xff\xfe{}")
    with pytest.raises(InputError, match="damaged"):
        unseal(folder)


def test_an_index_without_a_list_of_files_is_refused(folder):
    (folder / INDEX).write_text(json.dumps({"format": FORMAT, "files": 3}))
    with pytest.raises(InputError, match="damaged"):
        unseal(folder)


def test_a_folder_without_a_predictor_says_what_to_give(tmp_path):
    with pytest.raises(InputError, match="no predictor is there"):
        unseal(tmp_path / "nowhere")
