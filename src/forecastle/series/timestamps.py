"""Timestamps: which format a column is written in, and reading it.

A format is written in Amazon Forecast's pattern letters (``yyyy-MM-dd HH:mm:ss``). Day and month
are never guessed: a file in which every date reads both ways is refused, and so is a file in which
some dates read only one way and some only the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from forecastle.core.errors import InputError

# Pattern letters → strptime. 12-hour letters without AM/PM mean 24 hours, as Amazon Forecast's
# own notebooks write them.
_LETTERS = {
    "yyyy": "%Y", "yy": "%y", "MMM": "%b", "MM": "%m", "M": "%m", "dd": "%d", "d": "%d",
    "HH": "%H", "H": "%H", "hh": "%H", "h": "%H", "mm": "%M", "m": "%M", "ss": "%S", "s": "%S",
    "a": "%p",
}  # fmt: skip
_TOKEN = re.compile(r"'([^']*)'|\.S+|([A-Za-z])\2*|[^A-Za-z']")
_ZONE_LETTERS = "XZxVz"
_ZONE = r"\s*(Z|[+-]\d\d:?\d\d)$"

_DATES = (
    (re.compile(r"\d{4}(?P<s>[-/.])\d{1,2}(?P=s)\d{1,2}"), ("yyyy{s}MM{s}dd",)),
    (re.compile(r"\d{8}"), ("yyyyMMdd",)),
    (
        re.compile(r"\d{1,2}(?P<s>[-/.])\d{1,2}(?P=s)\d{4}"),
        ("dd{s}MM{s}yyyy", "MM{s}dd{s}yyyy"),
    ),
    (re.compile(r"\d{1,2}(?P<s>[- /])[A-Za-z]{3}(?P=s)\d{4}"), ("dd{s}MMM{s}yyyy",)),
    (re.compile(r"\d{4}(?P<s>[-/.])\d{1,2}"), ("yyyy{s}MM",)),
)
_TIME = re.compile(
    r"(?P<gap>[ T])\d{1,2}:\d{2}(?P<second>:\d{2}(?P<fraction>\.\d+)?)?(?P<half> ?[AaPp][Mm])?"
)


@dataclass(frozen=True)
class TimestampFormat:
    """How timestamps are written.

    Attributes:
        letters: the pattern in Amazon Forecast's letters, for people.
        has_zone: an offset or ``Z`` follows; it is dropped, the local time counts.
    """

    letters: str
    has_zone: bool = False

    @classmethod
    def from_letters(cls, pattern: str) -> TimestampFormat:
        """Read a pattern such as ``dd/MM/yyyy HH:mm``.

        Raises:
            InputError: a letter is unknown, or the year or month is missing.
        """
        stripped = pattern.rstrip(_ZONE_LETTERS).rstrip()
        found = cls(stripped, has_zone=stripped != pattern.strip())
        directives = set(_directives(stripped))
        if not directives & {"%Y", "%y"} or not directives & {"%m", "%b"}:
            raise InputError(
                f"timestamp format '{pattern}' names no year or no month; "
                "write it like yyyy-MM-dd HH:mm:ss or dd/MM/yyyy"
            )
        return found

    def __str__(self) -> str:
        return f"{self.letters}{'XXX' if self.has_zone else ''}"

    def parse(self, text: pl.Expr) -> pl.Expr:
        """Datetime("us") of trimmed text; null where it does not match."""
        directives = list(_directives(self.letters))
        pattern = "".join(directives)
        bare = text.str.replace(_ZONE, "") if self.has_zone else text
        if "%d" not in directives:
            bare, pattern = bare + "-01", f"{pattern}-%d"
        if self.letters == "yyyyMMdd":  # without separators a missing digit would go unnoticed
            bare = pl.when(bare.str.len_bytes() == len(self.letters)).then(bare)
        return bare.str.to_datetime(pattern, strict=False, time_unit="us")


def _directives(letters: str) -> Iterator[str]:
    """The pattern's parts for strptime, one directive or literal at a time."""
    has_halves = "a" in re.sub(r"'[^']*'", "", letters)
    for match in _TOKEN.finditer(letters):
        token = match[0]
        if match[1] is not None:
            yield match[1].replace("%", "%%")
        elif token.startswith(".S"):
            yield "%.f"
        elif match[2] is None:
            yield token.replace("%", "%%")
        elif token[0] == "h" and has_halves:
            yield "%I"
        elif token in _LETTERS:
            yield _LETTERS[token]
        elif token == "T":
            yield token
        else:
            raise InputError(
                f"timestamp format '{letters}': '{token}' is not known; "
                "use yyyy MM dd HH mm ss, for example yyyy-MM-dd HH:mm:ss"
            )


def formats_of(text: str) -> tuple[TimestampFormat, ...]:
    """The formats in which a timestamp may be written; day first comes before month first."""
    stripped = text.strip()
    bare = re.sub(_ZONE, "", stripped) if ":" in stripped else stripped
    for date, patterns in _DATES:
        match = date.match(bare)
        if match is None:
            continue
        time = _time_letters(bare[match.end() :])
        if time is not None:
            separator = match.groupdict().get("s", "")
            return tuple(
                TimestampFormat(pattern.format(s=separator) + time, has_zone=bare != stripped)
                for pattern in patterns
            )
    return ()


def _time_letters(text: str) -> str | None:
    """The pattern of what follows the date; None if that is no time of day."""
    if not text:
        return ""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    half = match["half"]
    letters = f"{match['gap']}{'hh' if half else 'HH'}:mm"
    letters += ":ss" if match["second"] else ""
    letters += ".SSS" if match["fraction"] else ""
    return letters + (half.upper().replace("AM", "a").replace("PM", "a") if half else "")


def looks_like_timestamp(text: str) -> bool:
    """Whether text is written in a format that is recognised."""
    return bool(formats_of(text))


def most_common_formats(texts: Iterable[str]) -> tuple[TimestampFormat, ...]:
    """The formats of the most timestamps among ``texts``; two where day and month may swap.

    Programs leave out a fraction of zero: where some seconds have one, its format reads all.
    """
    counts = Counter(formats_of(text) for text in texts if text.strip())
    counts.pop((), None)
    if not counts:
        return ()
    formats = counts.most_common(1)[0][0]
    with_fraction = tuple(replace(found, letters=f"{found.letters}.SSS") for found in formats)
    return with_fraction if with_fraction in counts else formats
