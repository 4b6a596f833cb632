"""The catalog: every resource, key, bucket and worker, in SQLite or PostgreSQL."""
