"""From the knowledge files to one checked `Knowledge`; files that are not whole are refused.

An error names the file, the line and the key, so that whoever edits the files can mend it.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from bedside.knowledge.checks import problems
from bedside.knowledge.entries import (
    Atom,
    Claim,
    ContextCues,
    FaqEntry,
    Group,
    Is,
    Kind,
    Knowledge,
    LexiconEntry,
    OtherLanguage,
    QuestionEntry,
    ReferenceEntry,
    Region,
    RegisteredSource,
    Rule,
    Sign,
    Statement,
)
from bedside.knowledge.files import KnowledgeError, Row, read_file
from bedside.knowledge.phrases import spelt_out
from bedside.knowledge.plain import plain_words
from bedside.model import Assertion, Source

FOLDER = Path(__file__).parent
# Files in which one mistake would hide another are read in this order; folders hold one file a topic.
FILES = (
    "sources",
    "groups",
    "signs/*",
    "questions",
    "combinations",
    "regions",
    "monitoring",
    "windows",
    "contraindications",
    "faq",
    "languages",
    "claims",
    "words",
    "context",
    "lexicon/*",
)
KIND_OF_ENTRY = {
    "sources": "source",
    "groups": "group",
    "signs/*": "sign",
    "questions": "question",
    "combinations": "combination",
    "regions": "region",
    "monitoring": "monitoring",
    "windows": "window",
    "contraindications": "contraindication",
    "faq": "faq",
    "languages": "language",
    "claims": "claim",
    "lexicon/*": "words",
}
# What reference entries say besides: where it applies, how often, and from when until when.
DETAILS = (
    "region",
    "where",
    "at_baseline",
    "every_months",
    "until_months",
    "from_days",
    "to_days",
    "note",
)
DIRECTIONS = ("forward", "backward", "both")
KINDS_OF_SOURCE = ("document", "page", "recalled", "proposal")

T = TypeVar("T")


def load(folder: Path = FOLDER) -> Knowledge:
    """All knowledge of `folder`, checked; KnowledgeError for the first thing that is wrong."""
    paths = {name: _paths(folder, name) for name in FILES}
    texts = {path: _read(path) for each in paths.values() for path in each}
    files = {
        name: [read_file(path.relative_to(folder), texts[path]) for path in each]
        for name, each in paths.items()
    }
    places: dict[str, str] = {}

    def entries(name: str, read: Callable[[str, Row], T]) -> dict[str, T]:
        return _entries(files[name], KIND_OF_ENTRY[name], read, places)

    signs = entries("signs/*", _sign)
    combinations = entries("combinations", _combination)
    waited = _waited(signs, combinations)
    questions = entries("questions", lambda id_, row: _question(id_, row, waited))
    knowledge = Knowledge(
        version=hashlib.sha256(b"\0".join(texts.values())).hexdigest()[:12],
        register=entries("sources", _registered),
        groups=entries("groups", _group),
        signs=signs,
        questions=questions,
        combinations=combinations,
        regions=entries("regions", _region),
        monitoring=entries("monitoring", lambda id_, row: _reference(id_, row, "test")),
        windows=entries("windows", lambda id_, row: _reference(id_, row, "text")),
        contraindications=entries(
            "contraindications", lambda id_, row: _reference(id_, row, "text")
        ),
        faq=entries("faq", _faq),
        languages=entries("languages", _language),
        claims=entries("claims", _claim),
        words={name: files["words"][0].texts(name) for name in files["words"][0].names()},
        context=_context(files["context"][0]),
        lexicon=entries("lexicon/*", _lexicon),
        comparisons=_comparisons(signs, combinations, questions),
        implied=tuple(each for each in questions.values() if each.implied_by),
    )
    for place, problem in problems(knowledge):
        raise KnowledgeError(f"{places.get(place, place)}: {place} {problem}")
    return knowledge


def _paths(folder: Path, name: str) -> list[Path]:
    """The files called `name`, sorted, so that the version does not depend on the file system."""
    if "*" not in name:
        return [folder / f"{name}.yml"]
    return sorted(folder.glob(f"{name}.yml"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KnowledgeError(f"{path.name} cannot be read: {error.strerror}") from error


def _entries(
    files: list[Row], kind: str, read: Callable[[str, Row], T], places: dict[str, str]
) -> dict[str, T]:
    entries: dict[str, T] = {}
    for file in files:
        for id_, row in file.children():
            if id_ in entries:
                raise row.wrong("", "is there twice")
            entries[id_] = read(id_, row)
            row.done()
            places[f"{kind} {id_}"] = f"{row.file}, line {row.line}"
    return entries


def _sign(id_: str, row: Row) -> Sign:
    sources = row.sources()
    until = row.number("expected_until_day")
    return Sign(
        id=id_,
        name=row.text("name"),
        plain=row.text("plain"),
        group=row.text("group"),
        also_consider=row.texts("also_consider", optional=True),
        urgency=row.urgency("urgency"),
        expected_until_day=None if until is None else int(until),
        crisis=row.flag("crisis", False),
        why=row.text("why"),
        gives=row.atoms("gives"),
        rules=tuple(_rule(id_, each, sources) for each in row.rows("raise", optional=True)),
        sources=sources,
        reviewed_by=row.reviewer(),
    )


def _rule(sign: str, row: Row, sources: tuple[Source, ...]) -> Rule:
    """A rule of a sign. It rests on the sign's sources; a number needs one of its own."""
    when = row.conditions("when")
    own = row.sources(optional=True)
    if any(atom.op not in ("", "=") for each in when for atom in each.atoms) and not own:
        raise row.wrong("sources", "is missing: a number names where it comes from")
    rule = Rule(
        id=f"{sign}: {', '.join(map(str, when))}",
        sign=sign,
        to=row.urgency("to"),
        when=when,
        why=row.text("why"),
        sources=(*own, *sources),
    )
    row.done()
    return rule


