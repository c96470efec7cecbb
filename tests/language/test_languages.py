"""A patient who writes in another language is noticed; English, however it is spelt, is English."""

from __future__ import annotations

import re
import time

import pytest
import yaml
from lingua import Language

from bedside.language import Reader
from bedside.language.languages import LanguageFinder
from bedside.settings import ROOT
from tests.builders import KNOWLEDGE

FINDER = LanguageFinder(KNOWLEDGE.languages)
# Two messages each, in patients' words.
MESSAGES = {
    "arabic": ("أخذت الحقنة بالأمس واليوم أرتجف كثيرا", "هل يجب أن آتي إلى العيادة يوم الاثنين؟"),
    "bengali": ("গতকাল আমার স্যালাইন হয়েছে আর আজ আমি কাঁপছি", "সোমবার কি আমাকে ক্লিনিকে আসতে হবে?"),
    "chinese": ("昨天我打了点滴，今天一直发抖", "星期一我需要去诊所吗？"),
    "dutch": ("Gisteren kreeg ik het infuus en vandaag ril ik", "ik heb overal blauwe plekken"),
    "french": (
        "je suis tres fatigue et mes urines sont foncees",
        "Bonjour, je ne parle pas anglais",
    ),
    "german": ("ich bekomme keine Luft und habe Schmerzen", "Guten Tag, ich spreche kein Englisch"),
    "greek": ("Χθες έκανα την έγχυση και σήμερα τρέμω", "Πρέπει να έρθω στην κλινική τη Δευτέρα;"),
    "hindi": ("कल मुझे ड्रिप लगी थी और आज मैं कांप रहा हूँ", "क्या मुझे सोमवार को क्लिनिक आना होगा?"),
    "hungarian": (
        "Tegnap kaptam az infúziót és ma remegek",
        "nem kapok levegőt és fáj a mellkasom",
    ),
    "italian": ("Ho la febbre da ieri e un forte mal di testa", "Buongiorno, non parlo inglese"),
    "persian": ("دیروز سرم گرفتم و امروز خیلی می‌لرزم", "آیا باید روز دوشنبه به کلینیک بیایم؟"),
    "polish": ("Mam bardzo silny ból głowy od wczoraj", "jestem strasznie zmeczona i nie mam siły"),
    "portuguese": ("Estou com febre desde ontem e muito cansada", "o meu nariz sangra e não para"),
    "punjabi": ("ਕੱਲ੍ਹ ਮੈਨੂੰ ਡ੍ਰਿੱਪ ਲੱਗੀ ਸੀ ਅਤੇ ਅੱਜ ਮੈਂ ਕੰਬ ਰਿਹਾ ਹਾਂ", "ਕੀ ਮੈਨੂੰ ਸੋਮਵਾਰ ਨੂੰ ਆਉਣਾ ਪਵੇਗਾ?"),
    "romanian": (
        "Nu pot să respir bine și mă doare pieptul",
        "Ieri am avut perfuzia și astăzi tremur",
    ),
    "russian": ("на ногах появились синяки без причины", "Мне нужно прийти в клинику?"),
    "spanish": (
        "no puedo respirar bien y me duele el pecho",
        "Hola, no hablo inglés, por favor ayuda",
    ),
    "swedish": ("Igår fick jag droppet och idag skakar jag", "jag har väldigt ont i huvudet"),
    "turkish": ("nefes alamıyorum ve göğsüm ağrıyor", "çok yorgunum ve diş etlerim kanıyor"),
    "ukrainian": ("не можу нормально дихати і болить у грудях", "я дуже втомилася і сеча темна"),
    "urdu": ("کل مجھے ڈرپ لگی تھی اور آج میں کانپ رہا ہوں", "کیا مجھے پیر کو کلینک آنا ہو گا؟"),
    "vietnamese": ("tôi không thở được và đau ngực", "Hôm qua tôi truyền thuốc và hôm nay tôi run"),
}
ENGLISH = [
    "I have had a headache since yesterday",
    "mite be my thyriod gone slugish im cold a bit mor than norml idk",
    "ah'm meltin while a'body else is in thon big coats, an ma hauns winna stey still",
    "hole chesst covrd in hivs likea strawberyr",
    "O2 sats 86 RA, RR 34, acute onset dyspnoea at rest, frank haemoptysis x1",
    "Cotrimoxazole, aciclovir, methylprednisolone, alemtuzumab",
    "swollen lymph nodes, borderline changes",
    "name is Ewa Niebywała",
    "Can Frau Dr. Lindner herself answer, not the assistant of the assistant",
    "it was in Rio de la Plata that my leg swelled",
    "dem say mi belly swell, mi no know why",
    "was that paté? canapé. ate three",
]


def test_every_language_of_the_knowledge_has_messages_here() -> None:
    assert set(MESSAGES) == set(KNOWLEDGE.languages)


@pytest.mark.parametrize("language", MESSAGES)
def test_who_writes_in_another_language_is_noticed(language: str) -> None:
    assert [FINDER.find(text) for text in MESSAGES[language]] == [language, language]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_with_typos_dialect_names_and_medical_words_is_english(text: str) -> None:
    assert FINDER.find(text) is None


@pytest.mark.parametrize(
    "text", ["", "?", "no", "ja", "me duele", "fièvre", "38,5", "我头痛", "сыпь"]
)
def test_no_language_is_guessed_from_a_few_words(text: str) -> None:
    assert FINDER.find(text) is None


def test_the_messages_that_we_train_with_are_read_as_english() -> None:
    """One of 26,000 is not: "dolor aquí, lado del cuello, new, strong", which is Spanish."""
    foreign = [text for text in training_messages() if FINDER.find(text)]
    assert len(foreign) <= 2


def training_messages() -> list[str]:
    blocks = [
        each["examples"]
        for path in (ROOT / "data" / "nlu").glob("*.yml")
        for each in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]
    ]
    lines = (line.removeprefix("- ") for examples in blocks for line in examples.splitlines())
    return [re.sub(r"\[([^\]]*)\]\{[^}]*\}", r"\1", line) for line in lines]


def test_a_message_in_english_is_told_in_a_tenth_of_a_millisecond() -> None:
    before = time.process_time()
    for _ in range(200):
        for text in ENGLISH[:2]:
            FINDER.find(text)
    assert (time.process_time() - before) / 400 < 0.0001


@pytest.mark.parametrize("language", KNOWLEDGE.languages)
def test_the_detector_knows_the_language_by_its_name(language: str) -> None:
    assert Language.from_str(language).name.lower() == language


@pytest.mark.parametrize("language", KNOWLEDGE.languages)
def test_what_is_said_in_a_language_is_in_it_and_leads_to_a_number(language: str) -> None:
    entry = KNOWLEDGE.languages[language]
    assert FINDER.find(entry.english_only) == language
    assert {said.strip()[-1] for said in (entry.emergency, entry.person, entry.closed)} <= {
        ":",
        "：",
    }


def test_a_message_in_another_language_answers_no_question_of_ours(reader: Reader) -> None:
    parsed = reader.read("no, estoy muy cansado y no tengo fiebre desde ayer")
    assert (parsed.language, parsed.reply, parsed.topic) == ("spanish", None, None)


def test_a_fever_that_is_told_in_another_language_as_a_number_is_heard(reader: Reader) -> None:
    parsed = reader.read("Mam gorączkę 39,5 C od wczoraj i boli mnie głowa")
    assert parsed.language == "polish"
    assert [each.sign for each in parsed.mentions] == ["persistent_fever"]


def test_english_has_no_language_of_its_own(reader: Reader) -> None:
    assert reader.read("I have bruises on both legs and no idea why").language is None
