"""The worker program: a round a second, until it is stopped."""

from __future__ import annotations

import itertools
import logging
import signal
import sys
import threading

from bedside.dialogue import Floor
from bedside.knowledge import KnowledgeError, load, load_responses
from bedside.settings import Settings, SettingsError, read_clinic
from bedside.store import DatabaseAway, open_record, open_spool
from worker.notifying import Notifier
from worker.rounds import Rounds

logger = logging.getLogger("worker")

ROUND_SECONDS = 1.0
# A silence is counted in minutes; every round would be too many questions to the database.
ROUNDS_BETWEEN_FOLLOW_UPS = 15


def main() -> int:
    """Work until SIGTERM or SIGINT; 1 and one sentence when it cannot start."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("worker").setLevel(logging.INFO)
    try:
        rounds = _rounds(Settings.from_environment())
    except (SettingsError, KnowledgeError, ValueError) as error:
        print(f"The worker cannot start: {error}", file=sys.stderr)
        return 1
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    for number in itertools.count():
        if stop.wait(ROUND_SECONDS):
            break
        _round(rounds, number)
    return 0


def _rounds(settings: Settings) -> Rounds:
    knowledge = load()
    return Rounds(
        open_record(settings),
        knowledge,
        load_responses(),
        read_clinic(settings.clinic_file),
        Notifier(settings.notify_urls, f"http://127.0.0.1:{settings.console_port}"),
        Floor(knowledge, settings.heads),
        open_spool(settings),
    )


def _round(rounds: Rounds, number: int) -> None:
    """One round; a failure is logged by its kind and the next round comes."""
    works = [rounds.replay, rounds.deliver, rounds.answer_left_behind]
    if number % ROUNDS_BETWEEN_FOLLOW_UPS == 0:
        works.append(rounds.follow_up)
    for work in works:
        try:
            work()
        except DatabaseAway:
            logger.error("the database is away")
        except Exception as error:  # one bad row must not stop the others' deliveries
            logger.error("%s failed: %s", work.__name__, type(error).__name__)


if __name__ == "__main__":
    raise SystemExit(main())