def _combination(id_: str, row: Row) -> Rule:
    return Rule(
        id=id_,
        sign="",
        to=row.urgency("to"),
        when=row.conditions("when"),
        why=row.text("why"),
        sources=row.sources(),
        reviewed_by=row.reviewer(),
    )


def _waited(signs: dict[str, Sign], combinations: dict[str, Rule]) -> dict[str, set[str]]:
    """For each fact the values that rules wait for."""
    waited: dict[str, set[str]] = {}
    for rule in (*(rule for sign in signs.values() for rule in sign.rules), *combinations.values()):
        for atom in (atom for each in rule.when for atom in each.atoms):
            if atom.what is Is.FACT and atom.op == "=":
                waited.setdefault(atom.name, set()).add(atom.value)
    return waited


def _comparisons(
    signs: dict[str, Sign], combinations: dict[str, Rule], questions: dict[str, QuestionEntry]
) -> dict[str, tuple[Atom, ...]]:
    """For each number and each date, the comparisons that something makes with it."""
    rules = (*(rule for sign in signs.values() for rule in sign.rules), *combinations.values())
    whens = (
        each for entry in questions.values() for each in (*entry.unknown_when, entry.asked_when)
    )
    atoms = [
        *(atom for rule in rules for each in rule.when for atom in each.atoms),
        *(atom for each in whens if each is not None for atom in each.atoms),
        *(atom for entry in questions.values() for atom in entry.implied_by),
    ]
    found: dict[str, dict[str, Atom]] = {}
    for atom in atoms:
        if atom.what is Is.FACT and atom.op != "=":
            found.setdefault(atom.name, {})[atom.key] = atom
    return {fact: tuple(each.values()) for fact, each in found.items()}


def _question(id_: str, row: Row, waited: dict[str, set[str]]) -> QuestionEntry:
    try:
        kind = Kind(row.text("kind"))
    except ValueError as error:
        raise row.wrong("kind", str(error)) from error
    values = waited.get(id_, set())
    lowest, highest = _range(row, kind)
    return QuestionEntry(
        id=id_,
        kind=kind,
        text=row.text("text", ""),
        item=row.text("item", ""),
        choices=row.row("choices").rest() if kind in (Kind.CHOICE, Kind.DAYS_AGO) else {},
        unit=row.text("unit") if kind in (Kind.NUMBER, Kind.DAYS_AGO) else "",
        lowest=lowest,
        highest=highest,
        implied_by=row.atoms("implied_by"),
        unknown_counts_as=row.text("unknown_counts_as", ""),
        unknown_when=row.conditions("unknown_when", optional=True),
        asked_when=row.condition("asked_when"),
        worse=next(iter(values)) if len(values) == 1 else "",
        sources=row.sources(),
        reviewed_by=row.reviewer(),
    )


def _range(row: Row, kind: Kind) -> tuple[float, float]:
    """The lowest and highest value that a body, or a calendar, can have."""
    if kind not in (Kind.NUMBER, Kind.DAYS_AGO):
        return 0.0, 0.0
    ends = list(row.each("range", float))
    if len(ends) != 2 or ends[0] >= ends[1]:
        raise row.wrong("range", "must be the lowest and the highest value")
    return ends[0], ends[1]


def _region(id_: str, row: Row) -> Region:
    return Region(
        id=id_,
        emergency=row.text("emergency"),
        health_line=row.text("health_line"),
        crisis_line=row.text("crisis_line"),
        verified=row.flag("verified"),
        sources=(*row.sources(), *row.sources("crisis_sources")),
    )


