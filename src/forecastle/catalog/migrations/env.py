"""Alembic runs this: the revisions go through the connection that `upgrade` hands in."""

from __future__ import annotations

from alembic import context

from forecastle.catalog.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
