"""Speaks to Rasa, and gives back what it said in time. Rasa may be away, late, silent or half done.

Where there are several, another one is asked when the first does not answer. Both may then take the
message up: the record holds it once, by its `message_id`, whoever comes first.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bedside.model import Choice, Reply, Urgency
from chat.replicas import Replicas

logger = logging.getLogger(__name__)

# A stream that failed inside Rasa never ends; after this long nobody waits for its rest.
LONGEST_STREAM_SECONDS = 60.0
# Ten times what a turn takes: by then a replica is taken to be hanging, and another is asked.
SLOW_SECONDS = 2.0
# With less time left, another would hardly answer.
RETRY_SECONDS = 0.3
# How long a replica that failed is left aside before each probe.
ASIDE_SECONDS = 3.0
PROBE_SECONDS = 3.0
# Text that begins with "/" is a command to Rasa. This sign looks like it and is as long.
HARMLESS_SLASH = "\u2215"


@dataclass(slots=True)
class Said:
    """What Rasa said so far. `complete` once it has ended by itself, `failure` is the kind of error
    that ended it otherwise; `running` goes on until then."""

    replies: list[Reply] = field(default_factory=list)
    complete: bool = False
    failure: str | None = None
    running: asyncio.Task[None] | None = None
    url: str = ""

    @property
    def is_running(self) -> bool:
        return self.running is not None and not self.running.done()

    def drop(self) -> None:
        """Listen no longer. Rasa goes on by itself."""
        if self.running is not None:
            self.running.cancel()


class Assistant:
    """One Rasa or several that do the same work, each behind its `rest` channel, on the loopback
    interface or a private network. `canary` is what a healthy one says to a probe, `unavailable` what one
    says that cannot reach its action server or the record."""

    def __init__(self, urls: Sequence[str], *, canary: str, unavailable: str) -> None:
        self._replicas = Replicas(urls)
        self._names = self._replicas.names
        self._canary, self._unavailable = canary, unavailable
        self._probes: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(LONGEST_STREAM_SECONDS, connect=2.0),
            limits=httpx.Limits(max_connections=200),
            trust_env=False,
        )

    async def close(self) -> None:
        for probe in self._probes:
            probe.cancel()
        await self._client.aclose()

    async def ask(
        self, conversation_id: str, text: str, metadata: dict[str, Any], *, seconds: float
    ) -> Said:
        """What Rasa says to `text` within `seconds`; it goes on in the background after that.

        A replica that fails, or is slow, is left aside, and if there is time another is asked too.
        """
        until = time.monotonic() + seconds
        first, *others = self._replicas.in_turn()
        asked = [self._begin(first, conversation_id, text, metadata)]
        await self._answered(asked, min(seconds, SLOW_SECONDS) if others else seconds)
        left = until - time.monotonic()
        if others and left > RETRY_SECONDS and not self._is_answer(asked[0]):
            asked.append(self._begin(others[0], conversation_id, text, metadata))
            await self._answered(asked, left)
        return self._best(asked)

    async def ready(self) -> dict[str, bool]:
        """Whether each Rasa, with its model, its action server and the record, answers a probe."""
        answers = await asyncio.gather(*map(self._is_ready, self._names))
        return dict(zip(self._names.values(), answers, strict=True))

    async def _is_ready(self, url: str) -> bool:
        said = self._begin(url, "canary", "hello", {"canary": True})
        await self._answered([said], PROBE_SECONDS)
        said.drop()
        return said.complete and [reply.text for reply in said.replies] == [self._canary]

    def _begin(self, url: str, conversation_id: str, text: str, metadata: dict[str, Any]) -> Said:
        said = Said(url=url)
        said.running = asyncio.create_task(self._listen(said, conversation_id, text, metadata))
        return said

    async def _answered(self, asked: Sequence[Said], seconds: float) -> None:
        """Wait until one of them has answered, all have ended, or the time has passed."""
        until = time.monotonic() + seconds
        while not any(map(self._is_answer, asked)) and (left := until - time.monotonic()) > 0:
            running = [task for each in asked if (task := each.running) and not task.done()]
            if not running:
                return
            await asyncio.wait(running, timeout=left, return_when=asyncio.FIRST_COMPLETED)

    def _is_answer(self, said: Said) -> bool:
        """Whether it has ended well: with a word, and not with the one that it could do nothing."""
        return said.complete and bool(said.replies) and said.replies[-1].text != self._unavailable

    def _best(self, asked: Sequence[Said]) -> Said:
        """The one that answered, else the one that said most. The others are left to themselves."""
        best = max(
            asked, key=lambda said: (self._is_answer(said), len(said.replies), said.is_running)
        )
        for said in asked:
            if not self._is_answer(said):
                self._leave_aside(said)
            if said is not best:
                said.drop()
        return best

    def _leave_aside(self, said: Said) -> None:
        if self._replicas.leave_aside(said.url):
            why = said.failure or ("too late" if said.is_running else "it could not answer")
            logger.warning("%s is left aside: %s", self._names[said.url], why)
            probe = asyncio.create_task(self._probe(said.url))
            self._probes.add(probe)
            probe.add_done_callback(self._probes.discard)

    async def _probe(self, url: str) -> None:
        """Take the replica back once it answers again."""
        await asyncio.sleep(ASIDE_SECONDS)
        while not await self._is_ready(url):
            await asyncio.sleep(ASIDE_SECONDS)
        self._replicas.take_back(url)
        logger.warning("%s answers again", self._names[url])

    async def _listen(
        self, said: Said, conversation_id: str, text: str, metadata: dict[str, Any]
    ) -> None:
        url = f"{said.url}/webhooks/rest/webhook"
        body = {"sender": conversation_id, "message": escaped(text), "metadata": metadata}
        try:
            async with self._client.stream(
                "POST", url, params={"stream": "true"}, json=body
            ) as response:
                response.raise_for_status()
                async for line in response.aiter_lines():
                    _take(said, line)
            said.complete = True
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            # The error's text could quote what was said; its kind cannot.
            said.failure = type(error).__name__


def escaped(text: str) -> str:
    """`text` so that Rasa reads it as words, never as a command; as long as before.

    >>> escaped("/restart")[1:], len(escaped("/restart"))
    ('restart', 8)
    """
    start = len(text) - len(text.lstrip())
    if text[start : start + 1] == "/":
        return text[:start] + HARMLESS_SLASH + text[start + 1 :]
    return text


def _take(said: Said, line: str) -> None:
    """Add a line of Rasa's stream: a text with buttons, or the urgency of the text before it."""
    if not line.strip():
        return
    data = json.loads(line)
    if "text" in data:
        said.replies.append(Reply(text=data["text"], choices=_choices(data)))
    elif "custom" in data and said.replies:
        last = said.replies[-1]
        urgency = Urgency.of(data["custom"]["urgency"])
        said.replies[-1] = Reply(text=last.text, choices=last.choices, urgency=urgency)


def _choices(data: dict[str, Any]) -> tuple[Choice, ...]:
    return tuple(
        Choice(title=str(each["title"]), value=str(each["payload"]))
        for each in data.get("buttons") or ()
    )
