"""A patient who writes in another language is noticed; English, however it is spelt, is English."""

from __future__ import annotations

import re
import time

import pytest
import yaml
from lingua import Language

from bedside.language import Reader
from bedside.language.emergencies import EmergencyFinder
from bedside.language.languages import LanguageFinder
from bedside.model import Assertion, FoundBy, Mention
from bedside.settings import ROOT
from tests.builders import KNOWLEDGE

FINDER = LanguageFinder(KNOWLEDGE.languages)
EMERGENCIES = EmergencyFinder(KNOWLEDGE.languages)
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
BREATH, CHEST, STROKE = "severe_breathlessness", "chest_pain", "stroke_signs"
BLEEDING, COUGHED = "severe_or_internal_bleeding", "coughing_up_blood"
FAINTED, SEIZURE = "fainting_or_collapse", "seizure"
SELF_HARM, ALLERGY = "self_harm_thoughts", "severe_allergic_reaction"
# As people type: without accents, in capitals, with other words in between.
IN_A_HURRY = {
    "arabic": {"مش قادر اتنفس": BREATH, "عندي الم قوي في صدري": CHEST, "بدي موت": SELF_HARM},
    "bengali": {"শ্বাস নিতে পারছিনা": BREATH, "amar buke khub betha": CHEST, "অজ্ঞান হয়ে গেছে": FAINTED},
    "chinese": {"我喘不过气来": BREATH, "胸口很痛！": CHEST, "我媽媽暈倒了": FAINTED},
    "dutch": {
        "Krijg bijna geen lucht!": BREATH,
        "pijn op mn borst": CHEST,
        "keel zit dicht": ALLERGY,
    },
    "french": {
        "jarrive plus a respirer": BREATH,
        "jai tres mal a la poitrine": CHEST,
        "J’ÉTOUFFE": BREATH,
    },
    "german": {
        "krieg kaum noch Luft": BREATH,
        "hab Schmerzen in der Brust": CHEST,
        "bewußtlos": FAINTED,
    },
    "greek": {"πνιγομαι": BREATH, "με ποναει πολυ το στηθος": CHEST, "θελω να πεθανω": SELF_HARM},
    "hindi": {"सांस नहीं आ रही": BREATH, "seene me bahut dard": CHEST, "खून बंद नहीं हो रहा": BLEEDING},
    "hungarian": {
        "nem kapok levegot": BREATH,
        "nagyon faj a mellkasom": CHEST,
        "elajultam": FAINTED,
    },
    "italian": {
        "nn riesco a respirare": BREATH,
        "forte dolore al petto": CHEST,
        "vomito sangue": BLEEDING,
    },
    "persian": {"نمیتونم نفس بکشم": BREATH, "سینه ام درد میکنه": CHEST, "صورتم کج شده": STROKE},
    "polish": {"nie moge oddychac": BREATH, "boli mnie w klatce": CHEST, "chce umrzec": SELF_HARM},
    "portuguese": {
        "ñ consigo respirar": BREATH,
        "dor forte no peito": CHEST,
        "cuspi sangue": COUGHED,
    },
    "punjabi": {"ਸਾਹ ਨਹੀਂ ਆ ਰਿਹਾ": BREATH, "ਛਾਤੀ 'ਚ ਬਹੁਤ ਦਰਦ": CHEST, "ਮਿਰਗੀ ਦਾ ਦੌਰਾ ਪਿਆ": SEIZURE},
    "romanian": {
        "nu pot sa respir": BREATH,
        "ma doare tare pieptul": CHEST,
        "gura stramba": STROKE,
    },
    "russian": {"задыхаюсь": BREATH, "сильно болит в груди": CHEST, "рвет кровью": BLEEDING},
    "spanish": {
        "no puedo respirar": BREATH,
        "me duele mucho el pecho": CHEST,
        "se me cierra la garganta": ALLERGY,
    },
    "swedish": {"far ingen luft": BREATH, "har ont i brostet": CHEST, "jag vill dö": SELF_HARM},
    "turkish": {"NEFES ALAMIYORUM": BREATH, "gogsum cok agriyor": CHEST, "bogazim sisti": ALLERGY},
    "ukrainian": {
        "не можу дихати": BREATH,
        "сильно болить у грудях": CHEST,
        "кашляю кров’ю": COUGHED,
    },
    "urdu": {"سانس نہیں آ رہا": BREATH, "سینے میں شدید درد": CHEST, "بے ہوش ہو گئی": FAINTED},
    "vietnamese": {"ko tho dc": BREATH, "dau nguc qua": CHEST, "co giật": SEIZURE},
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


def test_every_language_has_three_phrases_or_more_for_each_of_nine_emergencies() -> None:
    told = {BREATH, CHEST, STROKE, BLEEDING, COUGHED, FAINTED, SEIZURE, SELF_HARM, ALLERGY}
    for language in KNOWLEDGE.languages.values():
        assert set(language.emergencies) == told, language.id
        assert all(len(phrases) >= 3 for phrases in language.emergencies.values()), language.id


@pytest.mark.parametrize("language", IN_A_HURRY)
def test_an_emergency_is_heard_in_a_few_words_however_they_are_spelt(language: str) -> None:
    for text, sign in IN_A_HURRY[language].items():
        found, mentions = EMERGENCIES.find(text)
        assert (found, [each.sign for each in mentions]) == (language, [sign]), text


def test_every_language_of_the_knowledge_has_emergencies_here() -> None:
    assert set(IN_A_HURRY) == set(KNOWLEDGE.languages)


def test_no_phrase_means_one_sign_in_one_language_and_another_in_another() -> None:
    signs: dict[str, set[str]] = {}
    for language in KNOWLEDGE.languages.values():
        for sign, phrases in language.emergencies.items():
            for phrase in phrases:
                signs.setdefault(phrase, set()).add(sign)
    assert [phrase for phrase, each in signs.items() if len(each) > 1] == []


@pytest.mark.parametrize("language", MESSAGES)
def test_an_ordinary_message_in_another_language_is_no_emergency(language: str) -> None:
    entry = KNOWLEDGE.languages[language]
    said = (entry.emergency, entry.person, entry.closed, entry.english_only)
    assert [EMERGENCIES.find(text)[1] for text in said] == [()] * 4


@pytest.mark.parametrize(
    "text",
    [
        "me duele la pierna y no puedo dormir",
        "mal di testa forte",
        "nie mogę spać",
        "neend nahi aa rahi",
        "не могу спать",
        "想轻松生活",
        "đau bụng từ hôm qua",
        "je ne parle pas anglais",
    ],
)
def test_words_like_those_of_an_emergency_are_none(text: str) -> None:
    assert EMERGENCIES.find(text) == (None, ())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("no puedo hablar en inglés", "spanish"),
        ("ich kann nicht gut Englisch sprechen", "german"),
        ("İngilizce konuşamıyorum", "turkish"),
        ("tôi không nói được tiếng Anh", "vietnamese"),
    ],
)
def test_who_cannot_speak_english_has_no_sign_of_a_stroke(text: str, language: str) -> None:
    assert EMERGENCIES.find(text) == (language, ())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tengo un infarto", "spanish"),
        ("ho un infarto", "italian"),
        ("é um infarto, estou sem ar", "portuguese"),
        ("infarto", "italian"),
    ],
)
def test_a_phrase_of_several_languages_is_of_the_one_whose_words_are_there(
    text: str, language: str
) -> None:
    found, (mention, *_) = EMERGENCIES.find(text)
    assert (found, mention.sign) == (language, CHEST)


