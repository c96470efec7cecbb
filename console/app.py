"""The console as a Starlette application: which address leads to which page.

`python -m uvicorn console.app:create_app --factory --ws none --host 127.0.0.1 --port 8001`
(`--ws none`: Rasa holds websockets to a version that uvicorn cannot import).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bedside.settings import ROOT, Settings
from bedside.store import DatabaseAway, schema, utc_now
from console.context import Console, SignInNeeded
from console.errors import away, error_page, refused, to_sign_in
from console.guard import Guard
from console.reviewing import flag_page, move_flag, queue
from console.searching import search_page, search_words
from console.signing_in import sign_in, sign_in_page, sign_out

STYLES = {
    "/static/nhsuk-frontend.min.css": ROOT
    / "node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css",
    "/static/console.css": Path(__file__).parent / "static/console.css",
}

# The typeface of the NHS is not ours to use, and would be fetched from another server.
WEB_FONT = re.compile(r"@font-face\{[^}]*\}")


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] = utc_now
) -> Starlette:
    """The application; SettingsError when a setting or clinic.yml cannot be used."""
    console = Console.of(settings or Settings.from_environment(), clock)
    app = Starlette(
        routes=_routes(console),
        middleware=[Middleware(Guard, broken=partial(error_page, console, 500))],
        exception_handlers={
            HTTPException: partial(refused, console),
            DatabaseAway: partial(away, console),
            SignInNeeded: to_sign_in,
        },
    )
    app.router.redirect_slashes = False
    return app


def _routes(console: Console) -> list[Route]:
    return [
        Route("/", partial(queue, console, closed=False), methods=["GET"]),
        Route("/closed", partial(queue, console, closed=True), methods=["GET"]),
        Route("/flags/{flag_id}", partial(flag_page, console), methods=["GET"]),
        Route("/flags/{flag_id}", partial(move_flag, console), methods=["POST"]),
        Route("/search", partial(search_page, console), methods=["GET"]),
        Route("/search", partial(search_words, console), methods=["POST"]),
        Route("/sign-in", partial(sign_in_page, console), methods=["GET"]),
        Route("/sign-in", partial(sign_in, console), methods=["POST"]),
        Route("/sign-out", partial(sign_out, console), methods=["POST"]),
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", partial(readyz, console), methods=["GET"]),
        *(Route(path, partial(style, file), methods=["GET"]) for path, file in STYLES.items()),
    ]


def style(file: Path, request: Request) -> Response:
    if not file.is_file():
        raise HTTPException(404)
    css = WEB_FONT.sub("", file.read_text(encoding="utf-8"))
    return Response(css, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def healthz(request: Request) -> Response:
    return JSONResponse({"console": "ok"})


def readyz(console: Console, request: Request) -> Response:
    """Whether the record can be read, and has the tables of this version."""
    try:
        state = "ok" if schema.is_current(console.database) else "not at this version"
    except DatabaseAway:
        state = "away"
    return JSONResponse({"database": state}, status_code=200 if state == "ok" else 503)
