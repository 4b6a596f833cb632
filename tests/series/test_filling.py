import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecastle.core.errors import InputError
from forecastle.series.filling import WINDOW, FillingRules, fill

NAN = np.nan
METHODS = ["zero", "nan", "mean", "median", "min", "max"]

panels = arrays(
    float,
    st.tuples(st.integers(1, 5), st.integers(1, 100)),
    elements=st.sampled_from([NAN, NAN, 0.0, 1.0, 2.0, 5.0, -3.0]),
)


def filled(row, future=0, **rules):
    values = np.asarray([row], dtype=float)
    read = FillingRules.for_related if future else FillingRules.for_target
    return fill(values, len(row) - future, read(rules))[0].tolist()


def test_by_default_gaps_are_zero_and_the_front_stays_missing():
    assert np.array_equal(filled([NAN, 3, NAN, 4, NAN]), [NAN, 3, 0, 4, 0], equal_nan=True)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("mean", 3.0), ("median", 2.0), ("min", 1.0), ("max", 6.0), ("zero", 0.0)],
)
def test_statistics_look_at_the_values_before_the_gap(method, expected):
    assert filled([1, 2, 6, NAN, NAN, 100], middlefill=method)[3:5] == [expected, expected]


def test_a_constant_is_given_as_text():
    assert filled([1, NAN, 1, NAN], middlefill="value", middlefill_value="5") == [1, 5, 1, 0]


def test_filled_values_are_not_looked_at():
    row = [2, NAN, 4, NAN, NAN]
    assert filled(row, middlefill="value", middlefill_value="100", backfill="mean")[3:] == [3, 3]


def test_only_the_latest_64_values_are_looked_at():
    row = [1000.0] + [1.0] * WINDOW + [NAN]
    assert filled(row, backfill="max")[-1] == 1.0
    assert filled([*row[1:-2], 1000.0, NAN], backfill="max")[-1] == 1000.0


def test_nan_leaves_values_missing():
    values = filled([1, NAN, 1, NAN], middlefill="nan", backfill="nan")
    assert np.array_equal(values, [1, NAN, 1, NAN], equal_nan=True)


def test_the_future_has_a_rule_of_its_own():
    rules = {"backfill": "zero", "futurefill": "max"}
    assert filled([1, 2, NAN, NAN, NAN], future=2, **rules) == [1, 2, 0, 2, 2]


def test_related_gaps_stay_without_a_rule():
    assert np.array_equal(
        filled([1, NAN, 2, NAN], future=1, middlefill="mean"), [1, 1, 2, NAN], equal_nan=True
    )


@given(panels, st.sampled_from(METHODS), st.sampled_from(METHODS))
def test_what_was_observed_and_what_lies_in_front_is_never_touched(values, middle, back):
    rules = FillingRules.for_target({"middlefill": middle, "backfill": back})
    result = fill(values, values.shape[1], rules)
    present = ~np.isnan(values)
    assert np.array_equal(result[present], values[present])
    front = ~np.logical_or.accumulate(present, axis=1)
    assert np.all(np.isnan(result[front]))
    if "nan" not in (middle, back):
        assert not np.isnan(result[~front]).any()


@given(panels, st.sampled_from(METHODS), st.sampled_from(METHODS))
def test_every_series_is_filled_by_itself(values, middle, back):
    rules = FillingRules.for_target({"middlefill": middle, "backfill": back})
    whole = fill(values, values.shape[1], rules)
    alone = np.vstack([fill(row[None], values.shape[1], rules) for row in values])
    assert np.array_equal(whole, alone, equal_nan=True)


@given(panels, st.sampled_from(["mean", "median", "min", "max"]))
def test_a_statistic_is_that_of_a_plain_loop(values, method):
    rules = FillingRules.for_target({"middlefill": method, "backfill": method})
    expected = values.copy()
    for row in expected:
        seen = []
        for column, value in enumerate(row):
            if not np.isnan(value):
                seen.append(value)
            elif seen:
                row[column] = getattr(np, method)(seen[-WINDOW:])
    assert np.allclose(fill(values, values.shape[1], rules), expected, equal_nan=True)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"frontfill": "zero"}, "frontfill 'zero' is not allowed"),
        ({"middlefill": "mode"}, "middlefill 'mode' is not allowed; use one of zero, nan, value"),
        ({"futurefill": "zero"}, "filling rule 'futurefill' is not known"),
        ({"middlefil": "zero"}, "filling rule 'middlefil' is not known; use one of middlefill"),
        ({"middlefill": "value"}, "middlefill_value is missing; give a number"),
        ({"backfill": "value", "backfill_value": "x"}, "backfill_value 'x' is not a finite"),
        ({"backfill": "value", "backfill_value": "inf"}, "backfill_value 'inf' is not a finite"),
        ({"backfill_value": "5"}, "backfill_value '5' needs backfill 'value'"),
    ],
)
def test_rules_that_are_not_allowed_are_refused(rules, message):
    with pytest.raises(InputError, match=message):
        FillingRules.for_target(rules)


def test_related_values_cannot_be_left_missing():
    with pytest.raises(InputError, match="futurefill 'nan' is not allowed; use one of zero, value"):
        FillingRules.for_related({"futurefill": "nan"})


@pytest.mark.parametrize(
    "rules",
    [{}, {"frontfill": "none", "middlefill": "value", "middlefill_value": "0.1"}],
)
def test_json_and_back(rules):
    read = FillingRules.for_target(rules)
    assert FillingRules.for_target(read.to_json()) == read


def test_json_and_back_for_related_series():
    read = FillingRules.for_related({"futurefill": "mean"})
    assert FillingRules.for_related(read.to_json()) == read
