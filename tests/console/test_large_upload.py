"""A large file goes through the server, not into its memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.console.browser import PATIENCE_MS

_MEGABYTES = 300
# What a server that keeps the file in memory would exceed several times over.
_MOST_GROWTH = 100


def _web_process(data_dir: Path) -> Path:
    """Of the service with that data directory, in /proc."""
    for entry in Path("/proc").iterdir():
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(data_dir).encode() in environment and b"\0serve" in command:
            return entry
    raise AssertionError(f"no service works in {data_dir}")


def _peak_megabytes(process: Path) -> float:
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"{process} tells no peak of its memory")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_300_megabytes_are_stored_and_memory_stays_bounded(console, visit, tmp_path):
    file = tmp_path / "large.csv"
    line = b"2024-01-01,coffee,12\n"
    with file.open("wb") as out:
        for _ in range(_MEGABYTES):
            out.write(line * ((1 << 20) // len(line)))
    bucket = console.running.buckets / "large"
    bucket.mkdir()
    page = visit("/buckets/large")
    process = _web_process(console.running.data_dir)
    before = _peak_megabytes(process)
    page.locator("input[type=file]").set_input_files(file)
    link = page.get_by_role("link", name="large.csv")
    expect(link).to_be_visible(timeout=10 * PATIENCE_MS)
    assert (bucket / "large.csv").stat().st_size == file.stat().st_size
    assert _peak_megabytes(process) - before < _MOST_GROWTH
    os.truncate(bucket / "large.csv", 0)
