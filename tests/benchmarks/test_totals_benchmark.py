"""The benchmark of totals: which windows, and what is said of intervals."""

from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from benchmarks.cases import Case
from benchmarks.totals import Interval, report, windows

EMPTY = pl.DataFrame({"item_id": [], "timestamp": [], "demand": []})


def test_windows_do_not_overlap_and_the_last_is_that_of_the_case():
    case = Case("w", "weeks", "W", 12, (date(2012, 10, 26),), EMPTY)
    spans = [each.windows[0] for each in windows(case, 3)]
    assert spans[-1].last == date(2012, 10, 26)
    gaps = [(two.first - one.last).days for one, two in pairwise(spans)]
    assert gaps == [7, 7]


def test_coverage_of_each_window_and_pooled():
    low, high = np.array([0.0, 0.0]), np.array([10.0, 10.0])
    half = Interval(low, high, np.array([10.0, 10.1]))
    whole = Interval(low, high, np.array([5.0, 5.0]))
    assert half.width == pytest.approx(20 / 20.1)
    ways = [("stores", "a week", way) for way in ("totals", "independent", "sums of quantiles")]
    table = report([dict.fromkeys(ways, half), dict.fromkeys(ways, whole)]).splitlines()
    assert table[-1] == (
        "| stores | a week | 50.0% | 100.0% | 75.0% | 149.8% | 75.0% | 149.8% | 75.0% | 149.8% |"
    )
    assert len({line.count("|") for line in table}) == 1
