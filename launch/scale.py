"""`make scale`: as `make run`, with two Rasa, action servers, chats and workers on one PostgreSQL."""

from __future__ import annotations

import socket
import sys
from urllib.parse import urlsplit

from launch.failure import Failure, exit_code_of
from launch.leash import die_with_make
from launch.replicas import TWO_OF_EACH
from launch.run import read_settings, start

CONNECT_SECONDS = 3
POSTGRES_PORT = 5432
HOW = (
    "sudo apt-get install postgresql",
    "sudo service postgresql start",
    "sudo -u postgres createuser --pwprompt bedside",
    "sudo -u postgres createdb --owner=bedside bedside",
    "echo 'BEDSIDE_DATABASE_URL=postgresql://bedside:PASSWORD@127.0.0.1/bedside' >> .env",
)


def main() -> int:
    return exit_code_of(_scale)


def _scale() -> int:
    die_with_make()
    settings = read_settings()
    check_postgresql(settings.database_url)
    return start(settings, TWO_OF_EACH)


def check_postgresql(url: str) -> None:
    """Failure when the record is not on PostgreSQL, or no server answers there, and how to start one."""
    if not url.startswith("postgresql"):
        raise Failure(
            "Several programs of a kind need PostgreSQL, and BEDSIDE_DATABASE_URL is not set or names "
            "another database; on Debian, do as above.",
            HOW,
        )
    try:
        host, port = urlsplit(url).hostname, urlsplit(url).port or POSTGRES_PORT
    except ValueError as error:
        raise Failure(f"BEDSIDE_DATABASE_URL is not an address: {error}.") from error
    if host is None:  # a socket of this machine; the migration says whether it answers
        return
    try:
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise Failure(
            f"No PostgreSQL answers at {host}:{port} ({error}); start it, on Debian as above.", HOW
        ) from error


if __name__ == "__main__":
    sys.exit(main())
