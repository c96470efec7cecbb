"""The simulated patients: their words are their own, they tell the truth, and the figures count right."""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from random import Random

import httpx
import numpy as np
import pytest
from rapidfuzz import fuzz, process

from bedside.facts import COMPARE
from bedside.knowledge import Kind, load_responses
from bedside.language.answers import read_reply
from bedside.model import DONT_KNOW, LAST_INFUSION, NO, Choice, Reply, Urgency
from bedside.questions import LIST_TEXT, NONE_OF_THESE, YES_NO
from bedside.settings import ROOT, read_clinic
from bench import patients
from bench.asked import Asks, Ear
from bench.bots import BotAway, Heard, InProcess, Programs
from bench.hidden import ALIKE, FITTING_DAYS, HARMLESS_NUMBERS, IMPLIES, NOT_TOGETHER
from bench.manner import MANNERS, mistyped, rough, spoken
from bench.meetings import Meeting, Room, routeless, routes_of
from bench.patient import Patient
from bench.patients_figures import failures, figures, is_over, is_right, is_under
from bench.personas import MAY_BE, Persona, found_by_asking, persona_of
from bench.wording import load_bank, phrases
from tests.bench.test_language import TOO_CLOSE, plain, training_messages
from tests.builders import KNOWLEDGE, TODAY, shared_reader

BANK = load_bank()
RESPONSES = load_responses()
EAR = Ear(KNOWLEDGE, RESPONSES)
CLINIC = read_clinic(ROOT / "clinic.yml")
ROUTES = routes_of(CLINIC, KNOWLEDGE)
SEEDS = range(1, 501)
# There is one way to write "yes" or "hi", whoever does.
LONG_ENOUGH_TO_BE_ONES_OWN = 4


@cache
def personas() -> tuple[Persona, ...]:
    return tuple(persona_of(seed, KNOWLEDGE) for seed in SEEDS)


def persona(*signs: str, manner: str = "plain", **facts: str) -> Persona:
    """Somebody with these signs in whom nothing else is wrong, but for these facts."""
    harmless = next(each for each in personas() if not each.kin).facts
    truth = {
        id_: HARMLESS_NUMBERS.get(id_, NO if entry.kind is Kind.YES_NO else value)
        for id_, value in harmless.items()
        for entry in [KNOWLEDGE.questions[id_]]
    }
    return Persona(
        seed=1,
        signs=signs,
        facts={**truth, LAST_INFUSION: "400", "spreading": "no", **facts},
        manner=manner,
        region="UK",
        kin="",
        tells_infusion=False,
        expected=Urgency.URGENT,
    )


def patient(of: Persona) -> Patient:
    return Patient(of, BANK, KNOWLEDGE, EAR, TODAY)


def reply(text: str, *choices: Choice, urgency: Urgency | None = None) -> Reply:
    return Reply(text=text, choices=choices, urgency=urgency)


def listed(*facts: str) -> Reply:
    items = [KNOWLEDGE.questions[fact].item for fact in facts]
    return reply(LIST_TEXT, *(Choice(title=i.capitalize(), value=i) for i in items), NONE_OF_THESE)


class Script:
    """A bot that says the same lines to everybody."""

    def __init__(self, *lines: tuple[Reply, ...]) -> None:
        self.lines, self.seconds = lines, 0.01
        self.heard: list[str] = []

    def begin(self) -> None:
        self.heard = []

    def say(self, text: str) -> Heard:
        self.heard.append(text)
        return Heard(self.lines[min(len(self.heard), len(self.lines)) - 1], self.seconds)

    def noted(self) -> tuple[str, ...]:
        return ()


def met(bot: Script | InProcess, who: Persona) -> Meeting:
    return Room(bot, BANK, KNOWLEDGE, EAR, TODAY).meet(who)


def in_process() -> InProcess:
    return InProcess(shared_reader(), KNOWLEDGE, RESPONSES, CLINIC, patients.MONDAY_MORNING)


SUMMARY = reply(RESPONSES.texts["utter_summary"])
URGENT = reply(f"Call {CLINIC.phone} today.", urgency=Urgency.URGENT)


# Their words


