"""Refusals: what cannot be done is said in one sentence that helps."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """Something the user asked for cannot be done; the message says what, where and what would be right.

    The command line prints the message and exits with status 2; a script sees an ordinary ``ValueError``.

    Examples
    --------
    >>> from twoway.simulation.parameters.scenario import load
    >>> try:
    ...     load("ordinry")
    ... except InputError as refusal:
    ...     print(str(refusal).rpartition(" (")[0])
    scenario 'ordinry': there is none of that name; did you mean 'ordinary'?
    """


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
