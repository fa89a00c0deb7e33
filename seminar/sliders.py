"""The settings a lecturer can move: which of the context's numbers, over what span, and how their values are said."""

from __future__ import annotations

from typing import NamedTuple

from twoway.seminar.recipe import written

SHARE = (
    (0.0, "none"), (0.03, "hardly any"), (0.15, "little"), (0.35, "some"), (0.55, "much"), (0.8, "very much"),
    (0.97, "all"),
)  # fmt: skip
REFUSED = ((0.0, "none"), (0.05, "few"), (0.3, "some"), (0.5, "most"), (0.8, "nearly all"), (0.97, "all"))
A_WEEK = ((0.0, "a week"),)


class Setting(NamedTuple):
    """One slider: *field* of the context, what it is called, its span and step, and words for its values.

    A word of *words* holds from its number up to the next. *means* says what the number is, for those who have not
    read the model.
    """

    field: str
    label: str
    low: float
    high: float
    step: float
    words: tuple[tuple[float, str], ...]
    means: str

    @property
    def name(self) -> str:
        """What the scenario files call it."""
        return self.field.partition(".")[2]

    def said(self, value: float) -> str:
        """The value, as a scenario file has it, and the word for it."""
        word = next((word for least, word in reversed(self.words) if value >= least), self.words[0][1])
        return f"{written(value)} {word}"


SLIDERS = (
    Setting("context.control", "Control", 0, 7, 0.5, A_WEEK,
            "how often keyworkers search, test or enforce rules"),
    Setting("context.formality", "Formality", 0, 1, 0.05, SHARE,
            "how much of what is done follows the script of the situation rather than the person"),
    Setting("context.transparency", "Transparency", 0, 1, 0.05, SHARE,
            "how far clients know what the rules prescribe, and so can tell a rule from a wish of the keyworker's"),
    Setting("context.planned", "Time for talks", 0, 7, 0.2, A_WEEK,
            "how often the keyworker has the client in for a planned talk"),
    Setting("context.strictness", "Strictness", 0, 1, 0.05, REFUSED,
            "how many of the requests that are decided by the book the rules refuse"),
    Setting("context.opposition", "Peer opposition", 0, 2, 0.1, tuple((2 * least, word) for least, word in SHARE),
            "how far the talk among clients is tilted against the staff"),
    Setting("context.reflexivity", "Reflexivity", 0, 1, 0.05, SHARE,
            "how far keyworkers see the crisis behind what a client does, and notice tension"),
)  # fmt: skip
"""The seven sliders, in their order on the page. Spans lie within those of the context (assumed, as these are)."""
