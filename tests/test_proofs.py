"""What no report can make triage do, and what questioning always does: proved over generated reports."""

from __future__ import annotations

import dataclasses
import random

from hypothesis import assume, given
from hypothesis import strategies as st

from bedside.dialogue import take_up
from bedside.facts import RECENT_DAYS, Facts, facts_of
from bedside.knowledge import Atom, Is, Kind, Rule
from bedside.model import DONT_KNOW, NO, YES, Days, Finding, Mention, Parsed, Report, Urgency
from bedside.questions import next_question, open_facts
from bedside.triage import CONFIRM, assess, weigh
from tests.builders import (
    ASKED,
    EMERGENCIES,
    KNOWLEDGE,
    SIGNS,
    TODAY,
    UNDATED,
    fact_answers,
    finding,
    findings,
    guesses,
    mention,
    mentions,
    parsed,
    report,
    reports,
    values_of,
)

LOWEST = -1
# A truthful patient asked one question a turn has answered them all long before that.
MOST_QUESTIONS = 120
MILDER = [sign for sign in SIGNS if sign not in EMERGENCIES]


def height(told: Report) -> int:
    """The urgency as a number; nothing reported stands below everything."""
    urgency = assess(told, KNOWLEDGE).urgency
    return LOWEST if urgency is None else urgency


# Nothing lowers


@given(reports, st.sampled_from(SIGNS))
def test_a_present_sign_never_lowers(told: Report, sign: str) -> None:
    more = dataclasses.replace(told, mentions=(*told.mentions, mention(sign)))
    assert height(more) >= height(told)


@given(reports, findings)
def test_a_finding_never_lowers(told: Report, heard: Finding) -> None:
    more = dataclasses.replace(told, findings=(*told.findings, heard))
    assert height(more) >= height(told)


@given(reports, st.data())
def test_an_answer_to_an_open_question_never_lowers(told: Report, data: st.DataObject) -> None:
    fact = data.draw(st.sampled_from(UNDATED))
    assume(fact not in told.answers)
    answered = {**told.answers, fact: data.draw(values_of(fact))}
    assert height(dataclasses.replace(told, answers=answered)) >= height(told)


@given(reports, mentions | guesses)
def test_another_mention_never_lowers_whatever_is_said_of_it(told: Report, heard: Mention) -> None:
    more = dataclasses.replace(told, mentions=(*told.mentions, heard))
    assert height(more) >= height(told)


@given(reports, st.sampled_from(["days_since_last_blood_test", "days_since_last_thyroid_test"]))
def test_not_knowing_a_date_never_lowers(told: Report, fact: str) -> None:
    assume(fact not in told.clock and fact not in told.answers)
    answered = dataclasses.replace(told, answers={**told.answers, fact: DONT_KNOW})
    assert height(answered) >= height(told)


@given(reports)
def test_an_infusion_day_that_is_not_known_is_never_below_a_known_one(told: Report) -> None:
    fact = "days_since_last_infusion"
    clock = {key: days for key, days in told.clock.items() if key != fact}
    unknown = dataclasses.replace(told, clock=clock, answers={**told.answers, fact: DONT_KNOW})
    for day in (0, 3, 28, 1461, 3000):
        known = dataclasses.replace(told, clock={**clock, fact: Days(earliest=day, latest=day)})
        assert height(unknown) >= height(known)


@given(reports, st.lists(mentions | guesses, max_size=3), st.sampled_from([None, YES, NO]))
def test_a_turn_never_lowers(told: Report, heard: list[Mention], reply: str | None) -> None:
    message = parsed("words", *heard, reply=reply)
    pending = next_question(told, KNOWLEDGE)
    turn = take_up(told, message, pending, KNOWLEDGE, TODAY)
    assert (turn.assessment.urgency or Urgency.UNCLEAR) >= max(height(told), Urgency.UNCLEAR)


# Nothing raises that was not reported


@given(
    reports,
    st.sampled_from(SIGNS),
    st.sampled_from(["absent", "historical", "hypothetical", "someone_else"]),
    st.none() | st.floats(RECENT_DAYS + 0.1, 4000),
)
def test_what_is_denied_past_supposed_or_anothers_never_raises(
    told: Report, sign: str, assertion: str, days_ago: float | None
) -> None:
    heard = mention(sign, assertion, days_ago=days_ago)
    more = dataclasses.replace(told, mentions=(*told.mentions, heard))
    assert height(more) == height(told)


