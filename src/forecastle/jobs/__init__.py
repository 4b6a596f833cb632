"""The durable jobs: what happens between CREATE_PENDING and ACTIVE."""
