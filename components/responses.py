"""Fills the gaps of Rasa's responses with the clinic's facts, also when no action has run."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bedside.knowledge import clinic_facts, load, load_responses
from bedside.knowledge.responses import fill
from bedside.settings import Settings, read_clinic


class ClinicResponses(NaturalLanguageGenerator):
    """The domain's responses with `{team_phone}` and the like filled in."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        # Rasa hands the domain's responses to some calls only, so they are read from the file.
        self._responses = load_responses()
        self._knowledge = load()
        self._clinic = read_clinic(Settings.from_environment().clinic_file)

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """The response as Rasa sends it; None when the domain has no such response."""
        text = self._responses.texts.get(utter_action)
        if text is None:
            return None
        facts = clinic_facts(self._clinic, self._knowledge, datetime.now(timezone.utc))
        given = {name: str(value) for name, value in kwargs.items()}
        response: dict[str, Any] = {"text": fill(text, {**facts, **given})}
        urgency = self._responses.urgencies.get(utter_action)
        if urgency is not None:
            response["custom"] = {"urgency": urgency.word}
        return response
