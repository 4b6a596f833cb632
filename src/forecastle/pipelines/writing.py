"""Writing a pipeline as the YAML file that reads as the same pipeline; defaults are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from forecastle.core.quantiles import MEAN
from forecastle.pipelines.dataset_parts import SUFFIX_OF, TYPE_OF
from forecastle.pipelines.pipeline import (
    ON_DRIFT,
    TARGET,
    DatasetPart,
    Notification,
    Pipeline,
    Training,
)
from forecastle.service.monitors import DRIFT_FACTOR

_DEFAULT = Training()


def pipeline_to_yaml(pipeline: Pipeline) -> str:
    """The file; `reading.read_pipeline` is the inverse."""
    return to_yaml(pipeline_content(pipeline))


def to_yaml(content: Mapping[str, Any]) -> str:
    """Keys and values as lines of the file."""
    text: str = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)
    return text


def pipeline_content(pipeline: Pipeline) -> dict[str, Any]:
    """The keys of the file and their values, in the order of the file."""
    source, export, training = pipeline.source, pipeline.export, pipeline.training
    content = {
        "name": pipeline.name,
        "enabled": None if pipeline.enabled else False,
        "source": _given(
            bucket=source.bucket,
            prefix=source.prefix or None,
            suffixes=_unless(list(source.suffixes), list(type(source).suffixes)),
            quiet_seconds=_unless(_number(source.quiet_seconds), type(source).quiet_seconds),
        ),
        "frequency": pipeline.frequency,
        "horizon": pipeline.horizon,
        "holidays": training.holidays,
        "group": pipeline.group or None,
        "domain": _unless(pipeline.domain, Pipeline.domain),
        "datasets": _datasets(pipeline.datasets),
        **_training(training),
        "gather_seconds": _unless(_number(pipeline.gather_seconds), 0),
        "export": _given(
            bucket=export.bucket,
            prefix=export.prefix or None,
            format=_unless(export.format, type(export).format),
        ),
        "notifications": [_notification(each) for each in pipeline.notifications] or None,
        "schedule": pipeline.schedule,
        "retention_days": _number(pipeline.retention_days),
    }
    return _given(**content)


def _training(training: Training) -> dict[str, Any]:
    quantiles = [each if each == MEAN else float(each) for each in training.forecast_types]
    is_usual = training.forecast_types == _DEFAULT.forecast_types
    return {
        "algorithm": _unless(training.algorithm, _DEFAULT.algorithm),
        "quantiles": None if is_usual else quantiles,
        "backtest_windows": _unless(training.backtest_windows, _DEFAULT.backtest_windows),
        "optimization_metric": training.optimization_metric,
        "dimensions": list(training.dimensions) or None,
        "parameters": _plain(training.parameters) or None,
        "retrain_after_days": _number(training.retrain_after_days),
        "retrain": None if training.drift_factor is None else ON_DRIFT,
        "drift_factor": _unless(_number(training.drift_factor), DRIFT_FACTOR),
    }


def _datasets(parts: tuple[DatasetPart, ...]) -> dict[str, Any] | None:
    if parts == (DatasetPart(TARGET),):
        return None
    keys = {type_: key for key, type_ in TYPE_OF.items()}
    sections = {keys[part.type]: _dataset(part) for part in parts}
    return {key: section for key, section in sections.items() if section or key != keys[TARGET]}


def _dataset(part: DatasetPart) -> dict[str, Any]:
    return _given(
        schema=None if part.schema is None else dict(part.schema),
        timestamp_format=part.timestamp_format,
        suffix=_unless(part.suffix, SUFFIX_OF[part.type]),
        import_mode=_unless(part.import_mode, DatasetPart.import_mode),
    )


def _notification(notification: Notification) -> Any:
    """A URL, or a section where there is more to say."""
    on = _unless(list(notification.on), list(Notification.on))
    more = _given(on=on, secret=notification.secret)
    return {"url": notification.url, **more} if more else notification.url


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _unless(value: Any, default: Any) -> Any:
    return None if value == default else value


def _number(value: float | None) -> float | None:
    """Without a fraction of zero."""
    return int(value) if value is not None and value == int(value) else value


def _plain(value: Any) -> Any:
    """Mappings and sequences as the ones that YAML knows."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
