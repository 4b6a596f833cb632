"""Pipelines, the uploads that they noticed, and their runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pipelines",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float),
    )
    op.create_table(
        "uploads",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("pipeline", sa.String(40), primary_key=True),
        sa.Column("identity", sa.String(64), primary_key=True),
        sa.Column("bucket", sa.String(63), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("size", sa.Float, nullable=False),
        sa.Column("trigger", sa.String(32), nullable=False),
        sa.Column("noticed_at", sa.Float, nullable=False),
        sa.Column("run_id", sa.String(26)),
    )
    op.create_index("uploads_by_run", "uploads", ["run_id"])
    _run_tables()


def _run_tables() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(26), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("pipeline", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("trigger", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("ended_at", sa.Float),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("dispatched", sa.Boolean, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
    )
    op.create_index("runs_by_pipeline", "runs", ["account", "pipeline", "started_at"])
    op.create_index("runs_by_dispatch", "runs", ["dispatched", "started_at"])
    op.create_table(
        "run_steps",
        sa.Column(
            "run_id",
            sa.String(26),
            sa.ForeignKey("runs.run_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("step", sa.String(32), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("ended_at", sa.Float),
        sa.Column("results", sa.Text, nullable=False),
    )
