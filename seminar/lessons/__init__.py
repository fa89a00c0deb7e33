"""The lessons that come with the model: a TOML file each, with a question, a recipe and sentences to be measured."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from twoway.seminar.controls import QUESTION
from twoway.seminar.recipe import Recipe, parse_recipe
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
"""Note on a reading, by how far it was read when the model was built: at least its abstract, or less."""


Prose = Annotated[str, Field(min_length=1), AfterValidator(lambda text: " ".join(text.split()))]
"""Text that may have several lines in the file, joined into one."""


class _Part(BaseModel):
    """A part of a lesson's file; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LessonStep(_Part):
    """Something the class does, and its minutes; ``{question}`` stands for the question the page asks."""

    minutes: int = Field(ge=1, le=45)
    do: Annotated[Prose, AfterValidator(lambda text: text.replace("{question}", QUESTION))]


class Notice(_Part):
    """A sentence about what the class will notice, with numbers that are computed when the note is made.

    *measure* is a key of ``seminar.lesson_measures.MEASURES``; *text* holds ``{one}`` and ``{other}``, or neither;
    *is_* promises that the other number is more or less than the one, or much the same.
    """

    measure: str
    is_: Direction = Field(alias="is")
    text: Prose


class Reading(_Part):
    """Something to read, how far it was read for this model, and its purpose."""

    what: Prose
    status: Literal["read", "second-hand", "classic"]
    for_: Prose = Field(alias="for")


class Lesson(_Part):
    """A lesson: its question, the steps of the class, and the sentences that are measured."""

    name: str
    title: Prose
    question: Prose
    recipe: str
    """The recipe with which the page opens."""
    compared: str = ""
    """The recipe it is compared with, if the recipe does not name a comparison itself."""
    guess: LessonStep
    try_: tuple[LessonStep, ...] = Field(alias="try", min_length=2, max_length=5)
    notice: tuple[Notice, ...] = Field(min_length=2, max_length=5)
    why: Prose
    """Explanation by the model's rules."""
    discuss: int = Field(ge=10, le=45)
    """Minutes for the discussion."""
    questions: tuple[Prose, ...] = Field(min_length=3, max_length=5)
    reading: tuple[Reading, ...] = Field(min_length=2, max_length=5)

    @property
    def minutes(self) -> int:
        """Minutes of the whole lesson."""
        return self.guess.minutes + sum(step.minutes for step in self.try_) + self.discuss

    @property
    def opening_recipe(self) -> Recipe:
        """The recipe with which the page opens when the lesson is chosen."""
        return replace(parse_recipe(self.recipe), lesson=self.name)

    @property
    def settings(self) -> tuple[Recipe, ...]:
        """The one or two settings that the sentences compare, with the same people and common random numbers."""
        first = parse_recipe(self.recipe)
        if self.compared:
            return first, parse_recipe(self.compared)
        return (first, Recipe(first.against, first.seed, first.pair)) if first.against else (first,)


def load_lessons() -> tuple[Lesson, ...]:
    """All lessons, in the order in which the page lists them."""
    return tuple(map(load_lesson, ORDER))


@lru_cache
def load_lesson(name: str) -> Lesson:
    """A lesson by its name.

    Raises
    ------
    InputError
        If there is no lesson of that name; the message has the nearest name.
    """
    if name not in ORDER:
        raise InputError(f"there is no lesson {name[:60]!r}; {nearest(name, ORDER)}")
    return Lesson(name=name, **tomllib.loads((HERE / f"{name}.toml").read_text("utf-8")))
