"""Rules for all tests."""

from __future__ import annotations

import os

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
