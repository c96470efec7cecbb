"""Speaks to Rasa, and gives back what it said in time. Rasa may be away, late, silent or half done."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from bedside.model import Choice, Reply, Urgency

# A stream that failed inside Rasa never ends; after this long nobody waits for its rest.
LONGEST_STREAM_SECONDS = 60.0
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


class Assistant:
    """Rasa behind its `rest` channel, on the loopback interface or a private network."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(LONGEST_STREAM_SECONDS, connect=2.0),
            limits=httpx.Limits(max_connections=200),
            trust_env=False,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(
        self, conversation_id: str, text: str, metadata: dict[str, Any], *, seconds: float
    ) -> Said:
        """What Rasa says to `text` within `seconds`; it goes on in the background after that."""
        said = Said()
        said.running = asyncio.create_task(self._listen(said, conversation_id, text, metadata))
        await asyncio.wait({said.running}, timeout=seconds)
        return said

    async def is_ready(self, canary: str) -> bool:
        """Whether Rasa, its model, the action server and the record answer a probe."""
        said = await self.ask("canary", "hello", {"canary": True}, seconds=3)
        return said.complete and [reply.text for reply in said.replies] == [canary]

    async def _listen(
        self, said: Said, conversation_id: str, text: str, metadata: dict[str, Any]
    ) -> None:
        body = {"sender": conversation_id, "message": escaped(text), "metadata": metadata}
        try:
            async with self._client.stream(
                "POST", "/webhooks/rest/webhook", params={"stream": "true"}, json=body
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