def test_no_phrase_of_the_bank_is_a_training_message_nor_nearly_one() -> None:
    words = sorted(
        {
            text
            for phrase in phrases(BANK)
            for text in [plain(phrase)]
            if len(text.split()) >= LONG_ENOUGH_TO_BE_ONES_OWN
        }
    )
    messages = sorted({plain(each) for each in training_messages()})
    close = process.cdist(
        words, messages, scorer=fuzz.ratio, score_cutoff=TOO_CLOSE, dtype=np.uint8
    )
    assert [(words[row], messages[column]) for row, column in np.argwhere(close)] == []


def test_short_ways_to_tell_a_sign_are_no_training_messages_either() -> None:
    messages = {plain(each) for each in training_messages()}
    told = {plain(each) for ways in BANK.signs.values() for way in ways.values() for each in way}
    assert told.isdisjoint(messages)


def test_every_sign_can_be_told_in_six_ways_or_more_and_by_a_carer() -> None:
    assert BANK.signs.keys() == KNOWLEDGE.signs.keys()
    for sign, voices in BANK.signs.items():
        ways = (*voices["self"], *voices["carer"])
        assert len(set(ways)) == len(ways) >= 6, sign
        assert len(voices["carer"]) >= 2, sign
    assert sum(len(way) for ways in BANK.signs.values() for way in ways.values()) >= 500


def test_every_fact_of_a_list_and_every_choice_has_own_words() -> None:
    entries = KNOWLEDGE.questions
    assert {id_ for id_, each in entries.items() if each.item} == BANK.answers["facts"].keys()
    for fact, ways in BANK.answers["choices"].items():
        assert ways.keys() == entries[fact].choices.keys()
        assert all(ways.values())


def test_a_way_to_say_yes_is_never_read_as_a_no() -> None:
    assert {read_reply(way) for way in BANK.answers["yes"]} <= {"yes", None}
    assert {read_reply(way) for way in BANK.answers["no"]} <= {"no", None}


def test_every_manner_has_an_opening_and_a_close_and_keeps_numbers() -> None:
    assert BANK.chatter["open"].keys() == BANK.chatter["close"].keys() == set(MANNERS)
    for manner in MANNERS:
        told = spoken("my temperature is 38.6 and 101.5", manner, "UK", Random(1))
        assert re.findall(r"[\d.]+\d", told) == ["38.6", "101.5"]
    assert mistyped("temperature " * 20, Random(1)) != "temperature " * 20
    assert rough("the foot " * 20, Random(1)).split().count("the") < 12


# Who they are


def test_the_same_seed_is_the_same_patient_and_another_is_another() -> None:
    assert persona_of(7, KNOWLEDGE) == persona_of(7, KNOWLEDGE)
    assert persona_of(7, KNOWLEDGE) != persona_of(8, KNOWLEDGE)


def test_five_hundred_patients_hold_a_hundred_emergencies_every_sign_and_every_manner() -> None:
    everybody = personas()
    assert sum(each.expected is Urgency.EMERGENCY for each in everybody) >= 100
    assert {sign for each in everybody for sign in each.signs} == set(KNOWLEDGE.signs)
    assert {each.manner for each in everybody} == set(MANNERS)
    assert all(each.expected in MAY_BE[each.seed % len(MAY_BE)] for each in everybody)


def test_what_is_expected_can_be_found_by_asking() -> None:
    for each in personas():
        assert found_by_asking(each, KNOWLEDGE) is each.expected


def test_no_patient_has_a_story_that_contradicts_itself() -> None:
    for each in personas():
        facts, signs = each.facts, set(each.signs)
        implied = [IMPLIES.get(sign, {}) for sign in signs]
        assert all(facts[fact] == value for truth in implied for fact, value in truth.items())
        for sign in signs & FITTING_DAYS.keys():
            low, high = FITTING_DAYS[sign]
            assert low <= int(facts[LAST_INFUSION]) <= high
        assert not any(signs & some and signs & others for some, others in NOT_TOGETHER)
        if facts["temperature_c"] != DONT_KNOW and COMPARE[">="](float(facts["temperature_c"]), 38):
            assert facts["fever"] == "yes"


