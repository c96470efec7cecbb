"""What all actions share: whatever goes wrong, the patient hears how to reach a person."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.deployment import deployment
from bedside.store import record_failure, utc_now

logger = logging.getLogger(__name__)

# Tells Rasa's rules that the message was seen to; without it they say how to reach a person.
TAKEN_UP = SlotSet("taken_up", True)


class SafeAction(Action, ABC):
    """An action whose `act` may fail. Rasa itself would answer a failing action with silence."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        said_before = len(dispatcher.messages)
        try:
            await asyncio.to_thread(self.act, dispatcher, tracker)
        except Exception as error:  # no failure may end in silence
            # The exception's text may quote the patient; its kind may not.
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            del dispatcher.messages[said_before:]
            dispatcher.utter_message(response="utter_unavailable")
            await asyncio.to_thread(_record, tracker.sender_id, type(error).__name__)
        return [TAKEN_UP]

    @abstractmethod
    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Do the work, in a thread of its own; any exception is caught by `run`."""


def _record(conversation_id: str, what: str) -> None:
    try:
        with deployment().database.writing() as tx:
            record_failure(tx, conversation_id, what=what, now=utc_now())
    except Exception as error:  # the record may be what failed; chat flags the message then
        logger.error("the failure could not be recorded: %s", type(error).__name__)
