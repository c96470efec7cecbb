"""domain.yml, data/, the code and the promises agree; and no word of ours is a diagnosis or a comfort."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
import yaml

from bedside.dialogue import take_up
from bedside.heard import ANSWERS
from bedside.knowledge import Knowledge, clinic_facts
from bedside.knowledge.responses import GAP, load_responses
from bedside.language.answers import read_reply
from bedside.model import DONT_KNOW, NO, Advice, Assertion, Clinic, Question, Report, Urgency
from bedside.questions import (
    DONT_KNOW_CHOICE,
    NONE_OF_THESE,
    in_other_words,
    next_question,
    question_about,
)
from bedside.saying import ADVICE
from bedside.settings import ROOT
from launch.environment import base_environment
from tests.builders import KNOWLEDGE, TODAY, guess, report, shared_reader
from tests.forbidden import FORBIDDEN, forbidden_in

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
NLU = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "data/nlu").glob("*.yml")}
RESPONSES = load_responses()
STEPS = [step for rule in RULES for step in rule["steps"]]
# The sign extractor sets these; no training example carries them.
SET_BY_EXTRACTOR = {"report_emergency", "report_possible_emergency", "report_crisis"}
SHELLS = ("bedside", "components", "actions", "chat", "console", "worker")
# Where strings of the code reach a patient.
# Code that says sentences, with one of each; the others say none yet.
SPEAKING = {
    "correction.py": "Which of it is wrong?",
    "dialogue.py": "“skip”",
    "heard.py": "how you feel",
    "questions.py": "Do you have any of these now?",
    "returning.py": "How is that now?",
    "whose.py": "Is this about",
}
SILENT = ("answering.py", "replying.py", "saying.py")
URGENCY_OF = {
    Advice.CRISIS: Urgency.EMERGENCY,
    Advice.EMERGENCY: Urgency.EMERGENCY,
    Advice.EMERGENCY_POSSIBLE: Urgency.EMERGENCY,
    Advice.INFUSION_RUNNING: Urgency.URGENT,
    Advice.URGENT: Urgency.URGENT,
    Advice.UNCLEAR: Urgency.URGENT,
    Advice.PROMPT: Urgency.PROMPT,
    Advice.ROUTINE: Urgency.ROUTINE,
    Advice.EXPECTED: Urgency.EXPECTED,
}
TO_A_PERSON = {"emergency_number", "team_phone", "contact_today", "out_of_hours"}


def named_in_code() -> dict[str, str]:
    """Every response that a string of the code names, with the file that does."""
    named = {}
    for shell in SHELLS:
        for path in (ROOT / shell).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for name in re.findall(r"^utter_[a-z]\w*$", node.value):
                        named[name] = str(path.relative_to(ROOT))
    del named["utter_action"]  # Rasa's own key in the metadata of an event
    return named


NAMED = named_in_code()
IN_RULES = {step["action"] for step in STEPS if step.get("action", "").startswith("utter_")}


@cache
def blocks_of(name: str) -> list[dict[str, str]]:
    blocks: list[dict[str, str]] = yaml.safe_load(NLU[name])["nlu"]
    return blocks


def intents_of(name: str) -> set[str]:
    return {each["intent"] for each in blocks_of(name)}


# Names


@pytest.mark.parametrize("name", NLU)
def test_every_intent_of_the_training_data_is_in_the_domain(name: str) -> None:
    assert intents_of(name) <= set(DOMAIN["intents"])


def test_every_intent_of_the_domain_has_examples() -> None:
    taught = set().union(*(intents_of(name) for name in NLU))
    assert set(DOMAIN["intents"]) == taught | SET_BY_EXTRACTOR


def test_the_rules_name_intents_and_actions_of_the_domain() -> None:
    intents = {step["intent"] for step in STEPS if "intent" in step}
    actions = {step["action"] for step in STEPS if "action" in step}
    assert intents <= {*DOMAIN["intents"], "nlu_fallback"}  # the last is Rasa's own
    assert actions <= {*DOMAIN["actions"], *DOMAIN["responses"]}


def test_the_intents_with_an_answer_of_their_own_are_in_the_domain() -> None:
    assert set(ANSWERS) <= set(DOMAIN["intents"])


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_response_that_the_code_names_exists(name: str) -> None:
    assert name in RESPONSES.texts, f"named in {NAMED[name]}"


def test_no_response_is_left_that_nobody_says() -> None:
    assert set(RESPONSES.texts) == set(NAMED) | IN_RULES


def test_a_response_has_one_wording() -> None:
    varying = [name for name, variants in DOMAIN["responses"].items() if len(variants) != 1]
    assert varying == []


@pytest.mark.parametrize("name", NLU)
def test_every_annotated_sign_is_one_the_knowledge_has(name: str, knowledge: Knowledge) -> None:
    annotations = [json.loads(each) for each in re.findall(r"\](\{.*?\})", NLU[name])]
    wrong = [
        each
        for each in annotations
        if each.get("entity") != "sign"
        or each.get("value") not in knowledge.signs
        or each.get("role", "present") not in {assertion.value for assertion in Assertion}
    ]
    assert wrong == []


@pytest.mark.parametrize("name", NLU)
def test_no_annotation_is_left_half_written(name: str) -> None:
    examples = [line for line in NLU[name].splitlines() if line.lstrip().startswith("- ")]
    whole = re.compile(r'\[[^\[\]]+\]\{"entity": "\w+", "value": "\w+"(, "role": "\w+")?\}')
    assert [line for line in examples if re.search(r"[\[\]{}]", whole.sub("", line))] == []


@pytest.mark.parametrize("sign", KNOWLEDGE.signs)
def test_every_sign_has_examples_to_learn_from(sign: str) -> None:
    assert sum(text.count(f'"value": "{sign}"') for text in NLU.values()) >= 25


@pytest.mark.parametrize("intent", sorted({*DOMAIN["intents"]} - SET_BY_EXTRACTOR))
def test_every_intent_has_examples_to_learn_from(intent: str) -> None:
    blocks = [each for name in NLU for each in blocks_of(name)]
    lines = [each["examples"] for each in blocks if each["intent"] == intent]
    assert sum(examples.count("- ") for examples in lines) >= 40


# Gaps


@pytest.mark.parametrize("name", RESPONSES.texts)
def test_every_gap_of_a_response_is_filled_by_the_clinic_or_by_the_utterance(
    name: str, clinic: Clinic, knowledge: Knowledge, now: datetime
) -> None:
    gaps = set(GAP.findall(RESPONSES.texts[name]))
    filled = {"signs", "question", "answer"}
    filled |= {"in_an_emergency", "to_reach_a_person", "when_closed", "english_only"}
    assert gaps <= {*clinic_facts(clinic, knowledge, now), *filled}


@pytest.mark.parametrize("name", sorted(IN_RULES))
def test_what_a_rule_says_needs_the_clinics_facts_alone(
    name: str, clinic: Clinic, knowledge: Knowledge, now: datetime
) -> None:
    gaps = set(GAP.findall(RESPONSES.texts[name]))
    assert gaps <= set(clinic_facts(clinic, knowledge, now))


@pytest.mark.parametrize("name", RESPONSES.texts)
def test_a_response_has_no_broken_gap(name: str) -> None:
    assert not re.search(r"[{}]", GAP.sub("", RESPONSES.texts[name]))


# Urgencies


def test_every_advice_but_none_has_a_response() -> None:
    assert set(ADVICE) == set(URGENCY_OF) == set(Advice) - {Advice.NONE}


@pytest.mark.parametrize("advice", ADVICE, ids=lambda advice: advice.value)
def test_the_domain_gives_advice_the_urgency_that_the_dialogue_gives_it(advice: Advice) -> None:
    assert RESPONSES.urgencies[ADVICE[advice]] is URGENCY_OF[advice]


@pytest.mark.parametrize("name", sorted({*RESPONSES.urgencies, *ADVICE.values()}))
def test_every_advice_names_a_way_to_a_person(name: str) -> None:
    assert set(GAP.findall(RESPONSES.texts[name])) & TO_A_PERSON


@pytest.mark.parametrize(
    "name", [n for n, urgency in RESPONSES.urgencies.items() if urgency is Urgency.EMERGENCY]
)
def test_an_emergency_has_the_number_in_its_first_sentence(name: str) -> None:
    first_sentence = re.split(r"(?<=[.!?])\s", RESPONSES.texts[name])[0]
    assert "{emergency_number}" in first_sentence


def test_a_crisis_has_the_number_and_the_crisis_line_before_anything_else() -> None:
    first_line = RESPONSES.texts["utter_crisis"].splitlines()[0]
    assert GAP.findall(first_line) == ["emergency_number", "crisis_line"]
    assert first_line.endswith("call {crisis_line}.")


@pytest.mark.parametrize("region", KNOWLEDGE.regions)
def test_every_region_has_a_number_and_a_crisis_line(region: str) -> None:
    here = KNOWLEDGE.regions[region]
    assert here.emergency and here.crisis_line and here.health_line


@pytest.mark.parametrize(
    "name", ["utter_unavailable", "utter_spooled", "utter_not_recorded", "utter_human"]
)
def test_when_the_program_cannot_help_it_gives_every_way_to_a_person(name: str) -> None:
    gaps = set(GAP.findall(RESPONSES.texts[name]))
    assert gaps >= {"team_phone", "out_of_hours", "emergency_number"}


@pytest.mark.parametrize("name", ["utter_not_recognised", "utter_bot", "utter_out_of_scope"])
def test_who_is_not_understood_is_told_how_to_reach_a_person(name: str) -> None:
    assert "{team_phone}" in RESPONSES.texts[name]


def test_every_emergency_carries_its_urgency_to_the_chat() -> None:
    emergencies = {name for name in RESPONSES.texts if name.startswith("utter_emergency")}
    emergencies.add("utter_crisis")
    assert {RESPONSES.urgencies.get(name) for name in emergencies} == {Urgency.EMERGENCY}


# Never a diagnosis, a comfort, or advice about medicines (promise S5)


@pytest.mark.parametrize(("pattern", "example"), FORBIDDEN.items())
def test_a_forbidden_phrase_is_caught(pattern: str, example: str) -> None:
    assert re.search(pattern, example, re.IGNORECASE)


@pytest.mark.parametrize(
    "sentence",
    [
        "You're fine.",
        "You have immune thrombocytopenia.",
        "It could be a stroke.",
        "It will pass.",
        "Take ibuprofen",
        "Skip your next infusion.",
        "It's only the MS.",
        "This often goes away.",
        "That is normal after Lemtrada.",
        "There is no reason to worry.",
        "Do not worry about it.",
        "Please keep taking the antihistamine.",
        "See how you feel tomorrow.",
    ],
)
def test_other_wordings_of_the_same_are_caught(sentence: str) -> None:
    assert forbidden_in(sentence)


def spoken() -> Iterator[tuple[str, str]]:
    """All that Bedside may say to a patient, by where it stands."""
    yield from RESPONSES.texts.items()
    for entry in KNOWLEDGE.questions.values():
        yield f"question {entry.id}", entry.text
        yield f"item {entry.id}", entry.item
        if entry.text:
            again = in_other_words(question_about(entry.id, KNOWLEDGE), KNOWLEDGE)
            yield f"question {entry.id} again", again.text
        yield f"choices {entry.id}", "; ".join(entry.choices.values())
    for sign in KNOWLEDGE.signs.values():
        yield f"plain {sign.id}", sign.plain
        asked = next_question(report(guess(sign.id)), KNOWLEDGE)
        if asked is not None:
            yield f"confirm {sign.id}", asked.text
            yield f"confirm {sign.id} again", in_other_words(asked, KNOWLEDGE).text
    for faq in KNOWLEDGE.faq.values():
        yield f"answer {faq.id}", faq.answer
    for name in (*SPEAKING, *SILENT):
        yield f"strings of {name}", "\n".join(strings_of(ROOT / "bedside" / name))


def strings_of(path: Path) -> Iterator[str]:
    """The strings in the code of `path` that are more than a name; docstrings are for us."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ours = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if " " in node.value and node.value not in ours:
            yield node.value


