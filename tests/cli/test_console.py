"""``forecastle console``: the console alone, beside a service without one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from forecastle.service.start import FIRST_USER
from tests.compat.running import without_aws

_LISTENS = re.compile(r"listens on (\S+);")
Start = Callable[..., tuple[str, str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """``start(command, ...)``: where it listens, and what it printed until then."""
    processes = []

    def started(*command: str) -> tuple[str, str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "forecastle", *command, "--port", "0"],
            env={**without_aws(os.environ), "FORECASTLE_DATA_DIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        printed = ""
        for line in process.stdout:
            printed += line
            if found := _LISTENS.search(line):
                return found[1], printed
        raise AssertionError(f"ended: {printed}")

    yield started
    for process in processes:
        process.terminate()
        assert process.wait(30) == 0
        process.stdout.close()


def test_it_runs_beside_a_service_without_one_on_the_same_data(start):
    api, introduction = start("serve", "--no-worker", "--no-console")
    console, greeting = start("console")
    password = re.search(rf"user {FIRST_USER}, password (\S+)\n", introduction)[1]
    assert "/login/link/" not in introduction
    assert "password" not in greeting
    assert httpx.get(f"{api}/login").status_code == 404
    assert httpx.get(f"{api}/healthz").status_code == 200
    with httpx.Client(base_url=console, follow_redirects=True) as browser:
        assert browser.get("/").url.path == "/login"
        fields = {"name": FIRST_USER, "password": password}
        assert browser.post("/login", data=fields).url.path == "/"
        assert browser.get("/account").status_code == 200
    assert httpx.post(f"{console}/", headers={"x-amz-target": "x"}).status_code == 303


def test_alone_it_introduces_itself(start):
    console, greeting = start("console")
    link = re.search(rf"{console}(/login/link/\S+)\n", greeting)[1]
    with httpx.Client(base_url=console, follow_redirects=True) as browser:
        assert browser.post(link).url.path == "/"
