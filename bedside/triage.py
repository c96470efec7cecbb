"""From a report to an urgency, with the reasons.

Pure: no clock, no database, no network. What is present or possible raises; what is absent, past,
supposed or somebody else's does not count. Only one thing lowers: an infusion reaction that is known
to be inside its window, alone, and meant as written, is `expected`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bedside.facts import (
    CONFIRM,
    RECENT_DAYS,
    Facts,
    active,
    facts_of,
    is_guess,
    is_recent,
    known,
    needs_confirming,
)
from bedside.knowledge import Knowledge, Rule, Sign
from bedside.model import (
    CORRECTED,
    DONT_KNOW,
    LAST_INFUSION,
    YES,
    Advice,
    Assertion,
    Assessment,
    EarlierSign,
    Mention,
    Reason,
    Report,
    Source,
    Urgency,
)

__all__ = ["CLARIFY", "CONFIRM", "active", "assess", "is_guess", "needs_confirming"]

CLARIFY = "clarify"
REACHED_BEFORE = "reached_before"
PROPOSAL = (Source(id="PROPOSAL"),)
# The same sign again after advice is one step more urgent (a proposal of the draft). Only one that is
# also worse makes an urgent sign an emergency: sending everybody who writes twice to the ambulance
# would teach patients to write once.
AGAIN = {
    Urgency.UNCLEAR: Urgency.PROMPT,
    Urgency.EXPECTED: Urgency.PROMPT,
    Urgency.ROUTINE: Urgency.PROMPT,
    Urgency.PROMPT: Urgency.URGENT,
    Urgency.URGENT: Urgency.URGENT,
    Urgency.EMERGENCY: Urgency.EMERGENCY,
}
BY_URGENCY = {
    Urgency.UNCLEAR: Advice.NONE,
    Urgency.EXPECTED: Advice.EXPECTED,
    Urgency.ROUTINE: Advice.ROUTINE,
    Urgency.PROMPT: Advice.PROMPT,
    Urgency.URGENT: Advice.URGENT,
    Urgency.EMERGENCY: Advice.EMERGENCY,
}


def assess(report: Report, knowledge: Knowledge) -> Assessment:
    """The urgency of `report` and why. Total: signs that the knowledge does not have are left out."""
    return judge(report, knowledge)[1]


def judge(report: Report, knowledge: Knowledge) -> tuple[Facts, Assessment]:
    """The assessment of `report` together with the facts it was made from."""
    report = known(report, knowledge)
    facts, fired = weigh(report, knowledge)
    found = [
        *_signs(facts),
        *_raises(facts, fired),
        *_again(facts, report),
        *_guesses(report, knowledge),
        *_unclear(report),
    ]
    found += _reached_before(report, max((each.urgency for each in found), default=None))
    if not found:
        return facts, Assessment(urgency=None)
    reasons = tuple(sorted(found, key=lambda reason: -reason.urgency))
    urgency = reasons[0].urgency
    only_possible = _rests_on_possible(report, reasons, urgency)
    return facts, Assessment(
        urgency=urgency,
        reasons=reasons,
        advice=_advice(facts, fired, reasons, only_possible),
        only_possible=only_possible,
    )


def weigh(report: Report, knowledge: Knowledge) -> tuple[Facts, list[Rule]]:
    """The facts of `report` with the urgency of each sign, and the rules that hold."""
    facts = facts_of(report, knowledge)
    outside = {
        sign: max(_urgency_of(mention, knowledge) for mention in mentions)
        for sign, mentions in facts.signs.items()
    }
    inside = {sign: Urgency.EXPECTED for sign in facts.signs if _in_window(sign, facts)}
    facts.urgencies = outside | inside
    fired = _fired(facts)
    if inside and not _is_alone(facts, fired, report):
        facts.urgencies = outside
        fired = _fired(facts)
    return facts, fired


def reached(facts: Facts, fired: Iterable[Rule]) -> dict[str, Urgency]:
    """What each sign has come to by its own rules among `fired`."""
    urgencies = dict(facts.urgencies)
    for rule in fired:
        if rule.sign:
            urgencies[rule.sign] = max(urgencies[rule.sign], rule.to)
    return urgencies


def _fired(facts: Facts) -> list[Rule]:
    """The rules that hold: the signs' own, and then the combinations, which look at what those raised."""
    rules = (rule for sign in facts.signs for rule in facts.knowledge.signs[sign].rules)
    own = [rule for rule in rules if all(map(facts.holds, rule.when))]
    facts.weigh(reached(facts, own))
    combined = facts.knowledge.combinations.values()
    return [*own, *(rule for rule in combined if all(map(facts.holds, rule.when)))]