def test_the_messages_that_we_train_with_hold_no_emergency_but_those_marked_there() -> None:
    unmarked = [
        line
        for line in training_lines()
        for mention in EMERGENCIES.find(unmarked_text(line))[1]
        if f'"value": "{mention.sign}"' not in line
    ]
    assert unmarked == []


def test_the_messages_that_we_train_with_are_read_as_english() -> None:
    """One of 26,000 is not: "dolor aquí, lado del cuello, new, strong", which is Spanish."""
    foreign = [line for line in training_lines() if FINDER.find(unmarked_text(line))]
    assert len(foreign) <= 2


def training_lines() -> list[str]:
    blocks = [
        each["examples"]
        for path in (ROOT / "data" / "nlu").glob("*.yml")
        for each in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]
    ]
    return [line.removeprefix("- ") for examples in blocks for line in examples.splitlines()]


def unmarked_text(line: str) -> str:
    return re.sub(r"\[([^\]]*)\]\{[^}]*\}", r"\1", line)


def test_a_message_in_english_is_told_in_a_tenth_of_a_millisecond() -> None:
    before = time.process_time()
    for _ in range(200):
        for text in ENGLISH[:2]:
            FINDER.find(text)
            EMERGENCIES.find(text)
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


def test_an_emergency_in_another_language_is_possible_and_in_the_patients_words(
    reader: Reader,
) -> None:
    parsed = reader.read("No puedo  respirar.")
    assert (parsed.language, parsed.reply) == ("spanish", None)
    assert parsed.mentions == (
        Mention(
            sign=BREATH,
            text="No puedo  respirar",
            start=0,
            end=18,
            assertion=Assertion.POSSIBLE,
            found_by=FoundBy.LEXICON,
        ),
    )


def test_an_emergency_is_heard_within_a_longer_message(reader: Reader) -> None:
    parsed = reader.read("seit gestern habe ich Fieber, und jetzt kriege ich keine Luft mehr")
    assert parsed.language == "german"
    assert [(each.sign, each.text) for each in parsed.mentions] == [
        (BREATH, "kriege ich keine Luft")
    ]


def test_an_emergency_in_another_language_takes_nothing_from_what_is_said_in_english(
    reader: Reader,
) -> None:
    parsed = reader.read("no puedo respirar, and I have bruises on both legs since yesterday")
    assert {each.sign for each in parsed.mentions} == {BREATH, "unexplained_bruising"}
    assert parsed.language == "spanish"


def test_an_emergency_that_is_told_twice_is_noted_once(reader: Reader) -> None:
    parsed = reader.read("nie moge oddychac, nie moge oddychac, boli mnie w klatce")
    assert [each.sign for each in parsed.mentions] == [BREATH, CHEST]


def test_a_fever_that_is_told_in_another_language_as_a_number_is_heard(reader: Reader) -> None:
    parsed = reader.read("Mam gorączkę 39,5 C od wczoraj i boli mnie głowa")
    assert parsed.language == "polish"
    assert [each.sign for each in parsed.mentions] == ["persistent_fever"]


def test_english_has_no_language_of_its_own(reader: Reader) -> None:
    assert reader.read("I have bruises on both legs and no idea why").language is None
