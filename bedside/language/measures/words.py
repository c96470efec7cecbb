"""Word lists for patterns, so that they can be read."""

from __future__ import annotations


def any_of(words: str) -> str:
    """A group that matches any of `words`, which stand apart by spaces; a space in one is written `_`.

    >>> any_of("went_away stop(?:s|ped)")
    '(?:went away|stop(?:s|ped))'
    """
    return f"(?:{'|'.join(word.replace('_', ' ') for word in words.split())})"


def words_of(words: str) -> tuple[str, ...]:
    """The words that stand apart by spaces in `words`.

    >>> words_of("heart pulse")
    ('heart', 'pulse')
    """
    return tuple(words.split())
