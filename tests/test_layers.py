"""The one-way rule: shells import the core; the core imports no shell, and each part only its row."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bedside.settings import ROOT

# What each part may import besides itself, the standard library and numpy. The longest row that
# fits a module holds. docs/adr/0001-shells-around-one-core.md gives the reasons.
MAY_IMPORT: dict[str, set[str]] = {
    "bedside": set(),
    "bedside.model": set(),
    "bedside.settings": {"bedside.model", "yaml", "dotenv"},
    "bedside.words": {"spacy_lookups_data"},
    "bedside.knowledge": {"bedside.model", "yaml"},
    "bedside.language": {
        "bedside.model",
        "bedside.knowledge",
        "spacy",
        "spacy_lookups_data",
        "srsly",
        "medspacy",
        "onnxruntime",
        "tokenizers",
        "sklearn",
        "scipy",
        "rapidfuzz",
        "dateparser",
        "lingua",
    },
    "bedside.facts": {"bedside.model", "bedside.knowledge"},
    "bedside.triage": {"bedside.model", "bedside.knowledge", "bedside.facts"},
    "bedside.review": {"bedside.model", "bedside.knowledge"},
    "bedside.questions": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.facts",
        "bedside.triage",
    },
    "bedside.correction": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.language",
        "bedside.facts",
    },
    "bedside.returning": {"bedside.model", "bedside.facts"},
    "bedside.whose": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.facts",
        "bedside.triage",
        "bedside.questions",
        "bedside.correction",
    },
    "bedside.heard": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.facts",
        "bedside.triage",
        "bedside.correction",
        "bedside.returning",
    },
    "bedside.replying": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.facts",
        "bedside.triage",
        "bedside.correction",
        "bedside.returning",
        "bedside.whose",
        "bedside.heard",
    },
    "bedside.saying": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.facts",
        "bedside.triage",
        "bedside.correction",
        "bedside.heard",
        "bedside.replying",
    },
    "bedside.answering": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.language",
        "bedside.facts",
        "bedside.triage",
        "bedside.questions",
        "bedside.correction",
        "bedside.returning",
        "bedside.heard",
    },
    "bedside.dialogue": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.language",
        "bedside.facts",
        "bedside.triage",
        "bedside.questions",
        "bedside.answering",
        "bedside.correction",
        "bedside.returning",
        "bedside.whose",
        "bedside.heard",
        "bedside.saying",
    },
    "bedside.store": {
        "bedside.model",
        "bedside.review",
        "sqlalchemy",
        "alembic",
        "cryptography",
        "bedside.words",
    },
    "bedside.store.opening": {"bedside.store", "bedside.settings"},
    "bedside.store.__main__": {"bedside", "sqlalchemy"},
    "bedside.store.commands": {"bedside", "argon2", "sqlalchemy", "fpdf"},
    "components": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.language",
        "bedside.settings",
        "rasa",
    },
    "actions": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.dialogue",
        "bedside.store",
        "bedside.settings",
        "rasa_sdk",
    },
    "chat": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.dialogue",
        "bedside.store",
        "bedside.settings",
        "starlette",
        "httpx",
        "itsdangerous",
    },
    "console": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.triage",
        "bedside.review",
        "bedside.store",
        "bedside.settings",
        "starlette",
        "jinja2",
        "argon2",
        "itsdangerous",
        "pyotp",
        "fhir",
        "fpdf",
    },
    "worker": {
        "bedside.model",
        "bedside.knowledge",
        "bedside.dialogue",
        "bedside.review",
        "bedside.store",
        "bedside.settings",
        "apprise",
        "httpx",
    },
    "launch": {"bedside.settings", "dotenv"},
    "launch.supervisord": {"supervisor"},
}
# They measure and test everything, so they may import everything.
FREE_PLACES = ("bench", "tests")
FREE_NAMES = {*sys.stdlib_module_names, "numpy"}


def imports(source: str) -> Iterator[str]:
    """What `source` imports, also inside functions: `a.b` for `from a import b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            place = "." * node.level + (node.module or "")
            yield from (f"{place}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("__import__", "import_module"):
            yield "a name made at run time"


def leaks(module: str, source: str) -> list[str]:
    """The imports of `module` that its row does not allow."""
    row = max((row for row in MAY_IMPORT if _within(module, row)), key=len)
    allowed = {row, *MAY_IMPORT[row]}
    if row == "bedside":
        allowed = set()  # `bedside` itself is a docstring, not the sum of its parts
    return [
        f"{module} imports {name}"
        for name in imports(source)
        if name.split(".")[0] not in FREE_NAMES
        and not any(_within(name, place) for place in allowed)
    ]


def _within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def _called(node: ast.Call) -> str:
    function = node.func
    return getattr(function, "id", getattr(function, "attr", ""))


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the project by its dotted name."""
    for folder in sorted(ROOT.iterdir()):
        if folder.name.startswith(".") or folder.name in (*FREE_PLACES, "node_modules", "var"):
            continue
        for path in sorted(folder.rglob("*.py") if folder.is_dir() else [folder]):
            if path.suffix == ".py":
                dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                yield dotted.removesuffix(".__init__"), path


MODULES = dict(modules())


def test_every_module_stands_in_the_table() -> None:
    strays = [name for name in MODULES if not any(_within(name, row) for row in MAY_IMPORT)]
    assert strays == []


@pytest.mark.parametrize("row", MAY_IMPORT)
def test_every_row_of_the_table_is_about_a_module_that_exists(row: str) -> None:
    assert row in MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_row_allows(module: str) -> None:
    assert leaks(module, MODULES[module].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "leak"),
    [
        ("bedside.triage", "from bedside import store"),
        ("bedside.triage", "from bedside.store import flags"),
        ("bedside.triage", "import bedside"),
        ("bedside.model", "import yaml"),
        ("bedside.knowledge.loader", "import spacy"),
        ("bedside.language.reader", "from bedside.triage import assess"),
        ("bedside.language.answers", "from bedside.facts import facts_of"),
        ("bedside.facts", "from bedside.triage import assess"),
        ("bedside.facts", "import dateparser"),
        ("bedside.facts", "from bedside.language import Reader"),
        ("bedside.saying", "from bedside.questions import next_question"),
        ("bedside.saying", "from bedside.language import Reader"),
        ("bedside.questions", "from bedside.saying import says"),
        ("chat.app", "import bedside.facts"),
        ("bedside.dialogue", "from chat.turns import Turns"),
        ("bedside.dialogue", "def late():\n    import rasa"),
        ("bedside.store.flags", "from bedside.knowledge import load"),
        ("bedside.store.flags", "from . import audit"),
        ("bedside.store.flags", "from .audit import write"),
        ("bedside.store.flags", "from argon2 import PasswordHasher"),
        ("bedside.store.__main__", "import rasa"),
        ("bedside.store.commands.spooled", "from chat import app"),
        ("bedside.store.replaying", "from bedside.dialogue import Floor"),
        ("bedside", "from bedside.model import Report"),
        ("components.train", "from bedside.store import Database"),
        ("actions.base", "import rasa"),
        ("actions.base", "from chat import app"),
        ("chat.app", "from console.auth import Session"),
        ("chat.app", "import bedside.triage"),
        ("console.app", "import chat.app"),
        ("worker.rounds", "from bedside.triage import assess"),
        ("launch.run", "from bedside.store import Database"),
        ("launch.run", "import importlib\nimportlib.import_module('rasa')"),
        ("launch.run", "__import__('rasa')"),
    ],
)
def test_a_planted_leak_is_caught(module: str, leak: str) -> None:
    assert len(leaks(module, leak)) == 1


@pytest.mark.parametrize(
    ("module", "harmless"),
    [
        ("bedside.triage", "from bedside.knowledge import Knowledge"),
        ("bedside.triage", "from bedside import model"),
        ("bedside.dialogue", "from bedside.saying import says"),
        ("bedside.questions", "from bedside.facts import Facts"),
        ("bedside.language.answers", "from dateparser.search import search_dates"),
        ("bedside.store.flags", "from bedside.store import audit\nfrom sqlalchemy import select"),
        ("bedside.store.commands.enrolling", "from bedside.dialogue import Floor\nimport argon2"),
        ("components.train", "def train():\n    import rasa\n    from rasa.utils import log_utils"),
        ("chat.app", "from chat import bodies\nfrom bedside import store\nimport numpy, json"),
    ],
)
def test_what_the_table_allows_is_no_leak(module: str, harmless: str) -> None:
    assert leaks(module, harmless) == []
