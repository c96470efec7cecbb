"""The knowledge files: what ours hold, and that a file that is not whole is refused by file, line and key."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bedside.knowledge import Is, Kind, Knowledge, KnowledgeError, load
from bedside.knowledge.loader import FILES, FOLDER
from bedside.model import Assertion, Urgency

# A cut of our own files, so that each test loads in milliseconds. Files that are not named stay whole.
KEPT = {
    "signs": ("infusion_fever_chills", "thrush_or_fungal_infection", "missed_antiviral"),
    "combinations.yml": ("RF10_early_fever_rigors", "face_swelling_alone"),
    "questions.yml": (
        "breathless_at_rest",
        "confusion",
        "days_since_last_infusion",
        "duration_hours",
        "face_tongue_swelling",
        "fever",
        "reporter",
        "rigors",
        "swallowing_breathing_difficulty",
        "temperature_c",
    ),
    "lexicon": (
        '"swallowing_breathing_difficulty = swallowing"',
        "breathless_at_rest",
        "confusion",
        "face_tongue_swelling",
        "fever",
        "infusion_fever_chills",
        "missed_antiviral",
        "rigors",
        "thrush_or_fungal_infection",
    ),
    "regions.yml": ("UK", "unknown"),
    "claims.yml": ("A44",),
    "monitoring.yml": ("cbc_differential",),
    "windows.yml": ("observation",),
    "contraindications.yml": ("us_hiv",),
    "faq.yml": ("what_it_is_for",),
    "languages.yml": ("polish",),
}
# What the cut ones refer to is kept; the claim is one that the only question about Lemtrada covers.
SWALLOWING = (
    "swallowing_breathing_difficulty:\n  kind: choice\n  text: Is it hard to swallow?\n"
    "  item: hard to swallow\n  choices:\n    none: No\n    swallowing: Yes\n"
    "  sources: [US_ISI]\n  reviewed_by: null\n"
)
CLAIM = (
    "A44:\n  document: SIDE_EFFECTS\n  locator: Summary\n  says: What it says.\n"
    "  covered_by: [faq what_it_is_for]\n  reviewed_by: null\n"
)
# The signs of which a language has phrases are not in the cut.
EMERGENCIES = re.compile(r"^  emergencies:\n(?: {4}.*\n)+", re.MULTILINE)
ENTRY = re.compile(r'^(?=["\w])', re.MULTILINE)
INFUSION, INFECTION, CARE = "signs/infusion.yml", "signs/infection.yml", "signs/care.yml"
QUESTIONS, TOGETHER = "questions.yml", "combinations.yml"
CHILLS, THRUSH, ANTIVIRAL = KEPT["signs"]
RF10 = "RF10_early_fever_rigors"
Edit = Callable[[str], str]


@pytest.fixture(scope="session")
def cut() -> dict[str, str]:
    """The texts of the cut files by their path."""
    texts = {
        path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.rglob("*.yml"))
    }
    texts = {name: _shortened(name, text) for name, text in texts.items()}
    texts = {name: text for name, text in texts.items() if ENTRY.search(text)}
    for register in ("words.yml", "groups.yml", "sources.yml"):
        others = "".join(text for name, text in texts.items() if name != register)
        texts[register] = _with_entries(texts[register], set(re.findall(r"\w+", others)))
    return texts


def _shortened(name: str, text: str) -> str:
    kept = KEPT.get(name, KEPT.get(name.partition("/")[0]))
    text = text if kept is None else _with_entries(text, kept)
    if name == "languages.yml":
        return EMERGENCIES.sub("  emergencies: {}\n", text)
    if name == "claims.yml":
        return CLAIM
    if name == QUESTIONS:
        start, end = _block(text, "swallowing_breathing_difficulty")
        return text[:start] + SWALLOWING + text[end:]
    return text


def _with_entries(text: str, kept: object) -> str:
    head, *blocks = ENTRY.split(text)
    return head + "".join(block for block in blocks if block.partition(":")[0] in kept)


def _block(text: str, entry: str) -> tuple[int, int]:
    """Where `entry` begins and ends."""
    start = re.search(rf"^{re.escape(entry)}:", text, re.MULTILINE)
    assert start, entry
    end = re.compile(r'^["\w]', re.MULTILINE).search(text, start.end())
    return start.start(), end.start() if end else len(text)


@pytest.fixture
def folder(cut: dict[str, str], tmp_path: Path) -> Path:
    for name, text in cut.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def edited(folder: Path, file: str, edit: Edit) -> str:
    """Change one file, and say what it holds now."""
    path = folder / file
    before = path.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    return after


def refusal(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as refused:
        load(folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


# Edits


def changed(entry: str, old: str, new: str) -> Edit:
    """`old` becomes `new`, once, within `entry`."""

    def edit(text: str) -> str:
        start, end = _block(text, entry)
        assert text[start:end].count(old) >= 1, old
        return text[:start] + text[start:end].replace(old, new, 1) + text[end:]

    return edit


def without(entry: str, key: str) -> Edit:
    """`key` of `entry` goes, with all that stands under it."""

    def edit(text: str) -> str:
        start, end = _block(text, entry)
        key_and_all = re.compile(rf"^  {key}:.*\n(?:   .*\n)*", re.MULTILINE)
        return text[:start] + key_and_all.sub("", text[start:end], count=1) + text[end:]

    return edit


def having(entry: str, line: str) -> Edit:
    """`entry` gets one more `line`."""

    def edit(text: str) -> str:
        end = _block(text, entry)[1]
        return f"{text[:end].rstrip()}\n  {line}\n\n{text[end:]}"

    return edit


def gone(entry: str) -> Edit:
    def edit(text: str) -> str:
        start, end = _block(text, entry)
        return text[:start] + text[end:]

    return edit


def more(text: str) -> Edit:
    return lambda before: f"{before.rstrip()}\n\n{text}\n"


def rule(to: str, when: str, *, sources: str = "[PROPOSAL]") -> str:
    """A line of `raise`, as a sign's file writes it."""
    return f"    - {{to: {to}, when: [{when}], why: Because., sources: {sources}}}\n"


