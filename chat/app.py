"""The patient's page and its API. Every problem is a sentence a person understands."""

from __future__ import annotations

import html
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bedside import store
from bedside.dialogue import Floor
from bedside.knowledge import clinic_facts, in_words, load, load_responses
from bedside.knowledge.responses import fill
from bedside.model import Clinic, as_json
from bedside.settings import ROOT, Settings, read_clinic
from chat import bodies
from chat.assistant import Assistant
from chat.bodies import Refused
from chat.edge import Edge
from chat.in_time import InTime
from chat.sessions import Sessions
from chat.turns import UNAVAILABLE, Turns

logger = logging.getLogger(__name__)

PAGES = ROOT / "chat" / "static"
NHSUK = ROOT / "node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css"
# The typeface of the NHS is not ours to use, and would be fetched from another server.
WEB_FONT = re.compile(r"@font-face\{[^}]*\}")
NO_CONVERSATION = "Your conversation is not open any more. Please reload the page to start again."
# A probe through Rasa costs a turn; more often than this nobody needs it.
PROBE_SECONDS = 2.0


class Chat:
    """The handlers, with what they need."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.clinic: Clinic = read_clinic(settings.clinic_file)
        self.knowledge = load()
        self.responses = load_responses()
        self.clock = clock
        self.database = store.open_record(settings)
        self.in_time = InTime()
        self.assistant = Assistant(
            settings.rasa_urls,
            canary=self.responses.texts["utter_canary"],
            unavailable=self._unavailable(),
        )
        self.sessions = Sessions(self.database.keys.derived("chat sessions"))
        self.turns = Turns(
            self.database,
            self.knowledge,
            self.responses,
            self.clinic,
            self.assistant,
            clock,
            Floor(self.knowledge, settings.heads),
            store.open_spool(settings),
        )
        self._probed: tuple[float, dict[str, bool]] = (0.0, {})

    def _unavailable(self) -> str:
        """What Rasa says when it can do nothing; no word of it depends on the hour."""
        now = self.clock()
        return in_words([UNAVAILABLE], self.responses, self.clinic, self.knowledge, now)[0].text

    async def page(self, request: Request) -> Response:
        facts = clinic_facts(self.clinic, self.knowledge, self.clock())
        facts["placeholder_hidden"] = "" if self.clinic.is_placeholder else "hidden"
        escaped = {name: html.escape(value) for name, value in facts.items()}
        template = (PAGES / "index.html").read_text(encoding="utf-8")
        return HTMLResponse(fill(template, escaped))

    async def nhsuk(self, request: Request) -> Response:
        if not NHSUK.is_file():
            raise HTTPException(404)
        return Response(_nhsuk_css(), media_type="text/css")

    async def open(self, request: Request) -> Response:
        data = await bodies.read_json(request)
        clinic = bodies.text_or_none(data, "clinic")
        if clinic not in (None, self.clinic.id):
            raise Refused(404, "There is no such clinic here.")
        invitation = bodies.text_or_none(data, "invitation")
        conversation_id = await self.in_time(self._open, invitation)
        response = JSONResponse({"conversation_id": conversation_id}, status_code=201)
        self.sessions.remember(response, request, conversation_id)
        return response

    def _open(self, invitation: str | None) -> str:
        with self.database.writing() as tx:
            now = self.clock()
            store.ensure_clinic(tx, self.clinic, now=now)
            return store.open_conversation(
                tx, clinic_id=self.clinic.id, now=now, invitation=invitation
            ).id

    async def send(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        data = await bodies.read_json(request)
        text, message_id = bodies.text_of(data), bodies.message_id_of(data)
        answered = await self.turns.take(conversation_id, message_id, text)
        response = JSONResponse(
            {"message_id": message_id, "replies": [_shown(each) for each in answered.replies]}
        )
        if answered.conversation_id != conversation_id:
            self.sessions.remember(response, request, answered.conversation_id)
        return response

    async def transcript(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        entries = await self.in_time(self._transcript, conversation_id)
        return JSONResponse({"messages": [_line(each) for each in entries if each.shown]})

    def _transcript(self, conversation_id: str) -> list[store.Entry]:
        with self.database.reading() as tx:
            if not store.is_known(tx, conversation_id):
                raise store.UnknownConversation(conversation_id)
            return store.transcript(tx, conversation_id)

    async def health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(self, request: Request) -> Response:
        """Ready while the record and one Rasa are; of several, it says which one is away."""
        replicas = await self._assistant_states()
        state = {
            "database": await self.in_time(self._database_state),
            "assistant": "ok" if any(replicas.values()) else "away",
        }
        status = 200 if set(state.values()) == {"ok"} else 503
        if len(replicas) > 1:
            state |= {name: "ok" if is_ready else "away" for name, is_ready in replicas.items()}
        return JSONResponse(state, status_code=status)

    def _database_state(self) -> str:
        try:
            store.check_current(self.database)
        except store.DatabaseAway:
            return "away"
        return "ok"

    async def _assistant_states(self) -> dict[str, bool]:
        at, states = self._probed
        if not states or time.monotonic() - at > PROBE_SECONDS:
            states = await self.assistant.ready()
            self._probed = (time.monotonic(), states)
        return states

    def _conversation(self, request: Request) -> str:
        conversation_id = self.sessions.conversation_of(request)
        if conversation_id is None:
            raise Refused(401, NO_CONVERSATION)
        return conversation_id

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        yield
        await self.turns.finish()
        await self.assistant.close()


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] = store.utc_now
) -> Starlette:
    """The application. SettingsError or KnowledgeError when it cannot be set up."""
    chat = Chat(settings or Settings.from_environment(), clock)
    return Starlette(
        routes=[
            Route("/", chat.page),
            Route("/api/conversations", chat.open, methods=["POST"]),
            Route("/api/messages", chat.send, methods=["POST"]),
            Route("/api/messages", chat.transcript, methods=["GET"]),
            Route("/healthz", chat.health),
            Route("/readyz", chat.ready),
            Mount("/static", StaticFiles(directory=PAGES)),
            Route("/nhsuk-frontend.css", chat.nhsuk),
        ],
        middleware=[Middleware(Edge)],
        exception_handlers={
            Refused: _refused,
            store.UnknownConversation: _unknown_conversation,
            store.UnknownInvitation: _unknown_invitation,
            store.DatabaseAway: _away,
            HTTPException: _no_such_address,
        },
        lifespan=chat.lifespan,
    )


@lru_cache(maxsize=1)
def _nhsuk_css() -> str:
    return WEB_FONT.sub("", NHSUK.read_text(encoding="utf-8"))


def _shown(reply: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {"text": reply.text, "choices": as_json(reply.choices)}
    if reply.urgency is not None:
        shown["urgency"] = reply.urgency.word
    return shown


def _line(entry: store.Entry) -> dict[str, Any]:
    line = {
        "message_id": entry.message.message_id,
        "sender": entry.sender,
        "text": entry.message.text,
        "at": entry.message.at.isoformat(),
        "choices": as_json(entry.choices),
    }
    if entry.urgency is not None:
        line["urgency"] = entry.urgency.word
    return line


def _problem(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=status)


async def _refused(request: Request, error: Exception) -> Response:
    return _problem(error.status if isinstance(error, Refused) else 400, str(error))


async def _unknown_conversation(request: Request, error: Exception) -> Response:
    return _problem(404, NO_CONVERSATION)


async def _unknown_invitation(request: Request, error: Exception) -> Response:
    return _problem(
        404,
        "This link was used before, or is not whole. You can write without it, or ask your team "
        "for a new one.",
    )


async def _away(request: Request, error: Exception) -> Response:
    logger.error("the database is away")
    return _problem(
        503, "Bedside cannot open or show a conversation right now. Please call your team instead."
    )


async def _no_such_address(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _problem(status, "There is nothing at this address, or it is used in another way.")
