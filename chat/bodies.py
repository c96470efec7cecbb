"""From the bytes of a request to what it asks for, or a sentence about what is wrong with it."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from starlette.requests import ClientDisconnect, Request

# The lexicon and ConText read this much in a few milliseconds; a longer story comes in parts.
MOST_CHARACTERS = 4000
MOST_BYTES = 64_000
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# All control characters but the line break.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class Refused(Exception):
    """The request cannot be taken; the message is a sentence for the person who wrote."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


async def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object; Refused when it is too large, or is not one."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise Refused(415, "This address takes JSON only.")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise Refused(413, too_long())
    except ClientDisconnect:
        raise Refused(400, "The message did not arrive whole. Please send it again.") from None
    return _object(bytes(body))


def text_of(data: dict[str, Any]) -> str:
    """The message's text, without control characters; Refused when there is none to read."""
    text = data.get("text")
    if not isinstance(text, str):
        raise Refused(422, "There was no text in the message.")
    # Rasa strips what it reads, and the places of words must be the same for all.
    text = CONTROL.sub(" ", _storable(text)).strip()
    if not text:
        raise Refused(
            422, "The message was empty. Please write what you notice, in your own words."
        )
    if len(text) > MOST_CHARACTERS:
        raise Refused(413, too_long())
    return text


def message_id_of(data: dict[str, Any]) -> str:
    """The message's id, or a new one; Refused when it is not an id."""
    value = data.get("message_id")
    if value is None:
        return str(uuid.uuid4())
    if not isinstance(value, str) or not MESSAGE_ID.fullmatch(value):
        raise Refused(422, "The message's id must be up to 64 letters, digits, - and _.")
    return value


def text_or_none(data: dict[str, Any], key: str) -> str | None:
    """The value of `key` when it is there and a short text; Refused when it is anything else."""
    value = data.get(key)
    if value is not None and (not isinstance(value, str) or len(value) > 200):
        raise Refused(422, f"The value of {key} cannot be used.")
    return None if value is None else _storable(value)


def _storable(text: str) -> str:
    """The text without lone surrogates, which no database or program could take."""
    return text.encode("utf-8", "replace").decode("utf-8")


def too_long() -> str:
    return (
        f"That message is too long: please send it in parts of up to {MOST_CHARACTERS:,} characters, "
        "the most important first. It was not recorded. If you feel in danger, do not write: call "
        "your emergency number."
    )


def _object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        data = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Refused(400, "The message could not be read: it is not valid JSON.") from None
    if not isinstance(data, dict):
        raise Refused(400, "The message could not be read: it must be a JSON object.")
    return data
