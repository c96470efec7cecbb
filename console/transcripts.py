"""From a transcript to what the templates show: the patient's words with the signs marked in them,
and for each message the urgency with its reasons, sources and versions. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bedside.knowledge import Knowledge
from bedside.model import ACTIVE, Assertion, FoundBy, Mention, Urgency
from bedside.store import ANSWERED, BY_FLOOR, PATIENT, RECEIVED, Entry
from console.presenters import Tag, in_zone, urgency_tag

ASSERTIONS = {
    Assertion.PRESENT: "present",
    Assertion.ABSENT: "denied",
    Assertion.POSSIBLE: "possible",
    Assertion.HISTORICAL: "in the past",
    Assertion.HYPOTHETICAL: "only supposed or asked about",
    Assertion.SOMEONE_ELSE: "about somebody else",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a message; `css` is set where a sign's words stand."""

    text: str
    css: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionLine:
    words: str
    sign: str
    meaning: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    urgency: Tag
    raised_from: str
    words: str
    why: str
    rule: str
    sources: tuple[str, ...]
    review: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a message led to. Reasons that an earlier message gave already are the old ones."""

    heading: str
    urgency: Tag | None
    new_reasons: tuple[ReasonLine, ...]
    old_reasons: tuple[ReasonLine, ...]
    as_before: str
    is_new: bool
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    is_patient: bool
    at: str
    at_iso: str
    segments: tuple[Segment, ...]
    mentions: tuple[MentionLine, ...]
    choices: tuple[str, ...]
    notice: str
    decision: Decision | None


def present_transcript(
    entries: Sequence[Entry], knowledge: Knowledge, *, zone: ZoneInfo
) -> tuple[EntryLine, ...]:
    """All that was written, with what each message led to."""
    lines, before = [], None
    for entry in entries:
        lines.append(_entry(entry, before, knowledge, zone))
        before = entry.report or before
    return tuple(lines)


def _entry(
    entry: Entry, before: Mapping[str, Any] | None, knowledge: Knowledge, zone: ZoneInfo
) -> EntryLine:
    return EntryLine(
        is_patient=entry.sender == PATIENT,
        at=in_zone(entry.message.at, zone),
        at_iso=entry.message.at.isoformat(timespec="seconds"),
        segments=marked(entry.message.text, entry.mentions),
        mentions=tuple(_mention(each, knowledge) for each in entry.mentions),
        choices=tuple(choice.title for choice in entry.choices),
        notice=_notice(entry),
        decision=None if entry.report is None else _decision(entry.report, before, knowledge),
    )


def marked(text: str, mentions: Iterable[Mention]) -> tuple[Segment, ...]:
    """The text in pieces; words of mentions that overlap are one piece, and it counts if one does."""
    segments, done = [], 0
    for start, end, counts in _spans(text, mentions):
        segments.append(Segment(text=text[done:start], css=""))
        css = "sign sign--counts" if counts else "sign sign--aside"
        segments.append(Segment(text=text[start:end], css=css))
        done = end
    segments.append(Segment(text=text[done:], css=""))
    return tuple(segment for segment in segments if segment.text)


def _spans(text: str, mentions: Iterable[Mention]) -> list[tuple[int, int, bool]]:
    spans: list[tuple[int, int, bool]] = []
    for each in sorted(mentions, key=lambda mention: mention.start):
        start, end, counts = each.start, min(each.end, len(text)), each.assertion in ACTIVE
        if spans and start < spans[-1][1]:
            first, last, counted = spans.pop()
            spans.append((first, max(last, end), counted or counts))
        elif start < end:
            spans.append((start, end, counts))
    return spans


def _mention(mention: Mention, knowledge: Knowledge) -> MentionLine:
    because = f", because of “{mention.cue}”" if mention.cue else ""
    return MentionLine(
        words=mention.text,
        sign=_name(mention.sign, knowledge),
        meaning=f"{ASSERTIONS[mention.assertion]}{because}",
        found=_found(mention),
    )


def _name(sign: str, knowledge: Knowledge) -> str:
    known = knowledge.signs.get(sign)
    return sign.replace("_", " ") if known is None else known.name


def _found(mention: Mention) -> str:
    if mention.found_by is FoundBy.CLASSIFIER:
        return f"classifier, confidence {mention.confidence:.2f}"
    return "the patient chose it" if mention.found_by is FoundBy.CHOICE else "lexicon"


def _notice(entry: Entry) -> str:
    if not entry.shown:
        return "Came too late, not shown to the patient"
    if entry.sender != PATIENT or entry.message.state == ANSWERED:
        return ""
    if entry.message.state == RECEIVED:
        return "Not taken up yet: no program has read this message"
    return "Not answered yet"


def _decision(
    report: Mapping[str, Any], before: Mapping[str, Any] | None, knowledge: Knowledge
) -> Decision:
    known = () if before is None else before["reasons"]
    new = tuple(_reason(each, knowledge) for each in report["reasons"] if each not in known)
    old = tuple(_reason(each, knowledge) for each in report["reasons"] if each in known)
    return Decision(
        heading=_heading(report, before),
        urgency=None if report["urgency"] is None else urgency_tag(Urgency.of(report["urgency"])),
        new_reasons=new,
        old_reasons=old,
        as_before="1 reason as before" if len(old) == 1 else f"{len(old)} reasons as before",
        is_new=before is None or bool(new) or report["urgency"] != before["urgency"],
        how=tuple(_how(report, knowledge)),
    )


def _heading(report: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    if report["urgency"] is None:
        return "No urgency: nothing was reported that counts"
    is_unchanged = before is not None and report["urgency"] == before["urgency"]
    return "Urgency unchanged" if is_unchanged else "Urgency"


def _reason(reason: Mapping[str, Any], knowledge: Knowledge) -> ReasonLine:
    reviewer = _reviewer(reason["rule"], knowledge)
    return ReasonLine(
        urgency=urgency_tag(Urgency.of(reason["urgency"])),
        raised_from=_raised_from(reason),
        words=reason["words"],
        why=reason["why"],
        rule=reason["rule"],
        sources=tuple(_source(each, knowledge) for each in reason["sources"]),
        review=f"Reviewed by {reviewer}."
        if reviewer
        else "This rule has not been reviewed by a clinician.",
    )


def _reviewer(rule: str, knowledge: Knowledge) -> str | None:
    if rule.startswith("sign:"):
        sign = knowledge.signs.get(rule.removeprefix("sign:"))
        return None if sign is None else sign.reviewed_by
    return next((each.reviewed_by for each in knowledge.rules() if each.id == rule), None)


def _raised_from(reason: Mapping[str, Any]) -> str:
    """What the urgency had been without the rule, where a rule raised it."""
    before = reason.get("raised_from")
    if before is None or Urgency.of(before) >= Urgency.of(reason["urgency"]):
        return ""
    return f", raised from {urgency_tag(Urgency.of(before)).text}"


def _source(source: Mapping[str, str], knowledge: Knowledge) -> str:
    known = knowledge.register.get(source["id"])
    title = known.title if known else source["id"]
    return f"{title}: {source['locator']}" if source["locator"] else title


def _how(report: Mapping[str, Any], knowledge: Knowledge) -> Iterator[str]:
    if report["processed_by"] == BY_FLOOR:
        yield "Taken up by the floor: the lexicon alone, not the assistant."
    else:
        yield "Taken up by the assistant."
    yield f"Knowledge version {report['knowledge_version']}, model version {report['model_version']}."
    if report["knowledge_version"] != knowledge.version:
        yield f"The knowledge has changed since; version {knowledge.version} is in use now."
