"""Whether the ports are free, asked before anything is started. It holds none of them."""

from __future__ import annotations

import errno
import socket

from bedside.settings import Settings
from launch.failure import Failure


def check_ports(settings: Settings) -> None:
    """Failure names the first port that is taken, by another program or by two of ours."""
    seen: dict[int, str] = {}
    for name, port in ports_of(settings).items():
        if port in seen:
            raise Failure(
                f"{seen[port]} and {name} are both {port}; give them different ports in .env."
            )
        seen[port] = name
        check_port(name, port)


def ports_of(settings: Settings) -> dict[str, int]:
    return {
        "BEDSIDE_CHAT_PORT": settings.chat_port,
        "BEDSIDE_CONSOLE_PORT": settings.console_port,
        "BEDSIDE_RASA_PORT": settings.rasa_port,
        "BEDSIDE_ACTIONS_PORT": settings.actions_port,
    }


def check_port(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(_sentence(name, port, error)) from error


def _sentence(name: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use; stop the program that uses it, or set {name} in .env."
    return f"Port {port} cannot be used ({error.strerror}); set {name} in .env to another."
