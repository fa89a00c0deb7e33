"""Coping ways: ways of handling tension, each declared in a file of its own and looked up here.

A way is one declaration: its numbers, how inclined someone is to take it, what it does, and its words and mark.
The scenario's schema, the ODD, random streams, stories, figures, studies and tests read it. A user declares a way of
her own with ``twoway.coping_way``, in a file that a scenario names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twoway.simulation.events import Mark
from twoway.simulation.extensions import Registry, refuse_words
from twoway.simulation.parameters.declare import ParameterGroup

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters
    from twoway.simulation.state import Party

LogOdds = Callable[["Party", float, float, "Parameters"], float]
"""How inclined someone is: from the party's state, style, how benign the relationship is (a share), and parameters."""
Effect = Callable[["Party", float, "Parameters"], None]
"""What a way does to the party who takes it, on a day, with the parameters."""


def _no_effect(party: Party, day: float, parameters: Parameters) -> None:
    """The party's state stays as it is."""


@dataclass(frozen=True)
class CopingWay:
    """One way of handling tension.

    Attributes
    ----------
    name
        Word in the column ``way``.
    meaning
        What someone does who takes it.
    phrase
        The same as a story tells it, as it follows he or she: "kept {their} distance"; ``{them}`` is the other.
    parameters
        The numbers it brings into the section ``coping`` of scenarios.
    log_odds
        How inclined someone is to take it, before all ways are compared. A plain function, compiled by the package.
    effect
        What it does to the party who takes it. Compiled by the package.
    mark
        How figures draw it; None if they do not.
    proposes_talk
        Whether it proposes a repair talk; then who only notices the other's tension may take it, too.
    """

    name: str
    meaning: str
    phrase: str
    parameters: type[ParameterGroup]
    log_odds: LogOdds
    effect: Effect = _no_effect
    mark: Mark | None = None
    proposes_talk: bool = False


COPING_WAYS: Registry[CopingWay] = Registry("coping way")
"""The coping ways that come with the package; their order gives their codes."""


def coping_way(
    name: str,
    meaning: str,
    phrase: str,
    parameters: type[ParameterGroup],
    log_odds: LogOdds,
    effect: Effect = _no_effect,
    mark: Mark | None = None,
    proposes_talk: bool = False,
) -> CopingWay:
    """Declare a way of handling tension.

    Parameters
    ----------
    name
        Word in the column ``way``: lower-case letters and underscores.
    meaning, phrase, parameters, log_odds, effect, mark, proposes_talk
        As in ``CopingWay``; without a *mark* figures show it on a lane of its own.

    Raises
    ------
    InputError
        If the name is taken, or a word cannot be used.

    Examples
    --------
    In a file that a scenario names in ``extensions``:

    >>> from twoway.simulation.parameters.declare import ParameterGroup, parameter
    >>> class SportParameters(ParameterGroup):
    ...     sport_log_odds: float = parameter(2.0, -5, 5, "log-odds")
    >>> def log_odds(party, style, benign, parameters):
    ...     return parameters.sport_log_odds + style
    >>> coping_way("do_sport", "works it off", "worked it off in the gym", SportParameters, log_odds).name
    'do_sport'
    """
    refuse_words(COPING_WAYS.kind, name, phrase, "their", "them")
    shown = mark or Mark(name.replace("_", " "), "d", name.replace("_", " "))
    return COPING_WAYS.declare_in_file(
        CopingWay(name, meaning, phrase, parameters, log_odds, effect, shown, proposes_talk)
    )
