"""What monitors found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "monitor_evaluations",
        sa.Column(
            "monitor",
            sa.String(300),
            sa.ForeignKey("resources.arn", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("forecast_nonce", sa.String(26), primary_key=True),
        sa.Column("data", sa.String(64), primary_key=True),
        sa.Column("forecast", sa.String(300), nullable=False),
        sa.Column("predictor", sa.String(300), nullable=False),
        sa.Column("import_job", sa.String(300)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("window_start", sa.Float, nullable=False),
        sa.Column("window_end", sa.Float, nullable=False),
        sa.Column("metrics", sa.Text, nullable=False),
        sa.Column("items", sa.Integer, nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("retrained_at", sa.Float),
        sa.Column("evaluated_at", sa.Float, nullable=False),
    )
    op.create_index(
        "monitor_evaluations_by_time", "monitor_evaluations", ["monitor", "evaluated_at"]
    )
