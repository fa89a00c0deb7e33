"""What a visitor sets besides the scenario: sliders, a scenario to compare with, and a show of hands."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from twoway.experiments.comparison.schedule import ScenarioSchedule
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.recipe import Change, Recipe, number_text, offered_scenario
from twoway.simulation.errors import InputError

SHARE = (
    (0.0, "none"), (0.03, "hardly any"), (0.15, "little"), (0.35, "some"), (0.55, "much"), (0.8, "very much"),
    (0.97, "all"),
)  # fmt: skip
REFUSED = ((0.0, "none"), (0.05, "few"), (0.3, "some"), (0.5, "most"), (0.8, "nearly all"), (0.97, "all"))
A_WEEK = ((0.0, "a week"),)


class Slider(NamedTuple):
    """A slider for one number of the context.

    *field* is the number's name, such as "context.control"; *label* stands beside the slider; *low*, *high* and *step*
    are its span. Each of the *words* holds from its value up to the next one; *meaning* says what the number is, for
    readers who do not know the model.
    """

    field: str
    label: str
    low: float
    high: float
    step: float
    words: tuple[tuple[float, str], ...]
    meaning: str

    @property
    def name(self) -> str:
        """Name of the number in the section [context] of scenario files."""
        return self.field.partition(".")[2]

    def value_text(self, value: float) -> str:
        """A value as scenario files have it, and the word for it, such as "0.5 some"."""
        word = next((word for least, word in reversed(self.words) if value >= least), self.words[0][1])
        return f"{number_text(value)} {word}"


SLIDERS = (
    Slider("context.control", "Control", 0, 7, 0.5, A_WEEK,
           "how often keyworkers search, test or enforce rules"),
    Slider("context.formality", "Formality", 0, 1, 0.05, SHARE,
           "how much of what is done follows the script of the situation rather than the person"),
    Slider("context.transparency", "Transparency", 0, 1, 0.05, SHARE,
           "how far clients know what the rules prescribe, and so can tell a rule from a wish of the keyworker's"),
    Slider("context.planned", "Time for talks", 0, 7, 0.2, A_WEEK,
           "how often the keyworker has the client in for a planned talk"),
    Slider("context.strictness", "Strictness", 0, 1, 0.05, REFUSED,
           "how many of the requests that are decided by the book the rules refuse"),
    Slider("context.opposition", "Peer opposition", 0, 2, 0.1, tuple((2 * least, word) for least, word in SHARE),
           "how far the talk among clients is tilted against the staff"),
    Slider("context.reflexivity", "Reflexivity", 0, 1, 0.05, SHARE,
           "how far keyworkers see the crisis behind what a client does, and notice tension"),
)  # fmt: skip
"""The sliders, in their order on the page. Spans lie within those of the context (assumed, as these are)."""

CHANGED, UNCHANGED = "as changed", "nothing changed"
"""Names of the two stories of one scenario: the one whose settings are moved, and the one that stays."""


def compares_with_itself(recipe: Recipe) -> bool:
    """Whether a recipe compares a scenario with the same one, nothing changed."""
    return recipe.against == recipe.scenario


def schedules_of(recipe: Recipe) -> tuple[ScenarioSchedule, ...]:
    """The scenario schedules a recipe looks at: its own, and that of the scenario it is compared with, if any.

    No two of them have the same name.
    """
    own = recipe.schedule
    if recipe.against is None:
        return (own,)
    against = offered_scenario(recipe.against)
    if compares_with_itself(recipe):
        own = replace(own, name=f"{own.name}, {CHANGED}")
        return own, ScenarioSchedule(f"{against.title}, {UNCHANGED}", against)
    return own, ScenarioSchedule(against.title, against)


def short_names(recipe: Recipe) -> tuple[str, ...]:
    """Names of the recipe's stories where readers know that they are compared: only what distinguishes them."""
    return (CHANGED, UNCHANGED) if compares_with_itself(recipe) else tuple(one.name for one in schedules_of(recipe))


def from_to(recipe: Recipe) -> tuple[int, int]:
    """Indices (from, to) of the two stories in the chart of who moves; 0 is the recipe's own.

    Pairs move from what is unchanged to what is changed; two scenarios keep the order in which the recipe names them.
    """
    return (1, 0) if compares_with_itself(recipe) else (0, 1)


QUESTION = f"Which pattern will most of {PAIRS} such pairs end up in?"
"""The question hands are raised for, wherever they are: one of the patterns each."""
MOST_HANDS = 9999
"""Hands that a show of hands may have for one answer."""


class GuessedSetting(NamedTuple):
    """The setting a class guesses about: a scenario and the changes in it, whatever the pair and the seed."""

    scenario: str
    changes: tuple[Change, ...] = ()


def guessed_settings(recipe: Recipe) -> tuple[GuessedSetting, ...]:
    """The settings of a recipe that a class can guess about: its own, and that of the comparison, if any."""
    own = GuessedSetting(recipe.scenario, recipe.changes)
    return (own,) if recipe.against is None else (own, GuessedSetting(recipe.against))


class ShowOfHands(NamedTuple):
    """The number of *hands* raised for each pattern, and the setting they are *about*."""

    hands: tuple[int, ...]
    about: GuessedSetting

    @property
    def put_away_message(self) -> str:
        """The sentence for a class that no longer looks at the setting it was asked about."""
        how = "as it had been changed then" if self.about.changes else UNCHANGED
        title = offered_scenario(self.about.scenario).title
        return f"The show of hands is put away: it was about another setting ({title}, {how}), and returns with it."


def check_hands(hands: tuple[int, ...]) -> None:
    """Raise ``InputError`` unless *hands* are three counts of which one at least is not 0."""
    if len(hands) != 3 or any(isinstance(n, bool) or not 0 <= n <= MOST_HANDS for n in hands):
        raise InputError(f"a show of hands is three whole numbers from 0 to {MOST_HANDS}")
    if not sum(hands):
        raise InputError("Nobody has raised a hand yet: enter how many did for each answer.")
