"""Turns of a long conversation beside those of a short one: the same words to both, figures that add up."""

from __future__ import annotations

from bedside.model import Reply
from bench.bots import Heard
from bench.turns import Measured, measure, page


class Tiring:
    """A bot that takes a second more with every turn of a conversation, and says nothing to the third."""

    def __init__(self):
        self.talks: list[list[str]] = []

    def begin(self):
        self.talks.append([])

    def say(self, text):
        self.talks[-1].append(text)
        number = len(self.talks[-1])
        return Heard(() if number == 3 else (Reply(text="I noted that."),), float(number))

    def noted(self):
        return ()


def test_both_are_measured_with_the_same_words_after_as_many_turns_as_promised():
    one, other = Tiring(), Tiring()
    measured = measure(one, other, 5, short=4, long=20)
    assert measured.short == (5.0,) * 5
    assert measured.long == (21.0, 22.0, 23.0, 24.0, 25.0)
    assert [talk[-1] for talk in other.talks] == one.talks[0][20:]
    assert len(set(one.talks[0][20:])) == 5


def test_a_turn_without_a_reply_is_counted_wherever_it_was():
    assert measure(Tiring(), Tiring(), 5, short=4, long=20).silent == 1 + 5


def test_the_page_says_how_many_times_longer_a_late_turn_takes():
    told = page(Measured(short=(0.1,) * 20, long=(0.15,) * 20, silent=0))
    assert "| p95 | 100 ms | 150 ms | 1.50 |" in told
