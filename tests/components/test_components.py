"""The shell to Rasa: what bedside.language reads reaches Rasa whole, and an emergency its own rule."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import os
import typing

import numpy as np
import pytest
import yaml

from bedside.knowledge import load, load_responses
from bedside.settings import ROOT

LEXICON = "I have bruises on my legs"
STROKE = "my face is drooping on one side"


def processed(component, text, **given):
    """The message as the component leaves it."""
    from rasa.shared.nlu.training_data.message import Message

    message = Message(data={"text": text, **given})
    assert component.process([message]) == [message]
    return message


def entities(component, text, entity="sign"):
    found = processed(component, text).get("entities") or []
    return [each for each in found if each["entity"] == entity]


# The sign extractor


def test_a_sign_carries_what_decided_it(trained):
    text = "no bruises, but maybe my nose bleeds"
    absent, possible = entities(trained, text)
    assert (absent["value"], absent["assertion"], absent["cue"]) == (
        "unexplained_bruising",
        "absent",
        "no",
    )
    assert (possible["value"], possible["assertion"]) == (
        "nose_gum_or_mouth_bleeding",
        "possible",
    )
    for each in (absent, possible):
        assert text[each["start"] : each["end"]] == each["text"]
        assert each["confidence"] > 0.8 and each["found_by"] == "lexicon"
        assert each["extractor"] == "SignExtractor"


def test_what_the_lexicon_does_not_know_the_classifier_may(trained):
    (found,) = entities(trained, "my socks leave trenches round my ankles")
    assert (found["value"], found["found_by"]) == ("swelling_legs_face", "classifier")
    assert 0.2 < found["confidence"] < 1


def test_small_talk_has_no_sign(trained):
    assert entities(trained, "the weather is lovely today") == []


def test_findings_and_a_yes_come_along(trained):
    (finding,) = entities(trained, "I have a fever", "finding")
    assert (finding["finding"], finding["value"], finding["assertion"]) == (
        "fever",
        "yes",
        "present",
    )
    (reply,) = entities(trained, "yes", "reply")
    assert reply["value"] == "yes"


def test_all_that_was_read_can_be_sent_to_the_action_and_read_there(trained):
    """Rasa sends a message on as JSON."""
    import json

    from actions.heard import parsed_from

    text = "no bruises, but a fever of 38.6 and I cannot breathe"
    message = processed(trained, text)
    latest = json.loads(
        json.dumps(
            {
                "text": text,
                "intent": message.get("intent"),
                "entities": message.get("entities"),
            }
        )
    )
    parsed = parsed_from(latest)
    read = trained._reader.read(text)
    assert (parsed.mentions, parsed.findings) == (read.mentions, read.findings)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        (STROKE, "report_emergency"),
        ("crushing chest pain", "report_emergency"),
        ("hello, my face is drooping and I have bruises", "report_emergency"),
        ("maybe my face is drooping?", "report_possible_emergency"),
        ("I want to end it all", "report_crisis"),
        ("I want to die and my chest hurts", "report_emergency"),
        (LEXICON, "report_symptom"),
        ("hello there", "greet"),
        ("who can read what I write here?", "ask_who_reads"),
    ],
)
def test_a_message_has_its_intent_and_an_emergency_one_of_its_own(trained, text, intent):
    message = processed(trained, text)
    assert message.get("intent")["name"] == intent
    assert message.get("intent_ranking")[0]["name"] == intent
    assert {"intent", "intent_ranking"} <= set(message.as_dict(only_output_properties=True))


@pytest.mark.parametrize("text", ["no face droop", "my mum had a stroke", "hello"])
def test_a_denied_or_somebody_elses_emergency_does_not_speak_first(trained, text):
    name = processed(trained, text).get("intent")["name"]
    assert name not in ("report_emergency", "report_possible_emergency", "report_crisis")


def test_other_components_entities_stay(trained):
    before = {"entity": "detail", "value": 1}
    found = processed(trained, LEXICON, entities=[before]).get("entities")
    assert found[0] == before and found[1]["entity"] == "sign"


@pytest.mark.parametrize("text", ["", None, " ", "😀", "\u202e", "(" * 50])
def test_any_text_can_be_read(trained, text):
    processed(trained, text)


def test_what_was_trained_is_the_same_after_it_was_stored(trained, stored, context):
    from components.sign_extractor import SignExtractor

    loaded = SignExtractor.load({}, *stored, context)
    for text in (LEXICON, STROKE, "my socks leave trenches round my ankles", "flat batteries"):
        assert processed(loaded, text).get("entities") == processed(trained, text).get("entities")


def test_training_twice_gives_the_same_heads(trained, stored, context, tmp_path):
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from components.sign_extractor import HEADS, SignExtractor

    sign = {"entity": "sign", "value": "fatigue", "start": 5, "end": 10}
    absent = {"entity": "sign", "value": "fatigue", "start": 3, "end": 8, "role": "absent"}
    data = TrainingData(
        [
            Message.build("I am tired", "report_symptom", [{**sign, "role": "present"}]),
            Message.build("no tired at all", "report_symptom", [absent]),
            Message.build("hello", "greet"),
        ]
    )
    heads = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        storage = LocalModelStorage.create(tmp_path / name)
        resource = Resource("sign_extractor")
        SignExtractor.create({}, storage, resource, context).train(data)
        with storage.read_from(resource) as folder, np.load(folder / HEADS) as kept:
            heads.append({key: kept[key].tolist() for key in kept})
    assert heads[0] == heads[1] and heads[0]["signs_classes"] == ["fatigue", "nothing"]


def test_a_change_of_knowledge_is_seen_by_rasas_training_cache(monkeypatch):
    from components.sign_extractor import SignExtractor

    before = SignExtractor.fingerprint_addon({})
    assert SignExtractor.fingerprint_addon({}) == before
    other = dataclasses.replace(load(), version="other")
    monkeypatch.setattr("components.sign_extractor.load", lambda: other)
    assert SignExtractor.fingerprint_addon({}) != before


def test_a_change_of_the_reading_code_is_seen_by_rasas_training_cache(monkeypatch, tmp_path):
    import bedside.language
    from components.sign_extractor import SignExtractor

    before = SignExtractor.fingerprint_addon({})
    (tmp_path / "lexicon.py").write_text("# other code")
    monkeypatch.setattr(bedside.language, "__path__", [str(tmp_path)])
    assert SignExtractor.fingerprint_addon({}) != before


# The other components


def test_a_temperature_is_a_detail_in_celsius(context):
    from components.detail_extractor import DetailExtractor

    extractor = DetailExtractor.create({}, None, None, context)
    text = "it was 101.3 F this morning"
    detail, since = entities(extractor, text, "detail")
    assert (detail["kind"], since["kind"]) == ("temperature_c", "duration_hours")
    assert detail["value"] == pytest.approx(38.5, abs=0.05)
    assert text[detail["start"] : detail["end"]] == detail["text"]
    assert DetailExtractor.fingerprint_addon({}) == DetailExtractor.fingerprint_addon({})


def test_nothing_of_a_conversation_stays_in_rasa():
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    from components.tracker_store import ForgetfulTrackerStore

    store = ForgetfulTrackerStore(Domain.empty())

    async def after_a_message():
        tracker = DialogueStateTracker.from_events("someone", [UserUttered(LEXICON)])
        await store.save(tracker)
        fresh = await store.get_or_create_tracker("someone")
        return (
            await store.retrieve("someone"),
            await store.retrieve_full_tracker("someone"),
            await store.exists("someone"),
            list(await store.keys()),
            fresh.latest_message.text,
        )

    assert asyncio.run(after_a_message()) == (None, None, False, [], None)


# Responses


@pytest.fixture
def speaks(monkeypatch):
    """What Rasa sends for a response, in the clinic of the tests."""
    from rasa.shared.core.domain import Domain

    from components.responses import ClinicResponses

    monkeypatch.setenv("BEDSIDE_CLINIC_FILE", "tests/clinic.yml")
    generator = ClinicResponses(None, Domain.empty())
    return lambda name, **given: asyncio.run(generator.generate(name, None, "rest", **given))


def test_a_response_has_the_clinics_numbers_and_its_urgency(speaks):
    response = speaks("utter_emergency")
    assert response["text"].startswith("Call now: 999.")
    assert response["custom"] == {"urgency": "emergency"}
    response = speaks("utter_unavailable")
    assert "01632 960123" in response["text"] and "custom" not in response


def test_what_the_action_gives_is_filled_in_and_never_read_for_gaps(speaks):
    response = speaks("utter_urgent", signs="{emergency_number} bruises")
    assert "You wrote about {emergency_number} bruises" in response["text"]


def test_rasa_says_what_chats_floor_would_say(speaks, knowledge, clinic, monkeypatch):
    from datetime import datetime, timezone

    from bedside.knowledge import clinic_facts
    from bedside.model import Utterance

    texts = load_responses()
    facts = clinic_facts(clinic, knowledge, datetime.now(timezone.utc))
    given = {"signs": "bruises", "question": "Since when?", "answer": "Yes. (Source: a text.)"}
    given |= {"in_an_emergency": "Call:", "to_reach_a_person": "Talk:"}
    given |= {"when_closed": "Closed:", "english_only": "English only."}
    for name in texts.texts:
        said = texts.say(Utterance(response=name, facts=given), facts).text
        assert speaks(name, **given)["text"] == said


def test_a_rule_may_say_only_what_needs_no_action(speaks):
    """A rule's response has the clinic's facts and nothing else to fill its gaps with."""
    rules = yaml.safe_load((ROOT / "data" / "rules.yml").read_text())["rules"]
    names = {
        step["action"]
        for rule in rules
        for step in rule["steps"]
        if step.get("action", "").startswith("utter_")
    }
    assert {"utter_emergency", "utter_emergency_possible", "utter_unavailable"} <= names
    for name in names:
        assert "{" not in speaks(name)["text"]


def test_rasa_sends_each_response_as_one_message():
    """It cuts a text at an empty line, and its urgency would go with the last piece."""
    for name, text in load_responses().texts.items():
        assert "\n\n" not in text, name


def test_a_response_that_does_not_exist_is_none(speaks):
    assert speaks("utter_none_such") is None


# What Rasa demands of components, and what we demand of Rasa

COMPONENTS = [
    ("detail_extractor", "DetailExtractor"),
    ("sign_extractor", "SignExtractor"),
    ("responses", "ClinicResponses"),
    ("tracker_store", "ForgetfulTrackerStore"),
]


@pytest.mark.parametrize(("module", "name"), COMPONENTS)
def test_every_method_of_a_component_is_annotated(module, name):
    import importlib

    component = getattr(importlib.import_module(f"components.{module}"), name)
    checked = 0
    for member in vars(component).values():
        function = getattr(member, "__func__", member)
        if not inspect.isfunction(function):
            continue
        hints = typing.get_type_hints(function)
        parameters = list(inspect.signature(function).parameters)
        wanted = {each for each in parameters if each not in ("self", "cls")} | {"return"}
        assert wanted <= set(hints), f"{name}.{function.__name__}"
        checked += 1
    assert checked


def test_rasa_accepts_the_pipeline_and_policies_of_config_yml():
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.engine.validation import validate
    from rasa.shared.data import TrainingType

    config = yaml.safe_load((ROOT / "config.yml").read_text())
    graph = DefaultV1Recipe().graph_config_for_recipe(config, {}, TrainingType.BOTH)
    validate(graph)
    names = {node.uses.__name__ for node in graph.predict_schema.nodes.values()}
    assert {"SpacyTokenizer", "SignExtractor", "DetailExtractor", "RulePolicy"} <= names


def test_no_policy_can_outrank_the_rules():
    config = yaml.safe_load((ROOT / "config.yml").read_text())
    assert [each["name"] for each in config["policies"]] == ["RulePolicy"]
    assert config["policies"][0]["core_fallback_action_name"] == "action_take_up"
    assert "forms" not in yaml.safe_load((ROOT / "domain.yml").read_text())


def test_rasas_telemetry_is_off_in_every_program_that_we_start(monkeypatch):
    import rasa.telemetry

    from launch.environment import base_environment

    monkeypatch.delenv("RASA_TELEMETRY_ENABLED", raising=False)
    for name, value in base_environment().items():
        if name.startswith("RASA_"):
            monkeypatch.setitem(os.environ, name, value)
    assert rasa.telemetry.is_telemetry_enabled() is False


def test_rasa_is_reachable_by_its_rest_channel_alone_and_keeps_no_tracker():
    credentials = yaml.safe_load((ROOT / "credentials.yml").read_text())
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text())
    assert list(credentials) == ["rest"]
    assert endpoints["tracker_store"] == {"type": "components.tracker_store.ForgetfulTrackerStore"}
    assert "event_broker" not in endpoints
    assert "--interface 127.0.0.1" in (ROOT / "Procfile").read_text()
