"""Pipeline: all that a pipeline's YAML file says, with its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BY_AGE, ON_DRIFT = "by age", "on drift"
"""When a pipeline trains."""

TARGET, RELATED, METADATA = "TARGET_TIME_SERIES", "RELATED_TIME_SERIES", "ITEM_METADATA"

# As imports leave them out: other programs keep markers and half-written files so.
_HIDDEN = (".", "_")


@dataclass(frozen=True)
class Source:
    """Where files land.

    ``suffixes`` are the endings that count, such as ``.csv``; empty: all. ``quiet_seconds`` is how
    long size and time of a file in a folder bucket must stand still before it counts as whole.
    """

    bucket: str
    prefix: str = ""
    suffixes: tuple[str, ...] = (".csv", ".csv.gz", ".parquet")
    quiet_seconds: float = 2.0

    def takes(self, key: str) -> bool:
        """Whether an object of the bucket counts: under the prefix, not hidden, a known ending."""
        folder = self.prefix.rpartition("/")[0]
        names = key.removeprefix(folder).lstrip("/").split("/")
        return (
            key.startswith(self.prefix)
            and all(name and not name.startswith(_HIDDEN) for name in names)
            and (not self.suffixes or key.lower().endswith(self.suffixes))
        )

    def stem(self, key: str) -> str:
        """A file's name without folder and ending: ``uk.related`` of ``in/uk.related.csv``."""
        name = key.rpartition("/")[2]
        known = [each for each in self.suffixes if name.lower().endswith(each)]
        ending = max(known, key=len, default="") or f".{name.rpartition('.')[2]}"
        return name[: -len(ending)] if name.lower().endswith(ending.lower()) else name


@dataclass(frozen=True)
class DatasetPart:
    """One dataset of the group.

    Attributes:
        type: ``TARGET_TIME_SERIES``, ``RELATED_TIME_SERIES`` or ``ITEM_METADATA``.
        schema: name → type of each column, in the order of the file; None: the target's usual
            three (the domain's item, ``timestamp``, the domain's target).
        timestamp_format: in Amazon Forecast's letters; None: told from the file.
        suffix: what the names of its files end with before the extension, such as ``.related``.
        import_mode: ``FULL`` or ``INCREMENTAL``.
    """

    type: str
    schema: Mapping[str, str] | None = None
    timestamp_format: str | None = None
    suffix: str = ""
    import_mode: str = "FULL"


@dataclass(frozen=True)
class Training:
    """What CreateAutoPredictor or CreatePredictor is asked for.

    Attributes:
        algorithm: ``AutoML`` (the blend) or the name of one algorithm.
        forecast_types: quantiles and ``mean``.
        holidays: country code, or None.
        backtest_windows: 1 to 5; of one algorithm only.
        optimization_metric: one of Amazon's five, or None for the default.
        retrain_after_days: None: every file; else only when the predictor is older.
        drift_factor: None: accuracy does not matter; else a predictor is used again until the loss
            of its latest forecast is more than so many times that of its backtest.
        dimensions: forecast dimensions beside the item.
        parameters: more parameters of the Create operation, as the API names them.
    """

    algorithm: str = "AutoML"
    forecast_types: tuple[str, ...] = ("0.1", "0.5", "0.9")
    holidays: str | None = None
    backtest_windows: int = 1
    optimization_metric: str | None = None
    retrain_after_days: float | None = None
    drift_factor: float | None = None
    dimensions: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Destination:
    """Where the export goes; ``format`` is ``CSV`` or ``PARQUET``."""

    bucket: str
    prefix: str = ""
    format: str = "CSV"


@dataclass(frozen=True)
class Notification:
    """Whom to tell.

    Attributes:
        url: of apprise (``mailto://``, ``slack://``, …), or ``https://`` for a signed webhook
            in the shape of Amazon Forecast's events.
        on: ``success``, ``failure`` or both.
        secret: signs a webhook's body.
    """

    url: str
    on: tuple[str, ...] = ("success", "failure")
    secret: str | None = None


@dataclass(frozen=True)
class Pipeline:
    """A pipeline.

    Attributes:
        name: letters, digits and underscores, a letter first, at most 40.
        source: where files land.
        frequency: of the data and the forecast, such as ``D``.
        horizon: steps ahead.
        export: where the forecast goes.
        group: of the dataset group; its name is the pipeline's by default.
        domain: of the group.
        datasets: the target first.
        training: how.
        gather_seconds: how long more files are waited for; 0: each file is a run.
        notifications: whom to tell.
        schedule: cron expression of five fields (UTC) for runs on the latest files; or None.
        retention_days: after which runs, exports and predictors go; None: never.
        enabled: whether files start runs.
    """

    name: str
    source: Source
    frequency: str
    horizon: int
    export: Destination
    group: str = ""
    domain: str = "RETAIL"
    datasets: tuple[DatasetPart, ...] = (DatasetPart(TARGET),)
    training: Training = field(default_factory=Training)
    gather_seconds: float = 0.0
    notifications: tuple[Notification, ...] = ()
    schedule: str | None = None
    retention_days: float | None = None
    enabled: bool = True

    @property
    def group_name(self) -> str:
        """Of the dataset group."""
        return self.group or self.name

    def dataset_of(self, key: str) -> DatasetPart:
        """The dataset that a file belongs to, by the end of its name; else the first one."""
        stem = self.source.stem(key)
        fitting = [each for each in self.datasets if each.suffix and stem.endswith(each.suffix)]
        plain = [each for each in self.datasets if not each.suffix]
        return max(fitting, key=lambda each: len(each.suffix), default=(*plain, *self.datasets)[0])
