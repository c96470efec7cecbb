"""The pages to sign in and out. Every try is in the audit log, without the name that was typed."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bedside.store import Clinician, clinician, note_sign_in
from console.auth import COOKIE, REFUSED_WITHIN, new_secret
from console.context import Console
from console.forms import Form, read_form

# Ties the sign-in form to the browser that asked for it, before there is a session.
FORM_COOKIE = "bedside_console_form"
WRONG = "The user name or the password is not right."
EMPTY = "Enter your user name and your password."
TOO_OLD = "This page was open for too long. Please sign in again."
TOO_MANY = "Too many sign-ins were refused for this user name. Wait 15 minutes, then try again."


def sign_in_page(console: Console, request: Request) -> Response:
    if console.sessions.read(request.cookies.get(COOKIE, "")) is not None:
        return RedirectResponse("/", status_code=303)
    return _page(console, request, next_=request.query_params.get("next", ""))


async def sign_in(console: Console, request: Request) -> Response:
    form = await read_form(request)
    return await run_in_threadpool(_sign_in, console, request, form)


async def sign_out(console: Console, request: Request) -> Response:
    console.session_of(request)
    form = await read_form(request)
    console.sessions.end(console.sender_of(request, form))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _sign_in(console: Console, request: Request, form: Form) -> Response:
    username, password = form.get("username", "").strip(), form.get("password", "")
    next_ = form.get("next", "")
    if not console.sessions.is_token(request.cookies.get(FORM_COOKIE, ""), form.get("token", "")):
        return _page(console, request, TOO_OLD, status=403, next_=next_)
    if not username or not password:
        return _page(console, request, EMPTY, status=400, next_=next_)
    with console.database.reading() as tx:
        found = clinician(tx, username=username)
    may_try = console.attempts.allow(username)
    is_right = may_try and console.passwords.is_right(found, password)
    _note(console, found, succeeded=is_right)
    if found is not None and is_right:
        console.attempts.succeeded(username)
        return _signed_in(console, request, found, next_)
    if may_try:
        return _page(console, request, WRONG, status=401, next_=next_)
    return _page(console, request, TOO_MANY, status=429, next_=next_)


def _note(console: Console, found: Clinician | None, *, succeeded: bool) -> None:
    with console.database.writing() as tx:
        note_sign_in(
            tx,
            clinic_id=console.clinic.id if found is None else found.clinic_id,
            by="unknown" if found is None else f"clinician:{found.id}",
            succeeded=succeeded,
            now=console.clock(),
        )


def _signed_in(console: Console, request: Request, found: Clinician, next_: str) -> Response:
    response = RedirectResponse(_own_page(next_), status_code=303)
    _set_cookie(
        response, request, COOKIE, console.sessions.cookie_for(console.sessions.begin(found)), "/"
    )
    response.delete_cookie(FORM_COOKIE, path="/sign-in", httponly=True, samesite="strict")
    return response


def _page(
    console: Console, request: Request, problem: str = "", *, status: int = 200, next_: str
) -> Response:
    given = request.cookies.get(FORM_COOKIE, "")
    nonce = given if re.fullmatch(r"[\w-]{22}", given, re.ASCII) else new_secret()
    response = console.render(
        "sign_in.html",
        status=status,
        headers={"Retry-After": str(int(REFUSED_WITHIN.total_seconds()))}
        if status == 429
        else None,
        problem=problem,
        token=console.sessions.token_for(nonce),
        next=_own_page(next_),
    )
    _set_cookie(response, request, FORM_COOKIE, nonce, "/sign-in")
    return response


def _set_cookie(response: Response, request: Request, name: str, value: str, path: str) -> None:
    """No max-age: it ends with the browser, and the session's own time is signed into it."""
    response.set_cookie(
        name,
        value,
        path=path,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _own_page(next_: str) -> str:
    """`next_` if it is a page of this console, else the queue."""
    return next_ if re.fullmatch(r"/(closed|flags/\d{1,10})?", next_, re.ASCII) else "/"
