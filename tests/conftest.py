"""Rules for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from forecastle.catalog import passwords

# Tests run beside each other: one core is enough for each of their processes.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Hundreds of users log in: their passwords need not withstand anybody.
passwords.cost = passwords.Cost(work=2, block=8, lanes=1)

settings.register_profile("forecastle", deadline=None)  # no test asserts seconds
settings.load_profile("forecastle")

pytest_plugins = ("tests.databases",)


# Whole services, with minutes of waiting in one file: begun first, they do not end last and alone.
_LONGEST = ("end_to_end", "compat", "faults", "console", "cli")
_TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; `--no-loadscope-reorder` leaves it so."""
    items.sort(key=lambda item: _place(item.path.relative_to(_TESTS).parts[0]))


def _place(folder: str) -> int:
    return _LONGEST.index(folder) if folder in _LONGEST else len(_LONGEST)


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """With CI set nothing may skip: a part that is missing there is an error."""
    if os.environ.get("CI") and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"in CI nothing skips: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    _refuse_skip(report)
    return report