def test_the_tables_name_only_what_the_knowledge_has() -> None:
    signs, facts = set(KNOWLEDGE.signs), set(KNOWLEDGE.questions)
    assert {*IMPLIES, *FITTING_DAYS, *ALIKE, *(s for ways in ALIKE.values() for s in ways)} <= signs
    assert {fact for truth in IMPLIES.values() for fact in truth} | set(HARMLESS_NUMBERS) <= facts


# What they say


def test_a_patient_does_not_tell_all_signs_at_once() -> None:
    for each in personas():
        if len(each.signs) > 1:
            assert len(patient(each).opens().signs) < len(each.signs)


def test_every_sign_is_told_before_the_bot_sums_up() -> None:
    bot = Script((URGENT, listed("fever", "confusion")), (URGENT,), (SUMMARY,))
    who = persona("unexplained_bruising", "fatigue")
    told = {sign for each in met(bot, who).exchanges for sign in each.said.signs}
    assert told == set(who.signs)


def test_a_patient_stops_when_the_bot_sums_up() -> None:
    assert patient(persona("fatigue")).replies([SUMMARY]) is None


def test_a_yes_no_question_is_answered_as_it_is() -> None:
    for value in ("yes", "no"):
        who = patient(persona("unexplained_bruising", headache_present=value))
        who.opens()
        said = who.replies([URGENT, reply("Does your head ache?", *YES_NO)])
        assert said is not None and said.answers
        assert said.facts == {"headache_present": value}


def test_buttons_are_pressed_by_title_and_value_and_sometimes_not_at_all() -> None:
    bot = Script((URGENT, listed("fever", "confusion")), (SUMMARY,))
    item = KNOWLEDGE.questions["confusion"].item
    answers = set()
    for seed in range(60):
        who = persona("fatigue", manner="second_language", confusion="yes")
        met(bot, dataclasses.replace(who, seed=seed))
        answers.add(bot.heard[1])
    assert {item, item.capitalize()} <= answers
    own = answers - {item, item.capitalize()}
    assert own and all("confused" in each or "drowsy" in each for each in own)


def test_none_of_a_list_is_so_is_said_so() -> None:
    who = patient(persona("fatigue"))
    who.opens()
    said = who.replies([URGENT, listed("fever", "confusion")])
    assert said is not None and said.facts == {"fever": "no", "confusion": "no"}
    assert said.text in {*BANK.answers["none"], NONE_OF_THESE.title, NONE_OF_THESE.value}


def test_who_is_not_understood_says_it_in_other_words_and_gives_up_in_the_end() -> None:
    bot = Script((reply(RESPONSES.texts["utter_not_recognised"]),))
    meeting = met(bot, persona("fatigue"))
    assert 3 <= len(bot.heard) <= 6 and len(set(bot.heard)) == len(bot.heard)
    assert meeting.reached is None and is_under(meeting)


def test_a_question_put_in_other_words_is_known_again() -> None:
    item = KNOWLEDGE.questions["headache_present"].item
    again = EAR.asked([reply(f"I mean {item}. Is that so for you?", *YES_NO)])
    assert (again.asks, again.about) == (Asks.FACT, ("headache_present",))


def test_every_question_of_the_knowledge_is_understood() -> None:
    for id_, entry in KNOWLEDGE.questions.items():
        if entry.text:
            assert EAR.asked([reply(entry.text)]).about == (id_,)
    for sign in KNOWLEDGE.signs.values():
        guess = f"Do I understand you right: are you telling me about {sign.plain}?"
        assert EAR.asked([reply(guess, *YES_NO)]).about == (sign.id,)


# How it goes


def test_the_same_seed_is_the_same_conversation() -> None:
    for seed in (2, 5, 13):
        who = persona_of(seed, KNOWLEDGE)
        once, again = met(in_process(), who), met(in_process(), who)
        said = [[each.said.text for each in meeting.exchanges] for meeting in (once, again)]
        assert said[0] == said[1] and once.reached is again.reached


def test_an_emergency_that_was_told_must_be_met_in_the_next_reply() -> None:
    number = reply("Call 112 now.", urgency=Urgency.EMERGENCY)
    who = persona("chest_pain")
    assert met(Script((number, SUMMARY)), who).emergency == (0, True)
    assert met(Script((URGENT, number), (SUMMARY,)), who).emergency == (0, False)


