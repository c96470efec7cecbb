"""A connection between two programs that can be cut, reset, slowed or made to hang."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SLOW_SECONDS = 0.3
LOOK_SECONDS = 0.02
CHUNK = 65536
PASSES, REFUSES, HANGS, SLOW = "passes", "refuses", "hangs", "slow"


class Link:
    """Listens on a port of its own and passes on what comes to `to`, and back."""

    def __init__(self, to: int) -> None:
        self._to, self._does = to, PASSES
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def that(self, does: str) -> Iterator[None]:
        """It refuses, hangs or is slow until the end."""
        self._does = does
        if does == REFUSES:
            self.reset()
        try:
            yield
        finally:
            self._does = PASSES

    def reset(self) -> None:
        """Cut every connection in the middle of whatever is said."""
        for each in list(self._open):
            _abort(each)

    def _accept(self) -> None:
        while True:
            here, _ = self._listener.accept()
            threading.Thread(target=self._connect, args=(here,), daemon=True).start()

    def _connect(self, here: socket.socket) -> None:
        if self._does == REFUSES:
            _abort(here)
            return
        try:
            there = socket.create_connection(("127.0.0.1", self._to), timeout=5)
        except OSError:
            _abort(here)
            return
        there.settimeout(None)
        pair = {here, there}
        self._open |= pair
        back = threading.Thread(target=self._pass_on, args=(there, here), daemon=True)
        back.start()
        self._pass_on(here, there)
        back.join()
        self._open -= pair
        for each in pair:
            each.close()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(CHUNK):
                if self._does == SLOW:
                    time.sleep(SLOW_SECONDS)
                while self._does == HANGS:
                    time.sleep(LOOK_SECONDS)
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)


def _abort(connection: socket.socket) -> None:
    """Close it with a reset, as a machine does that knows nothing of it."""
    with suppress(OSError):
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
        )
        connection.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        connection.close()
