"""The table of removals, ``ablations.toml``: parts that are removed from the model to see their effect.

>>> from twoway.simulation.parameters.scenario import load
>>> dimension, rule, scenario = ablated_scenarios(load("ordinary"))[0]
>>> dimension, rule, scenario.learning.expectation_anchoring
('expectation', 'the whole dimension', 0.0)
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from twoway.experiments.results.tables import read_declarations
from twoway.simulation.parameters.scenario import Scenario, changed

TABLE = Path(__file__).with_name("ablations.toml")
DIMENSIONS = ("expectation", "meaning", "context", "handling")
"""The four dimensions of the study, in its order."""
WHOLE = "the whole dimension"


class Removal(BaseModel):
    """One part of the model that is taken out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dimension: Literal["expectation", "meaning", "context", "handling"]
    """Dimension of the study."""
    rule: str
    """Part that is removed, in words."""
    removes: tuple[str, ...]
    """The rules of the model that do nothing then, or lose one of their uses."""
    changes: dict[str, float] = Field(min_length=1)
    """The numbers of the scenario that take it out."""
    without: str
    """What the model does without it."""
    where: str = ""
    """A scenario in which it should matter, if little is expected of it elsewhere."""
    reason: str = ""
    """Why it stays though little is expected of it."""


class Ablations(BaseModel):
    """The table of removals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    removal: tuple[Removal, ...]
    kept_rules: dict[str, str]
    """Rules that cannot be taken out, and why."""
    kept_numbers: dict[str, str]
    """Numbers that have no value at which they do nothing, and why."""


@lru_cache
def ablations() -> Ablations:
    """The table of removals, read once."""
    return read_declarations(TABLE, Ablations)


def ablated_scenarios(base: Scenario) -> list[tuple[str, str, Scenario]]:
    """Dimension, rule and scenario of every removal from *base*, in the order of the table.

    Each dimension begins with the removal of all of it, whose rule is ``WHOLE``.
    """
    return [(removal.dimension, removal.rule, changed(base, removal.changes)) for removal in ablations().removal]