def raising(entry: str, to: str, when: str) -> Edit:
    """`entry` gets one more rule."""
    return changed(entry, "  raise:\n", "  raise:\n" + rule(to, when))


def combination(id_: str, to: str, when: str) -> Edit:
    return more(
        f"{id_}:\n  to: {to}\n  when: [{when}]\n  why: Because.\n"
        "  sources: [PROPOSAL]\n  reviewed_by: null"
    )


def asking(id_: str, *lines: str) -> Edit:
    return more("\n  ".join((f"{id_}:", *lines, "sources: [PROPOSAL]", "reviewed_by: null")))


# What is refused


def test_a_cut_of_our_files_loads(folder: Path) -> None:
    assert set(load(folder).signs) == set(KEPT["signs"])


UNKNOWN_KEYS = [
    (CARE, ANTIVIRAL, having(ANTIVIRAL, "colour: blue"), "missed_antiviral.colour"),
    (
        INFUSION,
        CHILLS,
        changed(CHILLS, "when: [duration", "wen: x\n      when: [duration"),
        "raise[1].wen",
    ),
    (QUESTIONS, "fever", having("fever", "colour: blue"), "fever.colour"),
    (TOGETHER, RF10, having(RF10, "sign: thrush"), f"{RF10}.sign"),
    ("regions.yml", "UK", having("UK", 'ambulance: "999"'), "UK.ambulance"),
    ("sources.yml", "US_ISI", having("US_ISI", "url: https://x"), "US_ISI.url"),
    ("groups.yml", "infusion_reaction", having("infusion_reaction", "x: y"), "reaction.x"),
    ("faq.yml", "what_it_is_for", having("what_it_is_for", "x: y"), "what_it_is_for.x"),
    ("languages.yml", "polish", having("polish", "x: y"), "polish.x"),
    ("claims.yml", "A44", having("A44", "x: y"), "A44.x"),
    ("context.yml", "absent", having("absent", "sideways: [x]"), "absent.sideways"),
]


