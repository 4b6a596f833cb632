"""Schedules in words, and their cron expressions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.pipelines.cron import check_schedule
from forecastle.pipelines.rhythm import DAILY, HOURLY, MONTHLY, RHYTHMS, WEEKLY, WORKDAYS, Rhythm


@pytest.mark.parametrize(
    ("schedule", "rhythm"),
    [
        ("0 6 * * *", Rhythm(DAILY, 0, 6)),
        ("30  5 * * 1-5", Rhythm(WORKDAYS, 30, 5)),
        ("15 * * * *", Rhythm(HOURLY, 15)),
        ("0 7 * * 7", Rhythm(WEEKLY, 0, 7, 0)),
        ("0 7 1 * *", Rhythm(MONTHLY, 0, 7, 1)),
        ("*/5 * * * *", None),
        ("0 6 * * 1,3", None),
        ("0 6 * 2 *", None),
    ],
)
def test_a_cron_expression_is_read_as_a_rhythm(schedule, rhythm):
    assert Rhythm.parse(schedule) == rhythm


@given(st.sampled_from(RHYTHMS), st.integers(0, 59), st.integers(0, 23), st.integers(1, 6))
def test_a_rhythm_is_a_schedule_that_reads_as_itself(kind, minute, hour, day):
    schedule = check_schedule(Rhythm(kind, minute, hour, day).cron)
    read = Rhythm.parse(schedule)
    assert read is not None
    assert read.cron == schedule
