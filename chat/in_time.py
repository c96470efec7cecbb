"""A call to the database that may hang: after a while nobody waits for it any longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bedside.store import DatabaseAway

T = TypeVar("T")

# A little longer than a writer waits for another (bedside.store.database), which is no hanging.
DATABASE_SECONDS = 3.5
# Calls that hang keep their threads, but no more of them than the database gives out connections.
MOST_THREADS = 64


class InTime:
    """Runs calls in threads of its own: those that read a message and answer it must not wait for these."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(MOST_THREADS, "database")

    async def __call__(
        self, call: Callable[..., T], *args: object, seconds: float = DATABASE_SECONDS
    ) -> T:
        """What `call` gives back; DatabaseAway when it takes longer than `seconds`.

        It may still be done later, unheard. What it writes is right then too: a message is known by its id.
        """
        running = asyncio.get_running_loop().run_in_executor(self._threads, call, *args)
        try:
            return await asyncio.wait_for(running, min(seconds, DATABASE_SECONDS))
        except asyncio.TimeoutError:
            raise DatabaseAway("the database does not answer") from None
