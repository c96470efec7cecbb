"""The documents keep to what is there: links, paths, commands, settings, and the words of the model."""

from __future__ import annotations

import dataclasses
import enum
import re
from pathlib import Path

import pytest

from bedside import model
from bedside.settings import ROOT

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
ALL = [*DOCUMENTS, ROOT / "GLOSSARY.md", ROOT / "CHANGELOG.md", ROOT / "NOTICE"]
# Made by `make`, so not there in a fresh checkout.
MADE = ("var", ".env", ".venv/", "node_modules/", ".tools/", "models/")
NAMES = re.compile(r"[\w.-]+(/[\w.*-]+)*/?")
SUFFIXES = (".py", ".md", ".yml", ".toml", ".json", ".txt", ".js", ".css", ".html", ".lock")
# A fence, or words between backticks.
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
# A setting of the tests, not of the programs.
OF_TESTS = "BEDSIDE_TEST_"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def links(text: str) -> list[str]:
    """Targets of relative links and pictures, without their anchors."""
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [each.partition("#")[0] for each in targets if "://" not in each and each[0] != "#"]


def paths(text: str) -> list[str]:
    """What stands in backticks and looks like a file or folder of the project."""
    ticked = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"(?ms)^```.*?^```", "", text))
    return [
        each
        for each in ticked
        if NAMES.fullmatch(each)
        and ("/" in each or each.endswith(SUFFIXES))
        and not each.startswith(MADE)
    ]


def targets(text: str) -> set[str]:
    """The targets of `make` that are named in code."""
    code = "\n".join(each[0] for each in CODE.finditer(text))
    return set(re.findall(r"\bmake ([a-z][a-z-]*)", re.sub(r"apt-get.*", "", code)))


def settings(text: str) -> set[str]:
    names = re.findall(r"BEDSIDE_[A-Z_]+[A-Z]", text)
    return {name for name in names if not name.startswith(OF_TESTS)}


def nouns() -> list[str]:
    """The dataclasses and enums of the model."""
    return [
        name
        for name, kind in vars(model).items()
        if isinstance(kind, type)
        and kind.__module__ == model.__name__
        and (dataclasses.is_dataclass(kind) or issubclass(kind, enum.Enum))
    ]


@pytest.mark.parametrize("document", ALL, ids=name_of)
def test_a_document_links_to_files_that_exist(document: Path) -> None:
    assert [
        each for each in links(text_of(document)) if not (document.parent / each).exists()
    ] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_document_names_files_that_exist(document: Path) -> None:
    assert [each for each in paths(text_of(document)) if not any(ROOT.glob(each))] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_document_names_targets_that_make_has(document: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert targets(text_of(document)) - known == set()


@pytest.mark.parametrize("document", ALL, ids=name_of)
def test_a_document_names_no_place_of_one_machine(document: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:work|root|home)\b\S*", text_of(document)) == []


def test_the_readme_has_the_settings_that_the_example_has() -> None:
    assert settings(text_of(ROOT / "README.md")) == settings(text_of(ROOT / ".env.example"))


@pytest.mark.parametrize("noun", nouns())
def test_the_glossary_has_every_noun_of_the_model(noun: str) -> None:
    assert re.search(rf"^\*\*{noun}\*\* — ", text_of(ROOT / "GLOSSARY.md"), re.MULTILINE)


def test_a_broken_link_path_or_target_would_be_found() -> None:
    text = "[a](no/such.md) `bedside/nothing.py` and `make nonsense`"
    assert links(text) == ["no/such.md"]
    assert paths(text) == ["bedside/nothing.py"]
    assert targets(text) == {"nonsense"}
