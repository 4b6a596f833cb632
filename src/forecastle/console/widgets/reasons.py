"""Why an algorithm took no part, in the reader's language; training says it in English."""

from __future__ import annotations

import re

from forecastle.console.language import Language, mark

_REASONS = (
    mark("slow; ask for it by name to have it all the same"),
    mark("the time limit would be reached before it is done"),
    mark("it takes {seconds} s a fit, too long for the time limit"),
    mark("frequency {frequency} has no yearly season"),
    mark("needs {steps} steps of history; the longest series has fewer"),
    mark("only {rows} origins to learn from; it needs {needed}"),
    mark("the season of {steps} steps is short: ETS carries it itself"),
    mark("needs two seasons ({steps} steps); the longest series has {longest}"),
    mark("the season of {steps} steps is too long for it: MSTL+ETS carries it"),
    mark("demand is mostly zero: NPTS and TSB are made for that"),
    mark("demand is not intermittent"),
)
_PLACE = re.compile(r"\\{(\w+)\\}")


def reason_text(language: Language, reason: str) -> str:
    """The reason in the reader's language; one that is not known here as it is."""
    for text in _REASONS:
        found = re.fullmatch(_PLACE.sub(r"(?P<\1>.+)", re.escape(text)), reason)
        if found is not None:
            return language(text, **found.groupdict())
    return reason
