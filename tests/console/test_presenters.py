"""Words for what the record holds."""

from datetime import datetime, timedelta, timezone

import pytest

from bedside.model import Assertion, Mention
from console.presenters import due_in_words, reported, span_in_words
from console.transcripts import marked

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=timezone.utc)


def mention(start, end, assertion=Assertion.PRESENT):
    return Mention(sign="blood_in_urine", text="", start=start, end=end, assertion=assertion)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "less than 1 min"),
        (12, "12 min"),
        (60, "1 h"),
        (185, "3 h 5 min"),
        (23 * 60 + 59, "23 h 59 min"),
        (24 * 60, "1 day"),
        (72 * 60, "3 days"),
    ],
)
def test_a_wait_is_said_in_the_units_of_a_clock_on_the_wall(minutes, words):
    assert span_in_words(timedelta(minutes=minutes)) == words


def test_a_target_is_ahead_or_missed():
    assert due_in_words(NOW + timedelta(hours=3), NOW) == "due in 3 h"
    assert due_in_words(NOW - timedelta(minutes=20), NOW) == "overdue by 20 min"


@pytest.mark.parametrize(
    ("mentions", "marks"),
    [
        ([], []),
        ([mention(2, 4)], ["cd"]),
        ([mention(2, 5), mention(4, 7)], ["cdefg"]),
        ([mention(2, 8), mention(4, 6)], ["cdefgh"]),
        ([mention(2, 4), mention(4, 6)], ["cd", "ef"]),
        ([mention(4, 6), mention(0, 2)], ["ab", "ef"]),
        ([mention(8, 99)], ["ij"]),
        ([mention(50, 99), mention(3, 3)], []),
    ],
)
def test_overlapping_words_are_marked_once_and_nothing_is_lost(mentions, marks):
    segments = marked("abcdefghij", mentions)
    assert "".join(segment.text for segment in segments) == "abcdefghij"
    assert [segment.text for segment in segments if segment.css] == marks


def test_a_mark_counts_when_one_of_its_mentions_does():
    (segment,) = marked("no fever", [mention(0, 8, Assertion.ABSENT), mention(3, 8)])
    assert segment.css == "sign sign--counts"


def test_a_sign_that_the_knowledge_has_no_more_still_has_a_name(knowledge):
    reason = {"sign": "sign_of_old", "why": ""}
    assert reported([reason], knowledge) == "Sign of old"


def test_a_rule_without_a_sign_is_told_by_its_why(knowledge):
    assert reported([{"sign": "", "why": "it could not tell."}], knowledge) == "It could not tell."
