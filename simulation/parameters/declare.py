"""How a number of the model is declared: value, range, unit and source in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, create_model

from twoway.simulation.errors import InputError


class ParameterGroup(BaseModel):
    """A frozen set of declared numbers: unknown fields, text, NaN and values off their range are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


def combined(name: str, groups: Sequence[type[ParameterGroup]]) -> type[ParameterGroup]:
    """One group with the numbers of several, in their order.

    Parameters
    ----------
    name
        Name of the new class.
    groups
        Groups of declared numbers; with none the new group is empty.

    Raises
    ------
    InputError
        If two groups declare a number of the same name.
    """
    homes: dict[str, str] = {}
    for group in groups:
        for field in group.model_fields:
            if field in homes:
                raise InputError(f"{group.__name__}.{field}: {homes[field]} has a number of that name already")
            homes[field] = group.__name__
    bases = tuple(reversed(groups)) or (ParameterGroup,)  # pydantic takes the fields of the last base first
    return create_model(name, __base__=bases)


class Declaration(NamedTuple):
    """What is declared about one number."""

    section: str
    name: str
    default: float
    low: float
    high: float
    unit: str
    source: str
    meaning: str


def parameter(default: float, low: float, high: float, unit: str, source: str = "assumed") -> Any:
    """Declare a number of the model.

    Parameters
    ----------
    default
        Its value unless a scenario gives another.
    low, high
        The range within which a value is accepted.
    unit
        Unit in words, such as "share per day".
    source
        The publication it is from; without one "assumed", or "calibrated" where published facts of the whole decide.
        These two read ``assumed; swept low..high``.

    Examples
    --------
    >>> class Visits(ParameterGroup):
    ...     visits: float = parameter(2.0, 0, 7, "visits per week")
    >>> Visits(visits=3.5).visits
    3.5
    """
    if source in ("assumed", "calibrated"):
        source = f"{source}; swept {low:g}..{high:g}"
    return Field(default=default, ge=low, le=high, json_schema_extra={"unit": unit, "source": source})


def declarations(section: str, declared: type[ParameterGroup]) -> Iterator[Declaration]:
    """Every declared number of a group, in the order in which they are written there.

    Parameters
    ----------
    section
        Section of the scenario that the group is, such as "context".
    declared
        The group; fields that declare no unit are passed over.
    """
    for name, field in declared.model_fields.items():
        extra = field.json_schema_extra
        if not isinstance(extra, dict) or "unit" not in extra:
            continue
        low = next(m.ge for m in field.metadata if hasattr(m, "ge"))
        high = next(m.le for m in field.metadata if hasattr(m, "le"))
        meaning = " ".join((field.description or "").split())
        yield Declaration(section, name, field.default, low, high, str(extra["unit"]), str(extra["source"]), meaning)
