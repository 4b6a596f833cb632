"""Tasks in processes: results, errors, killed children, no orphans."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from forecastle.compute.processes import ProcessExecutor, available_cores
from forecastle.core.errors import ForecastleError, InputError
from forecastle.core.executor import Executor, SerialExecutor


def square(number: int) -> int:
    return number * number


def divide(number: int) -> float:
    return 1 / number


def threads(_: int) -> tuple[str, ...]:
    return os.environ["OMP_NUM_THREADS"], os.environ["POLARS_MAX_THREADS"]


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep_and_tell(path: str) -> None:
    with open(path, "a", encoding="utf-8") as file:  # noqa: PTH123
        file.write(f"{os.getpid()}\n")
    time.sleep(120)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:  # noqa: PTH123
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


def wait_until(condition, seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(scope="module")
def pool():
    with ProcessExecutor(2) as executor:
        yield executor


def test_gives_every_result_with_the_index_of_its_task(pool: ProcessExecutor):
    assert dict(pool.map(square, range(20))) == {number: number**2 for number in range(20)}


def test_agrees_with_the_serial_executor(pool: ProcessExecutor):
    executors: list[Executor] = [pool, SerialExecutor()]
    first, second = (dict(executor.map(square, [3, 1, 2])) for executor in executors)
    assert first == second


def test_no_tasks_give_no_results(pool: ProcessExecutor):
    assert list(pool.map(square, [])) == []


def test_tasks_are_taken_as_they_are_needed(pool: ProcessExecutor):
    taken = []
    results = pool.map(square, (taken.append(n) or n for n in range(1000)))
    next(results)
    assert len(taken) < 20
    results.close()


def test_the_first_error_of_a_task_is_raised_and_the_pool_lives_on(pool: ProcessExecutor):
    with pytest.raises(ZeroDivisionError):
        list(pool.map(divide, [1, 0, 2]))
    assert dict(pool.map(square, [4])) == {0: 16}


def test_workers_share_the_cores_as_threads(pool: ProcessExecutor):
    share = str(max(1, available_cores() // 2))
    assert dict(pool.map(threads, [0])) == {0: (share, share)}


def test_a_killed_worker_is_told_as_such_and_the_next_call_starts_afresh():
    with ProcessExecutor(1) as executor:
        with pytest.raises(ForecastleError, match="worker process ended unexpectedly"):
            list(executor.map(die, [0]))
        assert dict(executor.map(square, [5])) == {0: 25}


def test_fewer_than_one_worker_is_refused():
    with pytest.raises(InputError, match="workers: 0"):
        ProcessExecutor(0)


def test_by_default_as_many_workers_as_cores():
    assert ProcessExecutor().workers == available_cores()


# A program that a shell starts in the background ignores Ctrl-C, and so would what it starts.
SCRIPT = """
    import signal
    import sys
    from forecastle.compute.processes import ProcessExecutor
    from tests.compute.test_processes import sleep_and_tell
    if __name__ == "__main__":
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with ProcessExecutor(2) as executor:
                list(executor.map(sleep_and_tell, [sys.argv[1]] * 2))
        except KeyboardInterrupt:
            print("stopped")
            sys.exit(130)
"""


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")  # noqa: PTH112
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(tmp_path, sent: signal.Signals):
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    told = tmp_path / "workers.txt"
    told.touch()
    parent = subprocess.Popen(
        [sys.executable, str(script), str(told)],
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert wait_until(lambda: len(told.read_text().split()) == 2)
    workers = [int(line) for line in told.read_text().split()]
    parent.send_signal(sent)
    output, errors = parent.communicate(timeout=60)
    assert wait_until(lambda: not any(is_alive(worker) for worker in workers))
    if sent == signal.SIGINT:
        assert (parent.returncode, output, errors) == (130, "stopped\n", "")
