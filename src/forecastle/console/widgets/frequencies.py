"""Frequencies in words."""

from __future__ import annotations

from collections.abc import Mapping

from forecastle.console.language import Language, mark
from forecastle.console.widgets.periods import periods_text
from forecastle.core.frequency import Frequency

_NAMES: Mapping[str, str] = {
    "min": mark("Every minute"),
    "H": mark("Hourly"),
    "D": mark("Daily"),
    "W": mark("Weekly"),
    "M": mark("Monthly"),
    "Y": mark("Yearly"),
}


def frequency_text(language: Language, frequency: str) -> str:
    """``Daily`` for ``D``, ``Every 2 weeks`` for ``2W``."""
    if frequency in _NAMES:
        return language(_NAMES[frequency])
    return language("Every {length}", length=periods_text(language, Frequency.parse(frequency), 1))
