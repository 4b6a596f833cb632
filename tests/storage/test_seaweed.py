"""SeaweedFS beside the service: who is let in, what stays, and that it ends with its parent."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from forecastle.core.errors import InputError, StorageError
from forecastle.storage import leash, seaweed
from forecastle.storage.seaweed import SeaweedKey, SeaweedServer
from tests.servers import KEY

OWNER = SeaweedKey("owner", "owners-secret", ("theirs",))
VIEWER = SeaweedKey("viewer", "viewers-secret", ("theirs",), read_only=True)
NOBODY = SeaweedKey("nobody", "nobodys-secret", ())


def refused(ask, **options):
    with pytest.raises(ClientError) as error:
        ask(**options)
    return error.value.response["Error"]["Code"]


@pytest.fixture
def server(s3_server):
    """The session's server with a bucket of another account; its keys are as before afterwards."""
    client = s3_server.client()
    if not [each for each in client.list_buckets()["Buckets"] if each["Name"] == "theirs"]:
        client.create_bucket(Bucket="theirs")
    s3_server.change_keys([KEY, OWNER, VIEWER, NOBODY])
    yield s3_server
    s3_server.change_keys([KEY])


def test_a_key_opens_its_buckets_alone(server):
    owner, viewer = server.client(OWNER), server.client(VIEWER)
    owner.put_object(Bucket="theirs", Key="a.csv", Body=b"x")
    assert viewer.get_object(Bucket="theirs", Key="a.csv")["Body"].read() == b"x"
    assert refused(viewer.put_object, Bucket="theirs", Key="a.csv", Body=b"y") == "AccessDenied"
    for client in (owner, viewer, server.client(NOBODY)):
        assert refused(client.list_objects_v2, Bucket="retail") == "AccessDenied"
        assert refused(client.put_object, Bucket="retail", Key="a", Body=b"") == "AccessDenied"
        assert refused(client.create_bucket, Bucket="new-one") == "AccessDenied"
    assert refused(server.client(NOBODY).get_object, Bucket="theirs", Key="a.csv") == "AccessDenied"


def test_a_key_that_is_taken_away_opens_nothing_more(server):
    owner = server.client(OWNER)
    owner.list_objects_v2(Bucket="theirs")
    server.change_keys([KEY, NOBODY])
    assert refused(owner.list_objects_v2, Bucket="theirs") == "SignatureDoesNotMatch"
    server.change_keys([KEY, OWNER])
    owner.list_objects_v2(Bucket="theirs")


def test_what_a_key_opens_can_change(server):
    owner = server.client(OWNER)
    owner.list_objects_v2(Bucket="theirs")
    server.change_keys([KEY, replace(OWNER, buckets=("retail",))])
    owner.list_objects_v2(Bucket="retail")
    assert refused(owner.list_objects_v2, Bucket="theirs") == "AccessDenied"


def test_without_a_key_nobody_is_let_in(server):
    for url in (server.endpoint, f"{server.endpoint}/theirs?list-type=2"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(url, timeout=5)


def test_a_bucket_is_not_made_by_mistyping_its_name(server):
    found = refused(server.client().put_object, Bucket="mistyped", Key="a", Body=b"")
    assert found == "NoSuchBucket"


def test_no_secret_stays_in_its_files(server):
    folder = server.log.parent
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert texts
    for key in (KEY, OWNER):
        assert not any(key.secret_access_key.encode() in text for text in texts)
    assert KEY.secret_access_key not in repr(KEY)


def test_data_stay_and_a_second_server_is_beside_it(s3_server, tmp_path):
    """Two at once on one machine; and a start again, with other ports."""
    for attempt in ("first", "again"):
        with SeaweedServer(tmp_path, [KEY]) as second:
            assert second.endpoint != s3_server.endpoint
            client = second.client()
            if attempt == "first":
                client.create_bucket(Bucket="kept")
                client.put_object(Bucket="kept", Key="판매.csv", Body=b"x")
            assert client.get_object(Bucket="kept", Key="판매.csv")["Body"].read() == b"x"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(second.endpoint, timeout=5)


def test_without_keys_it_does_not_start(tmp_path):
    with pytest.raises(InputError, match="needs a key; make one: forecastle keys create"):
        SeaweedServer(tmp_path, [])
    with pytest.raises(InputError, match="not running"):
        SeaweedServer(tmp_path, [KEY]).change_keys([KEY])


def test_a_port_that_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} for the S3 server is taken"):
            SeaweedServer(tmp_path, [KEY], port=port).start()


def test_without_the_extra(tmp_path, monkeypatch):
    def nothing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "files", nothing)
    with pytest.raises(InputError, match=r"pip install 'forecastle\[s3\]'"):
        SeaweedServer(tmp_path, [KEY])


@pytest.mark.parametrize(
    ("script", "told"), [("exit 3", "ended at once .exit code 3."), ("sleep 60", "does not answer")]
)
def test_a_server_that_does_not_come_up(tmp_path, monkeypatch, script, told):
    broken = tmp_path / "weed"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    monkeypatch.setattr(seaweed, "program", lambda: broken)
    with pytest.raises(StorageError, match=rf"{told}; see .*seaweed\.log"):
        SeaweedServer(tmp_path / "s3", [KEY]).start(patience=0.5)


_PARENT = """
import subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, sys.argv[1], sys.executable, "-c",
     "import os, time; print(os.getpid(), flush=True); time.sleep(600)"],
    stdin=subprocess.PIPE,
)
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("killed", ["parent", "leash"])
def test_a_program_on_a_leash_ends_with_its_parent(killed):
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, leash.__file__], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        found = {int(parent.stdout.readline()), int(parent.stdout.readline())}
        held = {process: parent_of(process) for process in found}
        holder = next(process for process, its in held.items() if its == parent.pid)
        (program,) = found - {holder}
        os.kill(parent.pid if killed == "parent" else holder, signal.SIGKILL)
        wait_until(lambda: not runs(program))
        parent.kill()


def test_a_leash_hands_on_signals_and_exit_codes():
    command = [sys.executable, leash.__file__, sys.executable, "-c"]
    with subprocess.Popen([*command, "raise SystemExit(7)"], stdin=subprocess.PIPE) as held:
        assert held.wait(30) == 7
    waiting = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); "
        "print('ready', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [*command, waiting], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as held:
        assert held.stdout is not None
        assert held.stdout.readline() == "ready\n"
        held.terminate()
        assert held.wait(30) == 5


def stat_of(process):
    """State, parent and more, as proc(5) has it."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def parent_of(process):
    return int(stat_of(process)[1])


def runs(process):
    try:
        return stat_of(process)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
