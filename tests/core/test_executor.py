import pytest

from forecastle.core.executor import SerialExecutor


def inverse(number):
    return 1 / number


def test_tasks_run_in_order():
    assert list(SerialExecutor().map(inverse, [1, 2, 4])) == [(0, 1.0), (1, 0.5), (2, 0.25)]


def test_the_first_error_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(SerialExecutor().map(inverse, [1, 0]))
