"""A tracker store that keeps nothing: Bedside's record is the only state (docs/adr/0003).

Each message starts from an empty tracker, so a turn costs the same in a long conversation, any
replica can take it, and no patient's words stay in Rasa once it has answered.
"""

from __future__ import annotations

from collections.abc import Iterable

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker


class ForgetfulTrackerStore(TrackerStore):
    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep nothing."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """None: every message stands alone."""
        return None

    async def keys(self) -> Iterable[str]:
        return ()
