"""Tells the team that a flag waits. A notification says how urgent, and never about what or whom."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import apprise

from bedside.store import Delivery

logger = logging.getLogger(__name__)


class Notifier:
    """Sends by the Apprise URLs of BEDSIDE_NOTIFY_URLS; without any, the log is the notification."""

    def __init__(self, urls: Sequence[str], console_url: str) -> None:
        self._urls = apprise.Apprise()
        for url in urls:
            if not self._urls.add(url):
                raise ValueError("BEDSIDE_NOTIFY_URLS holds an address that Apprise cannot use")
        self._console_url = console_url

    def send(self, delivery: Delivery) -> bool:
        """Whether the notification went out."""
        title = f"Bedside: a report is waiting ({delivery.payload['urgency']})"
        if not len(self._urls):
            logger.warning("%s; nobody is told: BEDSIDE_NOTIFY_URLS is empty", title)
            return True
        sent = self._urls.notify(
            title=title, body=f"Please look at it in the console: {self._console_url}"
        )
        logger.info("notification %s: %s", delivery.id, "sent" if sent else "not sent")
        return bool(sent)
