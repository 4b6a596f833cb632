"""The life cycle: which status follows which, and what may be done in each.

Statuses are Amazon Forecast's (facts: the guide's pages of each Describe operation).
"""

from __future__ import annotations

from collections.abc import Mapping

ACTIVE = "ACTIVE"
ACTIVE_STOPPING = "ACTIVE_STOPPING"
ACTIVE_STOPPED = "ACTIVE_STOPPED"
CREATE_PENDING = "CREATE_PENDING"
CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
CREATE_FAILED = "CREATE_FAILED"
CREATE_STOPPING = "CREATE_STOPPING"
CREATE_STOPPED = "CREATE_STOPPED"
UPDATE_IN_PROGRESS = "UPDATE_IN_PROGRESS"
UPDATE_FAILED = "UPDATE_FAILED"
DELETE_PENDING = "DELETE_PENDING"
DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"

TRANSITIONS: Mapping[str, frozenset[str]] = {
    CREATE_PENDING: frozenset({CREATE_IN_PROGRESS, CREATE_STOPPING, CREATE_STOPPED, CREATE_FAILED}),
    CREATE_IN_PROGRESS: frozenset({ACTIVE, CREATE_FAILED, CREATE_STOPPING}),
    CREATE_STOPPING: frozenset({CREATE_STOPPED}),
    CREATE_STOPPED: frozenset({DELETE_PENDING}),
    CREATE_FAILED: frozenset({DELETE_PENDING}),
    ACTIVE: frozenset({UPDATE_IN_PROGRESS, ACTIVE_STOPPED, DELETE_PENDING}),
    ACTIVE_STOPPING: frozenset({ACTIVE_STOPPED}),
    ACTIVE_STOPPED: frozenset({ACTIVE, DELETE_PENDING}),
    UPDATE_IN_PROGRESS: frozenset({ACTIVE, ACTIVE_STOPPING, UPDATE_FAILED}),
    UPDATE_FAILED: frozenset({ACTIVE, UPDATE_IN_PROGRESS, DELETE_PENDING}),
    DELETE_PENDING: frozenset({DELETE_IN_PROGRESS}),
    DELETE_IN_PROGRESS: frozenset(),
}
"""Status → those that may follow. Only monitors are paused (ACTIVE_STOPPED) and
resumed. From DELETE_IN_PROGRESS the record itself goes; a deletion that is cut off goes on later,
so there is no DELETE_FAILED."""

UNFINISHED = (CREATE_PENDING, CREATE_IN_PROGRESS, CREATE_STOPPING)
"""A job is waiting or at work."""

UPDATING = (UPDATE_IN_PROGRESS, ACTIVE_STOPPING)
"""A finished resource is being changed; a monitor is comparing."""

DELETING = (DELETE_PENDING, DELETE_IN_PROGRESS)

DELETABLE = (ACTIVE, ACTIVE_STOPPED, CREATE_FAILED, CREATE_STOPPED, UPDATE_FAILED)
"""Delete operations accept these. Amazon Forecast leaves stopped jobs to DeleteResourceTree; that
is only a nuisance, so it is not imitated."""


def may_follow(before: str, after: str) -> bool:
    """Whether ``after`` may follow ``before``."""
    return after in TRANSITIONS[before]
