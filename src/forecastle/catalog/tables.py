"""The tables. Times are seconds since 1970 (UTC); JSON is text, alike in both databases."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

RESOURCES = Table(
    "resources",
    METADATA,
    Column("arn", String(300), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("type", String(40), nullable=False),
    Column("name", String(300), nullable=False),
    Column("status", String(24), nullable=False),
    Column("message", Text),
    Column("created_at", Float, nullable=False),
    Column("modified_at", Float, nullable=False),
    Column("nonce", String(26), nullable=False),
    Column("request", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("progress", Text),
    Column("dispatched", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("resources_by_type", "account", "type", "created_at", "arn"),
    Index("resources_by_dispatch", "dispatched", "created_at"),
)

# Every relation that a list can filter by or a tree can follow.
EDGES = Table(
    "edges",
    METADATA,
    Column("child", String(300), ForeignKey("resources.arn", ondelete="CASCADE"), primary_key=True),
    Column("parent", String(300), primary_key=True),
    # Owned children go with their parent in DeleteResourceTree and forbid its plain deletion.
    Column("owned", Boolean, nullable=False),
    Index("edges_by_parent", "parent", "child"),
)

TAGS = Table(
    "tags",
    METADATA,
    Column("arn", String(300), ForeignKey("resources.arn", ondelete="CASCADE"), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("value", String(256), nullable=False),
)

ACCESS_KEYS = Table(
    "access_keys",
    METADATA,
    Column("access_key_id", String(32), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("account", String(12), nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("revoked_at", Float),
)

USERS = Table(
    "users",
    METADATA,
    Column("name", String(128), primary_key=True),
    Column("password", Text, nullable=False),
    Column("account", String(12), nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("preferences", Text),
)

# Sessions and links are known by a hash of what the browser holds: a copy of the database opens
# nothing.
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("user", String(128), ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("address", String(64)),
    Index("sessions_by_user", "user"),
)

LOGIN_LINKS = Table(
    "login_links",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("user", String(128), ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("expires_at", Float, nullable=False),
)

BUCKETS = Table(
    "buckets",
    METADATA,
    Column("name", String(63), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("endpoint", Text),
    Column("access_key_id", Text),
    Column("secret", Text),
    Column("region", String(64)),
    Column("created_at", Float, nullable=False),
)

WORKERS = Table(
    "workers",
    METADATA,
    Column("worker", String(64), primary_key=True),
    Column("host", String(255), nullable=False),
    Column("process", Integer, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("heartbeat_at", Float, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("account", String(12)),
    Column("access_key_id", String(128)),
    Column("address", String(64)),
    Column("operation", String(64), nullable=False),
    Column("resource", String(300)),
    Column("outcome", String(64), nullable=False),
    Index("audit_by_time", "account", "at"),
)

PIPELINES = Table(
    "pipelines",
    METADATA,
    Column("account", String(12), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("text", Text, nullable=False),
    Column("region", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("due_at", Float),
)

# An upload is known by the pipeline, the bucket, the key and the ETag: noticed twice, it is one.
UPLOADS = Table(
    "uploads",
    METADATA,
    Column("account", String(12), primary_key=True),
    Column("pipeline", String(40), primary_key=True),
    Column("identity", String(64), primary_key=True),
    Column("bucket", String(63), nullable=False),
    Column("key", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("size", Float, nullable=False),
    Column("trigger", String(32), nullable=False),
    Column("noticed_at", Float, nullable=False),
    Column("run_id", String(26)),
    Index("uploads_by_run", "run_id"),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("run_id", String(26), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("pipeline", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("region", String(64), nullable=False),
    Column("trigger", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("message", Text),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("attempt", Integer, nullable=False),
    Column("dispatched", Boolean, nullable=False),
    Column("details", Text, nullable=False),
    Index("runs_by_pipeline", "account", "pipeline", "started_at"),
    Index("runs_by_dispatch", "dispatched", "started_at"),
)

RUN_STEPS = Table(
    "run_steps",
    METADATA,
    Column("run_id", String(26), ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True),
    Column("step", String(32), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("message", Text),
    Column("attempts", Integer, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("results", Text, nullable=False),
)

# Dashboards: ``content`` is a list of visuals, ``version`` tells of writers who collide.
DASHBOARDS = Table(
    "dashboards",
    METADATA,
    Column("dashboard_id", String(26), primary_key=True),
    Column("account", String(12), nullable=False),
    Column("name", String(128), nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("changed_by", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Index("dashboards_by_name", "account", "name", unique=True),
)

# Read-only links to dashboards, for people without a login.
SHARES = Table(
    "shares",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column(
        "dashboard_id",
        String(26),
        ForeignKey("dashboards.dashboard_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("share_id", String(26), nullable=False),
    Column("account", String(12), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("expires_at", Float, nullable=False),
    Index("shares_by_dashboard", "dashboard_id", "created_at"),
)

# What monitors found. A forecast is compared with the same data once; its row outlives it.
MONITOR_EVALUATIONS = Table(
    "monitor_evaluations",
    METADATA,
    Column(
        "monitor", String(300), ForeignKey("resources.arn", ondelete="CASCADE"), primary_key=True
    ),
    Column("forecast_nonce", String(26), primary_key=True),
    Column("data", String(64), primary_key=True),
    Column("forecast", String(300), nullable=False),
    Column("predictor", String(300), nullable=False),
    Column("import_job", String(300)),
    Column("state", String(16), nullable=False),
    Column("window_start", Float, nullable=False),
    Column("window_end", Float, nullable=False),
    Column("metrics", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("message", Text),
    Column("retrained_at", Float),
    Column("evaluated_at", Float, nullable=False),
    Index("monitor_evaluations_by_time", "monitor", "evaluated_at"),
)
