"""Dataset groups in words: their domains, the steps, and where each step is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from forecastle.console.language import mark
from forecastle.console.pages.datasets_words import group_path
from forecastle.series.domains import TARGET_TIME_SERIES
from forecastle.service.group_overview import GroupOverview, Step, Thing

DOMAINS: Mapping[str, tuple[str, str]] = {
    "RETAIL": (
        mark("Retail"),
        mark("Sales of items in shops or online: what most people want."),
    ),
    "CUSTOM": (mark("Custom"), mark("Anything that is counted or measured over time.")),
    "INVENTORY_PLANNING": (
        mark("Inventory planning"),
        mark("Demand for raw materials and parts, to know how much to keep in stock."),
    ),
    "EC2_CAPACITY": (
        mark("Computing capacity"),
        mark("How many servers of each kind are needed."),
    ),
    "WORK_FORCE": (
        mark("Work force"),
        mark("How many people are needed for a task or a place."),
    ),
    "WEB_TRAFFIC": (mark("Web traffic"), mark("Visits to web pages and apps.")),
    "METRICS": (mark("Metrics"), mark("Revenue, costs and other figures over time.")),
}
"""Domain → its name, and what it is for; the usual one first."""


@dataclass(frozen=True)
class StepWords:
    """A step: its name, what it is for, and what its button says."""

    name: str
    why: str
    act: str


STEPS: Mapping[Step, StepWords] = {
    Step.BUCKET: StepWords(
        mark("Connect a bucket"),
        mark("A bucket is the folder or the storage that your files come from."),
        mark("Connect a bucket"),
    ),
    Step.DATASET: StepWords(
        mark("Describe your data"),
        mark("Choose your sales file: columns and frequency are proposed from it."),
        mark("Choose the sales file"),
    ),
    Step.IMPORT: StepWords(
        mark("Import your sales"),
        mark("You see a preview first: types, missing days, duplicates, returns."),
        mark("Import data"),
    ),
    Step.TRAIN: StepWords(
        mark("Train a predictor"),
        mark("Several algorithms learn from your history and are tested on its last weeks."),
        mark("Train a predictor"),
    ),
    Step.FORECAST: StepWords(
        mark("Create a forecast"),
        mark("The predictor continues every item from its latest data."),
        mark("Create a forecast"),
    ),
    Step.EXPORT: StepWords(
        mark("Look at it and export it"),
        mark("See each item's chart, and write the numbers into a bucket for other systems."),
        mark("See the forecast"),
    ),
}


def step_path(group: GroupOverview, step: Step) -> str:
    """Where a step is taken."""
    if step is Step.BUCKET:
        return "/buckets/new"
    if step is Step.IMPORT:
        dataset = group.datasets.get(TARGET_TIME_SERIES)
        query = "" if dataset is None else f"?{urlencode({'dataset': dataset.id})}"
        return group_path(group.id, "import") + query
    if step is Step.FORECAST:
        predictor = group.step(Step.TRAIN).usable
        query = "" if predictor is None else f"?{urlencode({'predictor': predictor.id})}"
        return group_path(group.id, "forecast") + query
    if step is Step.EXPORT:
        forecast = group.step(Step.FORECAST).usable
        return group_path(group.id) if forecast is None else thing_path(forecast)
    return group_path(group.id, "dataset" if step is Step.DATASET else "train")


def dataset_step_path(group: GroupOverview, dataset_type: str) -> str:
    """Where a dataset of a type is created."""
    return f"{group_path(group.id, 'dataset')}?{urlencode({'type': dataset_type})}"


def thing_path(thing: Thing) -> str:
    """The page of a resource; an export's is its forecast's."""
    folder = {
        "dataset": "datasets",
        "dataset-import-job": "imports",
        "predictor": "predictors",
    }.get(thing.kind, "forecasts")
    identifier = thing.id.partition("/")[0] if thing.kind.endswith("export-job") else thing.id
    return f"/{folder}/{quote(identifier)}"
