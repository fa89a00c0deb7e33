"""Refusals: what cannot be done is said in one sentence that helps."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

CONTROLS = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Kinds of characters that have no picture of their own: they steer a terminal, or the direction of what is read."""
JOINERS = frozenset("\u200c\u200d\u00ad")
"""Characters of these kinds that words of some languages need."""

LONGEST = 2000
"""Characters of the longest message; what is longer quotes something that nobody would read."""


def visible(text: str, keep: str = "") -> str:
    r"""A text with its control characters written as escapes, so that a terminal shows them and does not obey.

    Parameters
    ----------
    text
        Any text, perhaps from a file.
    keep
        Control characters that stay, such as line ends.

    Examples
    --------
    >>> print(visible("a title\x1b[2J\nand more"))
    a title\x1b[2J\nand more
    """
    if text.isprintable():
        return text
    return "".join(
        c.encode("unicode_escape").decode("ascii")
        if unicodedata.category(c) in CONTROLS and c not in JOINERS and c not in keep
        else c
        for c in text
    )


class InputError(ValueError):
    """Something the user asked for cannot be done; the message says what, where and what would be right.

    The command line prints the message and exits with status 2; a script sees an ordinary ``ValueError``. The message
    is one line of at most about ``LONGEST`` characters: control characters in it are written as escapes.

    Examples
    --------
    >>> from twoway.simulation.parameters.scenario import load
    >>> try:
    ...     load("ordinry")
    ... except InputError as refusal:
    ...     print(str(refusal).rpartition(" (")[0])
    scenario 'ordinry': there is none of that name; did you mean 'ordinary'?
    """

    def __init__(self, message: object = "") -> None:
        text = visible(str(message))
        middle = f" … ({len(text) - LONGEST:,} characters) … "
        super().__init__(text if len(text) <= LONGEST else text[: LONGEST // 2] + middle + text[-LONGEST // 2 :])


def nearest(word: str, valid: Iterable[str]) -> str:
    """A hint that ends a sentence about an unknown *word*: the nearest valid one, or all of them.

    Parameters
    ----------
    word
        The word that was given.
    valid
        The words that may be given, in any order.

    Examples
    --------
    >>> nearest("contrl", ["control", "clients"])
    "did you mean 'control'?"
    >>> nearest("zzz", ["b", "a"])
    "valid are 'a' and 'b'"
    """
    words = sorted(valid)
    close = get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"valid are {listed(repr(w) for w in words)}" if words else "there is none to choose from"


def listed(words: Iterable[str]) -> str:
    """Words as a sentence lists them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *head, last = list(words)
    return f"{', '.join(head)} and {last}" if head else last
