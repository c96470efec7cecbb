"""After a power cut the same programs serve another clinic: in the US, and closed.

Last in the folder: nobody waits until the programs are those of the first clinic again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bedside.knowledge import Knowledge
from bedside.settings import WEEKDAYS
from bedside.store import utc_now
from tests.programs.running import Programs, write_clinic
from tests.programs.talk import Start, TalkOverHttp

TEAM, ON_CALL = "01632 960123", "the on-call doctor"
BRUISES = "I have bruises on my legs"


@pytest.fixture(scope="module", autouse=True)
def earlier(programs: Programs, knowledge: Knowledge) -> Iterator[TalkOverHttp]:
    """A conversation from before the power cut."""
    path = Path(programs.environment["BEDSIDE_CLINIC_FILE"])
    first, in_two_days = path.read_text(), WEEKDAYS[(utc_now() + timedelta(days=2)).weekday()]
    programs.wait_until_ready()
    talk = TalkOverHttp(programs, knowledge, "Ann Smith").say(BRUISES).asks("headache")
    write_clinic(path, region="US", out_of_hours=ON_CALL, hours={in_two_days: "09:00-17:00"})
    programs.kill_all()
    talk.clinic = programs.clinic
    yield talk
    path.write_text(first)
    programs.kill_all()


def test_S3_after_a_power_cut_the_conversation_goes_on_at_its_question(
    ready: Programs, earlier: TalkOverHttp
) -> None:
    earlier.picks("A headache").urgency("emergency").hears_first("911").flagged("emergency")
    shown = [line["text"] for line in earlier.patient.transcript()]
    assert shown == [line.text for line in earlier.lines]
    assert earlier.flag.patient_name == "Ann Smith"


def test_S1_an_emergency_hears_the_number_of_its_region_first(start: Start) -> None:
    talk = start().say("my face is drooping").urgency("emergency").hears_first("Call now: 911")
    talk.does_not_hear("999").flagged("emergency").team_is_told("emergency")


def test_S1_thoughts_of_self_harm_hear_both_numbers_of_their_region_first(start: Start) -> None:
    talk = start().say("I want to kill myself").urgency("emergency").hears_first("911", "988")
    talk.does_not_hear("999", "116 123").flagged("emergency")


def test_an_urgent_report_to_a_closed_team_is_sent_to_somebody_who_answers_now(
    start: Start,
) -> None:
    talk = start().say(BRUISES).urgency("urgent").flagged("urgent")
    talk.hears(f"closed now, so call {ON_CALL}", "had Lemtrada", f"answers {TEAM}", "911")
    in_two_days = utc_now() + timedelta(days=2)
    talk.flag_is_due(f"{in_two_days.astimezone(talk.clinic.zone):%Y-%m-%d} 13:00")


def test_a_closed_team_promises_nobody_before_it_opens(start: Start) -> None:
    talk = start().say("who reads this").hears("09:00 to 17:00", "Nobody watches this chat live")
    talk.say("I want to speak to a person").hears(ON_CALL, "911").does_not_hear("NHS 111", "999")


def test_another_language_hears_the_number_of_the_region(start: Start) -> None:
    start().say("tengo moretones en las piernas").hears("llame", "911", TEAM, ON_CALL)


def test_S1_the_floor_knows_the_region_as_well(programs: Programs, start: Start) -> None:
    talk = start().say(BRUISES).asks("headache")
    programs.kill("actions")
    talk.say("I cannot breathe").urgency("emergency").hears_first("911").flagged("emergency")
