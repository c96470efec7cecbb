"""Whose turn it is, of several Rasa that do the same work. Asks none of them anything."""

from __future__ import annotations

from collections.abc import Sequence


class Replicas:
    """Round robin over addresses; those that are left aside come last until they are taken back."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = tuple(urls)
        self._aside: set[str] = set()
        self._begins = 0

    @property
    def names(self) -> dict[str, str]:
        """Address to name: `rasa-1`, `rasa-2` … in their order, as the launcher calls them."""
        return {url: f"rasa-{number}" for number, url in enumerate(self._urls, start=1)}

    def in_turn(self) -> list[str]:
        """All addresses, in the order in which to try them for one message.

        >>> replicas = Replicas(["a", "b"])
        >>> replicas.leave_aside("a")
        True
        >>> replicas.in_turn(), replicas.in_turn()
        (['b', 'a'], ['b', 'a'])
        """
        begins, self._begins = self._begins, (self._begins + 1) % len(self._urls)
        turn = self._urls[begins:] + self._urls[:begins]
        return sorted(turn, key=lambda url: url in self._aside)

    def leave_aside(self, url: str) -> bool:
        """Whether that is news. An only one is never left aside: there is nobody else to ask."""
        if url in self._aside or len(self._urls) == 1:
            return False
        self._aside.add(url)
        return True

    def take_back(self, url: str) -> None:
        self._aside.discard(url)
