"""The facts as ``facts.toml`` declares them: claim, source, accepted range, and bounds beyond which one is wrong."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from twoway.experiments.results.tables import read_declarations

FILE = Path(__file__).with_name("facts.toml")
MET, TOO_SMALL, BETWEEN, MISSED = "met", "too small to matter", "between", "missed"
NOT_YET = "not yet measurable"
VERDICTS = (MET, TOO_SMALL, BETWEEN, MISSED, NOT_YET)
"""What can be said of a fact, from the best to the worst; all but the first are not met."""
CALIBRATION, HELD_OUT, STRUCTURE = "calibration", "held out", "structure"
Text = Annotated[str, Field(min_length=1)]
Bounds = tuple[float, float]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class DeclaredPart(_Row):
    """One number of a fact."""

    name: Text
    """Name."""
    unit: Text
    """Its unit."""
    accept: Bounds
    """From and to where the fact is met."""
    wrong: Bounds = (float("-inf"), float("inf"))
    """Below the first and above the second the model is wrong."""
    worth: float | None = None
    """Smallest effect worth having; the end of the accepted range that is nearer to it is no effect."""

    @model_validator(mode="after")
    def _in_order(self) -> DeclaredPart:
        low, high = self.accept
        if not (self.wrong[0] <= low < high <= self.wrong[1]):
            raise ValueError(f"{self.name}: the accepted range must lie within the one that is not wrong")
        if self.worth is not None and not low < self.worth < high:
            raise ValueError(f"{self.name}: the smallest effect worth having must lie within the accepted range")
        return self

    @property
    def aimed(self) -> Bounds:
        """From and to where the fact is met by an effect that is not too small."""
        low, high = self.accept
        if self.worth is None:
            return self.accept
        return (self.worth, high) if abs(low - self.worth) < abs(high - self.worth) else (low, self.worth)

    def verdict(self, estimate: float) -> str:
        """Met, too small to matter, between or missed; a number that could not be computed is missed.

        A bound at which accepted and wrong meet counts as wrong: a direction that is not there is missed. Where nothing
        lies beyond what is accepted (a share of 0 or 1), wrong is left open.
        """
        low, high = self.accept
        below, above = self.wrong
        at_edge = math.isfinite(estimate) and (estimate == low == below or estimate == high == above)
        if low <= estimate <= high and not at_edge:
            return MET if self.aimed[0] <= estimate <= self.aimed[1] else TOO_SMALL
        return BETWEEN if below < estimate < above else MISSED

    def certain(self, low: float, high: float) -> bool:
        """Whether the verdict is the same all over the interval; without an interval it is not.

        Parameters
        ----------
        low, high
            Ends of the interval, in the unit of the part; NaN without one.
        """
        bounds = (*self.accept, *self.wrong, *self.aimed)
        inside = [b for b in bounds if math.isfinite(b) and low < b < high]
        return not math.isnan(low + high) and self.verdict(low) == self.verdict(high) and not inside


class DeclaredFact(_Row):
    """One fact and its parts."""

    id: Text
    """Its name on the scoreboard."""
    says: Text
    """Claim, in a sentence."""
    status: Literal["read", "abstract", "read second-hand", "recalled", "idea", "assumed"]
    """How far the source was read, or that there is none; ``facts.toml`` says what each word means."""
    use: Literal["calibration", "held out", "structure"]
    """What it is used for, fixed beforehand by the rule that ``facts.toml`` states."""
    since: Literal[1, 2]
    """List with which it came."""
    needs: str = ""
    """What the model does not have yet, without which the fact cannot be measured."""
    sources: tuple[str, ...]
    """Publications; none for what is assumed."""
    how: Text
    """Computation, in words."""
    part: tuple[DeclaredPart, ...] = Field(min_length=1)
    """Its numbers."""
    note: str = ""
    """Caution for the reader, besides whether the fact was used in calibration."""
    would_take: str = ""
    """Our guess at what the model lacks if it does not meet the fact."""

    def row(self, part: DeclaredPart, estimate: float, low: float, high: float) -> dict[str, Any]:
        """The columns that every table of facts has for a part: names, value, interval and bounds.

        Parameters
        ----------
        part
            One of its parts.
        estimate, low, high
            Value and ends of its interval, in the unit of the part; NaN where missing.
        """
        return {
            "fact": self.id, "says": self.says, "part": part.name, "unit": part.unit,
            "estimate": estimate, "low": low, "high": high,
            "accept_low": part.accept[0], "accept_high": part.accept[1],
            "wrong_low": part.wrong[0], "wrong_high": part.wrong[1],
            "worth": math.nan if part.worth is None else part.worth,
        }  # fmt: skip


def sources_in_words(sources: str, status: str) -> str:
    """The sources of a fact and how far they were read, which is said once.

    Parameters
    ----------
    sources
        The sources, joined; empty where there is none.
    status
        How far they were read, as ``facts.toml`` has it.

    Examples
    --------
    >>> sources_in_words("Somebody 1999", "read"), sources_in_words("Somebody 1999 (abstract: sign)", "abstract")
    ('Somebody 1999 (read)', 'Somebody 1999 (abstract: sign)')
    """
    if not sources:
        return status
    return sources if f"({status}" in sources else f"{sources} ({status})"


class DeclaredFacts(_Row):
    """The table of facts."""

    fact: tuple[DeclaredFact, ...]


@lru_cache
def declared_facts() -> tuple[DeclaredFact, ...]:
    """Every fact in the order of the file."""
    return read_declarations(FILE, DeclaredFacts).fact


def measurable_facts() -> tuple[DeclaredFact, ...]:
    """The facts that the model has everything for, in the order of the file."""
    return tuple(one for one in declared_facts() if not one.needs)
