"""Reading a pipeline's YAML file: every value is checked, every problem names its line."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TypeVar

from yaml.nodes import Node, ScalarNode

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import parse_forecast_types
from forecastle.evaluation.metrics import OPTIMIZATION_METRICS
from forecastle.evaluation.windows import LARGEST_BACKTEST_WINDOWS
from forecastle.jobs.training_request import TrainingRequest
from forecastle.models.registry import resolve
from forecastle.pipelines import readers
from forecastle.pipelines.cron import check_schedule
from forecastle.pipelines.dataset_parts import dataset_schema, read_datasets
from forecastle.pipelines.document import Complaints, Section, read_document
from forecastle.pipelines.keys import keys_of
from forecastle.pipelines.parameters import AUTO_ML, read_parameters
from forecastle.pipelines.pipeline import (
    BY_AGE,
    ON_DRIFT,
    RELATED,
    TARGET,
    Destination,
    Notification,
    Pipeline,
    Source,
    Training,
)
from forecastle.pipelines.references import check_references
from forecastle.pipelines.requests import predictor_request
from forecastle.series.alignment import default_alignment
from forecastle.series.building import LONGEST_HORIZON
from forecastle.series.calendar import check_country
from forecastle.series.domains import DOMAINS
from forecastle.service.monitors import DRIFT_FACTOR
from forecastle.storage.locations import Location, check_key

_NAME = readers.matching(
    "[A-Za-z][A-Za-z0-9_]{0,39}", "a letter, then letters, digits and _, 40 at most"
)
# The longest name of a dataset is the group's with _metadata; names have at most 63 characters.
_GROUP = readers.matching(
    "[A-Za-z][A-Za-z0-9_]{0,53}", "a letter, then letters, digits and _, 54 at most"
)
_SUFFIX = readers.matching(r"\.[A-Za-z0-9_.-]{1,30}", "an ending such as .csv")
_URL = readers.matching(
    r"[A-Za-z][A-Za-z0-9+.-]*://\S+|\$\{\w+\}\S*",
    "a URL such as mailto://…, slack://… or https://…, or ${NOTIFY_…}",
)

_Part = TypeVar("_Part")


@lru_cache(maxsize=256)
def read_pipeline(text: str, file: str) -> Pipeline:
    """Read a pipeline.

    Args:
        text: the YAML.
        file: what messages call it.

    Raises:
        DataError: everything that is wrong, each with its line.
    """
    complaints = Complaints(file)
    top = Section.of("", read_document(text, file), _known(""), complaints)
    pipeline = _pipeline(top)
    complaints.raise_any()
    _check_training(top, pipeline)
    complaints.raise_any()
    return pipeline


def _pipeline(top: Section) -> Pipeline:
    frequency = top.need("frequency", readers.checked(_frequency), "D", "write D for days")
    domain = top.read("domain", readers.one_of(*DOMAINS), "RETAIL")
    no_dimensions: tuple[str, ...] = ()
    dimensions = top.read("dimensions", readers.list_of(readers.text), no_dimensions)
    source, export = _source(top), _destination(top)
    _check_apart(top, source, export)
    return Pipeline(
        name=top.need("name", _NAME, "_", "write name: and letters, digits and _"),
        source=source,
        frequency=frequency,
        horizon=top.need(
            "horizon", readers.whole(1, LONGEST_HORIZON), 1, "write how many steps to forecast"
        ),
        export=export,
        group=top.read("group", _GROUP, ""),
        domain=domain,
        datasets=read_datasets(top, domain, frequency, dimensions),
        training=_training(top, dimensions),
        gather_seconds=top.read("gather_seconds", readers.number(), 0.0),
        notifications=top.read("notifications", partial(_notifications, top.complaints), ()),
        schedule=_optional(top, "schedule", readers.checked(check_schedule)),
        retention_days=_optional(top, "retention_days", readers.number(above=True)),
        enabled=top.read("enabled", readers.flag, True),
    )


def _source(top: Section) -> Source:
    section = _needed_section(top, "source")
    return Source(
        bucket=_bucket(section),
        prefix=section.read("prefix", readers.checked(check_key), ""),
        suffixes=section.read("suffixes", readers.list_of(_suffix), Source.suffixes),
        quiet_seconds=section.read("quiet_seconds", readers.number(), Source.quiet_seconds),
    )


def _suffix(name: str, node: Node) -> str:
    """In small letters, as endings are compared."""
    return _SUFFIX(name, node).lower()


def _destination(top: Section) -> Destination:
    section = _needed_section(top, "export")
    prefix = section.read("prefix", readers.checked(check_key), "")
    return Destination(
        bucket=_bucket(section),
        prefix=prefix if not prefix or prefix.endswith("/") else f"{prefix}/",
        format=section.read("format", readers.one_of("CSV", "PARQUET"), "CSV"),
    )


def _training(top: Section, dimensions: tuple[str, ...]) -> Training:
    algorithm = top.read("algorithm", readers.checked(_algorithm), AUTO_ML)
    windows = top.read("backtest_windows", readers.whole(1, LARGEST_BACKTEST_WINDOWS), 1)
    if windows > 1 and algorithm == AUTO_ML:
        top.complain(
            "backtest_windows",
            f"backtest_windows {windows} needs an algorithm; AutoML measures on one window",
        )
    parameters = top.section("parameters", None)
    return Training(
        algorithm=algorithm,
        forecast_types=top.read("quantiles", _forecast_types, Training.forecast_types),
        holidays=_optional(top, "holidays", readers.checked(check_country)),
        backtest_windows=windows,
        optimization_metric=_optional(
            top, "optimization_metric", readers.one_of(*OPTIMIZATION_METRICS)
        ),
        retrain_after_days=_optional(top, "retrain_after_days", readers.number(above=True)),
        drift_factor=_drift_factor(top, algorithm),
        dimensions=dimensions,
        parameters={} if parameters is None else read_parameters(parameters, algorithm),
    )


def _drift_factor(top: Section, algorithm: str) -> float | None:
    """None where accuracy does not decide on training."""
    how = top.read("retrain", readers.one_of(BY_AGE, ON_DRIFT), BY_AGE)
    factor = _optional(top, "drift_factor", readers.number(1.0))
    if how == BY_AGE:
        if factor is not None:
            top.complain("drift_factor", f"drift_factor {factor:g} needs retrain: {ON_DRIFT}")
        return None
    if algorithm != AUTO_ML:
        top.complain(
            "retrain",
            f"retrain: {ON_DRIFT} needs AutoML; only such predictors are monitored, write "
            f"algorithm: {AUTO_ML} or retrain: {BY_AGE}",
        )
    return DRIFT_FACTOR if factor is None else factor


def _check_training(top: Section, pipeline: Pipeline) -> None:
    """What the service would refuse, as far as it can be told without data."""
    domain, frequency = pipeline.domain, pipeline.frequency
    schemas = {each.type: dataset_schema(each, domain, frequency) for each in pipeline.datasets}
    try:
        request = TrainingRequest.read(predictor_request(pipeline, group=pipeline.group_name))
        alignment = default_alignment(request.frequency)
        request.recipe(alignment, schemas[TARGET], schemas.get(RELATED))
    except InputError as error:
        top.complain("parameters", str(error))


def _notifications(complaints: Complaints, name: str, node: Node) -> tuple[Notification, ...]:
    return tuple(_notification(complaints, name, each) for each in readers.entries(node))


def _notification(complaints: Complaints, name: str, node: Node) -> Notification:
    """An entry: a URL, or a section."""
    if isinstance(node, ScalarNode):
        return Notification(_url(name, node))
    section = Section.of(name, node, _known(name), complaints)
    return Notification(
        url=section.need("url", _url, "", "write where to, such as mailto://…"),
        on=section.read("on", readers.list_of(readers.one_of(*Notification.on)), Notification.on),
        secret=_optional(section, "secret", readers.checked(check_references)),
    )


def _url(name: str, node: Node) -> str:
    return check_references(_URL(name, node))


def _check_apart(top: Section, source: Source, export: Destination) -> None:
    """Files and forecasts of one folder cannot be told apart: each forecast would start a run."""
    if (source.bucket, source.prefix) == (export.bucket, export.prefix):
        top.complain(
            "export",
            f"export s3://{export.bucket}/{export.prefix} is the source itself, so that every "
            "forecast would start another run; use another prefix or bucket",
        )


def _needed_section(top: Section, key: str) -> Section:
    """A section that must be there; an empty one, and a complaint, if it is not."""
    known = _known(key)
    section = top.section(key, known)
    if section is None:
        top.complaints.add(top.node, f"{key} is missing; write {key}: with {', '.join(known)}")
        # What it lacks is told already: these complaints are not heard.
        return Section(key, top.node, {}, Complaints(top.complaints.file))
    return section


def _bucket(section: Section) -> str:
    stand_in = f"none-{section.name}"
    return section.need("bucket", readers.checked(_bucket_name), stand_in, "name the bucket")


def _bucket_name(text: str) -> str:
    if "/" in text:
        raise InputError(f"bucket '{text}' holds a slash; write what follows it as prefix")
    return Location.parse(f"s3://{text}/").bucket


def _optional(section: Section, key: str, reader: Callable[[str, Node], _Part]) -> _Part | None:
    """A value without a default."""
    return section.read(key, reader, None)


def _frequency(text: str) -> str:
    return str(Frequency.parse(text))


def _algorithm(text: str) -> str:
    if text.lower() == AUTO_ML.lower():
        return AUTO_ML
    return resolve((text,))[0]


def _forecast_types(name: str, node: Node) -> tuple[str, ...]:
    return parse_forecast_types(readers.list_of(readers.text)(name, node))


def _known(section: str) -> tuple[str, ...]:
    return tuple(key.last for key in keys_of(section))
