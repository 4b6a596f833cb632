"""The benchmark of totals: which windows, and what is said of intervals."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from benchmarks.cases import Case
from benchmarks.totals import Interval, report, windows
from benchmarks.totals_before import blended_before
from forecastle.models.registry import REGISTRY

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


def test_windows_before_come_in_order_with_what_came_true_and_see_nothing_of_the_case(monkeypatch):
    quick = {name: REGISTRY[name] for name in ("SeasonalNaive", "NPTS")}
    monkeypatch.setattr("benchmarks.totals_before.REGISTRY", quick)
    last, weeks = date(2012, 10, 26), 80
    days = [last - timedelta(weeks=k) for k in reversed(range(weeks))]
    sales = pl.DataFrame(
        {
            "item_id": ["a"] * weeks + ["b"] * weeks,
            "timestamp": days * 2,
            "demand": np.random.default_rng(0).gamma(9.0, 10.0, 2 * weeks),
        }
    )
    first_of_case = last - timedelta(weeks=3)
    changed = sales.with_columns(
        pl.when(pl.col("timestamp") < first_of_case).then("demand").otherwise(1e6).alias("demand")
    )
    cases = [Case("w", "weeks", "W", 4, (last,), table) for table in (sales, changed)]
    found, other = (list(blended_before(case, 3)) for case in cases)
    starts = [each.forecast.times[0].astype("datetime64[D]").item() for each in found]
    assert starts == [first_of_case - timedelta(weeks=4 * k) for k in (3, 2, 1)]
    for one, same, start in zip(found, other, starts, strict=True):
        inside = pl.col("timestamp").is_between(start, start + timedelta(weeks=3))
        true = sales.filter(inside).sort("item_id", "timestamp")
        assert one.actual.sort("item_id", "timestamp")["demand"].to_list() == pytest.approx(
            true["demand"].to_list()
        )
        assert np.array_equal(one.forecast.quantiles, same.forecast.quantiles)


def test_no_windows_before_are_none():
    case = Case("w", "weeks", "W", 12, (date(2012, 10, 26),), EMPTY)
    assert list(blended_before(case, 0)) == []
