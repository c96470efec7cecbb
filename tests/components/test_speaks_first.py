"""The conversation tests let the same emergency speak first as the sign extractor does."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bedside.language import Reader
from components.sign_extractor import SignExtractor
from tests.builders import KNOWLEDGE
from tests.talk import emergency_intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my face is drooping", "report_emergency"),
        ("maybe I had a seizure", "report_possible_emergency"),
        ("I want to kill myself", "report_crisis"),
        ("I want to kill myself and I can't breathe", "report_emergency"),
        ("no chest pain", None),
        ("I have bruises", None),
    ],
)
def test_the_same_intent_speaks_first(text: str, intent: str | None) -> None:
    parsed = Reader(KNOWLEDGE).read(text)
    extractor = SimpleNamespace(_knowledge=KNOWLEDGE)
    assert SignExtractor._emergency_intent(extractor, parsed) == intent
    assert emergency_intent(parsed, KNOWLEDGE) == intent
