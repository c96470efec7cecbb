"""The phrases for emergencies in other languages: a file whose phrases could tell nothing is refused."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bedside.knowledge import KnowledgeError, load
from bedside.knowledge.loader import FOLDER
from bedside.knowledge.plain import plain_words

ALL = re.compile(r"^  emergencies:\n(?: {4}.*\n)+", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py*"))
    return tmp_path


def refusal(folder: Path, emergencies: str) -> str:
    """What is said of the first language, when it has these emergencies."""
    path = folder / "languages.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(ALL.sub(f"  emergencies: {emergencies}\n", text, count=1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^languages\.yml, line \d+: ") as refused:
        load(folder)
    return str(refused.value)


@pytest.mark.parametrize(
    ("emergencies", "said"),
    [
        ("{no_sign: [word]}", "language arabic names sign no_sign, which does not exist"),
        ("{fatigue: [word]}", "language arabic tells of fatigue, which is no emergency"),
        ("{chest_pain: []}", "chest_pain is empty: nothing would tell it"),
        ("{chest_pain: ['']}", "chest_pain must be a list of words"),
        ("{chest_pain: ['!']}", "chest_pain cannot be read: '!' has no words"),
        ("{chest_pain: [Así, asi]}", "chest_pain has 'asi', which is in chest_pain too"),
        ("{chest_pain: [a b], seizure: [a-B]}", "seizure has 'a b', which is in chest_pain too"),
        ("[chest_pain]", "arabic.emergencies must be keys with values"),
    ],
)
def test_phrases_that_could_tell_nothing_are_refused(
    folder: Path, emergencies: str, said: str
) -> None:
    assert refusal(folder, emergencies).endswith(said)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("¡No PUEDO respirar!", "no puedo respirar"),
        ("J’étouffe, j'étouffe", "jetouffe jetouffe"),
        ("bewußtlos", "bewusstlos"),
        ("Göğsüm AĞRIYOR", "gogsum agriyor"),
        ("mogę złapać đau", "moge zlapac dau"),
        ("साँस नहीं, सांस", "सास नही सास"),
        ("می‌توانم ك ي", "میتوانم ک ی"),
        ("胸口痛", "胸 口 痛"),
        ("…' 🙂", ""),
    ],
)
def test_words_are_compared_without_what_people_leave_out(text: str, plain: str) -> None:
    assert " ".join(word.plain for word in plain_words(text)) == plain


def test_a_plain_word_knows_where_it_stands_in_the_text() -> None:
    text = "ahí: N'arrive pas"
    assert [text[word.start : word.end] for word in plain_words(text)] == ["ahí", "N'arrive", "pas"]