SPOKEN = {place: text for place, text in spoken() if text}


@pytest.mark.parametrize("place", SPOKEN)
def test_nothing_we_say_is_a_diagnosis_a_comfort_or_advice_on_medicines(place: str) -> None:
    assert forbidden_in(SPOKEN[place]) == []


@pytest.mark.parametrize("name", SPEAKING)
def test_the_strings_of_the_code_that_speaks_are_found(name: str) -> None:
    assert SPEAKING[name] in SPOKEN[f"strings of {name}"]


@pytest.mark.parametrize("sign", KNOWLEDGE.signs)
def test_a_sign_in_plain_words_fits_into_a_sentence(sign: str) -> None:
    plain = KNOWLEDGE.signs[sign].plain
    assert plain == plain.strip() and plain[0].islower() and plain[-1] not in ".!?"


ASKED = [each for each in KNOWLEDGE.questions.values() if each.text]
LISTED = [each for each in ASKED if each.item]


@pytest.mark.parametrize("question", [each.text for each in ASKED])
def test_a_question_is_one_question(question: str) -> None:
    assert question.count("?") == 1 and question[-1] in "?."


# Lists to pick from


@pytest.mark.parametrize("item", [each.item for each in LISTED])
def test_an_item_fits_on_a_button_and_is_one_thing(item: str) -> None:
    assert item == item.strip() and item[0].islower() and item[-1] not in ".!?"
    assert "," not in item and len(item) <= 45


