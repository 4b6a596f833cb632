"""How a reader wants to see the console: language, light or dark, time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Protocol
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from starlette.requests import HTTPConnection

from forecastle.console.language import Language, language_of

LANGUAGE, THEME = "language", "theme"
LANGUAGE_COOKIE, SCHEME_COOKIE, ZONE_COOKIE = (
    "forecastle_language",
    "forecastle_scheme",
    "forecastle_zone",
)
DARK, LIGHT, AUTO = "dark", "light", "auto"


class Reader(Protocol):
    """Whoever looks, with a login or without: all that a chart needs to know."""

    @property
    def language(self) -> Language:
        """Of the page."""

    @property
    def dark(self) -> bool:
        """Whether the page is dark."""

    @property
    def zone(self) -> tzinfo:
        """The reader's time zone."""


@dataclass(frozen=True)
class Wishes:
    """What the reader chose, else what the browser says."""

    language: Language
    dark: bool
    zone: tzinfo

    @classmethod
    def of(cls, connection: HTTPConnection, preferences: Mapping[str, Any]) -> Wishes:
        """Of a user with preferences; without any, of a stranger."""
        cookies = connection.cookies
        preferred = preferences.get(LANGUAGE) or cookies.get(LANGUAGE_COOKIE)
        theme = preferences.get(THEME, AUTO)
        scheme = cookies.get(SCHEME_COOKIE) if theme == AUTO else theme
        return cls(
            language=language_of(preferred, connection.headers.get("accept-language", "")),
            dark=scheme == DARK,
            zone=_zone(unquote(cookies.get(ZONE_COOKIE, "UTC"))),
        )


def _zone(name: str) -> tzinfo:
    """The time zone of that name; UTC if there is none, whatever a browser sent."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return UTC
