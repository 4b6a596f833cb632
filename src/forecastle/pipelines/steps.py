"""The steps of a run, in order: what each does stands in the modules named here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from forecastle.catalog.pipelines import Run
from forecastle.pipelines.checking import check
from forecastle.pipelines.forecasting import export, forecast, train
from forecastle.pipelines.importing import import_files
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.running import (
    CHECK,
    EXPORT,
    FORECAST,
    IMPORT,
    RESULTS,
    TRAIN,
    StepAction,
    arns,
)
from forecastle.pipelines.work import Done, Work
from forecastle.service.context import Service

STEPS = (CHECK, IMPORT, TRAIN, FORECAST, EXPORT, RESULTS)
"""After them all, and after one that failed, people are notified."""

PublishResults = Callable[[Service, Pipeline, Run, Mapping[str, str]], dict[str, Any]]
"""Writes what people and other programs read; paths and totals."""


def step_actions(publish: PublishResults) -> dict[str, StepAction]:
    """The steps by their names, in order."""

    def publish_results(work: Work) -> Done:
        made = arns(work.results)
        results = publish(work.service, work.pipeline, work.run, made)
        return Done(_summary(results), results)

    actions = (check, import_files, train, forecast, export, publish_results)
    return dict(zip(STEPS, actions, strict=True))


def _summary(results: Mapping[str, Any]) -> str:
    """The forecast in one sentence, as far as totals are there, and what is missing."""
    outlook = "results published"
    if {"first", "last", "total_p50"} <= results.keys():
        outlook = f"{results['first'][:10]} to {results['last'][:10]}: {results['total_p50']:,.0f}"
    if results.get("total_p10") is not None and results.get("total_p90") is not None:
        outlook += f" (p10 {results['total_p10']:,.0f}, p90 {results['total_p90']:,.0f})"
    return "; ".join((outlook, *results.get("messages", ())))
