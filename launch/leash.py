"""A child that ends when its parent ends, even when the parent is killed without warning.

Linux only; elsewhere it does nothing. Standard library only, Python 3.8.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def leash() -> Callable[[], None]:
    """What a child calls between fork and exec; loaded now, for a forked child must not import."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def die_with_parent() -> None:
    leash()()


def die_with_make() -> None:
    """Under `make`, its death would otherwise leave the programs behind."""
    if "MAKELEVEL" in os.environ:
        die_with_parent()