@pytest.mark.parametrize(("file", "entry", "edit", "named"), UNKNOWN_KEYS)
def test_a_key_that_nobody_knows_is_refused(
    folder: Path, file: str, entry: str, edit: Edit, named: str
) -> None:
    text = edited(folder, file, edit)
    said = refusal(folder)
    assert said.endswith(f"{named} is a key nobody knows")
    assert_placed(said, file, entry, text)


def assert_placed(said: str, file: str, entry: str, text: str) -> None:
    """The message begins with the file and a line that lies within the entry."""
    place = re.match(r"(\S+\.yml), line (\d+): ", said)
    assert place is not None, said
    assert place[1] == file
    first, last = (text.count("\n", 0, at) + 1 for at in _block(text, entry))
    assert first <= int(place[2]) <= last, said


MISSING_KEYS = [
    *((CARE, ANTIVIRAL, key) for key in ("name", "plain", "group", "urgency", "why", "sources")),
    (CARE, ANTIVIRAL, "reviewed_by"),
    *((TOGETHER, RF10, key) for key in ("to", "when", "why", "sources", "reviewed_by")),
    *((QUESTIONS, "fever", key) for key in ("kind", "sources", "reviewed_by")),
    *((QUESTIONS, "temperature_c", key) for key in ("unit", "range")),
    *((QUESTIONS, "days_since_last_infusion", key) for key in ("choices", "unit", "range")),
    (QUESTIONS, "swallowing_breathing_difficulty", "choices"),
    *(("regions.yml", "UK", key) for key in ("emergency", "health_line", "crisis_line")),
    *(("regions.yml", "UK", key) for key in ("verified", "sources", "crisis_sources")),
    *(("sources.yml", "US_ISI", key) for key in ("kind", "title")),
    *(("groups.yml", "infusion_reaction", key) for key in ("name", "reviewed_by")),
    *(("monitoring.yml", "cbc_differential", key) for key in ("test", "sources", "reviewed_by")),
    *(("windows.yml", "observation", key) for key in ("text", "sources", "reviewed_by")),
    *(("contraindications.yml", "us_hiv", key) for key in ("text", "sources", "reviewed_by")),
    *(("faq.yml", "what_it_is_for", key) for key in ("asks", "answer", "sources", "reviewed_by")),
    *(("languages.yml", "polish", key) for key in ("emergency", "person", "closed")),
    *(("languages.yml", "polish", key) for key in ("english_only", "emergencies")),
    *(("languages.yml", "polish", key) for key in ("sources", "reviewed_by")),
    *(("claims.yml", "A44", key) for key in ("document", "locator", "says", "covered_by")),
    ("claims.yml", "A44", "reviewed_by"),
]


@pytest.mark.parametrize(("file", "entry", "key"), MISSING_KEYS)
def test_a_key_that_is_missing_is_refused(folder: Path, file: str, entry: str, key: str) -> None:
    text = edited(folder, file, without(entry, key))
    said = refusal(folder)
    assert said.endswith(f"{entry}.{key} is missing")
    assert_placed(said, file, entry, text)