def test_a_question_asked_again_after_its_answer_is_counted() -> None:
    asks = (URGENT, reply("Does your head ache?", *YES_NO))
    meeting = met(Script(asks, asks, (SUMMARY,)), persona("fatigue"))
    assert meeting.repeated == ("fact, headache_present",) and meeting.questions == 2


def test_silence_lateness_and_replies_without_a_way_to_a_person_are_counted() -> None:
    late = Script((reply("You should see to it.", urgency=Urgency.URGENT), SUMMARY))
    late.seconds = 8.5
    meeting = met(late, persona("fatigue"))
    assert meeting.silences == 1 and len(routeless(meeting, ROUTES)) == 1
    assert met(Script(()), persona("fatigue")).silences > 0
    assert routeless(met(Script((URGENT, SUMMARY)), persona("fatigue")), ROUTES) == []


def test_the_figures_tell_right_from_too_low_and_too_high_and_list_what_went_wrong() -> None:
    calm = reply("Tell 01632 960123 (example).", urgency=Urgency.ROUTINE)
    grave = reply("Call 112.", urgency=Urgency.EMERGENCY)
    low, right, high = (
        met(Script((each, SUMMARY)), persona("fatigue")) for each in (calm, URGENT, grave)
    )
    assert is_under(low) and is_right(right) and is_over(high)
    page = figures([low, right, high], ROUTES)
    assert "| strict under-triage | 1 of 3 | 33.3% |" in page
    assert "| over-triage | 1 of 3 |" in page
    wrong = failures([low, right, high], ROUTES, {})
    assert wrong.startswith("# 2 conversations of 3") and wrong.index("routine told") < wrong.index(
        "emergency told"
    )
    assert "Hidden: fatigue" in wrong and low.exchanges[0].said.text in wrong


def test_the_bot_of_this_process_reads_decides_and_never_stays_silent() -> None:
    bot = in_process()
    first = bot.say("I have bruises all over my legs").replies[0]
    assert first.urgency is Urgency.URGENT and CLINIC.phone in first.text
    assert any(each == "sign:unexplained_bruising" for each in bot.noted())
    bot.begin()
    assert bot.noted() == () and bot.say("la la la").replies


# Over the programs


def answering(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/api/conversations":
        return httpx.Response(201, json={"conversation_id": "c"})
    said = {"text": "Call 112.", "choices": [], "urgency": "emergency"}
    summed = {"text": SUMMARY.text, "choices": []}
    return httpx.Response(200, json={"message_id": "m", "replies": [said, summed]})


def test_the_programs_are_met_through_the_api_of_the_page() -> None:
    bot = Programs("http://chat", httpx.MockTransport(answering))
    bot.begin()
    heard = bot.say("my face droops")
    assert [each.urgency for each in heard.replies] == [Urgency.EMERGENCY, None]
    bot.close()


def test_a_problem_instead_of_replies_is_silence() -> None:
    def failing(request: httpx.Request) -> httpx.Response:
        return answering(request) if "conv" in request.url.path else httpx.Response(500, text="oh")

    bot = Programs("http://chat", httpx.MockTransport(failing))
    bot.begin()
    assert bot.say("hello").replies == ()


def test_a_bot_that_is_not_running_gets_a_plain_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    with pytest.raises(BotAway, match="make run"):
        Programs("http://127.0.0.1:9").begin()
    code = patients.main(
        ["--url", "http://127.0.0.1:9", "--conversations", "1", "--failures", f"{tmp_path}/f.md"]
    )
    told = capsys.readouterr()
    assert code == 1 and told.out == "" and "make run" in told.err and "Traceback" not in told.err


def test_a_short_run_in_this_process_prints_figures_and_writes_the_failures(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    arguments = ["--in-process", "--lexicon", "--conversations", "5"]
    before = (ROOT / "bench" / "results.md").read_bytes()
    assert patients.main([*arguments, "--failures", f"{tmp_path}/f.md"]) == 0
    assert "seeds 1 to 5" in capsys.readouterr().out
    assert (ROOT / "bench" / "results.md").read_bytes() == before
