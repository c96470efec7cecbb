"""Work in a process that is killed in the middle."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

KILLED = 9


def killed_at(line: int, file: str, work: Callable[[], Any]) -> int:
    """Do the work in a process that is killed before the n-th line of that file; how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = [line]

    def each_line(frame: Any, event: str, _: Any) -> Any:
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                os._exit(KILLED)
        return each_line

    def each_call(frame: Any, event: str, _: Any) -> Any:
        return each_line if frame.f_code.co_filename == file else None

    sys.settrace(each_call)
    threading.settrace(each_call)
    try:
        work()
    except BaseException:
        os._exit(1)
    os._exit(0)
