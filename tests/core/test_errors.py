import pickle

import pytest

from forecastle.core.errors import DataError, ForecastleError, InputError, Problem, Stopped


def test_a_problem_names_file_line_and_remedy():
    assert str(Problem("a.csv", "no demand", 3)) == "a.csv, line 3: no demand"
    assert str(Problem("a.csv", "no demand")) == "a.csv: no demand"


def test_ten_problems_are_shown_and_all_are_counted():
    problems = [Problem("a.csv", "no demand", line) for line in range(2, 14)]
    lines = str(DataError(problems, 40)).splitlines()
    assert len(lines) == 11
    assert lines[9] == "a.csv, line 11: no demand"
    assert lines[10] == "… and 30 more (40 problems in all)"


def test_ten_or_fewer_problems_are_all_there_is_to_say():
    assert str(DataError.of("a.csv", "no demand", 2)) == "a.csv, line 2: no demand"


@pytest.mark.parametrize(("error", "code"), [(InputError("x"), 2), (Stopped(), 130)])
def test_every_error_has_its_exit_code(error, code):
    assert isinstance(error, ForecastleError)
    assert error.exit_code == code


def test_bad_data_are_bad_input():
    assert issubclass(DataError, InputError)
    assert issubclass(InputError, ValueError)


def test_a_data_error_crosses_between_processes():
    error = DataError([Problem("sales.csv", "no", 3)], count=12)
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert copy.problems == error.problems
    assert copy.count == 12
