"""The knowledge files: ours load, and a file that is not whole is refused with its file, entry and key."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bedside.knowledge import Knowledge, KnowledgeError, load
from bedside.knowledge.loader import FILES, FOLDER
from bedside.model import Assertion, Urgency

# A cut of our own files, so that each test loads in milliseconds.
KEPT = {
    "signs": ("unexplained_bruising", "persistent_fever"),
    "findings": ("fever", "headache_present"),
    "combinations": ("RF01_bleed_plus_headache", "RF03_bleed_plus_fever"),
    "regions": ("UK",),
}
BRUISING, RF01 = "unexplained_bruising", "RF01_bleed_plus_headache"
DANGLING = [{"id": "NOWHERE"}]
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def a_cut_of_ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("knowledge")
    for name in FILES:
        data = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
        cut = {key: shortened(data[key]) for key in KEPT.get(name, data)}
        (folder / f"{name}.yml").write_text(yaml.safe_dump(cut), encoding="utf-8")
    return folder


def shortened(value: Any) -> Any:
    """`value` with all lists of words cut to three."""
    if isinstance(value, dict):
        return {key: shortened(each) for key, each in value.items()}
    return value[:3] if isinstance(value, list) else value


@pytest.fixture
def folder(a_cut_of_ours: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(a_cut_of_ours, tmp_path / "knowledge"))


def change(folder: Path, name: str, how: Change) -> None:
    path = folder / f"{name}.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    how(data)
    path.write_text(yaml.safe_dump(data), encoding="utf-8")


def setting(*path: Any, to: Any) -> Change:
    """The change that sets the value at `path`."""

    def how(data: dict[str, Any]) -> None:
        place: Any = data
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to

    return how


def without(*path: Any) -> Change:
    def how(data: dict[str, Any]) -> None:
        place: Any = data
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return how


def test_our_knowledge_loads(knowledge: Knowledge) -> None:
    assert knowledge.signs["stroke_signs"].urgency is Urgency.EMERGENCY
    assert (Assertion.ABSENT, "forward") in knowledge.context.cues


def test_nothing_in_our_knowledge_is_signed_by_a_clinician_yet(knowledge: Knowledge) -> None:
    entries = (*knowledge.signs.values(), *knowledge.findings.values())
    assert {each.reviewed_by for each in entries} == {None}


def test_a_cut_of_our_files_loads(folder: Path) -> None:
    assert set(load(folder).signs) == set(KEPT["signs"])


def test_a_rule_that_waits_for_nothing_is_refused(folder: Path) -> None:
    change(folder, "combinations", setting(RF01, "when", to=[]))
    with pytest.raises(KnowledgeError, match=rf"{RF01}\.when"):
        load(folder)


def test_an_entry_written_twice_is_refused(folder: Path) -> None:
    path = folder / "regions.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.replace("999", "000"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"regions\.yml: .*UK"):
        load(folder)


def test_an_assertion_that_does_not_exist_is_refused(folder: Path) -> None:
    change(folder, "context", setting("sometimes", to={"forward": ["now and then"]}))
    with pytest.raises(KnowledgeError, match=r"context\.yml: sometimes"):
        load(folder)


def test_a_class_of_words_that_does_not_exist_is_refused(folder: Path) -> None:
    change(folder, "signs", setting(BRUISING, "lexicon", to=["bruise ..3 <elbow>"]))
    with pytest.raises(KnowledgeError, match=rf"signs\.yml: {BRUISING}.*elbow"):
        load(folder)


def test_a_file_that_is_not_there_is_refused_by_name(folder: Path) -> None:
    (folder / "words.yml").unlink()
    with pytest.raises(KnowledgeError, match=r"words\.yml"):
        load(folder)


@pytest.mark.parametrize(
    ("file", "how", "named"),
    [
        # a key nobody knows
        ("signs", setting(BRUISING, "urgensy", to="urgent"), (BRUISING, "urgensy")),
        ("findings", setting("fever", "plain", to="a fever"), ("fever", "plain")),
        ("combinations", setting(RF01, "sign", to=BRUISING), (RF01, "sign")),
        ("regions", setting("UK", "ambulance", to="999"), ("UK", "ambulance")),
        ("sources", setting("US_ISI", "url", to="https://x"), ("US_ISI", "url")),
        ("signs", setting(BRUISING, "sources", 0, "page", to="3"), (BRUISING, "sources", "page")),
        ("context", setting("absent", "sideways", to=["x"]), ("absent", "sideways")),
        # a key that is missing
        ("signs", without(BRUISING, "plain"), (BRUISING, "plain")),
        ("signs", without(BRUISING, "urgency"), (BRUISING, "urgency")),
        ("signs", without(BRUISING, "reviewed_by"), (BRUISING, "reviewed_by")),
        ("signs", without(BRUISING, "sources"), (BRUISING, "sources")),
        ("findings", without("fever", "name"), ("fever", "name")),
        ("combinations", without(RF01, "to"), (RF01, "to")),
        ("combinations", without(RF01, "when"), (RF01, "when")),
        ("regions", without("UK", "emergency"), ("UK", "emergency")),
        ("regions", without("UK", "verified"), ("UK", "verified")),
        ("sources", without("US_ISI", "title"), ("US_ISI", "title")),
        ("context", without("ends"), ("ends",)),
        # no source, or one that the register does not have
        ("signs", setting(BRUISING, "sources", to=[]), (BRUISING, "sources")),
        ("findings", setting("fever", "sources", to=[]), ("fever", "sources")),
        ("combinations", setting(RF01, "sources", to=[]), (RF01, "sources")),
        ("signs", setting(BRUISING, "sources", to=DANGLING), (BRUISING, "sources", "NOWHERE")),
        ("findings", setting("fever", "sources", to=DANGLING), ("fever", "sources", "NOWHERE")),
        ("combinations", setting(RF01, "sources", to=DANGLING), (RF01, "sources", "NOWHERE")),
        ("regions", setting("UK", "sources", to=DANGLING), ("UK", "sources", "NOWHERE")),
        # names that point to nothing
        ("signs", setting(BRUISING, "gives", to=["pallor"]), (BRUISING, "gives", "pallor")),
        ("combinations", setting(RF01, "when", 0, to={"sign": "rash"}), (RF01, "when", "rash")),
        ("combinations", setting(RF01, "when", 0, to={"group": "skin"}), (RF01, "when", "skin")),
        ("combinations", setting(RF01, "when", 1, to={"finding": "x"}), (RF01, "when", "x")),
        # values of another kind
        ("signs", setting(BRUISING, "name", to=5), (BRUISING, "name")),
        ("signs", setting(BRUISING, "lexicon", to="bruise"), (BRUISING, "lexicon")),
        ("signs", setting(BRUISING, "lexicon", to=["bruise", False]), (BRUISING, "lexicon")),
        ("signs", setting(BRUISING, "lexicon", to=["bruise", " "]), (BRUISING, "lexicon")),
        ("signs", setting(BRUISING, "sources", to=["US_ISI"]), (BRUISING, "sources")),
        ("signs", setting(BRUISING, "reviewed_by", to=3), (BRUISING, "reviewed_by")),
        ("signs", setting(BRUISING, to="bruises"), (BRUISING,)),
        ("regions", setting("UK", "emergency", to=999), ("UK", "emergency")),
        ("regions", setting("UK", "verified", to="no"), ("UK", "verified")),
        ("sources", setting("US_ISI", "kind", to="rumour"), ("US_ISI", "kind")),
        ("words", setting("skin", to="arm"), ("skin",)),
        # an urgency that does not exist
        ("signs", setting(BRUISING, "urgency", to="soonish"), (BRUISING, "urgency", "soonish")),
        ("combinations", setting(RF01, "to", to="high"), (RF01, "to", "high")),
        # a condition that names two things, or something else
        (
            "combinations",
            setting(RF01, "when", 0, to={"sign": BRUISING, "finding": "fever"}),
            (RF01, "when"),
        ),
        ("combinations", setting(RF01, "when", 0, to={"days": "3"}), (RF01, "when")),
    ],
)
def test_a_file_that_is_not_whole_is_refused_by_file_entry_and_key(
    folder: Path, file: str, how: Change, named: tuple[str, ...]
) -> None:
    change(folder, file, how)
    with pytest.raises(KnowledgeError) as refused:
        load(folder)
    assert [each for each in (f"{file}.yml", *named) if each not in str(refused.value)] == []
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["a: [1, 2", "a: b: c", "\tx: 1", "{]"])
def test_a_file_that_is_no_yaml_is_refused_by_name(folder: Path, text: str) -> None:
    (folder / "signs.yml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^signs\.yml: "):
        load(folder)


@pytest.mark.parametrize("text", ["", "- a list", "only words"])
def test_a_file_without_entries_is_refused_by_name(folder: Path, text: str) -> None:
    (folder / "signs.yml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^signs\.yml: the file must be keys with values"):
        load(folder)


def test_knowledge_from_equal_files_has_an_equal_version(folder: Path, a_cut_of_ours: Path) -> None:
    assert load(folder).version == load(a_cut_of_ours).version


@pytest.mark.parametrize("name", FILES)
def test_knowledge_from_a_changed_file_has_another_version(
    folder: Path, a_cut_of_ours: Path, name: str
) -> None:
    with (folder / f"{name}.yml").open("a", encoding="utf-8") as file:
        file.write("# signed off\n")
    assert load(folder).version != load(a_cut_of_ours).version


def test_every_rule_of_ours_can_raise_an_urgency(knowledge: Knowledge) -> None:
    lowest = {
        sign.group: min(
            other.urgency for other in knowledge.signs.values() if other.group == sign.group
        )
        for sign in knowledge.signs.values()
    }
    idle = [
        rule.id
        for rule in knowledge.combinations.values()
        for condition in rule.when
        if (condition.group and rule.to <= lowest[condition.group])
        or (condition.sign and rule.to <= knowledge.signs[condition.sign].urgency)
    ]
    assert idle == []


def test_every_rule_of_ours_waits_for_something(knowledge: Knowledge) -> None:
    assert all(rule.when for rule in knowledge.combinations.values())


def test_every_question_of_ours_is_asked_by_some_rule(knowledge: Knowledge) -> None:
    waited_for = {
        condition.finding
        for rule in knowledge.combinations.values()
        for condition in rule.when
        if condition.finding
    }
    assert waited_for == set(knowledge.findings)