NAMES = [
    ("a sign", TOGETHER, RF10, changed(RF10, "fever = yes", "sign nobody"), "sign nobody"),
    ("a group", TOGETHER, RF10, changed(RF10, "fever = yes", "group skin"), "group skin"),
    ("a fact", TOGETHER, RF10, changed(RF10, "fever = yes", "zest = yes"), "zest"),
    ("a sign's group", CARE, ANTIVIRAL, changed(ANTIVIRAL, "monitoring", "skin"), "group skin"),
    (
        "a group to consider",
        CARE,
        ANTIVIRAL,
        having(ANTIVIRAL, "also_consider: [skin]"),
        "group skin",
    ),
    ("a finding", CARE, ANTIVIRAL, having(ANTIVIRAL, "gives: [zest]"), "gives: names zest"),
    ("what implies", QUESTIONS, "fever", changed("fever", "temperature_c", "zest"), "zest"),
    (
        "a word for a number",
        QUESTIONS,
        "fever",
        having("fever", "asked_when: temperature_c = hot"),
        "compares temperature_c to a word, and it is a number",
    ),
    ("when asked", QUESTIONS, "fever", having("fever", "asked_when: sign nobody"), "sign nobody"),
    (
        "when unknown",
        QUESTIONS,
        "confusion",
        changed("confusion", "reporter = carer", "reporter = dog"),
        "reporter is never dog",
    ),
    ("a fact in words", "lexicon/findings.yml", "zest", more("zest:\n  patterns: [x]"), "zest"),
    (
        "a word class",
        "lexicon/findings.yml",
        "rigors",
        changed("rigors", "patterns:\n", "patterns:\n    - shake ..3 <elbow>\n"),
        "<elbow>",
    ),
    ("a sign's source", CARE, ANTIVIRAL, changed(ANTIVIRAL, "- US_ISI", "- NOWHERE"), "NOWHERE"),
    (
        "a rule's source",
        CARE,
        ANTIVIRAL,
        changed(ANTIVIRAL, "[PROPOSAL]", "[NOWHERE]"),
        "NOWHERE",
    ),
    *(
        (f"a source of {file}", file, entry, changed(entry, old, "NOWHERE"), "source NOWHERE")
        for file, entry, old in [
            (QUESTIONS, "fever", "PROPOSAL"),
            (TOGETHER, RF10, "PROPOSAL"),
            ("regions.yml", "UK", "SAMARITANS_TECH"),
            ("monitoring.yml", "cbc_differential", "PROPOSAL"),
            ("windows.yml", "observation", "LEMTRADA_IR"),
            ("contraindications.yml", "us_hiv", "US_ISI"),
            ("groups.yml", "infusion_reaction", "US_ISI"),
            ("faq.yml", "what_it_is_for", "SIDE_EFFECTS"),
            ("languages.yml", "polish", "PROPOSAL"),
            ("claims.yml", "A44", "SIDE_EFFECTS"),
        ]
    ),
]


@pytest.mark.parametrize(
    ("file", "entry", "edit", "named"),
    [each[1:] for each in NAMES],
    ids=[each[0] for each in NAMES],
)
def test_a_name_that_points_to_nothing_is_refused(
    folder: Path, file: str, entry: str, edit: Edit, named: str
) -> None:
    text = edited(folder, file, edit)
    said = refusal(folder)
    assert entry in said and named in said
    assert_placed(said, file, entry, text)


