"""What is said before a long work begins: how long it will take, and how large its files will be."""

from __future__ import annotations


def expectation(what: str, seconds: float | None, workers: str, megabytes: float, bound: str = "about") -> str:
    """How long something will take and how large it will be, in a sentence.

    Parameters
    ----------
    what
        What will be made, with its number, such as "2,000 runs".
    seconds
        How long it will take; None if that is not known.
    workers
        Who is at work, with their number, such as "2 threads".
    megabytes
        Size of the files.
    bound
        How the size is meant: "about", or "at most".

    Examples
    --------
    >>> expectation("2,000 runs", 75, "2 workers", 0.31, "at most")
    '2,000 runs: about 75 seconds with 2 workers, at most 0.3 MB.'
    >>> expectation("100,000 dyad-stays", 900, "1 thread", 6512.4)
    '100,000 dyad-stays: about 15 minutes with 1 thread, about 6,512 MB.'
    """
    duration = "an unknown time" if seconds is None else in_words(seconds)
    return f"{what}: about {duration} with {workers}, {bound} {megabytes:,.{int(megabytes < 100)}f} MB."


def in_words(seconds: float) -> str:
    """A duration, rounded to what anybody would say.

    Examples
    --------
    >>> in_words(0.4), in_words(75), in_words(7300)
    ('1 second', '75 seconds', '2 hours')
    """
    units = {"hour": 3600.0, "minute": 60.0, "second": 1.0}
    unit = next((name for name, length in units.items() if seconds >= 2 * length), "second")
    number = max(1, round(seconds / units[unit]))
    return f"{number} {unit}{'s' * (number != 1)}"
