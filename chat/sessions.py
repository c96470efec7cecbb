"""Which conversation a browser holds: a signed cookie, readable by this program alone."""

from __future__ import annotations

import time
from collections.abc import Sequence

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

COOKIE = "bedside_chat"
LASTS_SECONDS = 30 * 24 * 3600


class Sessions:
    """Signs with the newest of the keys, which come first, and takes what any of them signed."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._serializer = URLSafeTimedSerializer(list(reversed(keys)), salt="chat")

    def conversation_of(self, request: Request) -> str | None:
        """The conversation of the request's cookie; None when there is none, or it is forged or old.

        One that was made while the clock was ahead stays good: who holds it is in the middle of writing.
        """
        try:
            value, made_at = self._serializer.loads(request.cookies[COOKIE], return_timestamp=True)
        except (KeyError, BadData):
            return None
        is_old = time.time() - made_at.timestamp() > LASTS_SECONDS
        return value if isinstance(value, str) and not is_old else None

    def remember(self, response: Response, request: Request, conversation_id: str) -> None:
        """Set the cookie. It ends with the browser's session: the device may be shared."""
        response.set_cookie(
            COOKIE,
            str(self._serializer.dumps(conversation_id)),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
