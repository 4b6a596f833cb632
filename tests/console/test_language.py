"""Every text in every language; numbers and dates as the reader writes them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from babel.messages.pofile import read_po

from forecastle.console.language import LANGUAGES, language_of
from tests.console.texts import LOCALE, source_texts, untranslatable_texts

OTHERS = [code for code in LANGUAGES if code != "en"]
_PLACE = re.compile(r"{\w*}")


def _messages(code: str) -> list:
    messages = []
    for path in sorted((LOCALE / code).glob("*.po")):
        with path.open("rb") as file:
            messages += [message for message in read_po(file, locale=code) if message.id]
    return messages


def _one(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated(code):
    translated = {_one(each) for each in _messages(code) if all(_forms(each)) and not each.fuzzy}
    missing = {text: place for text, place in source_texts().items() if text not in translated}
    assert not missing


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_left_over_or_there_twice(code):
    counts = Counter(_one(each) for each in _messages(code))
    assert not set(counts) - set(source_texts())
    assert not [text for text, count in counts.items() if count > 1]


@pytest.mark.parametrize("code", OTHERS)
def test_translations_keep_the_places_for_values(code):
    for each in _messages(code):
        sources = {
            frozenset(_PLACE.findall(text))
            for text in (each.id if isinstance(each.id, tuple) else (each.id,))
        }
        for form in _forms(each):
            assert frozenset(_PLACE.findall(form)) in sources, each.id


def test_no_text_is_shown_untranslated():
    assert list(untranslatable_texts()) == []


@pytest.mark.parametrize(
    ("preferred", "accepted", "tag"),
    [
        (None, "", "en-GB"),
        (None, "en-US,en;q=0.9", "en-US"),
        (None, "fr-FR,ko;q=0.8,en;q=0.5", "ko-KR"),
        ("en", "ko-KR", "en-GB"),
        ("xx", "ko", "ko-KR"),
        (None, "en-ZZ", "en-GB"),
        (None, ";;;q=,en;q=x", "en-GB"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(preferred, accepted, tag):
    assert language_of(preferred, accepted).tag == tag


def test_numbers_and_dates_are_the_readers():
    british, korean = language_of("en", "en-GB"), language_of("ko", "")
    assert british.number(1234567.891, 2) == "1,234,567.89"
    assert british.number(None) == "–"
    assert british.percent(0.1234, 1) == "12.3%"
    assert british.date(date(2011, 12, 4)) == "4 Dec 2011"
    assert korean.date(date(2011, 12, 4)) == "2011. 12. 4."
    assert british.plural("{count} item", "{count} items", 1) == "1 item"
    assert british.plural("{count} item", "{count} items", 2000) == "2,000 items"
