"""What training has to say, in the reader's language; training itself says it in English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forecastle.console.language import Language, mark

_REASONS = (
    mark("slow; ask for it by name to have it all the same"),
    mark("the time limit would be reached before it is done"),
    mark("it takes {seconds} s a fit, too long for the time limit"),
    mark("frequency {frequency} has no yearly season"),
    mark("needs {steps} steps of history; the longest series has fewer"),
    mark("only {rows} origins to learn from; it needs {needed}"),
    mark("only {series} series to learn from together; it needs {needed}"),
    mark("the season of {steps} steps is short: ETS carries it itself"),
    mark("needs two seasons ({steps} steps); the longest series has {longest}"),
    mark("the season of {steps} steps is too long for it: MSTL+ETS carries it"),
    mark("demand is mostly zero: NPTS and TSB are made for that"),
    mark("demand is mostly zero: there are no patterns to tell from chance"),
    mark("demand is not intermittent"),
    mark("only {windows} windows to learn from; it needs {needed}"),
    mark("it needs {packages}; install the extra: {command}"),
)
_SENTENCES = (
    mark(
        "Related data cover {count} of {all} series; left out: {names}; add their rows to forecast "
        "them too."
    ),
    mark(
        "Related feature '{name}' never changes and was left out; give the values that it had, or "
        "remove the column."
    ),
    mark(
        "Item metadata list {count} of {all} items; nothing is known of {names}: add a row for "
        "each."
    ),
    mark("{count} series have no history and are forecast from the others: {names}."),
    mark(
        "Horizon {horizon} is more than a quarter of the longest series ({steps} steps); expect "
        "less of the far end."
    ),
    mark(
        "{count} series are worked on in {shards} shards: the algorithms and their shares were "
        "chosen on {sample} of them, drawn by chance; the accuracy is that of all."
    ),
    mark("The algorithms and their shares are those of the earlier predictor."),
    mark(
        "Tuned in {count} trials on earlier windows: {found} has the least loss, {least}; the "
        "largest was {most}."
    ),
    mark(
        "'{name}' becomes {value}, the history knows {low} to {high}: beyond that the effect is "
        "drawn on, not seen."
    ),
    mark("The history hardly tells how demand answers to '{name}': take its effect with care."),
    mark("The contributions are those of {algorithm}, {share} of the blend."),
    mark(
        "{algorithm} has no part in this predictor's blend; one was trained to tell what each "
        "attribute adds."
    ),
    mark("{count} of {all} series are explained, evenly spread."),
    mark("{count} of {all} selected series are not in the data: {names}."),
)
_PLACE = re.compile(r"\\{(\w+)\\}")
_NEXT_SENTENCE = re.compile(r"(?<=\.) (?=[A-Z0-9'])")


def reason_text(language: Language, reason: str) -> str:
    """Why an algorithm took no part; a reason that is not known here as it is."""
    return _translated(language, reason, _REASONS)


def message_text(language: Language, message: str) -> str:
    """The message of a resource, sentence by sentence; one that is not known here as it is."""
    parts = _NEXT_SENTENCE.split(message)
    return " ".join(_translated(language, part, _SENTENCES) for part in parts)


def _translated(language: Language, said: str, known: Sequence[str]) -> str:
    for text in known:
        found = re.fullmatch(_PLACE.sub(r"(?P<\1>.+)", re.escape(text)), said)
        if found is not None:
            return language(text, **found.groupdict())
    return said