def _urgency_of(mention: Mention, knowledge: Knowledge) -> Urgency:
    """The sign's own urgency; one that has gone is still told within two days."""
    urgency = knowledge.signs[mention.sign].urgency
    return max(urgency, Urgency.PROMPT) if is_recent(mention) else urgency


def _in_window(sign: str, facts: Facts) -> bool:
    """Whether the sign can be part of the last infusion: every day that it may have been is inside."""
    until = facts.knowledge.signs[sign].expected_until_day
    days = facts.clock.get(LAST_INFUSION)
    if until is None or days is None or days.latest is None:
        return False
    surely = all(mention.assertion is Assertion.PRESENT for mention in facts.signs[sign])
    return days.latest <= until and surely


def _is_alone(facts: Facts, fired: list[Rule], report: Report) -> bool:
    """Whether nothing above routine was reported or fired, and nothing is only guessed."""
    urgencies = (*facts.urgencies.values(), *(rule.to for rule in fired))
    guessed = any(needs_confirming(each, report, facts.knowledge) for each in active(report))
    return max(urgencies) <= Urgency.ROUTINE and not guessed


def _signs(facts: Facts) -> Iterator[Reason]:
    for sign, urgency in facts.urgencies.items():
        yield _of_sign(facts.knowledge.signs[sign], facts.said[sign], urgency)


def _of_sign(sign: Sign, words: str, urgency: Urgency) -> Reason:
    return Reason(
        rule=f"sign:{sign.id}",
        sign=sign.id,
        words=words,
        urgency=urgency,
        why=sign.why,
        sources=sign.sources,
    )


def _raises(facts: Facts, fired: Iterable[Rule]) -> Iterator[Reason]:
    """What the rules that hold raised; one that came to no more than its signs had says nothing."""
    for rule in fired:
        reason = _raised(rule, facts)
        if reason.raised_from is None or reason.urgency > reason.raised_from:
            yield reason


def _raised(rule: Rule, facts: Facts) -> Reason:
    """The reason that `rule` gives, with the words for each of its conditions."""
    met = [
        next(atom for atom in condition.atoms if atom.key in facts.true) for condition in rule.when
    ]
    words = [facts.words_of(atom) for atom in met]
    if rule.sign:
        words.insert(0, facts.said[rule.sign])
    signs = [rule.sign] if rule.sign else [sign for atom in met for sign in facts.signs_of(atom)]
    return Reason(
        rule=rule.id,
        sign=rule.sign,
        words=", ".join(dict.fromkeys(words)),
        urgency=rule.to,
        why=rule.why,
        sources=rule.sources,
        raised_from=max((facts.urgencies[sign] for sign in signs), default=None),
    )


def _again(facts: Facts, report: Report) -> Iterator[Reason]:
    """Signs that the patient was advised on before: the advice may not have been followed."""
    worse = "getting_worse = yes" in facts.true
    for earlier in _latest(report).values():
        if earlier.sign in facts.signs and earlier.days_ago <= RECENT_DAYS:
            now = facts.urgencies[earlier.sign]
            to = max(AGAIN[now], AGAIN[earlier.urgency] if worse else now)
            if worse and now >= Urgency.URGENT:
                to = Urgency.EMERGENCY
            yield Reason(
                rule="again_and_worse" if worse else "again",
                sign=earlier.sign,
                words=facts.said[earlier.sign],
                urgency=to,
                why=f"Reported {_ago(earlier)} too: the advice may not have been followed.",
                sources=PROPOSAL,
                raised_from=now,
            )