def _registered(id_: str, row: Row) -> RegisteredSource:
    kind = row.text("kind")
    if kind not in KINDS_OF_SOURCE:
        raise row.wrong("kind", f"must be one of {', '.join(KINDS_OF_SOURCE)}")
    return RegisteredSource(id=id_, kind=kind, title=row.text("title"), where=row.text("where", ""))


def _group(id_: str, row: Row) -> Group:
    return Group(
        id=id_,
        name=row.text("name"),
        facts=tuple(_statement(each) for each in row.rows("facts", optional=True)),
        reviewed_by=row.reviewer(),
    )


def _statement(row: Row) -> Statement:
    statement = Statement(text=row.text("text"), sources=row.sources())
    row.done()
    return statement


def _reference(id_: str, row: Row, text_key: str) -> ReferenceEntry:
    text, sources, reviewer = row.text(text_key), row.sources(), row.reviewer()
    detects = row.texts("detects", optional=True)
    details = {key: row.text(key) for key in DETAILS if row.has(key)}
    if detects:
        details["detects"] = ", ".join(detects)
    return ReferenceEntry(id=id_, text=text, details=details, sources=sources, reviewed_by=reviewer)


def _faq(id_: str, row: Row) -> FaqEntry:
    return FaqEntry(
        id=id_,
        asks=row.texts("asks"),
        unlike=row.texts("unlike", optional=True),
        answer=row.text("answer"),
        sources=row.sources(),
        reviewed_by=row.reviewer(),
    )


def _language(id_: str, row: Row) -> OtherLanguage:
    return OtherLanguage(
        id=id_,
        emergency=row.text("emergency"),
        person=row.text("person"),
        closed=row.text("closed"),
        english_only=row.text("english_only"),
        words=frozenset(row.texts("words", optional=True)),
        emergencies=dict(_emergencies(row.row("emergencies"))),
        senses=tuple(row.each("senses", _in_plain_words, optional=True)),
        sources=row.sources(),
        reviewed_by=row.reviewer(),
    )


def _emergencies(row: Row) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each sign with the phrases that tell it; KnowledgeError for one that the language has twice."""
    seen: dict[str, str] = {}
    for sign in row.names():
        phrases = tuple(_once(row, sign, row.each(sign, _in_plain_words), seen))
        if not phrases:
            raise row.wrong(sign, "is empty: nothing would tell it")
        yield sign, phrases


def _in_plain_words(phrase: str) -> str:
    words = " ".join(word.plain for word in plain_words(phrase))
    if not words:
        raise ValueError(f"{phrase!r} has no words")
    return words


def _claim(id_: str, row: Row) -> Claim:
    claim = Claim(
        id=id_,
        source=Source(id=row.text("document"), locator=row.text("locator")),
        says=row.text("says"),
        covered_by=row.texts("covered_by"),
    )
    row.reviewer()
    return claim


def _lexicon(id_: str, row: Row) -> LexiconEntry:
    return LexiconEntry(
        patterns=row.texts("patterns", optional=True), senses=row.texts("senses", optional=True)
    )


def _context(file: Row) -> ContextCues:
    classes = dict(_classes(file.row("classes")))
    seen: dict[str, str] = {}

    def phrases(row: Row, key: str) -> tuple[str, ...]:
        found = row.each(key, lambda cue: spelt_out(cue, classes), optional=row is not file)
        return tuple(_once(row, key, itertools.chain.from_iterable(found), seen))

    ends, breaks, pseudo = (phrases(file, key) for key in ("ends", "breaks", "pseudo"))
    cues: dict[tuple[Assertion, str], tuple[str, ...]] = {}
    for name, row in file.children():
        if name not in {assertion.value for assertion in Assertion}:
            raise file.wrong(name, "is no assertion")
        for direction in DIRECTIONS:
            cues[Assertion(name), direction] = phrases(row, direction)
        row.done()
    return ContextCues(cues=cues, ends=ends, breaks=breaks, pseudo=pseudo)


def _classes(row: Row) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in row.names():
        yield name, row.texts(name)


def _once(row: Row, key: str, phrases: Iterable[str], seen: dict[str, str]) -> Iterator[str]:
    """The phrases; KnowledgeError for one that is there twice: only one of them would count."""
    where = ".".join(filter(None, (row.path, key)))
    for phrase in phrases:
        if phrase in seen:
            other = seen[phrase].removeprefix(f"{row.path}.")
            raise row.wrong(key, f"has {phrase!r}, which is in {other} too")
        seen[phrase] = where
        yield phrase