USELESS_RULES = [
    ("a value its fact cannot have", INFUSION, CHILLS, raising(CHILLS, "urgent", "fever = high"),
     "(infusion_fever_chills: fever = high) can never hold: fever is never high"),
    ("a word for a number", INFUSION, CHILLS, raising(CHILLS, "urgent", "temperature_c = hot"),
     "waited for as hot"),
    ("a number for a word", INFUSION, CHILLS, raising(CHILLS, "urgent", "fever >= 3"),
     "fever is never 3"),
    ("a number outside its range", INFUSION, CHILLS,
     changed(CHILLS, "temperature_c >= 39.0", "temperature_c >= 50"),
     "can never hold: temperature_c lies between 34 and 43"),
    ("a date outside its range", CARE, ANTIVIRAL, changed(ANTIVIRAL, "<= 28", "<= 99999"),
     "can never hold: days_since_last_infusion lies between 0 and 14610"),
    ("its own urgency", CARE, ANTIVIRAL, changed(ANTIVIRAL, "to: urgent", "to: prompt"),
     "can never raise: missed_antiviral alone is prompt"),
    ("what a window makes of it", INFUSION, CHILLS, raising(CHILLS, "expected", "fever"),
     "can never raise: infusion_fever_chills alone is expected"),
    ("a sign that is as urgent alone", TOGETHER, "x",
     combination("x", "expected", "sign infusion_fever_chills, fever"),
     "can never raise by sign infusion_fever_chills: that alone is expected or more"),
    ("a group that is as urgent alone", TOGETHER, "x",
     combination("x", "expected", "group infusion_reaction, fever"),
     "can never raise by group infusion_reaction"),
    ("another that always holds with it", TOGETHER, "x",
     combination("x", "urgent", "face_tongue_swelling, fever"),
     "(x) can never raise: face_swelling_alone always holds with it"),
    ("another of the same sign", INFUSION, CHILLS,
     raising(CHILLS, "urgent", "confusion, fever"), "confusion = yes always holds with it"),
    ("two values at once", INFUSION, CHILLS, raising(CHILLS, "urgent", "fever, fever = no"),
     "can never hold: fever = yes and fever = no exclude each other"),
    ("two spans apart", INFUSION, CHILLS,
     raising(CHILLS, "emergency", "temperature_c >= 39, temperature_c < 35"),
     "can never hold: temperature_c >= 39 and temperature_c < 35 exclude each other"),
    ("what nothing asks for", QUESTIONS, "temperature_c", without("temperature_c", "text"),
     "can never hold: nothing asks for temperature_c >= 39.0, and no words state it"),
    ("what no words state", TOGETHER, "x", combination("x", "urgent", "reporter = self"),
     "question reporter is waited for as self, and no words state that"),
    ("the opposite of another", TOGETHER, "x",
     combination("x", "urgent", "face_tongue_swelling"),
     "contradicts x: the same conditions, another urgency"),
    ("its owner's group", CARE, ANTIVIRAL, raising(ANTIVIRAL, "urgent", "group monitoring"),
     "always holds: group monitoring is missed_antiviral's own, and another sign is needed"),
    ("nothing", TOGETHER, RF10, lambda text: re.sub(r"when: \[.*\]", "when: []", text),
     "when is empty: such a rule would always hold"),
    ("no condition", TOGETHER, RF10, changed(RF10, "fever = yes", "fever is yes"),
     "when cannot be read: 'fever is yes' is no condition"),
    ("no number", TOGETHER, RF10, changed(RF10, "<= 28", "<= soon"), "'soon' is no number"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "entry", "edit", "named"),
    [each[1:] for each in USELESS_RULES],
    ids=[each[0] for each in USELESS_RULES],
)
def test_a_rule_that_cannot_work_is_refused(
    folder: Path, file: str, entry: str, edit: Edit, named: str
) -> None:
    edited(folder, file, edit)
    said = refusal(folder)
    assert named in said
    assert re.match(r"\S+\.yml, line \d+: ", said), said


def test_a_rule_is_refused_at_its_sign(folder: Path) -> None:
    text = edited(folder, INFUSION, raising(CHILLS, "urgent", "fever = high"))
    assert_placed(refusal(folder), INFUSION, CHILLS, text)


def test_a_rule_with_a_number_names_its_own_source(folder: Path) -> None:
    no_sources = "missed_antiviral.raise[0].sources is missing: a number names where it comes from"
    text = edited(folder, CARE, changed(ANTIVIRAL, "      sources: [PROPOSAL]\n", ""))
    said = refusal(folder)
    assert said.endswith(no_sources)
    assert_placed(said, CARE, ANTIVIRAL, text)


def test_a_rule_without_a_number_rests_on_the_sources_of_its_sign(folder: Path) -> None:
    sign = load(folder).signs[THRUSH]
    assert {each.sources for each in sign.rules} == {sign.sources}


