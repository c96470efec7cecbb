"""Seals what tells of a patient, value by value, and opens it again. Pure: keys come from elsewhere.

A sealed value is text, `v1.<key id>.<nonce and ciphertext>`, by AES-256-GCM. It opens only in the place
that it was sealed for (`messages.text`), so that a value moved to another column is found out.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "v1"
NONCE_BYTES = 12


class Unreadable(ValueError):
    """The value was damaged or moved, or its key is not here. Quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many values of older keys that open, and so many that no key here opens."""

    readable: int = 0
    damaged: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.readable + other.readable, self.damaged + other.damaged)


class KeyRing:
    """The deployment's keys, newest first: the first seals, all open.

    `reread` gives the secrets as they are now, none if it cannot: keys are rotated while programs run.
    """

    def __init__(
        self, secrets: Sequence[str], *, reread: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self._reread = reread
        self._take(tuple(secrets))

    @property
    def ids(self) -> tuple[str, ...]:
        """What names the keys, newest first, and tells nothing about them."""
        return tuple(self._ciphers)

    @property
    def prefix(self) -> str:
        """What all begins with that the newest key sealed."""
        return f"{VERSION}.{self.ids[0]}."

    def refresh(self) -> None:
        """Have the keys as they are now."""
        secrets = tuple(self._reread())
        if secrets and secrets != self._secrets:
            self._take(secrets)

    def seal(self, text: str, place: str) -> str:
        """The text, sealed for this place with the newest key."""
        id_, cipher = next(iter(self._ciphers.items()))
        nonce = os.urandom(NONCE_BYTES)
        body = nonce + cipher.encrypt(nonce, text.encode(), place.encode())
        return f"{VERSION}.{id_}.{urlsafe_b64encode(body).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """What was sealed for this place; Unreadable when it cannot be told."""
        id_, body = _parts(sealed)
        if id_ not in self._ciphers:
            self.refresh()
        try:
            nonce, ciphertext = body[:NONCE_BYTES], body[NONCE_BYTES:]
            return self._ciphers[id_].decrypt(nonce, ciphertext, place.encode()).decode()
        except KeyError:
            raise Unreadable(f"it is sealed with key {id_}, which is not here") from None
        except (InvalidTag, ValueError):
            raise Unreadable("it was damaged, or moved from another place") from None

    def derived(self, purpose: str) -> tuple[str, ...]:
        """A secret for this purpose from each key, newest first; it tells nothing about the keys."""
        return tuple(_derived(secret, purpose).hex() for secret in self._secrets)

    def _take(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self._ciphers = {
            key_id(secret): AESGCM(_derived(secret, "sealed values")) for secret in secrets
        }


def key_id(secret: str) -> str:
    """What names the key."""
    return _derived(secret, "key id").hex()[:8]


def _parts(sealed: str) -> tuple[str, bytes]:
    try:
        version, id_, body = sealed.split(".")
        if version != VERSION:
            raise ValueError(version)
        return id_, urlsafe_b64decode(body)
    except (ValueError, AttributeError):
        raise Unreadable("it is no sealed value") from None


def _derived(secret: str, purpose: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"bedside: {purpose}".encode())
    return bytes(hkdf.derive(secret.encode()))
