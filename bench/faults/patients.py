"""Patients who write while things break, as their page does: what fails is sent again under its id."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any

import httpx

from bedside.model import Urgency

# What each text calls for where it is told first in a conversation.
TOLD = {
    "my face is drooping on one side": Urgency.EMERGENCY,
    "I cannot breathe": Urgency.EMERGENCY,
    "I have bruises all over my legs": Urgency.URGENT,
    "my gums are bleeding": Urgency.URGENT,
}
CHATTER = ("hello", "thank you", "I have hiccups that won't go away", "what can you do?")
NOT_RECORDED = "This message was not recorded"
REPLY_WITHIN = 8.0
# What the patient's side may add on a machine that also breaks things.
MARGIN = 0.5
LONGEST_WAIT = 30.0
TRIES_FOR = 90.0
AGAIN_AFTER = 0.5


@dataclass(slots=True)
class Sent:
    """One message: what was written and when, what was heard, and how long one try had to wait at the most,
    less the time in which the chat itself could do nothing."""

    message_id: str
    text: str
    calls_for: Urgency | None
    at: float = 0.0
    replies: list[dict[str, Any]] = field(default_factory=list)
    waited: float = 0.0
    tries: int = 0

    @property
    def told(self) -> Urgency | None:
        words = (reply.get("urgency") for reply in self.replies)
        return max((Urgency.of(word) for word in words if word), default=None)

    @property
    def was_told_not_recorded(self) -> bool:
        return any(NOT_RECORDED in reply["text"] for reply in self.replies)


class StandStill:
    """When the chat was stopped, killed or starting: then nobody can be answered."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float]] = []
        self._since: float | None = None

    @contextmanager
    def during(self, counts: bool) -> Iterator[None]:
        if counts:
            self._since = time.monotonic()
        try:
            yield
        finally:
            if self._since is not None:
                self._spans.append((self._since, time.monotonic()))
                self._since = None

    def within(self, start: float, end: float) -> float:
        """How many seconds of that span it stood still."""
        spans = [*self._spans, *([(self._since, end)] if self._since is not None else [])]
        return sum(max(0.0, min(end, till) - max(start, since)) for since, till in spans)


class Talk:
    """One conversation from a browser of its own. What one chat does not answer is sent to the next, as a
    proxy does."""

    def __init__(self, urls: Sequence[str], stands_still: StandStill) -> None:
        self.http = httpx.Client(timeout=LONGEST_WAIT, trust_env=False)
        self._chats = cycle(urls)
        self.sent: list[Sent] = []
        self._stands_still = stands_still
        self._open()

    def writes(self, text: str, calls_for: Urgency | None = None) -> Sent:
        """The message with what was heard at last; without replies when nobody answered at all."""
        sent = Sent(uuid.uuid4().hex, text, calls_for, at=time.monotonic())
        self.sent.append(sent)
        until = time.monotonic() + TRIES_FOR
        while not sent.replies and time.monotonic() < until:
            started = time.monotonic()
            sent.replies = self._post(sent)
            ended = time.monotonic()
            if sent.replies or ended - started > REPLY_WITHIN:
                stood_still = self._stands_still.within(started, ended)
                sent.waited = max(sent.waited, ended - started - stood_still)
            if not sent.replies:
                time.sleep(AGAIN_AFTER)
        return sent

    def reads(self) -> list[dict[str, Any]]:
        """The transcript, as the page shows it when it is loaded again."""
        lines: list[dict[str, Any]] = self.http.get(f"{next(self._chats)}/api/messages").json()[
            "messages"
        ]
        return lines

    def _open(self) -> None:
        until = time.monotonic() + TRIES_FOR
        while time.monotonic() < until:
            try:
                if (
                    self.http.post(f"{next(self._chats)}/api/conversations", json={}).status_code
                    == 201
                ):
                    return
            except httpx.HTTPError:
                pass
            time.sleep(AGAIN_AFTER)
        raise RuntimeError("no conversation could be opened any more")

    def _post(self, sent: Sent) -> list[dict[str, Any]]:
        sent.tries += 1
        try:
            response = self.http.post(
                f"{next(self._chats)}/api/messages",
                json={"text": sent.text, "message_id": sent.message_id},
            )
            replies: list[dict[str, Any]] = response.json().get("replies", [])
        except (httpx.HTTPError, ValueError):
            return []
        return replies


class Patients:
    """So many people at once, each in one conversation after the other, until they are told to stop."""

    def __init__(
        self, urls: Sequence[str], stands_still: StandStill, count: int, seed: int
    ) -> None:
        self.talks: list[Talk] = []
        self.failures: list[Exception] = []
        self._urls, self._stands_still = urls, stands_still
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_on, args=(Random(f"{seed} {number}"),), daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def messages(self) -> int:
        return sum(len(talk.sent) for talk in self.talks)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(TRIES_FOR + LONGEST_WAIT)

    def _go_on(self, random: Random) -> None:
        try:
            while not self._stop.is_set():
                talk = Talk(self._urls, self._stands_still)
                self.talks.append(talk)
                for text in _script(random):
                    if self._stop.wait(random.uniform(0.2, 2.5)):
                        return
                    talk.writes(text, TOLD.get(text))
        except Exception as error:  # shown at the end of the run
            self.failures.append(error)


def _script(random: Random) -> Sequence[str]:
    """What somebody writes: two of the signs, each told once, between chatter."""
    signs = random.sample(sorted(TOLD), 2)
    return random.sample([*signs, *random.sample(CHATTER, 2)], 4)
