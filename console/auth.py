"""Who is at the console: passwords, signed sessions, the tokens of forms, and too many tries.

Keeps no password and no user name. It does not decide what a clinician may do.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from bedside.store import Clinician

Clock = Callable[[], datetime]

COOKIE = "bedside_console"
SESSION_LASTS = timedelta(hours=8)
MOST_REFUSED = 10
REFUSED_WITHIN = timedelta(minutes=15)
# A hash takes 64 MiB; this many are computed at a time.
HASHES_AT_ONCE = 2
# So many names are remembered before the old ones are looked for.
MOST_NAMES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in. `password_mark` ties it to the password it was made with."""

    id: str
    clinician_id: str
    password_mark: str

    def is_of(self, clinician: Clinician) -> bool:
        return clinician.id == self.clinician_id and self.password_mark == _mark(clinician)


class Sessions:
    """Signs session cookies and form tokens with the newest of the keys, which come first, and takes
    the cookies that any of them signed."""

    def __init__(self, keys: Sequence[str], clock: Clock) -> None:
        self._key, self._clock = keys[0], clock
        self._serializer = URLSafeTimedSerializer(
            list(reversed(keys)),
            salt="console",
            signer=_Signer,
            signer_kwargs={"digest_method": hashlib.sha256, "clock": clock},
        )
        self._ended: dict[str, datetime] = {}

    def begin(self, clinician: Clinician) -> Session:
        return Session(id=new_secret(), clinician_id=clinician.id, password_mark=_mark(clinician))

    def cookie_for(self, session: Session) -> str:
        return str(self._serializer.dumps(asdict(session)))

    def read(self, cookie: str) -> Session | None:
        """The session that the cookie holds; None when it is forged, too old or signed out."""
        try:
            data = self._serializer.loads(cookie, max_age=int(SESSION_LASTS.total_seconds()))
            session = Session(**data)
        except (BadData, TypeError):
            return None
        return None if session.id in self._ended else session

    def end(self, session: Session) -> None:
        """Signed out: a copy of the cookie is worth nothing, as long as this process lives."""
        now = self._clock()
        self._ended = {id_: at for id_, at in self._ended.items() if now - at < SESSION_LASTS} | {
            session.id: now
        }

    def token_for(self, id_: str) -> str:
        """The token that the forms of this session, or of this sign-in page, carry."""
        return hmac.new(self._key.encode(), b"console form:" + id_.encode(), "sha256").hexdigest()

    def is_token(self, id_: str, given: str) -> bool:
        return bool(id_) and hmac.compare_digest(self.token_for(id_).encode(), given.encode())


class Passwords:
    """Compares passwords with their argon2 hashes, in the same time for a name nobody has."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(new_secret())
        self._room = threading.BoundedSemaphore(HASHES_AT_ONCE)

    def is_right(self, clinician: Clinician | None, password: str) -> bool:
        kept = self._nobody if clinician is None else clinician.password_hash
        with self._room:
            try:
                self._hasher.verify(kept, password)
            except (VerificationError, InvalidHashError):
                return False
        return clinician is not None


class Attempts:
    """Counts sign-ins by a digest of the name, in this process's memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: dict[str, list[datetime]] = {}
        self._lock = threading.Lock()

    def allow(self, username: str) -> bool:
        """Count one more try, and say whether it may be made. It counts until it succeeds, so that
        many at once are no way around."""
        name = _digest(username)
        with self._lock:
            self._forget_old()
            recent = self._recent(name)
            if len(recent) >= MOST_REFUSED:
                return False
            self._tries[name] = [*recent, self._clock()]
            return True

    def succeeded(self, username: str) -> None:
        with self._lock:
            self._tries.pop(_digest(username), None)

    def _recent(self, name: str) -> list[datetime]:
        now = self._clock()
        return [at for at in self._tries.get(name, ()) if now - at < REFUSED_WITHIN]

    def _forget_old(self) -> None:
        if len(self._tries) >= MOST_NAMES:
            self._tries = {name: recent for name in self._tries if (recent := self._recent(name))}


class _Signer(TimestampSigner):
    """Takes the time from the console's clock."""

    def __init__(self, *given: Any, clock: Clock, **named: Any) -> None:
        super().__init__(*given, **named)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())


def new_secret() -> str:
    return secrets.token_urlsafe(16)


def _mark(clinician: Clinician) -> str:
    return _digest(clinician.password_hash)[:16]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
