"""What monitors found, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forecastle.catalog.evaluations import FAILURE, SUCCESS, Evaluation, Place
from forecastle.core.names import ResourceType
from tests.catalog.records import a_resource

MONITOR = a_resource("watch", ResourceType.MONITOR)


def found(number=1, state=SUCCESS, data="data1", at=10.0) -> Evaluation:
    return Evaluation(
        forecast=f"arn:forecast/{number}",
        forecast_nonce=f"nonce{number}",
        data=data,
        predictor="arn:predictor/p",
        import_job=None,
        state=state,
        window_start=float(number),
        window_end=number + 3.0,
        metrics={"WAPE": 0.25} if state == SUCCESS else {},
        items=7,
        message=None if state == SUCCESS else "no actuals",
        evaluated_at=at,
    )


@pytest.fixture
def evaluations(catalog):
    catalog.resources.add(MONITOR)
    return catalog.evaluations


def test_they_come_newest_first_page_by_page(evaluations):
    evaluations.add(MONITOR.arn, [found(1), found(2), found(3, at=5.0)])
    first = evaluations.page(MONITOR.arn, limit=2)
    assert first == [found(2), found(1)]
    last = first[-1]
    after = Place(last.evaluated_at, last.window_start, last.forecast_nonce)
    assert evaluations.page(MONITOR.arn, after=after) == [found(3, at=5.0)]


def test_they_are_filtered_by_their_state(evaluations):
    evaluations.add(MONITOR.arn, [found(1), found(2, FAILURE)])
    assert evaluations.page(MONITOR.arn, [FAILURE]) == [found(2, FAILURE)]


def test_what_is_told_twice_is_kept_once(evaluations):
    evaluations.add(MONITOR.arn, [found(1)])
    evaluations.add(MONITOR.arn, [replace(found(1), items=9), found(2)])
    assert [each.items for each in evaluations.page(MONITOR.arn)] == [7, 7]


def test_a_forecast_is_seen_with_all_data_once_compared_and_with_the_same_after_a_failure(
    evaluations,
):
    evaluations.add(MONITOR.arn, [found(1), found(2, FAILURE)])
    assert evaluations.seen(MONITOR.arn, "data1") == {"nonce1", "nonce2"}
    assert evaluations.seen(MONITOR.arn, "data2") == {"nonce1"}


def test_they_go_with_their_monitor_and_cannot_come_without_it(evaluations, catalog):
    evaluations.add(MONITOR.arn, [found(1)])
    catalog.resources.remove(MONITOR.arn, MONITOR.nonce)
    evaluations.add(MONITOR.arn, [found(2)])
    assert evaluations.page(MONITOR.arn) == []
