"""One measure for all contestants."""

from datetime import date, timedelta

import polars as pl
import pytest

from benchmarks.cases import Case
from benchmarks.scoring import score

DAYS = [date(2024, 1, 1) + timedelta(days=k) for k in range(6)]
# Two windows of one step: the actuals are 10 and 40.
CASE = Case(
    name="toy",
    title="Toy",
    frequency="D",
    horizon=1,
    last_days=(DAYS[4], DAYS[5]),
    sales=pl.DataFrame({"item_id": "A", "timestamp": DAYS, "demand": [1.0, 2, 3, 4, 10, 40]}),
)


def forecasts(*, first: dict[str, float], second: dict[str, float]) -> pl.DataFrame:
    rows = [
        {"window": number, "item_id": "A", "timestamp": day, **values}
        for number, (day, values) in enumerate(zip(DAYS[4:], (first, second), strict=True))
    ]
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(first, pl.Float64))


def test_each_window_counts_the_same_whatever_it_sold():
    found = score(
        CASE,
        forecasts(
            first={"p10": 10, "p50": 5, "p90": 10, "mean": 9},
            second={"p10": 40, "p50": 40, "p90": 50, "mean": 40},
        ),
    )
    # p50: |10 - 5| / 10 in the first window, 0 in the second.
    assert found.quantile_losses["p50"] == pytest.approx(0.25)
    # p90: 2 · 0.1 · 10 / 40 in the second window.
    assert found.quantile_losses["p90"] == pytest.approx(0.025)
    assert found.average_quantile_loss == pytest.approx((0 + 0.25 + 0.025) / 3)
    assert found.window_losses == pytest.approx((0.5 / 3, 0.05 / 3))
    assert found.wape == pytest.approx(0.05)


def test_calibration_tells_below_from_at():
    found = score(
        CASE,
        forecasts(
            first={"p10": 10, "p50": 11, "p90": 12, "mean": 11},
            second={"p10": 30, "p50": 35, "p90": 41, "mean": 35},
        ),
    )
    assert found.below == {"p10": 0.0, "p50": 0.5, "p90": 1.0}
    assert found.at_or_below == {"p10": 0.5, "p50": 0.5, "p90": 1.0}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_value_that_is_no_number_is_refused(value):
    good = {"p10": 1.0, "p50": 2.0, "p90": 3.0, "mean": 2.0}
    with pytest.raises(ValueError, match="toy: no forecast of item A for 2024-01-06"):
        score(CASE, forecasts(first=good, second={**good, "p90": value}))


def test_a_missing_window_is_refused():
    good = {"p10": 1.0, "p50": 2.0, "p90": 3.0, "mean": 2.0}
    both = forecasts(first=good, second=good)
    with pytest.raises(ValueError, match="no forecast"):
        score(CASE, both.filter(pl.col("window") == 0))