@given(reports, st.randoms())
def test_the_order_of_what_was_told_does_not_matter(told: Report, dice: random.Random) -> None:
    shuffled = dataclasses.replace(
        told,
        mentions=tuple(dice.sample(told.mentions, len(told.mentions))),
        findings=tuple(dice.sample(told.findings, len(told.findings))),
        details=tuple(dice.sample(told.details, len(told.details))),
        earlier=tuple(dice.sample(told.earlier, len(told.earlier))),
    )
    one, other = assess(told, KNOWLEDGE), assess(shuffled, KNOWLEDGE)
    assert one.urgency == other.urgency
    assert one.advice == other.advice
    assert {reason.rule for reason in one.reasons} == {reason.rule for reason in other.reasons}


# Total and deterministic


@given(reports)
def test_every_report_has_one_assessment_with_its_reasons(told: Report) -> None:
    once, twice = assess(told, KNOWLEDGE), assess(told, KNOWLEDGE)
    assert once == twice
    assert (once.urgency is None) == (not once.reasons)
    for reason in once.reasons:
        assert reason.why and reason.sources
        assert all(source.id in KNOWLEDGE.register for source in reason.sources)


# Questions


def completed(told: Report, values: dict[str, str]) -> Report:
    return dataclasses.replace(told, answers={**told.answers, **values})


asked_reports = st.builds(
    lambda signs, heard, known: report(*map(mention, signs), *heard, answers=known),
    st.lists(st.sampled_from(MILDER), min_size=1, max_size=2, unique=True),
    st.lists(findings, max_size=1),
    fact_answers,
)


@given(asked_reports)
def test_every_question_could_have_raised_the_urgency(told: Report) -> None:
    """There is a completion of the open answers that raises, and does not without this answer."""
    question = next_question(told, KNOWLEDGE)
    for fact in question.about if question else ():
        assert any(_raises_by(told, fact, rule) for rule in KNOWLEDGE.rules()), fact


def _raises_by(told: Report, fact: str, rule: Rule) -> bool:
    """Whether `rule` raises when its open facts, `fact` among them, are answered, and not without."""
    known = facts_of(told, KNOWLEDGE)
    chosen: dict[str, Atom] = {}
    for condition in rule.when:
        if known.holds(condition):
            continue
        atoms = [a for a in condition.atoms if a.what is Is.FACT and a.name not in known.settled]
        if not atoms:
            return False
        atom = next((a for a in atoms if a.name == fact), atoms[0])
        chosen[atom.name] = atom
    if fact not in chosen:
        return False
    full = _with_atoms(told, chosen)
    rest = _with_atoms(told, {name: atom for name, atom in chosen.items() if name != fact})
    return height(full) > height(told) and height(full) > height(rest)


def _with_atoms(told: Report, atoms: dict[str, Atom]) -> Report:
    clock, given_answers = dict(told.clock), dict(told.answers)
    for name, atom in atoms.items():
        if KNOWLEDGE.questions[name].kind is Kind.DAYS_AGO:
            clock[name] = _days_for(atom)
        else:
            given_answers[name] = atom.value if atom.op == "=" else f"{_number_for(atom):g}"
    return dataclasses.replace(told, clock=clock, answers=given_answers)


def _number_for(atom: Atom) -> float:
    return atom.number + {"<": -0.5, ">": 0.5}.get(atom.op, 0.0)


def _days_for(atom: Atom) -> Days:
    day = int(atom.number) + (1 if atom.op == ">" else 0)
    return Days(earliest=day, latest=day)


