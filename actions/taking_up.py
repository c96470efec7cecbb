"""The one action: a message is read against the record, decided, recorded, and answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.deployment import Deployment, deployment
from actions.heard import parsed_from
from bedside import store
from bedside.dialogue import take_up
from bedside.model import Parsed, Utterance


class ActionTakeUp(SafeAction):
    def name(self) -> str:
        return "action_take_up"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Read, decide and write in one transaction, then say it. A message that was taken up
        before is said again, not taken up again."""
        latest: dict[str, Any] = tracker.latest_message
        metadata: dict[str, Any] = latest.get("metadata") or {}
        if metadata.get("canary"):
            _answer_canary(deployment(), dispatcher)
            return
        says = taken_up(
            deployment(),
            tracker.sender_id,
            str(metadata["message_id"]),
            parsed_from(latest),
            model_version=_model_version(tracker),
        )
        spoken = _spoken(tracker)
        for each in says:
            if each.response not in spoken:
                _say(dispatcher, each)


def taken_up(
    here: Deployment, conversation_id: str, message_id: str, parsed: Parsed, *, model_version: str
) -> tuple[Utterance, ...]:
    """What to say to the message, after all it led to is committed. LookupError when chat never
    stored such a message."""
    with here.database.writing() as tx:
        conversation = store.lock(tx, conversation_id)
        message = store.message_of(tx, conversation_id, message_id)
        if message is None:
            raise LookupError("no such message in the record")
        by = store.taken_up_by(tx, message)
        if store.BY_ASSISTANT in by:
            return store.advice_for(tx, message)
        # When the floor answered first, its own question is open now, and this message is no answer.
        pending = None if by else conversation.pending
        now = store.utc_now()
        today = here.clinic.day(now)
        turn = take_up(conversation.report, parsed, pending, here.knowledge, today)
        store.take_up(
            tx,
            conversation,
            message,
            parsed,
            turn,
            clinic=here.clinic,
            by=store.BY_ASSISTANT,
            knowledge_version=here.knowledge.version,
            model_version=model_version,
            now=now,
        )
        return turn.says


def _answer_canary(here: Deployment, dispatcher: CollectingDispatcher) -> None:
    """Chat asks whether everything behind it works; an exception here says no."""
    store.check_current(here.database)
    dispatcher.utter_message(response="utter_canary")


def _say(dispatcher: CollectingDispatcher, utterance: Utterance) -> None:
    buttons = [{"title": each.title, "payload": each.value} for each in utterance.choices]
    dispatcher.utter_message(
        response=utterance.response, buttons=buttons or None, **dict(utterance.facts)
    )


def _spoken(tracker: Tracker) -> set[str]:
    """The responses that Rasa's rules spoke to this message before they called the action."""
    return {
        str((event.get("metadata") or {}).get("utter_action"))
        for event in _since_last_message(tracker)
        if event.get("event") == "bot"
    }


def _since_last_message(tracker: Tracker) -> Iterable[dict[str, Any]]:
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return
        yield event


def _model_version(tracker: Tracker) -> str:
    """The id that Rasa gave the model when it was trained."""
    for event in reversed(tracker.events):
        model_id = (event.get("metadata") or {}).get("model_id")
        if model_id:
            return str(model_id)
    return "unknown"
