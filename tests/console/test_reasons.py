"""What training says is said in the reader's language where it is known."""

from __future__ import annotations

import pytest

from forecastle.console.language import Language, language_of
from forecastle.console.widgets.reasons import message_text, reason_text


@pytest.fixture(scope="module")
def korean() -> Language:
    return language_of("ko", "")


def test_a_message_is_translated_sentence_by_sentence(korean: Language):
    said = (
        "Related data cover 2 of 3 series; left out: C; add their rows to forecast them too. "
        "Related feature 'tax' never changes and was left out; give the values that it had, or "
        "remove the column. Nobody knows this sentence."
    )
    found = message_text(korean, said)
    assert "제외된 항목: C." in found
    assert "'tax' 열은 값이 변하지 않아" in found
    assert found.endswith("Nobody knows this sentence.")
    assert message_text(language_of("en", ""), said) == said


def test_a_reason_keeps_its_values(korean: Language):
    reason = "it needs torch; install the extra: pip install 'forecastle[deep]'"
    assert "pip install 'forecastle[deep]'" in reason_text(korean, reason)
    assert reason_text(korean, "for another reason") == "for another reason"
