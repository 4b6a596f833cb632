"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "resources",
        sa.Column("arn", sa.String(300), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("modified_at", sa.Float, nullable=False),
        sa.Column("nonce", sa.String(26), nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("progress", sa.Text),
        sa.Column("dispatched", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("resources_by_type", "resources", ["account", "type", "created_at", "arn"])
    op.create_index("resources_by_dispatch", "resources", ["dispatched", "created_at"])
    op.create_table(
        "edges",
        sa.Column(
            "child",
            sa.String(300),
            sa.ForeignKey("resources.arn", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("parent", sa.String(300), primary_key=True),
        sa.Column("owned", sa.Boolean, nullable=False),
    )
    op.create_index("edges_by_parent", "edges", ["parent", "child"])
    op.create_table(
        "tags",
        sa.Column(
            "arn",
            sa.String(300),
            sa.ForeignKey("resources.arn", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("value", sa.String(256), nullable=False),
    )
    _security_tables()
    op.create_table(
        "workers",
        sa.Column("worker", sa.String(64), primary_key=True),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("process", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("heartbeat_at", sa.Float, nullable=False),
    )


def _security_tables() -> None:
    op.create_table(
        "access_keys",
        sa.Column("access_key_id", sa.String(32), primary_key=True),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("revoked_at", sa.Float),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_table(
        "buckets",
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("endpoint", sa.Text),
        sa.Column("access_key_id", sa.Text),
        sa.Column("secret", sa.Text),
        sa.Column("region", sa.String(64)),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(12)),
        sa.Column("access_key_id", sa.String(32)),
        sa.Column("address", sa.String(64)),
        sa.Column("operation", sa.String(64), nullable=False),
        sa.Column("resource", sa.String(300)),
        sa.Column("outcome", sa.String(64), nullable=False),
    )
    op.create_index("audit_by_time", "audit", ["account", "at"])
