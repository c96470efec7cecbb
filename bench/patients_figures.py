"""The figures of many simulated conversations, each share with its 95 % interval, and the failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import mean, median

import numpy as np

from bedside.model import DONT_KNOW, Urgency
from bench.figures import share
from bench.manner import MANNERS
from bench.meetings import Exchange, Meeting, routeless
from bench.personas import Persona

TABLE = ["| measure | of | share | 95 % interval |", "|---|---|---|---|"]


def figures(meetings: Sequence[Meeting], routes: Sequence[str]) -> str:
    """Markdown: urgency, emergencies, silence, questions, and how long it took."""
    emergencies = [told[1] for each in meetings if (told := each.emergency) is not None]
    urgent = [reply for each in meetings for reply in each.urgent_replies()]
    turns = [each for meeting in meetings for each in meeting.exchanges]
    lines = [
        *TABLE,
        *_urgencies(meetings),
        share("emergency said in the first reply to it", sum(emergencies), len(emergencies)),
        share(
            "replies with an urgency and no way to a person",
            sum(len(routeless(each, routes)) for each in meetings),
            len(urgent),
        ),
        share("messages met with silence", sum(m.silences for m in meetings), len(turns)),
        share(
            "questions put again after an answer",
            sum(len(each.repeated) for each in meetings),
            sum(each.questions for each in meetings),
        ),
        "",
        *_lengths(meetings),
        _seconds(turns),
        "",
        *_by_manner(meetings),
    ]
    return "\n".join(lines)


def _urgencies(meetings: Sequence[Meeting]) -> Iterator[str]:
    yield share("right urgency at the end", _count(meetings, is_right), len(meetings))
    yield share("strict under-triage", _count(meetings, is_under), len(meetings))
    yield share("over-triage", _count(meetings, is_over), len(meetings))
    for urgency in sorted(Urgency, reverse=True):
        its = [each for each in meetings if each.persona.expected is urgency]
        if its:
            yield share(f"right: {urgency.word}", _count(its, is_right), len(its))


def _count(meetings: Sequence[Meeting], what: Callable[[Meeting], bool]) -> int:
    return sum(map(what, meetings))


def is_right(meeting: Meeting) -> bool:
    return meeting.reached == meeting.persona.expected


def is_under(meeting: Meeting) -> bool:
    """Whether it ended lower than it should have."""
    return _height(meeting.reached) < _height(meeting.persona.expected)


def is_over(meeting: Meeting) -> bool:
    return _height(meeting.reached) > _height(meeting.persona.expected)


def _height(urgency: Urgency | None) -> int:
    return -1 if urgency is None else int(urgency)


def _lengths(meetings: Sequence[Meeting]) -> Iterator[str]:
    advised = [after for each in meetings if (after := each.advised_after) is not None]
    yield _spread("Messages to the first advice", [turns for turns, _ in advised])
    yield _spread("Questions before the first advice", [asked for _, asked in advised])
    yield _spread("Questions in all", [each.questions for each in meetings])
    yield _spread("Messages in all", [len(each.exchanges) for each in meetings])


def _spread(name: str, values: Sequence[int]) -> str:
    if not values:
        return f"- {name}: none."
    numbers = f"median {median(values):g}, mean {mean(values):.2f}, most {max(values)}"
    return f"- {name}: {numbers}."


def _seconds(turns: Sequence[Exchange]) -> str:
    p50, p95 = np.percentile([each.heard.seconds * 1000 for each in turns], [50, 95])
    return f"- A turn took p50 {p50:.0f} ms, p95 {p95:.0f} ms."


def _by_manner(meetings: Sequence[Meeting]) -> Iterator[str]:
    yield "| how the patient writes | right | too low | too high |"
    yield "|---|---|---|---|"
    for manner in MANNERS:
        its = [each for each in meetings if each.persona.manner == manner]
        counts = (_count(its, what) for what in (is_right, is_under, is_over))
        yield (
            f"| {manner.replace('_', ' ')} | "
            + " | ".join(f"{n} of {len(its)}" for n in counts)
            + " |"
        )


def failures(meetings: Sequence[Meeting], routes: Sequence[str], worse: Mapping[str, str]) -> str:
    """Every conversation with something wrong in it, the lowest first, with its whole transcript.

    `worse` is the worrying value of each fact, so that only what matters is shown.
    """
    wrong = [(each, why) for each in meetings if (why := list(_wrong(each, routes)))]
    wrong.sort(key=lambda pair: _height(pair[0].reached) - _height(pair[0].persona.expected))
    parts = [f"# {len(wrong)} conversations of {len(meetings)} with something wrong"]
    parts += ["\n".join(_failure(each, why, worse)) for each, why in wrong]
    return "\n\n".join(parts) + "\n"


def _wrong(meeting: Meeting, routes: Sequence[str]) -> Iterator[str]:
    if is_under(meeting):
        yield "under-triage"
    if is_over(meeting):
        yield "over-triage"
    if (told := meeting.emergency) is not None and not told[1]:
        yield f"an emergency told in message {told[0] + 1} was not met at once"
    if meeting.silences:
        yield "silence"
    if routeless(meeting, routes):
        yield "an urgency without a way to a person"
    if meeting.repeated:
        yield f"asked again: {'; '.join(meeting.repeated)}"


def _failure(meeting: Meeting, why: Sequence[str], worse: Mapping[str, str]) -> Iterator[str]:
    persona = meeting.persona
    wanted, got = (
        "nothing" if each is None else each.word for each in (persona.expected, meeting.reached)
    )
    yield f"## Seed {persona.seed}: {wanted} expected, {got} told"
    yield ""
    yield f"- Wrong: {'; '.join(why)}"
    yield f"- Hidden: {', '.join(persona.signs)}; {_hidden(persona, worse)}"
    yield f"- Writes: {persona.manner}, {persona.region}{', for a ' + persona.kin if persona.kin else ''}"
    yield f"- Bot noted: {', '.join(meeting.noted) or '-'}"
    yield ""
    for each in meeting.exchanges:
        told = f" [{', '.join(each.said.signs)}]" if each.said.signs else ""
        yield f"    > {each.said.text}{told}"
        for reply in each.heard.replies:
            mark = f"[{reply.urgency.word}] " if reply.urgency is not None else ""
            choices = (
                f" ({' / '.join(choice.title for choice in reply.choices)})"
                if reply.choices
                else ""
            )
            yield f"    {mark}{' '.join(reply.text.split())}{choices}"


def _hidden(persona: Persona, worse: Mapping[str, str]) -> str:
    """The facts that are worrying, or unknown, with the day of the infusion."""
    facts = {
        fact: value
        for fact, value in persona.facts.items()
        if value in (worse.get(fact), DONT_KNOW) or fact.startswith("days_since_last_infusion")
    }
    return ", ".join(f"{fact} = {value}" for fact, value in facts.items())
