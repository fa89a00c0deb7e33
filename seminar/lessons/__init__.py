"""The lessons that come with the model: a TOML file each, with a question, a recipe and what the class will notice."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from twoway.seminar.guess import QUESTION
from twoway.seminar.recipe import Recipe, recipe
from twoway.simulation.errors import InputError, nearest

HERE = Path(__file__).parent
ORDER = (
    "expectations",
    "the-same-refusal",
    "why-politeness-lasts",
    "how-conflict-lasts",
    "the-helper-who-must-search",
    "sixteen-interviews",
)
"""The lessons in the order in which a course might have them."""
Direction = Literal["more", "less", "much the same"]
STATUS = {
    "read": "",
    "second-hand": "read about, not in the original",
    "classic": "classic, not read for this model",
}
"""What is said of a reading, by how far it was read when the model was built: at least its abstract, or less."""


Prose = Annotated[str, Field(min_length=1), AfterValidator(lambda text: " ".join(text.split()))]
"""Text that may stand on several lines of a file, and is one."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Part):
    """Something the class does, and how long it takes; ``{question}`` is what the page asks who guesses."""

    minutes: int = Field(ge=1, le=45)
    do: Annotated[Prose, AfterValidator(lambda text: text.replace("{question}", QUESTION))]


class Notice(_Part):
    """What the class will notice, with numbers that are computed when the note is made.

    *measure* is a word of ``twoway.seminar.lesson_measures.MEASURES``; *text* holds ``{one}`` and ``{other}`` (or none of the two);
    *is_* promises that the other is more or less than the one, or much the same.
    """

    measure: str
    is_: Direction = Field(alias="is")
    text: Prose


class Reading(_Part):
    """Something to read, how far it was read for this model, and what for."""

    what: Prose
    status: Literal["read", "second-hand", "classic"]
    for_: Prose = Field(alias="for")


class Lesson(_Part):
    """A lesson: what is asked, what is done, and what comes of it."""

    name: str
    title: Prose
    question: Prose
    recipe: str
    """With what the page opens."""
    compared: str = ""
    """What it is held against, if the recipe does not say so itself."""
    guess: Step
    try_: tuple[Step, ...] = Field(alias="try", min_length=2, max_length=5)
    notice: tuple[Notice, ...] = Field(min_length=2, max_length=5)
    why: Prose
    """How the model brings it about, in the words of its rules."""
    discuss: int = Field(ge=10, le=45)
    """Minutes for the discussion."""
    questions: tuple[Prose, ...] = Field(min_length=3, max_length=5)
    reading: tuple[Reading, ...] = Field(min_length=2, max_length=5)

    @property
    def minutes(self) -> int:
        """How long the lesson takes."""
        return self.guess.minutes + sum(step.minutes for step in self.try_) + self.discuss

    @property
    def opening(self) -> Recipe:
        """With what the page opens when the lesson is chosen."""
        return replace(recipe(self.recipe), lesson=self.name)

    @property
    def lives(self) -> tuple[Recipe, ...]:
        """The one or two settings that are lived for what the class will notice, the same people with the same luck."""
        first = recipe(self.recipe)
        if self.compared:
            return first, recipe(self.compared)
        return (first, Recipe(first.against, first.luck, first.pair)) if first.against else (first,)


def lessons() -> tuple[Lesson, ...]:
    """All lessons, in the order in which they are offered."""
    return tuple(map(lesson, ORDER))


@lru_cache
def lesson(name: str) -> Lesson:
    """One lesson by its name; raises ``InputError`` with the nearest name if there is none."""
    if name not in ORDER:
        raise InputError(f"there is no lesson {name[:60]!r}; {nearest(name, ORDER)}")
    return Lesson(name=name, **tomllib.loads((HERE / f"{name}.toml").read_text("utf-8")))
