"""What every page needs, made once: the record, the knowledge, the clinic, the clock, the templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bedside.knowledge import Knowledge, load
from bedside.model import Clinic
from bedside.settings import Settings, read_clinic
from bedside.store import Clinician, Database, Transaction, clinician, open_record
from console.auth import COOKIE, Attempts, Passwords, Session, Sessions
from console.forms import Form

TEMPLATES = Path(__file__).parent / "templates"


class SignInNeeded(Exception):
    """Nobody is signed in with this request, or no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """The clinician who is signed in, and the token that the forms of this session carry."""

    clinician: Clinician
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    database: Database
    knowledge: Knowledge
    clinic: Clinic
    clock: Callable[[], datetime]
    sessions: Sessions
    passwords: Passwords
    attempts: Attempts
    templates: Environment

    @classmethod
    def of(cls, settings: Settings, clock: Callable[[], datetime]) -> Console:
        """The one place that chooses what is real; SettingsError when a file cannot be used."""
        database = open_record(settings)
        return cls(
            database=database,
            knowledge=load(),
            clinic=read_clinic(settings.clinic_file),
            clock=clock,
            sessions=Sessions(database.keys.derived("console sessions"), clock),
            passwords=Passwords(),
            attempts=Attempts(clock),
            templates=_templates(),
        )

    def session_of(self, request: Request) -> Session:
        """The session of the request's cookie; SignInNeeded when there is none that counts."""
        session = self.sessions.read(request.cookies.get(COOKIE, ""))
        if session is None:
            raise SignInNeeded()
        return session

    def sender_of(self, request: Request, form: Form) -> Session:
        """The session that the form was sent from; SignInNeeded, or 403 when its token is not that
        session's."""
        session = self.session_of(request)
        if not self.sessions.is_token(session.id, form.get("token", "")):
            raise HTTPException(403)
        return session

    def visitor(self, tx: Transaction, session: Session) -> Visitor:
        """The clinician of the session; SignInNeeded when removed, or given another password."""
        found = clinician(tx, id=session.clinician_id)
        if found is None or not session.is_of(found):
            raise SignInNeeded()
        return Visitor(clinician=found, token=self.sessions.token_for(session.id))

    def render(
        self,
        template: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        visitor: Visitor | None = None,
        **values: Any,
    ) -> HTMLResponse:
        page = self.templates.get_template(template)
        html = page.render(visitor=visitor, is_placeholder=self.clinic.is_placeholder, **values)
        return HTMLResponse(html, status_code=status, headers=headers)


def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
