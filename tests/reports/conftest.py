from __future__ import annotations

import pytest

from forecastle.reports.content import ReportContent
from tests.reports.made import (
    forecast_after,
    make_accuracy,
    make_backtests,
    make_panel,
    weekly_sales,
)


@pytest.fixture(scope="session")
def shop():
    """Three items, two backtests."""
    panel = make_panel(weekly_sales(3), ["a", "b", "c"])
    backtests = make_backtests(panel)
    return ReportContent(
        title="sales.csv",
        panel=panel,
        forecast=forecast_after(panel),
        accuracy=make_accuracy(panel, backtests),
        backtests=backtests,
        weights={"LightGBM": 0.6, "ETS": 0.4},
        left_out={"NPTS": "made for sparse demand"},
        findings=(("Closed weekdays", "Sunday"),),
        facts=(("Rows", "1,200"),),
        messages=("The horizon is long.",),
        seconds=12.3,
        unit="units",
    )


@pytest.fixture(scope="session")
def single():
    """One item without training results."""
    panel = make_panel(weekly_sales(), ["corner shop"])
    return ReportContent(title="one.csv", panel=panel, forecast=forecast_after(panel))
