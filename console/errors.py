"""Every answer that is not a page of its own: one plain page with one sentence.

Nothing technical, and nothing that a patient wrote, is shown or logged.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.auth import COOKIE
from console.context import Console

TITLES = {
    400: "This could not be read",
    403: "This was not accepted",
    404: "Not found",
    405: "This is not possible here",
    409: "Not moved",
    413: "This is too long",
    415: "This could not be read",
    429: "Too many tries",
    500: "Something went wrong",
    503: "The record cannot be reached",
}
SENTENCES = {
    400: "What was sent could not be read. Go back, reload the page and try again.",
    403: "The form was too old or did not come from this console. Go back, reload the page and try again.",
    404: "There is no such page or flag in your clinic.",
    405: "This address does not take that kind of request. Go back to the queue.",
    413: "What was sent is too long. Go back, shorten it and try again.",
    415: "What was sent is not a form of this console. Go back, reload the page and try again.",
    500: "Something went wrong on our side, and it was noted. Look at the flag again before you go on.",
    503: "The record cannot be reached just now. Try again in a minute; if it stays so, tell whoever runs "
    "this console.",
}


def error_page(console: Console, status: int, headers: dict[str, str] | None = None) -> Response:
    """The page for this status, in the same words each time."""
    return console.render(
        "error.html",
        status=status,
        headers=headers,
        title=TITLES.get(status, "This was not accepted"),
        sentence=SENTENCES.get(status, SENTENCES[400]),
    )


async def refused(console: Console, request: Request, error: Exception) -> Response:
    """The page for what a handler or the router refused."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return error_page(console, error.status_code, headers)


async def away(console: Console, request: Request, error: Exception) -> Response:
    return error_page(console, 503, {"Retry-After": "30"})


async def to_sign_in(request: Request, error: Exception) -> Response:
    """Back to sign-in, and from there to the page that was asked for."""
    wanted = request.url.path if request.method == "GET" else "/"
    response = RedirectResponse(f"/sign-in?next={wanted}", status_code=303)
    # A link from elsewhere comes without the cookie (SameSite): only one that was sent is dropped.
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response
