"""`forecastle serve` and the worker that it looks after, as processes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from forecastle.catalog.catalog import Catalog
from forecastle.cli.listening import listening
from forecastle.core.settings import ServiceSettings
from forecastle.service.start import FIRST_USER

_PATIENCE_SECONDS = 90


class Serving:
    """A process of `forecastle serve`, ready."""

    def __init__(self, data_dir: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [*_COMMAND, "serve", "--port", "0", "--data-dir", str(data_dir), *options],
            env=_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if "AWS_DEFAULT_REGION" in line:
                break
        self.output = "".join(self.lines)
        found = re.search(r"listens on (\S+);", self.output)
        assert found is not None, self.output
        self.url = found[1]

    def get(self, path: str) -> dict[str, object]:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
            content: dict[str, object] = json.load(answer)
        return content

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


_COMMAND = (sys.executable, "-m", "forecastle")


@pytest.fixture
def serving(tmp_path):
    started = []

    def start(*options: str) -> Serving:
        started.append(Serving(tmp_path, *options))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def catalog(tmp_path):
    opened = Catalog.open(ServiceSettings(data_dir=tmp_path), migrate=True)
    yield opened
    opened.close()


def test_the_first_start_shows_what_opens_the_service_and_the_next_does_not(serving, catalog):
    first = serving("--no-worker")
    key = re.search(r"AWS_ACCESS_KEY_ID=(\S+)\n.*AWS_SECRET_ACCESS_KEY=(\S+)\n", first.output)
    assert catalog.access_keys.find(key[1]).secret == key[2]
    password = re.search(rf"user {FIRST_USER}, password (\S+)\n", first.output)
    assert catalog.users.authenticate(FIRST_USER, password[1]) is not None
    link = re.search(rf"{first.url}/login/link/(\S+)\n", first.output)
    assert catalog.sessions.use_link(link[1], time.time()) == FIRST_USER
    assert f"AWS_ENDPOINT_URL_FORECAST={first.url}" in first.output
    first.process.terminate()
    assert first.process.wait() == 0

    again = serving("--no-worker")
    assert "AWS_SECRET_ACCESS_KEY" not in again.output
    assert "password" not in again.output
    assert len(catalog.access_keys.list()) == 1


def test_it_is_ready_at_once_and_its_worker_ends_with_it(serving, catalog):
    service = serving()
    assert service.get("/healthz")["status"] == "ok"
    worker = _worker(catalog)
    service.process.terminate()
    assert service.process.wait() == 0
    assert not _is_running(worker)
    assert catalog.workers.list() == []


def test_its_worker_ends_also_when_it_is_killed(serving, catalog):
    service = serving()
    worker = _worker(catalog)
    service.process.kill()
    _wait_until(lambda: not _is_running(worker))


def test_a_worker_that_dies_is_followed_by_another(serving, catalog):
    serving()
    worker = _worker(catalog)
    os.kill(worker, signal.SIGKILL)
    _wait_until(lambda: {each.process for each in catalog.workers.list()} - {worker})
    _wait_until(lambda: worker not in {each.process for each in catalog.workers.list()})


def test_a_second_one_is_refused_in_words(serving, tmp_path):
    service = serving("--no-worker")
    port = service.url.rpartition(":")[2]
    same_data = _run("serve", "--port", "0", "--data-dir", str(tmp_path))
    assert same_data.returncode == 2
    assert (
        f"runs in this data directory already (process {service.process.pid})" in same_data.stderr
    )
    same_port = _run("serve", "--port", port, "--data-dir", str(tmp_path / "other"))
    assert same_port.returncode == 2
    assert f"127.0.0.1:{port} cannot be listened on" in same_port.stderr


def test_the_web_process_is_light(serving):
    service = serving("--no-worker")
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    kilobytes = int(re.search(r"VmRSS:\s+(\d+)", status)[1])
    assert kilobytes < 300_000
    maps = Path(f"/proc/{service.process.pid}/maps").read_text()
    assert "lightgbm" not in maps


def _worker(catalog: Catalog) -> int:
    _wait_until(lambda: bool(catalog.workers.list()))
    return catalog.workers.list()[0].process


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_COMMAND, *arguments], env=_environment(), capture_output=True, text=True, check=False
    )


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FORECASTLE_")}


def _wait_until(condition) -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_answers_are_sent_at_once(tmp_path):
    """asyncio switches off Nagle's algorithm for sockets that name their protocol."""
    with listening(ServiceSettings(port=0, data_dir=tmp_path)) as listener:
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP
