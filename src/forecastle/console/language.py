"""Languages: the console's texts, and numbers and dates, as the reader writes them.

The texts in the code are English. `locale/ko/*.po` hold the translations, one file per part of the
console, in gettext's format; they are read once, as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LANGUAGES: Mapping[str, str] = {"en": "English", "ko": "한국어"}
"""Code and own name of each language."""

# Where the reader's browser names no country.
_COUNTRY = {"en": "GB", "ko": "KR"}
_FOLDER = Path(__file__).parent / "locale"
_ACCEPTED = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{2}))?\s*(?:;\s*q=([0-9.]+))?")

Texts = Mapping[str, str | tuple[str, ...]]


def mark(text: str) -> str:
    """The text as it is: marks it for translation where it stands, before a reader is known."""
    return text


@dataclass(frozen=True)
class Language:
    """A reader's language and country.

    Attributes:
        code: one of `LANGUAGES`.
        locale: for numbers and dates.
        texts: the translations; empty for English.
    """

    code: str
    locale: Locale
    texts: Texts

    def __call__(self, text: str, **values: object) -> str:
        """A text of the console, with ``{name}`` replaced by values; they are shown as they are."""
        translated = self.texts.get(text, text)
        chosen = translated if isinstance(translated, str) else translated[0]
        return chosen.format(**values) if values else chosen

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """A text that depends on a number, which is ``{count}`` in it."""
        forms = self.texts.get(one, (one, many))
        if isinstance(forms, str):
            forms = (forms,)
        chosen = forms[0] if count == 1 or len(forms) == 1 else forms[1]
        return chosen.format(count=self.number(count), **values)

    def number(self, value: float | None, digits: int = 0) -> str:
        """``12,345.6``; a dash for None and for what is no number.

        Args:
            value: to show.
            digits: after the point, at most.
        """
        if value is None or value != value:
            return "–"
        return str(
            format_decimal(round(value, digits), locale=self.locale, decimal_quantization=False)
        )

    def percent(self, value: float | None, digits: int = 0) -> str:
        """``12.3 %`` of 0.123."""
        if value is None or value != value:
            return "–"
        pattern = f"#,##0.{'0' * digits}%" if digits else "#,##0%"
        return str(format_percent(value, pattern, locale=self.locale))

    def date(self, value: date | datetime) -> str:
        """A day: ``4 Dec 2011``."""
        return str(format_date(value, "medium", locale=self.locale))

    def moment(self, seconds: float | None, zone: Any = UTC) -> str:
        """A moment since 1970, to the minute, in the reader's time zone; a dash for None."""
        if seconds is None:
            return "–"
        moment = datetime.fromtimestamp(seconds, zone)
        return str(
            format_datetime(
                moment,
                "d MMM y HH:mm" if self.code == "en" else "y. M. d. HH:mm",
                locale=self.locale,
            )
        )

    def duration(self, seconds: float) -> str:
        """``3 minutes``."""
        return str(
            format_timedelta(
                timedelta(seconds=seconds), granularity="second", threshold=2.0, locale=self.locale
            )
        )

    @property
    def tag(self) -> str:
        """``en-GB``, as browsers name it."""
        return f"{self.locale.language}-{self.locale.territory}"

    @property
    def quasar(self) -> str:
        """The language pack for buttons and tables that are not ours."""
        return {"en": "en-US", "ko": "ko-KR"}[self.code]


def language_of(preferred: str | None, accepted: str) -> Language:
    """The language for a reader.

    Args:
        preferred: a code that the reader chose, or None.
        accepted: the browser's ``Accept-Language``.
    """
    wishes = _wishes(accepted)
    code = preferred if preferred in LANGUAGES else None
    if code is None:
        code = next((language for language, _ in wishes if language in LANGUAGES), "en")
    country = next((country for language, country in wishes if language == code and country), None)
    return _language(code, (country or _COUNTRY[code]).upper())


def _wishes(accepted: str) -> list[tuple[str, str | None]]:
    """Languages and countries, the most wanted first."""
    found = [_ACCEPTED.match(part.strip()) for part in accepted[:200].split(",")]
    ranked = sorted((match for match in found if match), key=lambda match: -_quality(match[3]))
    return [(match[1].lower(), match[2]) for match in ranked]


def _quality(text: str | None) -> float:
    try:
        return float(text or 1.0)
    except ValueError:
        return 0.0


@cache
def _language(code: str, country: str) -> Language:
    try:
        locale = Locale(code, country)
    except UnknownLocaleError:
        locale = Locale(code, _COUNTRY[code])
    return Language(code, locale, {} if code == "en" else _texts(code))


@cache
def _texts(code: str) -> Texts:
    """All translations of a language."""
    texts: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((_FOLDER / code).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                _add(texts, message.id, message.string)
    return texts


def _add(texts: dict[str, str | tuple[str, ...]], key: Any, translated: Any) -> None:
    one = key if isinstance(key, str) else key[0]
    forms: Sequence[str] = (translated,) if isinstance(translated, str) else tuple(translated)
    if one and all(forms):
        texts[one] = forms[0] if isinstance(key, str) else tuple(forms)