def test_no_two_items_are_the_same() -> None:
    items = [each.item.casefold() for each in LISTED]
    assert len(items) == len(set(items))


@pytest.mark.parametrize("fact", [each.id for each in LISTED])
def test_an_item_is_read_as_the_worry_that_it_names(fact: str) -> None:
    other = "mouth_ulcers" if fact != "mouth_ulcers" else "eye_pain"
    entry = KNOWLEDGE.questions[fact]
    listed = Question(
        id=f"{fact},{other}", about=(fact, other), text="Do you have any of these now?"
    )
    for words in (entry.item, entry.item.capitalize() + "."):
        heard = shared_reader().read(words, intent="affirm")
        turn = take_up(Report(), heard, listed, KNOWLEDGE, TODAY)
        assert turn.report.answers == {fact: entry.worse}


@pytest.mark.parametrize("item", [each.item for each in LISTED])
def test_an_item_is_no_answer_to_all_of_the_list(item: str) -> None:
    assert read_reply(item) is None


def test_the_last_two_items_of_a_list_are_no_and_dont_know() -> None:
    assert read_reply(NONE_OF_THESE.value) == read_reply(NONE_OF_THESE.title) == NO
    assert read_reply(DONT_KNOW_CHOICE.value) == read_reply(DONT_KNOW_CHOICE.title) == DONT_KNOW


# No patient text leaves the deployment (promise S7)


def test_rasa_telemetry_is_off_in_every_program_we_start() -> None:
    assert base_environment()["RASA_TELEMETRY_ENABLED"] == "false"


@pytest.mark.parametrize("name", ["Makefile", ".env.example"])
def test_no_file_turns_rasa_telemetry_on(name: str) -> None:
    settings = re.findall(r"RASA_TELEMETRY_ENABLED\s*:?=\s*(\S+)", _text(ROOT / name))
    assert set(settings) <= {"false"}


def test_make_turns_rasa_telemetry_off() -> None:
    assert "export RASA_TELEMETRY_ENABLED := false" in _text(ROOT / "Makefile")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