OTHER_DEFECTS = [
    ("no lowest and highest", QUESTIONS, "temperature_c",
     changed("temperature_c", "[34, 43]", "[34]"), "temperature_c.range must be the lowest"),
    ("a range upside down", QUESTIONS, "temperature_c",
     changed("temperature_c", "[34, 43]", "[43, 34]"), "temperature_c.range must be the lowest"),
    ("a range in words", QUESTIONS, "temperature_c",
     changed("temperature_c", "[34, 43]", "[34, hot]"), "temperature_c.range cannot be read"),
    ("no item", QUESTIONS, "rigors", without("rigors", "item"), "needs an item"),
    ("an item for a number", QUESTIONS, "temperature_c", having("temperature_c", "item: hot"),
     "needs an item if rules wait for one value of it, and none otherwise"),
    ("another's item", QUESTIONS, "confusion",
     changed("fever", "a fever or feeling hot and shivery", "confusion or unusual sleepiness"),
     "has the item 'confusion or unusual sleepiness' of another question"),
    ("a choice that is no span of days", QUESTIONS, "days_since_last_infusion",
     changed("days_since_last_infusion", '"2-3"', "soon"),
     "has the choice 'soon', which is no number of days"),
    ("what it never is when unknown", QUESTIONS, "confusion",
     changed("confusion", 'unknown_counts_as: "yes"', "unknown_counts_as: perhaps"),
     "confusion is never perhaps"),
    ("a question nobody needs", QUESTIONS, "zest",
     asking("zest", "kind: yes_no", "text: Have you?", "item: zest"),
     "is asked, and no rule reads it"),
    ("no kind of question", QUESTIONS, "fever", changed("fever", "yes_no", "open"), "fever.kind"),
    ("a sign without words", "lexicon/care.yml", None, gone(ANTIVIRAL),
     "sign missed_antiviral has no words in lexicon/"),
    ("a sign without patterns", "lexicon/care.yml", None, without(ANTIVIRAL, "patterns"),
     "sign missed_antiviral has no words in lexicon/"),
    ("a fact without words", "lexicon/findings.yml", None, gone("rigors"),
     "question rigors is waited for as yes, and no words state that"),
    ("a claim covered by nothing", "claims.yml", "A44",
     changed("A44", "[faq what_it_is_for]", "[]"), "claim A44 is covered by nothing"),
    ("a claim covered by what is not there", "claims.yml", "A44",
     changed("A44", "faq what", "faq why"), "covered by 'faq why_it_is_for', which does not exist"),
    ("a claim covered by no kind of entry", "claims.yml", "A44",
     changed("A44", "faq what", "leaflet what"), "'leaflet what_it_is_for', which does not exist"),
    ("an urgency that does not exist", CARE, ANTIVIRAL, changed(ANTIVIRAL, ": prompt", ": soonish"),
     "missed_antiviral.urgency no such urgency: 'soonish'"),
    ("a rule's urgency", TOGETHER, RF10, changed(RF10, ": emergency", ": high"), f"{RF10}.to"),
    ("a window that changes nothing", CARE, ANTIVIRAL,
     lambda text: having(ANTIVIRAL, "expected_until_day: 3")(
         changed(ANTIVIRAL, "urgency: prompt", "urgency: expected")(text)),
     "is expected in a window, so its urgency must be the one outside"),
    ("a sign that gives a comparison", CARE, ANTIVIRAL,
     having(ANTIVIRAL, "gives: [temperature_c >= 38]"), "gives temperature_c >= 38, which is no value"),
    ("a day that is no number", INFUSION, CHILLS,
     changed(CHILLS, "expected_until_day: 0", "expected_until_day: soon"), "must be a number"),
    ("a crisis that is neither", CARE, ANTIVIRAL, having(ANTIVIRAL, "crisis: perhaps"),
     "missed_antiviral.crisis must be true or false"),
    ("a text that is a list", CARE, ANTIVIRAL, changed(ANTIVIRAL, "group: monitoring", "group: [x]"),
     "missed_antiviral.group must be a text"),
    ("a text that is empty", CARE, ANTIVIRAL, changed(ANTIVIRAL, "group: monitoring", "group: ' '"),
     "missed_antiviral.group is empty"),
    ("no list of words", "lexicon/findings.yml", "rigors",
     changed("rigors", "patterns:\n", "patterns:\n    - [x]\n"), "rigors.patterns must be a list of words"),
    ("sources that are empty", QUESTIONS, "fever",
     changed("fever", "[NHS_FEVER_COPY, PROPOSAL]", "[]"), "fever.sources is empty"),
    ("a source with two places", CARE, ANTIVIRAL,
     changed(ANTIVIRAL, "- US_ISI", "- {US_ISI: a, PROPOSAL: b}"), "sources must be names"),
    ("a rumour for a source", "sources.yml", "US_ISI", changed("US_ISI", "kind: page", "kind: rumour"),
     "US_ISI.kind must be one of document, page, recalled, proposal"),
    ("a flag in other words", "regions.yml", "UK", changed("UK", "false", "no"),
     "UK.verified must be true or false"),
    ("an entry that is a text", "regions.yml", "x", more("x: y"), "x must be keys with values"),
    ("no assertion", "context.yml", "sometimes", more("sometimes: {forward: [now]}"),
     "sometimes is no assertion"),
    ("a cue of both directions", "context.yml", "absent",
     changed("absent", "backward: [", "backward: [without, "), "'without', which is in forward too"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "entry", "edit", "named"),
    [each[1:] for each in OTHER_DEFECTS],
    ids=[each[0] for each in OTHER_DEFECTS],
)
def test_what_an_entry_cannot_be_is_refused(
    folder: Path, file: str, entry: str | None, edit: Edit, named: str
) -> None:
    text = edited(folder, file, edit)
    said = refusal(folder)
    assert named in said
    if entry is None:  # what is missing has no line of its own
        assert re.match(r"\S+\.yml, line \d+: ", said), said
    else:
        assert_placed(said, file, entry, text)