class Patient:
    """Knows the truth about every fact, and answers what is asked."""

    def __init__(self, dice: random.Random, *, ill: float) -> None:
        self.truth: dict[str, str] = {}
        self.days: dict[str, Days] = {}
        for fact in ASKED:
            entry = KNOWLEDGE.questions[fact]
            if entry.kind is Kind.DAYS_AGO:
                day = dice.choice([0, 1, 3, 7, 28, 60, 61, 120, 400, 1461, 2000])
                self.days[fact] = Days(earliest=day, latest=day)
            elif entry.kind is Kind.NUMBER:
                self.truth[fact] = f"{dice.uniform(entry.lowest, entry.highest):.1f}"
            elif entry.kind is Kind.CHOICE:
                self.truth[fact] = dice.choice(list(entry.choices))
            else:
                worse = entry.worse or YES
                is_ill = dice.random() < ill
                self.truth[fact] = worse if is_ill else (NO if worse == YES else YES)
        self._agree()

    def _agree(self) -> None:
        """What one truth says another may not deny: 38.5 °C is a fever, two days are 48 hours."""
        self.truth["duration_days"] = f"{float(self.truth['duration_hours']) / 24:.2f}"
        self.truth["severity_0_10"] = self.truth["pain_severity"]
        facts = facts_of(self.answers(Report(), tuple(ASKED)), KNOWLEDGE)
        for entry in KNOWLEDGE.implied:
            if entry.id in self.truth and f"{entry.id} = {entry.worse or YES}" in facts.true:
                self.truth[entry.id] = entry.worse or YES

    def answers(self, told: Report, about: tuple[str, ...]) -> Report:
        clock = {fact: self.days[fact] for fact in about if fact in self.days}
        known = {fact: self.truth[fact] for fact in about if fact in self.truth}
        return dataclasses.replace(
            told, clock={**told.clock, **clock}, answers={**told.answers, **known}
        )


def makes_sense(fact: str, facts: Facts) -> bool:
    """Whether the question can be put to this patient: who writes can be woken."""
    when = KNOWLEDGE.questions[fact].asked_when
    return when is None or facts.holds(when)


def questioned(told: Report, patient: Patient) -> tuple[Report, int]:
    """The report after every question was answered, and how many there were."""
    for asked in range(MOST_QUESTIONS):
        question = next_question(told, KNOWLEDGE)
        if question is None:
            return told, asked
        if question.id.startswith(CONFIRM):
            told = completed(told, {CONFIRM + sign: YES for sign in question.about})
        else:
            told = patient.answers(told, question.about)
    raise AssertionError("the questions do not end")


signs_only = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=3, unique=True)


@given(signs_only, st.randoms(use_true_random=False), st.sampled_from([0.0, 0.1, 0.3]))
def test_every_rule_that_was_reached_fires_for_a_truthful_patient(
    signs: list[str], dice: random.Random, ill: float
) -> None:
    patient = Patient(dice, ill=ill)
    told, _ = questioned(report(*(mention(sign) for sign in signs)), patient)
    reached, _ = weigh(told, KNOWLEDGE)
    everything = patient.answers(told, tuple(fact for fact in ASKED if makes_sense(fact, reached)))
    truth, _ = weigh(everything, KNOWLEDGE)
    for rule in KNOWLEDGE.rules():
        is_own = rule.sign in reached.signs
        is_reached = not rule.sign and any(map(reached.holds, rule.when))
        if (is_own or is_reached) and all(map(truth.holds, rule.when)):
            assert height(told) >= rule.to, rule.id


@given(reports, st.randoms(use_true_random=False))
def test_the_questions_end_and_leave_nothing_open(told: Report, dice: random.Random) -> None:
    finished, asked = questioned(told, Patient(dice, ill=0.1))
    assert open_facts(finished, KNOWLEDGE) == () and asked < MOST_QUESTIONS


@given(reports)
def test_no_answer_that_is_known_is_asked_for(told: Report) -> None:
    question = next_question(told, KNOWLEDGE)
    if question is not None and not question.id.startswith(CONFIRM):
        assert facts_of(told, KNOWLEDGE).settled.isdisjoint(question.about)


@given(reports)
def test_in_an_emergency_nothing_is_asked_that_could_not_raise_it(told: Report) -> None:
    if assess(told, KNOWLEDGE).urgency is Urgency.EMERGENCY:
        assert next_question(told, KNOWLEDGE) is None


@given(reports, st.text(max_size=40))
def test_whatever_is_written_next_there_is_a_turn(told: Report, text: str) -> None:
    pending = next_question(told, KNOWLEDGE)
    turn = take_up(told, Parsed(text=text, intent="report_symptom"), pending, KNOWLEDGE, TODAY)
    assert turn.says


def test_the_words_of_a_fact_that_was_told_are_kept() -> None:
    told = report(mention("unexplained_bruising", text="bruises"), finding("fever"))
    reason = assess(told, KNOWLEDGE).reasons[0]
    assert reason.rule == "RF03_bleed_plus_fever" or reason.urgency is Urgency.EMERGENCY
