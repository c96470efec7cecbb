"""What a browser posted, as words; anything else is refused with a 4xx, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MOST_BYTES = 32 * 1024
MOST_FIELDS = 20
# Nothing named at all is read as a form, and then lacks its token.
FORMS = ("application/x-www-form-urlencoded", "")
# Line ends and tabs may stand in a reason; PostgreSQL takes no NUL.
ALLOWED_CONTROLS = "\t\n\r"

Form = Mapping[str, str]


async def read_form(request: Request) -> Form:
    """The fields of the posted form; HTTPException 400, 413 or 415 when there is none to read."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in FORMS:
        raise HTTPException(415)
    body = await _read(request)
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise HTTPException(400) from error
    if any(_has_controls(text) for field in fields for text in field):
        raise HTTPException(400)
    return dict(fields)


async def _read(request: Request) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise HTTPException(413)
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return body


def _has_controls(text: str) -> bool:
    return any(each < " " and each not in ALLOWED_CONTROLS for each in text)
