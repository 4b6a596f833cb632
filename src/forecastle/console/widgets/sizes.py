"""Sizes of files as people write them."""

from __future__ import annotations

from forecastle.console.language import Language

_STEP = 1000
_UNITS = ("B", "kB", "MB", "GB", "TB")


def size_text(language: Language, size: int) -> str:
    """``2.4 MB`` of 2400000 bytes."""
    amount, unit = float(size), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{language.number(amount, 1 if unit else 0)} {_UNITS[unit]}"
