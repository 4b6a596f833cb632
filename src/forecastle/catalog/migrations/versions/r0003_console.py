"""Sessions and preferences of the console's users, dashboards and the links that share them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.add_column("users", sa.Column("preferences", sa.Text))
    _login_tables()
    op.create_table(
        "dashboards",
        sa.Column("dashboard_id", sa.String(26), primary_key=True),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
        sa.Column("changed_by", sa.String(128), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("dashboards_by_name", "dashboards", ["account", "name"], unique=True)
    op.create_table(
        "shares",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "dashboard_id",
            sa.String(26),
            sa.ForeignKey("dashboards.dashboard_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("share_id", sa.String(26), nullable=False),
        sa.Column("account", sa.String(12), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
    )
    op.create_index("shares_by_dashboard", "shares", ["dashboard_id", "created_at"])


def _login_tables() -> None:
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "user",
            sa.String(128),
            sa.ForeignKey("users.name", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
        sa.Column("address", sa.String(64)),
    )
    op.create_index("sessions_by_user", "sessions", ["user"])
    op.create_table(
        "login_links",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "user",
            sa.String(128),
            sa.ForeignKey("users.name", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.Float, nullable=False),
    )
