"""One turn after the other: what a patient hears first, what is asked, and what is never lost."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.dialogue import (
    ADVICE,
    ANSWERS,
    CONTACT,
    HOW_TO_REACH_YOU,
    LONGEST_CONTACT,
    WHERE_ARE_YOU,
    Floor,
    take_up,
)
from bedside.knowledge import Knowledge, clinic_facts, load_responses
from bedside.language import Reader
from bedside.model import (
    DONT_KNOW,
    NO,
    YES,
    Assertion,
    Clinic,
    Parsed,
    Question,
    Report,
    Turn,
    Urgency,
)
from bedside.questions import next_question, question_about
from bedside.settings import ROOT, read_clinic
from bedside.triage import ACTIVE, CLARIFY, CONFIRM, assess
from tests.builders import (
    EMERGENCIES,
    FINDINGS,
    KNOWLEDGE,
    SIGNS,
    findings,
    guess,
    guesses,
    mention,
    mentions,
    parsed,
    report,
    reports,
    shared_reader,
)

BRUISES, STROKE = "unexplained_bruising", "stroke_signs"
INTENTS = [*ANSWERS, "report_symptom", "affirm", "deny", "dont_know", "nlu_fallback"]
NONSENSE = "qwertz uiop"
UNANSWERED = question_about("headache_present", KNOWLEDGE)
RESPONSES = load_responses()
FACTS = clinic_facts(
    read_clinic(ROOT / "tests" / "clinic.yml"),
    KNOWLEDGE,
    datetime.fromisoformat("2026-11-25T10:00+00:00"),
)


class Talk:
    """A conversation: each message with the report and question that the last one left."""

    def __init__(self, reader: Reader, knowledge: Knowledge) -> None:
        self._reader, self._knowledge = reader, knowledge
        self.report, self.question = Report(), None
        self.turn: Turn | None = None

    def hears(self, text: str, intent: str = "report_symptom") -> list[str]:
        """The responses to `text`, by name."""
        return self.take(self._reader.read(text, intent=intent))

    def take(self, heard: Parsed) -> list[str]:
        self.turn = take_up(self.report, heard, self.question, self._knowledge)
        self.report, self.question = self.turn.report, self.turn.question
        return [say.response for say in self.turn.says]

    @property
    def asks(self) -> str | None:
        return self.question and self.question.id

    @property
    def urgency(self) -> str | None:
        urgency = assess(self.report, self._knowledge).urgency
        return None if urgency is None else urgency.word


@pytest.fixture
def talk(knowledge: Knowledge) -> Talk:
    return Talk(shared_reader(), knowledge)


# The first message


@pytest.mark.parametrize(
    ("text", "intent", "responses"),
    [
        ("I have bruises", "report_symptom", ["utter_urgent", "utter_question"]),
        (
            "my chest hurts",
            "report_symptom",
            ["utter_emergency", "utter_recorded", "utter_question"],
        ),
        ("MY FACE IS DROOPING", "", ["utter_emergency", "utter_recorded", "utter_question"]),
        (
            "maybe chest pain",
            "report_symptom",
            ["utter_emergency_possible", "utter_recorded", "utter_question"],
        ),
        ("no fever", "report_symptom", ["utter_denied"]),
        ("I used to get nosebleeds as a child", "report_symptom", ["utter_past"]),
        ("my mum had a mini stroke", "report_symptom", ["utter_someone_else"]),
        ("what if I get a fever?", "ask_about_lemtrada", ["utter_about_lemtrada"]),
        ("what is Lemtrada?", "ask_about_lemtrada", ["utter_about_lemtrada"]),
        ("hello", "greet", ["utter_greet"]),
        ("hello, I have bruises", "greet", ["utter_urgent", "utter_question"]),
        ("can I have a drink", "ask_about_medicine", ["utter_medicine"]),
        ("I want a person", "request_human", ["utter_human"]),
        (
            "I want a person, I have bruises",
            "request_human",
            ["utter_urgent", "utter_human", "utter_question"],
        ),
        (NONSENSE, "report_symptom", ["utter_not_recognised"]),
        (NONSENSE, "nlu_fallback", ["utter_not_recognised"]),
        ("ok", "affirm", ["utter_not_recognised"]),
    ],
)
def test_a_first_message_is_answered(
    talk: Talk, text: str, intent: str, responses: list[str]
) -> None:
    assert talk.hears(text, intent) == responses


@pytest.mark.parametrize("intent", ANSWERS)
def test_an_intent_with_an_answer_gets_it_and_is_no_report(talk: Talk, intent: str) -> None:
    assert ANSWERS[intent] in talk.take(Parsed(text=NONSENSE, intent=intent))
    assert talk.urgency is None


def test_the_advice_names_what_the_patient_wrote(talk: Talk) -> None:
    talk.hears("I have bruises and my gums bleed and I am so tired")
    assert talk.turn.says[0].facts["signs"] == "bruises, bleeding and tiredness"


# The red-flag questions, one at a time


def test_a_patient_with_bruises_is_asked_the_red_flags_and_then_how_to_be_reached(
    talk: Talk,
) -> None:
    talk.hears("I have bruises")
    asked = []
    while talk.asks in FINDINGS:
        asked.append(talk.asks)
        assert talk.hears("no", "deny")[-1] == "utter_question"
    assert asked == ["headache_present", "head_injury", "fever", "confusion"]
    assert talk.question.text == HOW_TO_REACH_YOU
    assert talk.hears("Anna, 07700 900123", "report_symptom") == ["utter_summary"]
    assert (talk.asks, talk.urgency) == (None, "urgent")
    assert talk.report.answers[CONTACT] == "Anna, 07700 900123"


@pytest.mark.parametrize("answer", ["yes", "a bit", "my head is killing me", "Yes, since Monday"])
def test_a_yes_to_a_red_flag_is_an_emergency_at_once(talk: Talk, answer: str) -> None:
    talk.hears("I have bruises")
    assert talk.hears(answer, "affirm")[0] == "utter_emergency"
    assert talk.question.text == WHERE_ARE_YOU


@pytest.mark.parametrize(
    ("answer", "value"), [("no", NO), ("I don't know", DONT_KNOW), ("no headache", NO)]
)
def test_another_answer_is_kept_and_the_next_question_asked(
    talk: Talk, answer: str, value: str
) -> None:
    talk.hears("I have bruises")
    talk.hears(answer, "deny")
    state = talk.report.answers["headache_present"]
    assert (state, talk.asks, talk.urgency) == (value, "head_injury", "urgent")


def test_what_was_told_before_is_not_asked_again(talk: Talk) -> None:
    talk.hears("bruises, no headache, no fever, and I did not fall")
    assert talk.asks == "head_injury"
    talk.hears("no", "deny")
    assert talk.asks == "confusion"


def test_an_answer_that_is_none_is_asked_for_once_more_and_then_left(talk: Talk) -> None:
    talk.hears("I have bruises")
    assert talk.hears(NONSENSE, "nlu_fallback") == ["utter_once_more", "utter_question"]
    assert (talk.asks, talk.question.attempt) == ("headache_present", 2)
    talk.hears(NONSENSE, "nlu_fallback")
    assert talk.report.answers["headache_present"] == DONT_KNOW
    assert talk.asks == "head_injury"


@pytest.mark.parametrize("intent", ["ask_about_lemtrada", "request_human", "thank"])
def test_a_question_of_the_patients_own_is_answered_and_ours_asked_again(
    talk: Talk, intent: str
) -> None:
    talk.hears("I have bruises")
    for _ in range(3):
        said = talk.hears("what about the other thing", intent)
        assert said == [ANSWERS[intent], "utter_question"]
        assert (talk.asks, talk.question.attempt) == ("headache_present", 1)


@pytest.mark.parametrize("answer", ["no", "no headache", "I don't know"])
def test_who_said_yes_and_then_no_is_still_believed(talk: Talk, answer: str) -> None:
    talk.hears("I have bruises")
    question = talk.question
    talk.hears("yes", "affirm")
    talk.question = question  # put a second time, such as by a message that came late
    talk.hears(answer, "deny")
    assert (talk.report.answers["headache_present"], talk.urgency) == (YES, "emergency")


# Emergencies come first, whatever was going on


@pytest.mark.parametrize("before", [[], ["I have bruises"], ["I have bruises", "no", "no"]])
@pytest.mark.parametrize(
    "text",
    [
        "my face is drooping",
        "no but I can't breathe",
        "CHEST PAIN",
        "no headache but my chest hurts",
    ],
)
def test_an_emergency_in_the_middle_of_a_question_speaks_first(
    talk: Talk, before: list[str], text: str
) -> None:
    for message in before:
        talk.hears(message)
    assert talk.hears(text, "deny")[0] == "utter_emergency"


def test_an_emergency_in_place_of_a_phone_number_speaks_first(talk: Talk) -> None:
    talk.hears("I have a sore throat")
    while talk.asks != CONTACT:
        talk.hears("no", "deny")
    assert talk.hears("I can't breathe")[0] == "utter_emergency"
    assert CONTACT not in talk.report.answers


def test_a_possible_emergency_says_if_this_is_happening_now(talk: Talk) -> None:
    assert talk.take(parsed("half of me feels odd", guess(STROKE)))[0] == "utter_emergency_possible"
    first = RESPONSES.say(talk.turn.says[0], FACTS).text
    assert first.startswith("If this is happening now,")
    assert "999" in first.split(".")[0]


def test_an_emergency_told_again_is_answered_with_the_number_again(talk: Talk) -> None:
    talk.hears("my chest hurts")
    assert talk.hears("my chest still hurts")[0] == "utter_emergency"


def test_after_an_emergency_another_sign_is_told_to_call_first(talk: Talk) -> None:
    talk.hears("my chest hurts")
    assert talk.hears("and I have bruises")[0] == "utter_emergency_again"


def test_in_an_emergency_the_patient_is_asked_where_they_are_and_nothing_else(talk: Talk) -> None:
    talk.hears("my chest hurts")
    assert talk.question.text == WHERE_ARE_YOU
    assert talk.hears("at home, 3 Mill Lane, alone") == ["utter_emergency_again", "utter_summary"]
    assert talk.asks is None


# Signs that were only guessed


def test_a_guessed_sign_is_asked_about_before_any_advice(talk: Talk) -> None:
    assert talk.take(parsed("odd marks", guess(BRUISES))) == ["utter_confirm"]
    assert (talk.asks, talk.urgency) == (CONFIRM + BRUISES, "unclear")


def test_a_guessed_sign_is_dropped_by_a_no_and_other_words_are_asked_for(talk: Talk) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears("no", "deny") == ["utter_not_recognised"]
    assert (talk.asks, talk.urgency) == ("clarify", None)


def test_a_guessed_sign_is_kept_by_a_yes(talk: Talk) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears("yes", "affirm") == ["utter_urgent", "utter_question"]
    assert (talk.asks, talk.urgency) == ("headache_present", "urgent")


def test_a_guessed_sign_is_kept_when_the_patient_says_it_in_plain_words(talk: Talk) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears("they are bruises")[0] == "utter_urgent"
    assert talk.urgency == "urgent"


def test_a_guessed_sign_that_nobody_could_clear_up_is_for_the_team_today(talk: Talk) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears(NONSENSE, "nlu_fallback") == ["utter_once_more", "utter_confirm"]
    assert talk.hears(NONSENSE, "nlu_fallback")[0] == "utter_urgent"
    assert talk.urgency == "urgent"


def test_who_does_not_know_whether_it_is_the_guessed_sign_is_for_the_team_today(
    talk: Talk,
) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears("I don't know", "dont_know")[0] == "utter_urgent"


# Not understood


def test_who_is_not_understood_twice_is_sent_to_a_person(talk: Talk) -> None:
    assert talk.hears(NONSENSE) == ["utter_not_recognised"]
    assert talk.asks == CLARIFY
    assert talk.hears(NONSENSE)[0] == "utter_unclear"
    assert talk.urgency == "urgent"


def test_who_is_understood_the_second_time_is_advised(talk: Talk) -> None:
    talk.hears(NONSENSE)
    assert talk.hears("I mean bruises")[0] == "utter_urgent"


def test_small_talk_twice_is_no_report(talk: Talk) -> None:
    for _ in range(3):
        assert talk.hears("what lovely weather", "small_talk") == ["utter_small_talk"]
    assert talk.urgency is None


# How to be reached


@pytest.mark.parametrize("text", ["skip", "Anna", "hello", "no", "07700 900123", "x" * 500])
@pytest.mark.parametrize(
    "intent", ["greet", "report_symptom", "out_of_scope", "deny", "small_talk"]
)
def test_whatever_is_written_for_a_name_is_kept_and_ends_the_questions(
    talk: Talk, text: str, intent: str
) -> None:
    talk.report = report(mention("chest_pain"))
    talk.question = Question(id=CONTACT, about=CONTACT, text=WHERE_ARE_YOU)
    assert talk.hears(text, intent) == ["utter_emergency_again", "utter_summary"]
    assert talk.report.answers[CONTACT] == text[:LONGEST_CONTACT]
    assert talk.question is None


def test_a_patient_who_goes_on_talking_after_the_summary_is_still_heard(talk: Talk) -> None:
    talk.hears("my chest hurts")
    talk.hears("at home")
    assert talk.hears("thank you", "thank") == ["utter_emergency_again", "utter_thank"]
    assert talk.hears(NONSENSE)
    assert talk.hears("now my face is drooping")[0] == "utter_emergency"


# The floor


@pytest.fixture(scope="module")
def floor(knowledge: Knowledge) -> Floor:
    return Floor(knowledge)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("CAN'T BREATHE", Urgency.EMERGENCY),
        ("my speech is slurred", Urgency.EMERGENCY),
        ("bruises all over", Urgency.URGENT),
        ("no bruises", None),
        ("hello", None),
    ],
)
def test_the_floor_alone_knows_what_is_certain(
    floor: Floor, text: str, urgency: Urgency | None
) -> None:
    heard, turn = floor.take_up(Report(), text, None)
    assert (heard.text, turn.spoken_urgency) == (text, urgency)


# What holds for every turn

heard_messages = st.builds(
    Parsed,
    text=st.sampled_from(["", "yes", "Anna", NONSENSE]),
    intent=st.sampled_from(INTENTS),
    mentions=st.lists(mentions | guesses, max_size=2).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    reply=st.sampled_from([None, YES, NO, DONT_KNOW]),
)
pending = st.none() | st.sampled_from(
    [
        *(question_about(name, KNOWLEDGE) for name in FINDINGS),
        next_question(report(guess(BRUISES)), KNOWLEDGE),
        Question(id=CONTACT, about=CONTACT, text=HOW_TO_REACH_YOU),
        Question(id=CLARIFY, about="", text=""),
    ]
)
any_turn = st.tuples(reports, heard_messages, pending)


@given(st.lists(heard_messages, min_size=1, max_size=7))
@settings(max_examples=40, deadline=None)
def test_within_a_conversation_the_urgency_never_falls(messages: list[Parsed]) -> None:
    told, question, highest = Report(), None, Urgency.UNCLEAR
    for message in messages:
        turn = take_up(told, message, question, KNOWLEDGE)
        told, question = turn.report, turn.question
        # Below `expected` there is only a guess, which the patient may take back.
        now = turn.assessment.urgency or Urgency.UNCLEAR
        assert now >= highest
        highest = now


@given(any_turn)
@settings(max_examples=40, deadline=None)
def test_a_message_with_an_intent_is_never_met_with_silence(now) -> None:
    told, message, question = now
    assert take_up(told, message, question, KNOWLEDGE).says


@given(any_turn)
@settings(max_examples=40, deadline=None)
def test_everything_said_has_words_and_the_urgency_of_the_domain(now) -> None:
    told, message, question = now
    for say in take_up(told, message, question, KNOWLEDGE).says:
        assert RESPONSES.say(say, FACTS).text
        assert say.urgency == RESPONSES.urgencies.get(say.response)


@given(any_turn, st.sampled_from(EMERGENCIES), st.sampled_from(["present", "possible", "guessed"]))
@settings(max_examples=40, deadline=None)
def test_a_message_with_an_emergency_sign_is_answered_with_the_number_first(
    now, sign: str, how: str
) -> None:
    told, message, question = now
    said = guess(sign) if how == "guessed" else mention(sign, how)
    heard = Parsed(text="x", intent=message.intent, mentions=(*message.mentions, said))
    first = take_up(told, heard, question, KNOWLEDGE).says[0]
    assert first.urgency is Urgency.EMERGENCY
    assert "999" in RESPONSES.say(first, FACTS).text.split(". ")[0]


@given(any_turn)
@settings(max_examples=40, deadline=None)
def test_when_the_urgency_rises_the_first_words_say_so(now) -> None:
    told, message, question = now
    before = assess(told, KNOWLEDGE).urgency
    turn = take_up(told, message, question, KNOWLEDGE)
    rises = turn.assessment.urgency in ADVICE and turn.assessment.urgency > (before or 0)
    if rises:
        assert turn.says[0].urgency == turn.assessment.urgency


@given(any_turn)
@settings(max_examples=40, deadline=None)
def test_at_most_one_question_is_asked_and_it_comes_last(now) -> None:
    told, message, question = now
    turn = take_up(told, message, question, KNOWLEDGE)
    asked = [
        i for i, say in enumerate(turn.says) if say.response in ("utter_question", "utter_confirm")
    ]
    put = turn.question is not None and turn.question.id != CLARIFY
    assert asked == ([len(turn.says) - 1] if put else [])


@given(any_turn)
@settings(max_examples=40, deadline=None)
def test_how_to_be_reached_is_asked_last_and_of_nobody_who_is_not_waited_for(now) -> None:
    told, message, question = now
    turn = take_up(told, message, question, KNOWLEDGE)
    if turn.question is not None and turn.question.id == CONTACT:
        assert next_question(turn.report, KNOWLEDGE) is None
        assert turn.assessment.urgency >= Urgency.PROMPT


@given(any_turn)
@settings(max_examples=40, deadline=None)
def test_nothing_a_patient_told_is_lost(now) -> None:
    told, message, question = now
    after = take_up(told, message, question, KNOWLEDGE).report
    assert after.mentions == (*told.mentions, *message.mentions)
    assert after.findings == (*told.findings, *message.findings)
    assert set(after.answers) >= set(told.answers)
    assert {name for name, value in told.answers.items() if value == YES} <= {
        name for name, value in after.answers.items() if value == YES
    }


@given(any_turn)
@settings(max_examples=40, deadline=None)
def test_the_same_turn_taken_up_twice_is_the_same(now) -> None:
    assert take_up(*now, KNOWLEDGE) == take_up(*now, KNOWLEDGE)


@given(reports, st.lists(st.sampled_from([YES, NO, DONT_KNOW, None]), min_size=3, max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_conversation_comes_to_an_end_whatever_is_answered(
    told: Report, replies: list[str | None]
) -> None:
    most = 2 * (len(SIGNS) + len(FINDINGS) + 1)
    question = None
    for turn_number in range(most):
        heard = Parsed(text="x", intent="affirm", reply=replies[turn_number % 3])
        turn = take_up(told, heard, question, KNOWLEDGE)
        told, question = turn.report, turn.question
        if question is None or question.id == CLARIFY:
            return
    raise AssertionError(f"still asking for {question.id}")


@given(st.lists(st.sampled_from(SIGNS), min_size=1))
@settings(max_examples=20, deadline=None)
def test_who_denies_everything_is_not_advised(signs: list[str]) -> None:
    denied = [mention(sign, Assertion.ABSENT) for sign in signs]
    turn = take_up(Report(), parsed("no", *denied, intent="deny", reply=NO), None, KNOWLEDGE)
    assert turn.spoken_urgency is None and turn.assessment.urgency is None


def test_active_is_what_a_patient_has_or_may_have() -> None:
    assert set(ACTIVE) == {Assertion.PRESENT, Assertion.POSSIBLE}


def test_the_clinic_of_these_tests_is_open(clinic: Clinic, now: datetime) -> None:
    assert clinic.is_open(now)
