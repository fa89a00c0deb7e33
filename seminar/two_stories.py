"""Two stories of the same people with the same luck: what each is called, and from which to which pairs move."""

from __future__ import annotations

from dataclasses import replace

from twoway.experiments.comparison.schedule import ScenarioSchedule
from twoway.seminar.recipe import Recipe
from twoway.simulation.parameters.scenario import load

CHANGED, UNCHANGED = "as changed", "nothing changed"
"""What the two stories of one scenario are called: the one whose settings are moved, and the one that stays."""


def with_itself(recipe: Recipe) -> bool:
    """Whether a recipe holds a scenario against the same one, nothing changed."""
    return recipe.against == recipe.scenario


def courses(recipe: Recipe) -> tuple[ScenarioSchedule, ...]:
    """The course of a recipe, and that of what it is held against if it is; each has a name of its own."""
    own = recipe.course
    if recipe.against is None:
        return (own,)
    against = load(recipe.against)
    if with_itself(recipe):
        return replace(own, name=f"{own.name}, {CHANGED}"), ScenarioSchedule(f"{against.title}, {UNCHANGED}", against)
    return own, ScenarioSchedule(against.title, against)


def short_names(recipe: Recipe) -> tuple[str, ...]:
    """The names of both courses where it is known that they are compared: only what tells them apart."""
    return (CHANGED, UNCHANGED) if with_itself(recipe) else tuple(course.name for course in courses(recipe))


def from_to(recipe: Recipe) -> tuple[int, int]:
    """From which of both stories (0 is that of the recipe) to which pairs are said to move.

    From what is unchanged to what is changed; two scenarios are read in the order in which they stand.
    """
    return (1, 0) if with_itself(recipe) else (0, 1)
