"""Every setting of the service: its name, its default, what it does, and where its value came from.

A value comes from the environment (``FORECASTLE_PORT``), else from ``forecastle.toml`` in the data
directory (``port = 8460``), else from the default.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forecastle.core.errors import InputError

PREFIX = "FORECASTLE_"
FILE = "forecastle.toml"
_DATA_DIR = "data_dir"


def _setting(default: Any, help_: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"help": help_, "secret": secret})


@dataclass(frozen=True)
class ServiceSettings:
    """The service's settings, read once at start.

    The text of each field's ``help`` is its entry in the reference.
    """

    data_dir: Path = _setting(
        Path("~/.forecastle"), "Folder of the database, the keys, the buckets and the artifacts."
    )
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8460, "Port to listen on; 0 takes a free one.")
    database_url: str | None = _setting(
        None, "SQLAlchemy URL of a PostgreSQL database; without one, SQLite in the data directory."
    )
    s3_endpoint_url: str | None = _setting(
        None,
        "S3 endpoint of buckets that have none of their own; without one, buckets are folders.",
    )
    s3_access_key_id: str | None = _setting(None, "Access key for `s3_endpoint_url`.")
    s3_secret_access_key: str | None = _setting(
        None, "Secret key for `s3_endpoint_url`.", secret=True
    )
    s3_region: str = _setting("us-east-1", "Region that requests to S3 are signed for.")
    artifacts_url: str | None = _setting(
        None,
        "`s3://bucket/prefix` for imported data, predictors and forecasts, where workers run on "
        "several machines; without one, `artifacts` in the data directory.",
    )
    scheduler: str | None = _setting(
        None,
        "Address of a Dask scheduler (`tcp://host:8786`) that trains; without one, processes here.",
    )
    account: str = _setting("000000000000", "Account of the first key and of local commands.")
    region: str = _setting("us-east-1", "Region in the ARNs that local commands make.")
    processes: int = _setting(0, "Processes that a training may use; 0 means one per core.")
    trainings_per_worker: int = _setting(1, "Trainings that a worker runs at the same time.")
    jobs_per_worker: int = _setting(
        2, "Other jobs (imports, forecasts, exports, deletions) that a worker runs at a time."
    )
    training_time_limit: int = _setting(
        0, "Seconds that a training may take; it then uses the algorithms that fit in. 0: no limit."
    )
    shard_series: int = _setting(
        5000,
        "Series that a process trains or forecasts at a time; a group of more is worked on in "
        "shards of at most so many, which bounds the memory of each process.",
    )
    tuning_trials: int = _setting(
        12, "Trainings that a search for training parameters (PerformHPO) may take; at least 1."
    )
    worker_timeout: int = _setting(
        30, "Seconds without a heartbeat after which a worker's jobs go to another one."
    )
    tls_certificate: Path | None = _setting(None, "Certificate chain (PEM) to serve HTTPS with.")
    tls_key: Path | None = _setting(None, "Private key (PEM) of the certificate.", secret=False)
    trusted_proxies: str = _setting(
        "", "Addresses of proxies whose X-Forwarded-For is believed, separated by commas."
    )
    log_format: str = _setting("text", "`text` for people or `json` for machines.")
    log_level: str = _setting("info", "`debug`, `info`, `warning` or `error`.")
    max_request_bytes: int = _setting(1_048_576, "Largest request body.")
    requests_per_second: int = _setting(
        100, "Requests of one key per second, on average; 0: no limit."
    )
    request_burst: int = _setting(200, "Requests of one key at once before the rate counts.")
    max_concurrent_requests: int = _setting(64, "Requests that are worked on at the same time.")
    listing_seconds: int = _setting(
        30, "Seconds between two looks for files that nobody told pipelines of; at least 1."
    )
    webhook_version: int = _setting(
        1, "Raise it to take the tokens of all webhooks back; new ones are made with it."
    )
    sqs_queue_url: str | None = _setting(
        None, "Amazon SQS queue whose messages tell of new files in buckets."
    )
    sqs_access_key_id: str | None = _setting(
        None, "Access key for the queue; without one, `s3_access_key_id`."
    )
    sqs_secret_access_key: str | None = _setting(None, "Secret key for the queue.", secret=True)
    sns_endpoint_url: str | None = _setting(
        None, "Server other than Amazon SNS whose subscriptions are confirmed when it asks."
    )
    session_hours: int = _setting(12, "Hours after which the console asks for the password again.")
    upload_megabytes: int = _setting(2048, "Largest file that the console takes.")
    clock_skew: int = _setting(
        300, "Seconds that the date of a request may be off before it is refused."
    )
    query_retention_days: int = _setting(30, "Days that a forecast can be queried.")
    quota_dataset_groups: int = _setting(500, "Dataset groups per account.")
    quota_datasets: int = _setting(1500, "Datasets per account.")
    quota_dataset_import_jobs: int = _setting(10_000, "Dataset import jobs per account.")
    quota_predictors: int = _setting(500, "Predictors per account.")
    quota_predictor_backtest_export_jobs: int = _setting(1000, "Backtest exports per account.")
    quota_forecasts: int = _setting(20_000, "Forecasts per account.")
    quota_forecast_export_jobs: int = _setting(10_000, "Forecast exports per account.")
    quota_explainabilities: int = _setting(1000, "Explainabilities per account.")
    quota_explainability_exports: int = _setting(1000, "Explainability exports per account.")
    quota_monitors: int = _setting(500, "Monitors per account.")
    quota_what_if_analyses: int = _setting(1000, "What-if analyses per account.")
    quota_what_if_forecasts: int = _setting(10_000, "What-if forecasts per account.")
    quota_what_if_forecast_exports: int = _setting(10_000, "What-if exports per account.")
    quota_parallel_jobs: int = _setting(
        100, "Jobs of one kind that an account may have waiting or running."
    )
    quota_tags: int = _setting(50, "Tags per resource.")
    quota_import_files: int = _setting(10_000, "Files per import.")
    quota_import_gigabytes: int = _setting(30, "Gigabytes per import.")

    def __post_init__(self) -> None:
        object.__setattr__(self, _DATA_DIR, self.data_dir.expanduser().absolute())
        if self.log_format not in ("text", "json"):
            raise InputError(f"log_format '{self.log_format}' is not known; use text or json")
        if self.shard_series < 1:
            raise InputError(f"shard_series {self.shard_series} is too few; use 1 or more")
        checked_account(self.account)

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the catalog."""
        if self.database_url:
            return _with_psycopg(self.database_url)
        return f"sqlite:///{self.data_dir / 'catalog.db'}"

    @property
    def jobs_database(self) -> str:
        """SQLAlchemy URL of the durable jobs: the same PostgreSQL, or SQLite beside the catalog."""
        return self.database if self.database_url else f"sqlite:///{self.data_dir / 'jobs.db'}"

    @property
    def buckets_dir(self) -> Path:
        """Where folder buckets are."""
        return self.data_dir / "buckets"

    @property
    def artifacts_dir(self) -> Path:
        """Where artifacts are kept, or a local copy of those on S3."""
        return self.data_dir / "artifacts"

    @property
    def key_file(self) -> Path:
        """The key that secrets are encrypted under."""
        return self.data_dir / "secret.key"

    def address(self, port: int | None = None) -> str:
        """The service's URL for clients on this machine; ``port`` where a free one was taken."""
        scheme = "http" if self.tls_certificate is None else "https"
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"{scheme}://{host}:{self.port if port is None else port}"

    def environment(self) -> dict[str, str]:
        """The environment in which another process reads the same settings."""
        values = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        return {
            f"{PREFIX}{name.upper()}": str(value)
            for name, value in values.items()
            if value is not None
        }


