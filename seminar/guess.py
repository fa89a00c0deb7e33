"""A show of hands: what a class guesses before it sees where pairs end up, and about which setting it was asked."""

from __future__ import annotations

from typing import NamedTuple

from twoway.seminar.ensemble import PAIRS
from twoway.seminar.recipe import Change, Recipe
from twoway.seminar.two_stories import UNCHANGED
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import load

QUESTION = f"Which pattern will most of {PAIRS} such pairs end up in?"
"""What hands are raised for, wherever they are: one of the patterns each."""
MOST_HANDS = 9999
"""Hands that a show of hands may have for one answer."""


class Setting(NamedTuple):
    """What a guess is about: a scenario and what is changed in it on the way; whoever the pairs are, and their luck."""

    scenario: str
    changes: tuple[Change, ...] = ()


def settings_of(recipe: Recipe) -> tuple[Setting, ...]:
    """The setting of a recipe, and that of what it is held against if it is."""
    own = Setting(recipe.scenario, recipe.changes)
    return (own,) if recipe.against is None else (own, Setting(recipe.against))


class Guess(NamedTuple):
    """How many *hands* were raised for each pattern, and what they were *about*."""

    hands: tuple[int, ...]
    about: Setting

    @property
    def put_away(self) -> str:
        """What is said when what the class was asked about is no longer looked at."""
        how = "as it had been changed then" if self.about.changes else UNCHANGED
        title = load(self.about.scenario).title
        return f"The show of hands is put away: it was about another setting ({title}, {how}), and returns with it."


def check_hands(hands: tuple[int, ...]) -> None:
    """Refuse what is no show of hands."""
    if len(hands) != 3 or any(isinstance(n, bool) or not 0 <= n <= MOST_HANDS for n in hands):
        raise InputError(f"a show of hands is three whole numbers from 0 to {MOST_HANDS}")
    if not sum(hands):
        raise InputError("Nobody has raised a hand yet: enter how many did for each answer.")