@pytest.mark.parametrize(
    ("file", "line", "edit"),
    [
        (CARE, "  urgency: soonish", changed(ANTIVIRAL, "urgency: prompt", "urgency: soonish")),
        (CARE, "  colour: blue", having(ANTIVIRAL, "colour: blue")),
        (QUESTIONS, "  range: [34, x]", changed("temperature_c", "[34, 43]", "[34, x]")),
        (CARE, "    - {x: y, z: w}", changed(ANTIVIRAL, "- US_ISI", "- {x: y, z: w}")),
    ],
)
def test_the_line_is_that_of_the_mistake(folder: Path, file: str, line: str, edit: Edit) -> None:
    lines = edited(folder, file, edit).splitlines()
    assert f"{file}, line {lines.index(line) + 1}: " in refusal(folder)


# Whole files


@pytest.mark.parametrize("file", ["questions.yml", "regions.yml", CARE, "lexicon/care.yml"])
def test_an_entry_written_twice_is_refused_with_its_line(folder: Path, file: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    first = ENTRY.split(text)[1]
    edited(folder, file, more(first))
    entry = first.partition(":")[0]
    line = text.rstrip().count("\n") + 3
    said = refusal(folder)
    assert said.startswith(f"{file}: {entry} is there twice")
    assert f"line {line}," in said


def test_a_key_written_twice_is_refused(folder: Path) -> None:
    edited(folder, CARE, having(ANTIVIRAL, "urgency: urgent"))
    assert "urgency is there twice" in refusal(folder)


def test_a_sign_in_two_files_is_refused(folder: Path) -> None:
    text = (folder / CARE).read_text(encoding="utf-8")
    edited(folder, INFUSION, more(ENTRY.split(text)[1]))
    assert re.match(
        r"signs/infusion\.yml, line \d+: missed_antiviral is there twice", refusal(folder)
    )


@pytest.mark.parametrize("text", ["a: [1, 2", "a: b: c", "\tx: 1", "{]"])
@pytest.mark.parametrize("file", [CARE, "questions.yml"])
def test_a_file_that_is_no_yaml_is_refused_with_its_line(
    folder: Path, file: str, text: str
) -> None:
    edited(folder, file, lambda _: text)
    assert re.match(rf"{file}: .*line 1", refusal(folder))


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / CARE).write_bytes(b"\xff\xfe")
    assert refusal(folder).startswith(f"{CARE}: ")


@pytest.mark.parametrize("text", ["- a list", "only words"])
def test_a_file_without_entries_is_refused(folder: Path, text: str) -> None:
    edited(folder, CARE, lambda _: text)
    assert refusal(folder) == f"{CARE}, line 1: the file must be keys with values"


@pytest.mark.parametrize("name", [each for each in FILES if "*" not in each])
def test_a_file_that_is_not_there_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / f"{name}.yml").unlink()
    assert refusal(folder).startswith(f"{name}.yml cannot be read")


def test_equal_files_have_an_equal_version(folder: Path) -> None:
    assert load(folder).version == load(folder).version


def test_any_file_that_changes_changes_the_version(folder: Path, cut: dict[str, str]) -> None:
    versions = {load(folder).version}
    for name in cut:
        edited(folder, name, more("# signed off"))
        versions.add(load(folder).version)
    assert len(versions) == len(cut) + 1


# Our own files


def test_our_knowledge_loads(knowledge: Knowledge) -> None:
    assert knowledge.signs["stroke_signs"].urgency is Urgency.EMERGENCY
    assert (Assertion.ABSENT, "forward") in knowledge.context.cues


