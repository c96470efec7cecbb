"""Fills the gaps of Rasa's responses with the clinic's facts, also when no action has run."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bedside.knowledge import clinic_facts, load
from bedside.knowledge.responses import fill
from bedside.settings import Settings, read_clinic


class ClinicResponses(NaturalLanguageGenerator):
    """The domain's responses with `{team_phone}` and the like filled in."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        self._responses = domain.responses
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
        variants = self._responses.get(utter_action)
        if not variants:
            return None
        response: dict[str, Any] = copy.deepcopy(variants[0])
        facts = clinic_facts(self._clinic, self._knowledge, datetime.now(timezone.utc))
        given = {name: str(value) for name, value in kwargs.items()}
        response["text"] = fill(response["text"].strip(), {**facts, **given})
        return response
