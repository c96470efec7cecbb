"""Whether the ports are free, asked before anything is started. It holds none of them."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

from launch.failure import Failure
from launch.replicas import PORTS_APART, kind_of


def check_ports(ports: Mapping[str, int]) -> None:
    """Takes programs and their ports; Failure names the first port that is taken, by another program or
    by two of ours."""
    seen: dict[int, str] = {}
    for name, port in ports.items():
        if port in seen:
            both = f"{_source(seen[port])} and {_source(name)} are both {port}"
            raise Failure(f"{both}; give them different ports in .env.")
        seen[port] = name
        check_port(_setting(name), port)


def check_port(setting: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(_sentence(setting, port, error)) from error


def _setting(name: str) -> str:
    return f"BEDSIDE_{kind_of(name).upper()}_PORT"


def _source(name: str) -> str:
    """Where the port comes from: a setting, or for a second program the setting and what is added."""
    return f"{_setting(name)} + {PORTS_APART}" if name.endswith("-2") else _setting(name)


def _sentence(setting: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use; stop the program that uses it, or set {setting} in .env."
    return f"Port {port} cannot be used ({error.strerror}); set {setting} in .env to another."
