"""The outermost layer: headers that keep pages to themselves, and failures that quote nobody."""

from __future__ import annotations

import logging

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
STATIC = ("/static/", "/nhsuk-frontend.css")


FAILED = "Something went wrong here. Please call your team; in danger, your emergency number."


class Edge:
    """Adds the headers. An exception ends here, with its kind in the log: its text and the server's
    usual trace could hold a patient's words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:  # the last stop before the server
            logger.error("%s failed: %s", scope["path"], type(error).__name__)
            if not started:
                problem = JSONResponse({"error": FAILED}, status_code=500)
                await problem(scope, receive, send_with_headers)


def _add_headers(headers: MutableHeaders, path: str) -> None:
    headers.update(HEADERS)
    if not path.startswith(STATIC):
        headers["cache-control"] = "no-store"
