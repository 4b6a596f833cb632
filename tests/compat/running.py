"""A service as a user starts it: `forecastle serve` in a process of its own."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from forecastle.catalog.access_keys import Role
from forecastle.catalog.catalog import Catalog
from forecastle.core.settings import load_settings

PATIENCE = 120.0
_PORTS = range(20_000, 32_000)


@dataclass(frozen=True)
class Running:
    """Where it listens, its files, and the environment of a client that has a key."""

    url: str
    data_dir: Path
    output: Path
    client: Mapping[str, str]

    @property
    def buckets(self) -> Path:
        return self.data_dir / "buckets"


class Serve:
    """`forecastle serve` as a context manager; ends by SIGTERM."""

    def __init__(
        self, folder: Path, *options: str, role: str = "operator", **settings: str
    ) -> None:
        self._folder, self._options, self._settings = folder, options, settings
        self._role = role
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Running:
        port = free_port()
        data_dir, output = self._folder / "data", self._folder / "serve.log"
        environment = {
            **without_aws(os.environ),
            "FORECASTLE_DATA_DIR": str(data_dir),
            "FORECASTLE_PORT": str(port),
            **self._settings,
        }
        client = _client_environment(url := f"http://127.0.0.1:{port}", environment, self._role)
        with output.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "forecastle", "serve", *self._options],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready(url, output)
        return Running(url, data_dir, output, client)

    def _wait_until_ready(self, url: str, output: Path) -> None:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self._process.poll() is None, output.read_text()
            try:
                with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"not ready: {output.read_text()}")

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            raise


def _client_environment(url: str, environment: Mapping[str, str], role: str) -> dict[str, str]:
    """What a user of an AWS client sets: the endpoints and a key."""
    settings, _ = load_settings(environment)
    catalog = Catalog.open(settings, migrate=True)
    try:
        key = catalog.access_keys.create(settings.account, Role(role), time.time())
    finally:
        catalog.close()
    return {
        **without_aws(os.environ),
        "AWS_ENDPOINT_URL_FORECAST": url,
        "AWS_ENDPOINT_URL_FORECASTQUERY": url,
        "AWS_ENDPOINT_URL_STS": url,
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_PAGER": "",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which nobody is logged in."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(("AWS_", "FORECASTLE_"))
    }


def free_port() -> int:
    """A port that nobody listens on, below those that outgoing connections take for themselves."""
    for port in random.SystemRandom().sample(_PORTS, 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no port is free")
