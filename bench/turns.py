"""`make bench-turns`: does a turn take longer the more was said before? The running bot is measured with
conversations of 10 and of 1,000 earlier turns, in turn, and the figures go to bench/results.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from bedside.settings import Settings, SettingsError
from bench.bots import Bot, BotAway, Programs
from bench.results import write_section

SHORT, LONG = 10, 1000
# design goal: the p95 of a long conversation over that of a short one
GOAL = 1.2
# What a person writes over months: signs, answers, thanks, questions. No emergency, whose reply has a
# shorter time of its own.
SAID = (
    "I have had a headache since this morning",
    "no",
    "thank you",
    "how long does it take until I hear from the team?",
    "my ankles are a bit swollen today",
    "I don't know",
    "two new bruises on my arm and I did not bump into anything",
    "yes, since Tuesday",
    "what is Lemtrada?",
    "I feel more tired than usual",
    "no, nothing like that",
    "I sleep badly and my heart races at times",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds a turn, after few earlier turns and after many; how many got no reply."""

    short: tuple[float, ...]
    long: tuple[float, ...]
    silent: int


class Talk:
    """One conversation that goes through SAID again and again, from its line `at`."""

    def __init__(self, bot: Bot, at: int = 0) -> None:
        self._bot, self.silent, self.at = bot, 0, at
        bot.begin()

    def turn(self) -> float:
        heard = self._bot.say(SAID[self.at % len(SAID)])
        self.at += 1
        self.silent += not heard.replies
        return heard.seconds


def measure(one: Bot, other: Bot, turns: int, *, short: int = SHORT, long: int = LONG) -> Measured:
    """`turns` turns after `short` earlier ones and as many after `long`, the same text to both, one after
    the other: what else the machine does slows both. BotAway when nobody answers."""
    many, silent = Talk(one), 0
    times_short: list[float] = []
    times_long: list[float] = []
    _talk_long(many, long)
    for _ in range(turns):
        few = Talk(other, many.at - short)
        for _ in range(short):
            few.turn()
        times_short.append(few.turn())
        times_long.append(many.turn())
        silent += few.silent
    return Measured(short=tuple(times_short), long=tuple(times_long), silent=silent + many.silent)


def page(measured: Measured) -> str:
    """Markdown: p50 and p95 of both, and their ratios beside the goal."""
    rows = [("p50", 49), ("p95", 94)]
    lines = [
        "## Turns of a long conversation",
        f"{len(measured.long)} turns after {LONG:,} earlier ones and as many after {SHORT}, in turn, over "
        f"the chat API. The goal for the p95 is a ratio of at most {GOAL}. Without a reply: "
        f"{measured.silent}.",
        f"| of a turn | after {SHORT} turns | after {LONG:,} turns | ratio |\n|---|---|---|---|\n"
        + "\n".join(_row(name, at, measured) for name, at in rows),
    ]
    return "\n\n".join(lines)


def _row(name: str, at: int, measured: Measured) -> str:
    few, many = (quantiles(times, n=100)[at] for times in (measured.short, measured.long))
    return f"| {name} | {few * 1000:.0f} ms | {many * 1000:.0f} ms | {many / few:.2f} |"


def _talk_long(many: Talk, turns: int) -> None:
    for number in range(1, turns + 1):
        many.turn()
        if number % 100 == 0:
            print(f"{number} of {turns} earlier turns ...", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when it was measured, 1 and one sentence when the bot cannot be reached."""
    parser = argparse.ArgumentParser(prog="python -m bench.turns", description=__doc__)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument(
        "--url", help="where the chat is; the chat's port on this machine by default"
    )
    options = parser.parse_args(arguments)
    if options.turns < 2:
        parser.error("a p95 needs at least two turns")
    try:
        url = options.url or f"http://127.0.0.1:{Settings.from_environment().chat_port}"
        one, other = Programs(url), Programs(url)
        try:
            measured = measure(one, other, options.turns)
        finally:
            one.close()
            other.close()
    except (SettingsError, BotAway) as error:
        print(error, file=sys.stderr)
        return 1
    write_section("turns", page(measured))
    print(page(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
