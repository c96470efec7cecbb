"""Supervisor, whose logs may fail: what a full disk does not take is dropped, and the programs go on.

Without it Supervisor stops reading what the programs say, and they wait for it while patients wait for them.
"""

from __future__ import annotations

from contextlib import suppress

from supervisor import loggers, supervisord


class TolerantLog(loggers.RotatingFileHandler):  # type: ignore[misc]  # Supervisor has no types
    """A log file that loses lines rather than stop who writes them."""

    def emit(self, record: loggers.LogRecord) -> None:
        with suppress(OSError, ValueError):  # no room; or closed, for the turning over found none
            if self.stream.closed:
                self.reopen()
            super().emit(record)

    def reopen(self) -> None:
        with suppress(OSError, ValueError):
            self.close()
        self.stream = open(self.baseFilename, "ab")  # noqa: SIM115
        self.closed = False

    def handleError(self) -> None:
        """Supervisor would write it to its own log, on the same disk."""


def main() -> None:
    loggers.RotatingFileHandler = TolerantLog
    supervisord.main()


if __name__ == "__main__":
    main()