def checked_account(account: str) -> str:
    """The account, if it is one.

    Raises:
        InputError: it is none.
    """
    if not account.isascii() or not account.isdigit() or len(account) != 12:
        raise InputError(f"account '{account}' is no account; use 12 digits")
    return account


@dataclass(frozen=True)
class Value:
    """One setting as it is: for ``forecastle config`` and the reference."""

    name: str
    value: Any
    source: str
    help: str
    secret: bool

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"{PREFIX}{self.name.upper()}"


def load_settings(
    environment: Mapping[str, str], **overrides: Any
) -> tuple[ServiceSettings, tuple[Value, ...]]:
    """The settings, and where each came from.

    Args:
        environment: usually ``os.environ``.
        overrides: values from a command line; None is not given.

    Raises:
        InputError: a value has the wrong form, or the file names an unknown setting.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    folder = given.get(_DATA_DIR) or environment.get(f"{PREFIX}DATA_DIR")
    path = Path(folder or ServiceSettings.data_dir).expanduser() / FILE
    from_file = _read_file(path)
    chosen: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for item in dataclasses.fields(ServiceSettings):
        variable = f"{PREFIX}{item.name.upper()}"
        if item.name in given:
            chosen[item.name], sources[item.name] = given[item.name], "command line"
        elif environment.get(variable):
            chosen[item.name] = _parse(item, environment[variable], variable)
            sources[item.name] = f"environment ({variable})"
        elif item.name in from_file:
            chosen[item.name] = _parse(item, from_file[item.name], f"{path}: {item.name}")
            sources[item.name] = str(path)
    settings = ServiceSettings(**chosen)
    values = tuple(
        Value(
            item.name,
            getattr(settings, item.name),
            sources.get(item.name, "default"),
            item.metadata["help"],
            item.metadata["secret"],
        )
        for item in dataclasses.fields(ServiceSettings)
    )
    return settings, values


def _read_file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); correct it") from error
    known = {item.name for item in dataclasses.fields(ServiceSettings)}
    unknown = sorted(set(content) - known)
    if unknown:
        raise InputError(
            f"{path}: setting '{unknown[0]}' is not known; see `forecastle config` for all"
        )
    return content


def _parse(item: dataclasses.Field[Any], value: Any, place: str) -> Any:
    """A value in the type of its field, which is told from the annotation."""
    kind = str(item.type)
    if kind.startswith("Path"):
        return Path(str(value))
    if kind == "int":
        try:
            number = int(str(value))
        except ValueError:
            raise InputError(f"{place}: '{value}' is no whole number") from None
        if number < 0:
            raise InputError(f"{place}: {number} is negative; use 0 or more")
        return number
    return str(value)


def _with_psycopg(url: str) -> str:
    """The driver that is installed, for the usual spellings of PostgreSQL."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return f"postgresql+psycopg://{url.removeprefix(prefix)}"
    return url
