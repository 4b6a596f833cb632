"""Charts: what is drawn, and how numbers and times are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from forecastle.console.language import language_of
from forecastle.console.widgets.charts import base_options, time_axis
from forecastle.console.widgets.forecast_chart import forecast_label, forecast_options
from forecastle.console.widgets.periods import periods_text, time_text
from forecastle.core.frequency import Frequency
from forecastle.service.forecast_views import Previous, SeriesView

ENGLISH, KOREAN = language_of("en", ""), language_of("ko", "")
FIRST = datetime(2024, 1, 29)
DAY = timedelta(days=1)


def visitor(language=ENGLISH, dark=False):
    """As much of one as charts look at."""
    return SimpleNamespace(language=language, dark=dark)


def view(key=("tea",), actuals=(None, None), **forecast):
    values = forecast or {"p10": (8.0, 9.0), "p50": (10.0, 11.0), "p90": (12.0, 14.0)}
    return SeriesView(
        key=key,
        n_series=1 if key else 5,
        frequency=Frequency(1, "D"),
        history_times=(FIRST - 2 * DAY, FIRST - DAY),
        history=(7.0, None),
        times=(FIRST, FIRST + DAY),
        forecast={**values, "mean": (10.5, 11.5)},
        quantiles=tuple(values),
        actuals=tuple(actuals),
        has_older=False,
    )


def lines(options):
    return {each["name"]: each["data"] for each in options["series"] if each["name"]}


def test_history_the_band_and_the_median_share_one_axis():
    options = forecast_options(visitor(), view(), None)
    assert options["xAxis"]["data"] == [
        "2024-01-27T00:00:00", "2024-01-28T00:00:00", "2024-01-29T00:00:00", "2024-01-30T00:00:00"
    ]  # fmt: skip
    drawn = lines(options)
    assert drawn["History"] == [7.0, None, None, None]
    assert drawn["p90"] == [None, None, 12.0, 14.0]
    widths = [each["data"] for each in options["series"] if "areaStyle" in each]
    assert widths == [[None, None, 4.0, 5.0]]
    assert options["legend"]["data"] == ["History", "p10", "p50", "p90", "Mean"]
    assert options["legend"]["selected"] == {"Mean": False}
    mark = options["series"][0]["markLine"]
    assert mark["data"] == [{"xAxis": "2024-01-29T00:00:00"}]


def test_a_total_has_the_band_of_a_series():
    options = forecast_options(visitor(), view(key=()), None)
    assert len([each for each in options["series"] if "areaStyle" in each]) == 1
    assert options["legend"]["data"] == ["History", "p10", "p50", "p90", "Mean"]


def test_where_quantiles_are_added_up_there_is_no_band_and_sums_are_called_sums():
    sums = replace(view(key=()), adds_quantiles=True)
    options = forecast_options(visitor(), sums, None)
    assert not [each for each in options["series"] if "areaStyle" in each]
    assert options["legend"]["data"] == [
        "History", "Sum of the items' p10", "Sum of the items' p90", "Total (sum of the means)"
    ]  # fmt: skip


def test_actual_values_and_the_forecast_before_are_drawn_where_they_are_known():
    previous = Previous("arn", "before", 0.0, {FIRST - DAY: 6.0, FIRST: 9.0}, "p50")
    drawn = lines(forecast_options(visitor(), view(actuals=(10.0, None)), previous))
    assert drawn["Actual"] == [None, None, 10.0, None]
    assert drawn["Previous forecast"] == [None, 6.0, 9.0, None]
    assert "Actual" not in lines(forecast_options(visitor(), view(), None))


def test_quantiles_on_one_side_are_lines_without_a_band():
    options = forecast_options(visitor(), view(p90=(12.0, 14.0)), None)
    assert not [each for each in options["series"] if "areaStyle" in each]
    assert options["legend"]["data"] == ["History", "p90", "Mean"]


def test_names_of_items_stay_out_of_scripts():
    """What begins with a colon is run by the browser: no data may be in it."""
    name = "</script>'\"`${x}"

    def scripts(value, inside=False):
        if isinstance(value, dict):
            for key, each in value.items():
                yield from scripts(each, inside or key.startswith(":"))
        elif isinstance(value, list):
            for each in value:
                yield from scripts(each, inside)
        elif inside:
            yield str(value)

    options = forecast_options(visitor(), view(key=(name,)), None)
    assert all(name not in each for each in scripts(options))
    assert name in forecast_label(visitor(), view(), name)


@pytest.mark.parametrize(
    ("unit", "days", "label"),
    [
        ("D", 30, '"day": "numeric", "month": "short", "timeZone"'),
        ("D", 400, '"month": "short", "year": "numeric"'),
        ("H", 3, '"hour": "2-digit"'),
        ("M", 100, '"month": "short", "year": "numeric"'),
    ],
)
def test_labels_of_the_axis_are_as_short_as_they_may_be(unit, days, label):
    times = [FIRST, FIRST + days * DAY]
    options = time_axis(base_options(visitor(KOREAN), zoom=True), KOREAN, unit, times)
    formatter = options["xAxis"]["axisLabel"][":formatter"]
    assert label in formatter
    assert '"ko-KR"' in formatter


@pytest.mark.parametrize(
    ("frequency", "count", "english", "korean"),
    [
        ("D", 7, "7 days", "7일"),
        ("D", 1, "1 day", "1일"),
        ("2W", 7, "14 weeks", "14주"),
        ("30min", 48, "1,440 minutes", "1,440분"),
        ("3M", 4, "12 months", "12개월"),
        ("Y", 2, "2 years", "2년"),
        ("H", 24, "24 hours", "24시간"),
    ],
)
def test_periods_in_words(frequency, count, english, korean):
    parsed = Frequency.parse(frequency)
    assert periods_text(ENGLISH, parsed, count) == english
    assert periods_text(KOREAN, parsed, count) == korean


def test_times_of_day_only_where_periods_are_shorter_than_a_day():
    moment = datetime(2024, 1, 29, 6, 30)
    assert time_text(ENGLISH, Frequency(1, "W"), moment) == "29 Jan 2024"
    assert time_text(ENGLISH, Frequency(30, "min"), moment) == "29 Jan 2024 06:30"
