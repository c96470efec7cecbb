"""What a simulated patient can talk to: the running programs, or the same decisions in this process."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import httpx

from bedside.dialogue import take_up
from bedside.knowledge import Knowledge, Responses, clinic_facts
from bedside.language import Reader
from bedside.model import Clinic, Question, Reply, Report, Utterance, reply_from_json

WAIT_SECONDS = 20.0
AWAY = "The bot cannot be reached at {url}: start it with `make run` first."


class BotAway(Exception):
    """Nobody answers there; the message is a sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The replies to one message, and how long they took."""

    replies: tuple[Reply, ...]
    seconds: float


class Bot(Protocol):
    def begin(self) -> None:
        """Begin a new conversation."""

    def say(self, text: str) -> Heard:
        """The replies to a message; BotAway when there is no bot."""

    def noted(self) -> tuple[str, ...]:
        """The rules by which the conversation is as urgent as it is, where that can be seen."""


class InProcess:
    """Reads, decides and speaks like the programs, without servers and without a record.

    The clock stands still, so that the same messages get the same replies.
    """

    def __init__(
        self,
        reader: Reader,
        knowledge: Knowledge,
        responses: Responses,
        clinic: Clinic,
        now: datetime,
    ) -> None:
        self._reader, self._knowledge, self._responses = reader, knowledge, responses
        self._today: date = clinic.day(now)
        self._facts = clinic_facts(clinic, knowledge, now)
        self.begin()

    def begin(self) -> None:
        self._report = Report()
        self._pending: Question | None = None
        self._rules: tuple[str, ...] = ()

    def say(self, text: str) -> Heard:
        started = time.perf_counter()
        parsed = self._reader.read(text, today=self._today)
        turn = take_up(self._report, parsed, self._pending, self._knowledge, self._today)
        self._report, self._pending = turn.report, turn.question
        self._rules = tuple(reason.rule for reason in turn.assessment.reasons)
        # What the chat says when nobody has anything to say.
        says = turn.says or (Utterance(response="utter_unavailable"),)
        replies = [self._responses.say(each, self._facts) for each in says]
        replies.sort(key=lambda reply: -int(reply.urgency or 0))
        return Heard(tuple(replies), time.perf_counter() - started)

    def noted(self) -> tuple[str, ...]:
        return self._rules


class Programs:
    """The running bot, through the API that the patient's page uses."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url, self._transport = url, transport
        self._client: httpx.Client | None = None

    def begin(self) -> None:
        self.close()
        self._client = httpx.Client(
            base_url=self._url, timeout=WAIT_SECONDS, transport=self._transport, trust_env=False
        )
        try:
            self._client.post("/api/conversations", json={}).raise_for_status()
        except httpx.HTTPError as error:
            raise BotAway(AWAY.format(url=self._url)) from error

    def say(self, text: str) -> Heard:
        """No replies when the answer is late or is a problem: that is silence to a patient."""
        if self._client is None:
            self.begin()
        assert self._client is not None  # begin has made it
        started = time.perf_counter()
        message = {"text": text, "message_id": str(uuid.uuid4())}
        try:
            response = self._client.post("/api/messages", json=message)
            replies = response.json().get("replies", []) if response.is_success else []
        except httpx.ConnectError as error:
            raise BotAway(AWAY.format(url=self._url)) from error
        except (httpx.HTTPError, ValueError):
            replies = []
        return Heard(tuple(map(reply_from_json, replies)), time.perf_counter() - started)

    def noted(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
