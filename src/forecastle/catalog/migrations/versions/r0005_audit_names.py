"""The audit log has room for the name of whoever changes something in the console."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Widen the column; SQLite, which knows no lengths, needs nothing."""
    if op.get_context().dialect.name == "sqlite":
        return
    op.alter_column("audit", "access_key_id", type_=sa.String(128), existing_type=sa.String(32))
