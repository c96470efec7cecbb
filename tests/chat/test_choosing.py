"""Who speaks, Rasa or the floor: a table. Never nothing, and never the lower one first."""

from __future__ import annotations

from itertools import product

import pytest

from bedside.model import Assessment, Reply, Report, Turn, Urgency
from chat.higher import HEARD_BY_ASSISTANT, at_least_as_said, choose

PLAIN = Reply(text="plain")
QUESTION = Reply(text="question?")
ASKED_BY_FLOOR = Reply(text="floor's question?")
UNAVAILABLE = Reply(text="unavailable")
OF = {urgency: Reply(text=urgency.word, urgency=urgency) for urgency in Urgency}
URGENT, EMERGENCY, PROMPT = OF[Urgency.URGENT], OF[Urgency.EMERGENCY], OF[Urgency.PROMPT]


def chosen(said, taken_up, floor, floor_asks=False):
    return choose(
        said=said,
        was_taken_up=taken_up,
        floor=floor,
        floor_asks=floor_asks,
        unavailable=UNAVAILABLE,
    )


@pytest.mark.parametrize(
    ("case", "said", "taken_up", "floor", "floor_asks", "replies", "by_floor"),
    [
        ("both alike", [URGENT, QUESTION], True, [URGENT], False, [URGENT, QUESTION], False),
        ("Rasa higher", [EMERGENCY], True, [URGENT, QUESTION], True, [EMERGENCY], False),
        ("only Rasa found it", [PROMPT], True, [], False, [PROMPT], False),
        ("neither found anything", [PLAIN], True, [PLAIN], False, [PLAIN], False),
        ("Rasa lower", [PROMPT, QUESTION], True, [URGENT, ASKED_BY_FLOOR], True,
         [URGENT, PROMPT, QUESTION], True),
        ("Rasa small talk", [PLAIN], True, [EMERGENCY, QUESTION], True, [EMERGENCY, PLAIN], True),
        ("emergency, not first", [PLAIN, EMERGENCY], True, [EMERGENCY], False,
         [EMERGENCY, PLAIN], False),
        ("Rasa away", [], False, [URGENT, QUESTION], True, [URGENT, QUESTION], True),
        ("Rasa away, a question", [], False, [QUESTION], True, [QUESTION], True),
        ("Rasa away, nothing", [], False, [], False, [UNAVAILABLE], True),
        ("Rasa away, chatter", [], False, [PLAIN], False, [UNAVAILABLE], True),
        ("action failed", [PLAIN], False, [], False, [PLAIN], True),
        ("action failed, floor knows", [PLAIN], False, [URGENT], False, [URGENT], True),
        ("action hung, both alike", [EMERGENCY], False, [EMERGENCY, PLAIN], False,
         [EMERGENCY, PLAIN], True),
        ("action hung, Rasa higher", [EMERGENCY], False, [URGENT], False, [EMERGENCY], True),
        ("taken up, nothing said", [], True, [], False, [UNAVAILABLE], True),
        ("taken up, nothing said, floor knows", [], True, [URGENT], False, [URGENT], True),
    ],
)  # fmt: skip
def test_who_speaks(case, said, taken_up, floor, floor_asks, replies, by_floor):
    got = chosen(said, taken_up, floor, floor_asks)
    assert (list(got.replies), got.by_floor) == (replies, by_floor), case


EVERY = [None, *Urgency]


@pytest.mark.parametrize("taken_up", [True, False])
def test_the_highest_that_anybody_heard_is_said_first(taken_up):
    for rasa, floor, complete in product(EVERY, EVERY, [True, False]):
        said = [OF[rasa] if rasa is not None else PLAIN] if complete else []
        replies = chosen(said, taken_up, [OF[floor]] if floor is not None else []).replies
        heard = max([*(int(each.urgency or 0) for each in said), int(floor or 0)])
        assert replies
        assert int(replies[0].urgency or 0) == heard


def test_what_the_record_lacks_is_recorded_by_the_floor():
    for rasa, floor in product(EVERY, EVERY):
        said = [OF[rasa] if rasa is not None else PLAIN]
        says = [OF[floor]] if floor is not None else []
        assert chosen(said, False, says).by_floor
        assert chosen(said, True, says).by_floor == (int(floor or 0) > int(rasa or 0))


def turn_of(urgency):
    return Turn(report=Report(), assessment=Assessment(urgency=urgency), question=None, says=())


@pytest.mark.parametrize("urgency", [None, Urgency.UNCLEAR, Urgency.ROUTINE, Urgency.URGENT])
def test_an_emergency_that_was_said_is_recorded_as_one(urgency):
    raised = at_least_as_said(turn_of(urgency), [EMERGENCY])
    assert raised.assessment.urgency is Urgency.EMERGENCY
    assert raised.assessment.reasons[0] == HEARD_BY_ASSISTANT


def test_an_emergency_that_the_floor_found_keeps_its_own_reasons():
    turn = turn_of(Urgency.EMERGENCY)
    assert at_least_as_said(turn, [EMERGENCY]) is turn


def test_what_is_no_emergency_changes_no_turn():
    turn = turn_of(None)
    assert at_least_as_said(turn, [URGENT, PLAIN]) is turn