def _ago(earlier: EarlierSign) -> str:
    if earlier.days_ago == 0:
        return "shortly before"
    return f"{earlier.days_ago:g} day{'' if earlier.days_ago == 1 else 's'} ago"


def _latest(report: Report) -> Mapping[str, EarlierSign]:
    by_age = sorted(report.earlier, key=lambda each: -each.days_ago)
    return {each.sign: each for each in by_age}


def _guesses(report: Report, knowledge: Knowledge) -> Iterator[Reason]:
    """Signs that were only guessed: `unclear` until asked, `urgent` when asking did not help."""
    guessed = {
        each.sign: each for each in active(report) if needs_confirming(each, report, knowledge)
    }
    for sign, mention in guessed.items():
        asked = report.answers.get(CONFIRM + sign) == DONT_KNOW
        urgency = Urgency.URGENT if asked else Urgency.UNCLEAR
        yield _of_sign(knowledge.signs[sign], mention.text, urgency)


def _unclear(report: Report) -> Iterator[Reason]:
    """Words that sound like illness, not understood when asked again: a person has to read them."""
    if report.answers.get(CLARIFY) == DONT_KNOW:
        yield Reason(
            rule="unclear_twice",
            sign="",
            words="",
            urgency=Urgency.URGENT,
            why="The assistant could not tell what was reported, so a person has to read it today.",
            sources=PROPOSAL,
        )


def _reached_before(report: Report, now: Urgency | None) -> Iterator[Reason]:
    """Urgency never goes down within a conversation; only a clinician lowers it. The words are those
    that the patient has called wrong since."""
    if report.reached is not None and report.reached > (now or Urgency.UNCLEAR):
        wrong = (each.text for each in report.mentions if each.cue == CORRECTED)
        yield Reason(
            rule=REACHED_BEFORE,
            sign="",
            words=", ".join(dict.fromkeys(wrong)),
            urgency=report.reached,
            why="It was as urgent earlier in this conversation, and only a clinician lowers that.",
            sources=PROPOSAL,
        )


def _rests_on_possible(report: Report, reasons: tuple[Reason, ...], urgency: Urgency) -> bool:
    """Whether no rule and no sign that is surely there leads to `urgency`."""
    deciding = [reason for reason in reasons if reason.urgency == urgency]
    present = {
        each.sign
        for each in active(report)
        if each.assertion is Assertion.PRESENT or report.answers.get(CONFIRM + each.sign) == YES
    }
    return all(
        reason.rule == f"sign:{reason.sign}" and reason.sign not in present for reason in deciding
    )


def _advice(
    facts: Facts, fired: list[Rule], reasons: tuple[Reason, ...], only_possible: bool
) -> Advice:
    """The kind of advice. A physical emergency goes before a crisis, a crisis before all else."""
    urgency = reasons[0].urgency
    in_crisis = [rule.id for rule in fired if _is_crisis(rule)]
    in_crisis += [f"sign:{sign}" for sign in facts.signs if facts.knowledge.signs[sign].crisis]
    if urgency is Urgency.EMERGENCY:
        if in_crisis and all(
            reason.rule in in_crisis for reason in reasons if reason.urgency is Urgency.EMERGENCY
        ):
            return Advice.CRISIS
        return Advice.EMERGENCY_POSSIBLE if only_possible else Advice.EMERGENCY
    if "infusion_in_progress = yes" in facts.true and urgency is Urgency.URGENT:
        return Advice.INFUSION_RUNNING
    if reasons[0].rule == "unclear_twice":
        return Advice.UNCLEAR
    return BY_URGENCY[urgency]


def is_happening(assessment: Assessment) -> bool:
    """Whether what the patient tells now, and not only what was taken back, is an emergency."""
    return any(
        each.urgency is Urgency.EMERGENCY and each.rule != REACHED_BEFORE
        for each in assessment.reasons
    )


def _is_crisis(rule: Rule) -> bool:
    return any(atom.name == "safe_now" for each in rule.when for atom in each.atoms)
