"""Roles in words."""

from __future__ import annotations

from collections.abc import Mapping

from forecastle.catalog.access_keys import Role
from forecastle.console.language import Language, mark

ROLE_NAMES: Mapping[Role, str] = {
    Role.VIEWER: mark("viewer"),
    Role.OPERATOR: mark("operator"),
    Role.ADMIN: mark("admin"),
}
ROLE_MEANINGS: Mapping[Role, str] = {
    Role.VIEWER: mark("Looks at forecasts, pipelines and dashboards, and changes nothing."),
    Role.OPERATOR: mark("Imports data, trains, forecasts, and works on pipelines and dashboards."),
    Role.ADMIN: mark("Does everything, and looks after users, access keys and buckets."),
}


def role_choices(language: Language) -> dict[str, str]:
    """For a field to choose a role in."""
    return {str(role): language(name) for role, name in ROLE_NAMES.items()}
