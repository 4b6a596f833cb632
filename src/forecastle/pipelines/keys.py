"""Every key of a pipeline's file: what it takes, its default, what it means.

The reader knows no others, and the reference (docs/reference/pipeline.md) is made from this.
"""

from __future__ import annotations

from dataclasses import dataclass

REQUIRED = "required"


@dataclass(frozen=True)
class Key:
    """One key.

    Attributes:
        name: with the sections above it: ``source.bucket``. ``*`` stands for each of
            ``datasets``' three sections, and an entry of a list is named like the list.
        takes: the values, in words.
        default: in words, or ``required``.
        help: what it means.
    """

    name: str
    takes: str
    default: str
    help: str

    @property
    def section(self) -> str:
        """The section that it stands in; empty at the top."""
        return self.name.rpartition(".")[0]

    @property
    def last(self) -> str:
        """The key as it is written in its section."""
        return self.name.rpartition(".")[2]


KEYS: tuple[Key, ...] = (
    Key("name", "letters, digits, `_`; at most 40", REQUIRED, "Of the pipeline."),
    Key("enabled", "true or false", "true", "Whether files and the schedule start runs."),
    Key("source", "section", REQUIRED, "Where files land."),
    Key("source.bucket", "name of a bucket", REQUIRED, "A folder bucket is made if need be."),
    Key("source.prefix", "text", "the whole bucket", "What the keys of the files begin with."),
    Key(
        "source.suffixes",
        "list of endings",
        "`[.csv, .csv.gz, .parquet]`",
        "Files that end otherwise are left alone; `[]`: all files count.",
    ),
    Key(
        "source.quiet_seconds",
        "number from 0",
        "2",
        "How long a file in a folder bucket must stand still before it counts as whole; one that "
        "is moved there is whole at once.",
    ),
    Key("frequency", "`D`, `W`, `2W`, `M`, `H`, `30min`, …", REQUIRED, "Step of the forecast."),
    Key("horizon", "whole number, 1 to 500", REQUIRED, "How many steps ahead to forecast."),
    Key("holidays", "country code", "none", "Holidays of this country count, such as `UK`."),
    Key("group", "letters, digits, `_`; at most 54", "the name", "Of the dataset group."),
    Key(
        "domain",
        "one of Amazon Forecast's seven",
        "`RETAIL`",
        "What the item and the target are called.",
    ),
    Key("datasets", "section", "a target alone", "The datasets of the group."),
    Key("datasets.target", "section", "the domain's three columns", "The sales themselves."),
    Key("datasets.related", "section", "none", "What is known by item and date, such as prices."),
    Key("datasets.metadata", "section", "none", "What is known of each item."),
    Key(
        "datasets.*.schema",
        "columns and types",
        "target: the domain's three",
        "The columns in the order of the file, each with `string`, `integer`, `float`, "
        "`timestamp` or `geolocation`. Related data and metadata need it.",
    ),
    Key(
        "datasets.*.timestamp_format",
        "letters such as `yyyy-MM-dd`",
        "told from the file",
        "How timestamps are written.",
    ),
    Key(
        "datasets.*.suffix",
        "text",
        "target: none; `.related`, `.metadata`",
        "What the names of its files end with, before the ending: `uk.related.csv`.",
    ),
    Key(
        "datasets.*.import_mode",
        "`FULL` or `INCREMENTAL`",
        "`FULL`",
        "Whether a file replaces all data or adds to them.",
    ),
    Key(
        "algorithm",
        "`AutoML`, or one of `forecastle algorithms`",
        "`AutoML`",
        "What is trained: a blend of all, or one.",
    ),
    Key(
        "quantiles",
        "list: 0.01 to 0.99, `mean`",
        "`[0.1, 0.5, 0.9]`",
        "The forecast types: 0.1 is p10.",
    ),
    Key(
        "backtest_windows",
        "whole number, 1 to 5",
        "1",
        "On how many windows the accuracy is measured; more than one needs an algorithm.",
    ),
    Key(
        "optimization_metric",
        "`WAPE`, `RMSE`, `AverageWeightedQuantileLoss`, `MASE`, `MAPE`",
        "`AverageWeightedQuantileLoss`",
        "What training makes small.",
    ),
    Key("dimensions", "list of columns", "none", "What tells series apart beside the item."),
    Key(
        "parameters",
        "section",
        "none",
        "More parameters of CreateAutoPredictor or, with an algorithm, of CreatePredictor, as the "
        "API names them.",
    ),
    Key(
        "retrain_after_days",
        "number above 0",
        "every file trains",
        "A predictor that is younger is used again.",
    ),
    Key(
        "retrain",
        "`by age`, `on drift`",
        "`by age`",
        "`on drift`: a predictor is used again until the actuals show that it has become worse (or "
        "is older than `retrain_after_days`). Needs AutoML.",
    ),
    Key(
        "drift_factor",
        "number from 1",
        "1.25",
        "With `retrain: on drift`: the latest forecast's average wQL may be so many times that of "
        "the backtest.",
    ),
    Key(
        "gather_seconds",
        "number from 0",
        "0: each file is a run",
        "How long to wait for more files; all that came make one run.",
    ),
    Key("export", "section", REQUIRED, "Where the forecast goes."),
    Key("export.bucket", "name of a bucket", REQUIRED, "A folder bucket is made if need be."),
    Key("export.prefix", "folder", "the bucket itself", "The folder of the forecast's files."),
    Key("export.format", "`CSV` or `PARQUET`", "`CSV`", "Of the forecast's files."),
    Key("notifications", "list of URLs or sections", "none", "Whom to tell."),
    Key(
        "notifications.url",
        "URL",
        REQUIRED,
        "Of apprise (`mailto://…`, `slack://…`), or `https://…` for a webhook. "
        "`${NOTIFY_…}` stands for an environment variable of the worker.",
    ),
    Key("notifications.on", "`success`, `failure`", "both", "When to tell."),
    Key(
        "notifications.secret",
        "text",
        "none",
        "Signs a webhook's body; better `${NOTIFY_…}` than the secret itself.",
    ),
    Key(
        "schedule",
        "cron expression of five fields, UTC",
        "none",
        "Starts runs on the latest files, such as `0 6 * * 1-5`.",
    ),
    Key(
        "retention_days",
        "number above 0",
        "never",
        "After how many days runs, their exports and predictors are cleaned up.",
    ),
)


def keys_of(section: str) -> tuple[Key, ...]:
    """The keys that may stand in a section; empty is the top."""
    return tuple(key for key in KEYS if key.section == section)
