from __future__ import annotations

import numpy as np
import pytest

from forecastle.core.errors import InputError
from forecastle.reports.charts import (
    accuracy_chart,
    backtest_chart,
    forecast_chart,
    history_chart,
    save_chart,
    weights_chart,
)
from forecastle.reports.plot import plot_forecast
from tests.reports.made import make_panel, weekly_sales


def data_sets(chart):
    """Rows by the name of the data set, of every layer."""
    record = chart.to_dict()
    found = [part["data"] for part in (record, *record["layer"]) if "data" in part]
    return {data["name"]: data["values"] for data in found}


def test_a_forecast_chart_holds_history_and_forecast(shop):
    rows = data_sets(forecast_chart(shop.panel, shop.forecast, series=1, title="b"))
    assert rows["history"][-1]["value"] == pytest.approx(shop.panel.target[1, -1], rel=1e-5)
    expected = shop.forecast.of_type("0.9")[1]
    assert [row["high"] for row in rows["forecast"]] == pytest.approx(expected, rel=1e-5)


def test_times_are_utc_so_that_no_time_zone_shifts_a_day(shop):
    chart = forecast_chart(shop.panel, shop.forecast)
    first = data_sets(chart)["forecast"][0]["time"]
    assert np.datetime64(first, "ms") == shop.forecast.times[0]
    axes = [layer["encoding"]["x"] for layer in chart.to_dict()["layer"]]
    assert {axis["scale"]["type"] for axis in axes} == {"utc"}


def test_hovering_tells_weekday_and_holiday(shop):
    layers = forecast_chart(shop.panel, shop.forecast).to_dict()["layer"]
    tooltips = [layer["encoding"]["tooltip"] for layer in layers if "tooltip" in layer["encoding"]]
    assert len(tooltips) == 2
    for tooltip in tooltips:
        assert tooltip[0]["format"].startswith("%a")
        assert tooltip[-1]["field"] == "holiday"


def test_a_backtest_chart_draws_each_window_by_itself(shop):
    rows = data_sets(backtest_chart(shop.panel, shop.backtests))
    assert {row["window"] for row in rows["backtest"]} == {0, 1}
    assert rows["history"][0]["time"] < rows["backtest"][0]["time"]


def test_the_accuracy_chart_is_sorted_and_marks_blend_and_naive(shop):
    rows = data_sets(accuracy_chart(shop.accuracy))["bars"]
    assert [row["value"] for row in rows] == sorted(row["value"] for row in rows)
    kinds = {row["name"]: row["kind"] for row in rows}
    assert kinds == {
        "Forecastle blend": "blend",
        "LightGBM": "other",
        "ETS": "other",
        "SeasonalNaive (yardstick)": "naive",
    }


def test_the_weights_chart_shows_the_largest_share_first():
    rows = data_sets(weights_chart({"ETS": 0.3, "LightGBM": 0.7}))["bars"]
    assert [row["name"] for row in rows] == ["LightGBM", "ETS"]


def test_a_long_daily_history_is_shown_by_week_and_loses_no_recent_sale():
    panel = make_panel(weekly_sales(2, 401))
    rows = data_sets(history_chart(panel))["total"]
    assert len(rows) == 57
    assert rows[-1]["value"] == pytest.approx(panel.target[:, -7:].sum(), rel=1e-5)


def test_a_short_history_is_shown_step_by_step():
    panel = make_panel(weekly_sales(1, 30))
    assert len(data_sets(history_chart(panel))["total"]) == 30


@pytest.mark.parametrize(
    ("name", "start"), [("c.png", b"\x89PNG"), ("c.svg", b"<svg"), ("c.html", b"<!DOCTYPE html>")]
)
def test_one_definition_gives_every_kind_of_picture(shop, tmp_path, name, start):
    path = tmp_path / name
    save_chart(weights_chart(shop.weights), path)
    assert path.read_bytes().lstrip().startswith(start)


def test_another_ending_is_refused(shop, tmp_path):
    with pytest.raises(InputError, match=r"c\.gif: a chart is written as \.png, \.svg, \.html"):
        save_chart(weights_chart(shop.weights), tmp_path / "c.gif")


def test_plot_shows_one_item_or_all_together(shop):
    assert plot_forecast(shop.panel, shop.forecast, item="b").to_dict()["title"] == "b"
    together = plot_forecast(shop.panel, shop.forecast)
    assert together.to_dict()["title"] == "All items together"
    last = data_sets(together)["history"][-1]["value"]
    assert last == pytest.approx(shop.panel.target[:, -1].sum(), rel=1e-5)


def test_plot_refuses_an_item_that_is_not_there(shop):
    with pytest.raises(InputError, match="item 'z' is not in the data"):
        plot_forecast(shop.panel, shop.forecast, item="z")