def test_loading_takes_less_than_a_third_of_a_second() -> None:
    """Of this process's own time, so that a busy machine does not matter; the best of five."""

    def seconds() -> float:
        start = time.process_time()
        load()
        return time.process_time() - start

    assert any(seconds() < 0.3 for _ in range(5))


def test_there_are_82_signs_each_with_its_sources(knowledge: Knowledge) -> None:
    assert len(knowledge.signs) == 82
    assert [sign.id for sign in knowledge.signs.values() if not sign.sources] == []


def test_nothing_is_signed_by_a_clinician_yet(knowledge: Knowledge) -> None:
    entries = (
        knowledge.signs,
        knowledge.questions,
        knowledge.combinations,
        knowledge.groups,
        knowledge.monitoring,
        knowledge.windows,
        knowledge.contraindications,
        knowledge.faq,
        knowledge.languages,
    )
    assert {each.reviewed_by for kind in entries for each in kind.values()} == {None}


def test_every_rule_has_sources_and_a_reason_in_a_sentence(knowledge: Knowledge) -> None:
    for rule in knowledge.rules():
        assert rule.sources and rule.when and rule.why.endswith("."), rule.id


def test_every_rule_has_a_name_of_its_own(knowledge: Knowledge) -> None:
    ids = [rule.id for rule in knowledge.rules()]
    assert len(ids) == len(set(ids))


def test_every_claim_of_the_two_documents_is_there_and_covered(knowledge: Knowledge) -> None:
    claims = {f"A{n:02}" for n in range(1, 45)} | {f"B{n:02}" for n in range(1, 20)}
    assert claims <= set(knowledge.claims)
    assert all(claim.covered_by and claim.says for claim in knowledge.claims.values())
    assert {claim.source.id for claim in knowledge.claims.values()} == {
        "SIDE_EFFECTS",
        "AUTOIMMUNITY",
    }


def test_no_number_to_call_is_verified_yet(knowledge: Knowledge) -> None:
    assert {region.verified for region in knowledge.regions.values()} == {False}
    assert "unknown" in knowledge.regions


def test_the_plain_words_for_a_sign_fit_into_a_sentence(knowledge: Knowledge) -> None:
    for sign in knowledge.signs.values():
        assert re.fullmatch(r"(HPV|MS|[a-z])[\w ,'-]{3,58}\w", sign.plain), sign.id
        assert not re.search(r"\b(you have|I|my)\b", sign.plain), sign.id


def test_every_fact_that_rules_wait_for_can_be_asked_or_is_only_heard(
    knowledge: Knowledge,
) -> None:
    asked = {id_ for id_, each in knowledge.questions.items() if each.text}
    waited = {
        atom.name
        for rule in knowledge.rules()
        for condition in rule.when
        for atom in condition.atoms
        if atom.what is Is.FACT
    }
    assert asked <= waited
    assert waited - asked == set()


def test_a_question_is_one_short_text(knowledge: Knowledge) -> None:
    for question in knowledge.questions.values():
        assert len(question.text) <= 100, question.id
        assert not question.text or question.text.endswith(("?", ".")), question.id


def test_only_an_infusion_reaction_is_ever_expected(knowledge: Knowledge) -> None:
    windows = {
        sign.id: sign.expected_until_day
        for sign in knowledge.signs.values()
        if sign.expected_until_day is not None
    }
    assert windows == {
        "infusion_fever_chills": 0,
        "rash_or_hives": 2,
        "itching_or_flushing": 2,
        "headache_ordinary": 3,
        "nausea_or_vomiting": 3,
        "insomnia_or_steroid_jitters": 7,
    }


def test_of_the_signs_only_self_harm_asks_for_the_words_of_a_crisis(knowledge: Knowledge) -> None:
    assert [sign.id for sign in knowledge.signs.values() if sign.crisis] == ["self_harm_thoughts"]


def test_every_date_that_is_asked_offers_spans(knowledge: Knowledge) -> None:
    for question in knowledge.questions.values():
        if question.kind is Kind.DAYS_AGO:
            assert len(question.choices) > 1, question.id
