"""Nothing half-written is ever seen, and nothing of the user's is ever deleted."""

import pytest

from forecastle.core.errors import InputError
from forecastle.storage.atomic import atomic_directory, atomic_file


def entries(folder):
    return sorted(path.name for path in folder.iterdir())


def interrupted(writing, stop):
    with writing as temporary:
        half = temporary / "accuracy.json" if temporary.is_dir() else temporary
        half.write_text("half")
        raise stop


@pytest.fixture
def run(tmp_path):
    """The folder of an earlier run."""
    folder = tmp_path / "out"
    with atomic_directory(folder) as temporary:
        (temporary / "predictor").mkdir()
        (temporary / "accuracy.json").write_text("old")
        (temporary / "report.html").write_text("old")
    return folder


def test_a_file_appears_whole(tmp_path):
    target = tmp_path / "new" / "a.csv"
    with atomic_file(target) as temporary:
        temporary.write_text("a")
        assert not target.exists()
    assert target.read_text() == "a"
    assert entries(target.parent) == ["a.csv"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_file_leaves_what_was_there(tmp_path, stop):
    target = tmp_path / "a.csv"
    target.write_text("old")
    with pytest.raises(stop):
        interrupted(atomic_file(target), stop)
    assert entries(tmp_path) == ["a.csv"]
    assert target.read_text() == "old"


def test_a_folder_appears_whole(run, tmp_path):
    assert entries(tmp_path) == ["out"]
    assert entries(run) == ["accuracy.json", "predictor", "report.html"]


def test_others_may_read_the_folder(tmp_path):
    with atomic_directory(tmp_path / "out"):
        pass
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_run_leaves_the_earlier_one(run, stop):
    with pytest.raises(stop):
        interrupted(atomic_directory(run, overwrite=True), stop)
    assert entries(run.parent) == ["out"]
    assert (run / "accuracy.json").read_text() == "old"


def test_an_earlier_run_is_replaced_only_when_told(run):
    with (
        pytest.raises(InputError, match="holds an earlier run"),
        atomic_directory(run),
    ):
        pass
    with atomic_directory(run, overwrite=True) as temporary:
        (temporary / "accuracy.json").write_text("new")
        (temporary / "predictor").mkdir()
    assert (run / "accuracy.json").read_text() == "new"
    assert entries(run.parent) == ["out"]


def test_files_of_a_run_that_the_next_does_not_write_go(run):
    with atomic_directory(run, overwrite=True) as temporary:
        (temporary / "forecast.csv").write_text("new")
    assert entries(run) == ["forecast.csv"]


def test_the_users_own_files_in_a_run_stay(run):
    (run / "notes.txt").write_text("mine")
    with atomic_directory(run, overwrite=True) as temporary:
        (temporary / "accuracy.json").write_text("new")
    assert entries(run) == ["accuracy.json", "notes.txt"]


def test_a_folder_that_no_run_made_is_never_replaced(tmp_path):
    (tmp_path / "photo.jpg").write_text("mine")
    with (
        pytest.raises(InputError, match="files that no forecast run wrote"),
        atomic_directory(tmp_path, overwrite=True),
    ):
        pass
    assert entries(tmp_path) == ["photo.jpg"]


def test_a_file_in_the_way_is_never_replaced(tmp_path):
    target = tmp_path / "out"
    target.write_text("mine")
    with (
        pytest.raises(InputError, match="a file of that name"),
        atomic_directory(target, overwrite=True),
    ):
        pass
    assert target.read_text() == "mine"


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "out").mkdir()
    with atomic_directory(tmp_path / "out") as temporary:
        (temporary / "a").touch()
    assert entries(tmp_path / "out") == ["a"]
