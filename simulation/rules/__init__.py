"""The rules: pure functions of plain numbers, each named in the ODD, each with an example.

Both runners call these same functions. A rule has no state, draws no draw and knows no array; who calls it when,
and with what, is told in ``twoway.simulation.dynamics.encounter`` and ``twoway.simulation.dynamics.day``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from twoway.simulation.compilation import compiled

Numbers = ParamSpec("Numbers")
Number = TypeVar("Number")
RULES: dict[str, object] = {}
"""Every rule as written, by name; filled when the modules of this package are imported."""


def rule(function: Callable[Numbers, Number]) -> Callable[Numbers, Number]:
    """Register *function* as a rule of the model and compile it."""
    RULES[function.__name__] = function
    return compiled(function, allocates=True)
