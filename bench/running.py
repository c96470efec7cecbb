"""What a bench needs of running programs: free ports, their processes, a clinic, a team's telephone."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from bedside.settings import ROOT, WEEKDAYS
from launch.replicas import kind_of

# By which words of its command a program is known.
WORDS_OF = {
    "rasa": "rasa run",
    "actions": "-m actions",
    "chat": "chat.app:create_app",
    "console": "console.app:create_app",
    "worker": "-m worker",
}
ALL_DAY = "00:00-23:59"


def free_ports(count: int) -> list[int]:
    """So many ports of this machine that nobody listens on; all different."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def process_of(program: str, var: str) -> int | None:
    """The process of that program (`rasa`, or `rasa-2` of several), found by its command and by what
    Supervisor and BEDSIDE_VAR say in its environment."""
    ours = {f"BEDSIDE_VAR={var}".encode(), f"SUPERVISOR_PROCESS_NAME={program}".encode()}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _is(folder, WORDS_OF[kind_of(program)], ours):
            return int(folder.name)
    return None


def write_open_clinic(path: Path) -> None:
    """A clinic that is open day and night, so that its replies are the same at any hour."""
    clinic = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))
    always = {"hours": dict.fromkeys(WEEKDAYS, ALL_DAY), "holidays": []}
    path.write_text(yaml.safe_dump({**clinic, **always}), encoding="utf-8")


class Telephone:
    """Where Apprise sends notifications; counts them."""

    def __init__(self) -> None:
        self.rang = 0
        telephone = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                telephone.rang += 1
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self._server.server_address[1]}"


def _is(process: Path, words: str, ours: set[bytes]) -> bool:
    try:
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return words in command and ours <= set((process / "environ").read_bytes().split(b"\0"))
    except OSError:
        return False
