"""What goes wrong is said in one sentence on stderr, never as a stack trace.

Standard library only, Python 3.8: it is used before anything is installed.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130


class Failure(Exception):
    """Why it cannot go on: one sentence for the operator, and the log lines that explain it."""

    def __init__(self, sentence: str, log_lines: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.log_lines = log_lines


def exit_code_of(work: Callable[[], int]) -> int:
    """The exit code of the work; a failure is said and becomes 1, an interrupt becomes 130."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        return work()
    except KeyboardInterrupt:
        say("Stopped.")
        return INTERRUPTED
    except Failure as failure:
        for line in failure.log_lines:
            say("    " + line)
        say(str(failure))
    except OSError as error:
        say(f"The system refused: {error}.")
    return 1


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _leave(signum: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + signum)
