"""The settings a lecturer can move: which of the context's numbers, over what span, and how their values are said."""

from __future__ import annotations

from typing import NamedTuple

SHARE = (
    (0.0, "none"), (0.03, "hardly any"), (0.15, "little"), (0.35, "some"), (0.55, "much"), (0.8, "very much"),
    (0.97, "all"),
)  # fmt: skip
OFTEN = (
    (0.0, "never"), (0.1, "now and then"), (0.4, "fortnightly"), (0.8, "weekly"), (1.4, "twice a week"),
    (2.6, "every other day"), (4.6, "nearly daily"), (6.5, "daily"),
)  # fmt: skip
REFUSED = (
    (0.0, "none refused"), (0.05, "few refused"), (0.3, "some refused"), (0.5, "most refused"), (0.8, "nearly all"),
    (0.97, "all refused"),
)  # fmt: skip


class Setting(NamedTuple):
    """One slider: *field* of the context, what it is called, its span and step, and words for its values.

    A word of *words* holds from its number up to the next. *means* says what the number is.
    """

    field: str
    label: str
    low: float
    high: float
    step: float
    words: tuple[tuple[float, str], ...]
    means: str

    def said(self, value: float) -> str:
        """The value as a word."""
        return next((word for least, word in reversed(self.words) if value >= least), self.words[0][1])


SLIDERS = (
    Setting("context.control", "Control", 0, 7, 0.5, OFTEN, "checks a week: searches, tests, enforcement of rules"),
    Setting("context.formality", "Formality", 0, 1, 0.05, SHARE, "how far acts follow the script of the situation"),
    Setting("context.transparency", "Transparency", 0, 1, 0.05, SHARE, "how far clients know what the rules prescribe"),
    Setting("context.planned", "Time for talks", 0, 7, 0.1, OFTEN, "planned talks a week"),
    Setting("context.strictness", "Strictness", 0, 1, 0.05, REFUSED, "how many of the requests decided by the book"),
    Setting("context.opposition", "Peers against staff", 0, 2, 0.1,
            tuple((2 * least, word) for least, word in SHARE), "how far the ward's talk is tilted against the staff"),
    Setting("context.reflexivity", "Reflexivity", 0, 1, 0.05, SHARE,
            "how far keyworkers see the crisis behind what is done"),
)  # fmt: skip
"""The seven sliders, in their order on the page. Spans lie within those of the context (assumed, as these are)."""
