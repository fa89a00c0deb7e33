"""Situations: kinds of encounter, whose turn it is in them, what is feasible then, and what the script says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.affect_control.lexicon import SCALE
from twoway.simulation.data_files import number_row, read_toml, table_of
from twoway.simulation.errors import InputError, nearest


class EncounterKind(IntEnum):
    """Kinds of encounter, in the order in which they come on a day; a repair talk takes the planned talk's place."""

    EVERYDAY = 0
    CONTROL = 1
    REQUEST = 2
    PLANNED = 3
    REPAIR = 4


ENCOUNTER_KINDS = tuple(kind.name.lower() for kind in EncounterKind)
POSITIONS = ("opening", "reply", "sequel")
LONGEST = 6
"""Exchanges an encounter may have at most."""
MOST_WEIGHT = 1e6
"""Largest weight a script may give."""
EITHER = 2
OPENERS = (*ROLES, "either")
DECISIONS = ("refused", "granted")
BY_THE_BOOK = "by the book"
"""The manner that changes nothing."""
PAIR_FIELDS = ("after", "fits", "offers", "unfit")


@dataclass(frozen=True)
class DeclaredTurn:
    """One party's turn in one kind of encounter: feasible acts with script weights, and what the rules decide."""

    kind: int
    role: int
    position: int
    mandated: bool
    feasible: tuple[str, ...]
    script: dict[str, float]
    strain: dict[str, float]
    refused: str
    granted: str
    unanswered: str
    decided: float


@dataclass(frozen=True)
class AdjacencyPair:
    """Which acts *fit* after certain others, which the script *offers* then, and which are out of place (*unfit*)."""

    name: str
    after: tuple[str, ...]
    fits: tuple[str, ...]
    offers: tuple[str, ...]
    unfit: tuple[str, ...]


@dataclass(frozen=True)
class Situations:
    """All kinds of encounter: who opens each, how many exchanges it has, and its turns; and how acts are answered.

    An encounter has ``exchanges``, and goes on to ``longest`` while what was seen last was bad. ``facts`` are lists of
    acts that everybody who is there sees for what they are; the other acts are words. ``pairs`` are adjacency pairs.
    ``manners`` are the ways in which the ``mannered`` acts of client and keyworker can be done, with the shift of their
    evaluation, potency and activity; the first, by the book, shifts nothing.
    """

    path: Path
    source: dict[str, Any]
    opened_by: tuple[int, ...]
    exchanges: tuple[int, ...]
    longest: tuple[int, ...]
    turns: tuple[DeclaredTurn, ...]
    facts: dict[str, tuple[str, ...]]
    pairs: tuple[AdjacencyPair, ...]
    manners: dict[str, tuple[float, float, float]]
    mannered: tuple[tuple[str, ...], ...]

    def turn(self, kind: int, role: int, position: int) -> int:
        """Index in ``turns`` of a turn.

        Parameters
        ----------
        kind
            Code of the kind of encounter, see ``EncounterKind``.
        role
            Who acts: 0 the client, 1 the keyworker.
        position
            Position in the encounter: 0 opening, 1 reply, 2 sequel.
        """
        return next(i for i, t in enumerate(self.turns) if (t.kind, t.role, t.position) == (kind, role, position))

    @property
    def acts(self) -> tuple[str, ...]:
        """Every act that is feasible anywhere, in alphabetical order: the acts of a run, by number."""
        return tuple(sorted({act for turn in self.turns for act in turn.feasible}))


def _weights(path: Path, field: str, value: Any, feasible: tuple[str, ...]) -> dict[str, float]:
    if not isinstance(value, dict):
        raise InputError(f"{path}: {field} must be a table of acts with weights")
    for act, weight in value.items():
        if act not in feasible:
            raise InputError(f"{path}: {field} names '{act}', which is not feasible there; {nearest(act, feasible)}")
        _weight(path, f"{field}.{act}", weight)
    return {act: float(weight) for act, weight in value.items()}


def _weight(path: Path, field: str, weight: Any) -> float:
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 < weight <= MOST_WEIGHT:
        raise InputError(f"{path}: {field} = {weight!r}; a weight must be a number above 0, at most {MOST_WEIGHT:g}")
    return float(weight)


def _known(path: Path, field: str, table: Any, valid: tuple[str, ...]) -> dict[str, Any]:
    """*table* if it is a table that holds only *valid* fields."""
    if not isinstance(table, dict):
        raise InputError(f"{path}: {field} must be a table")
    for name in table:
        if name not in valid:
            raise InputError(f"{path}: {field}.{name} is not a field there; {nearest(name, valid)}")
    return table


def _decided(path: Path, field: str, act: Any, feasible: tuple[str, ...]) -> str:
    if not isinstance(act, str) or act not in feasible:
        raise InputError(f"{path}: {field} = {act!r}; it must be a feasible act, {nearest(str(act), feasible)}")
    return act


def _turn(path: Path, data: dict[str, Any], kind: int, role: int, position: int) -> DeclaredTurn:
    field = f"{ENCOUNTER_KINDS[kind]}.{ROLES[role]}.{POSITIONS[position]}"
    table = data[ENCOUNTER_KINDS[kind]].get(ROLES[role], {}).get(POSITIONS[position])
    if table is None:
        raise InputError(f"{path}: {field} is missing, though it is the {ROLES[role]}'s turn there")
    _known(path, field, table, ("feasible", "mandated", "script", "decision"))
    feasible = table.get("feasible")
    sets = table_of(path, data, "sets")
    if isinstance(feasible, str):
        if feasible not in sets:
            raise InputError(f"{path}: {field}.feasible: there is no set '{feasible}'; {nearest(feasible, sets)}")
        feasible = sets[feasible]
    if not isinstance(feasible, list) or len(feasible) < 2 or not all(isinstance(a, str) for a in feasible):
        raise InputError(f"{path}: {field}.feasible must name a set or list at least two acts")
    if len(set(feasible)) < len(feasible):
        raise InputError(f"{path}: {field}.feasible lists an act twice")
    acts = tuple(feasible)
    mandated = table.get("mandated", False)
    if not isinstance(mandated, bool):
        raise InputError(f"{path}: {field}.mandated must be true or false")
    script = _weights(path, f"{field}.script", table.get("script"), acts)
    decision = _known(
        path, f"{field}.decision", table.get("decision", {}), ("refused", "granted", "unanswered", "weight")
    )
    refused, granted, unanswered, decided = "", "", "", 0.0
    if decision:
        refused, granted = (_decided(path, f"{field}.decision.{p}", decision.get(p), acts) for p in DECISIONS)
        if refused == granted or refused in script or granted in script:
            raise InputError(f"{path}: {field}.decision needs two different acts that are not in the script as well")
        if "unanswered" in decision:
            unanswered = _decided(path, f"{field}.decision.unanswered", decision["unanswered"], acts)
        decided = _weight(path, f"{field}.decision.weight", decision.get("weight"))
    if not script and not decided:
        raise InputError(f"{path}: {field}.script needs at least one act")
    strain = data.get("strain", {}).get(ROLES[role], {})
    return DeclaredTurn(
        kind,
        role,
        position,
        mandated,
        acts,
        script,
        {a: w for a, w in strain.items() if a in acts},
        refused,
        granted,
        unanswered,
        decided,
    )


def _acts(path: Path, field: str, value: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    """A list of acts, all of them feasible somewhere."""
    if not isinstance(value, list) or not all(isinstance(act, str) for act in value):
        raise InputError(f"{path}: {field} must be a list of acts")
    for act in value:
        if act not in known:
            raise InputError(f"{path}: {field} names '{act}', which is feasible nowhere; {nearest(act, known)}")
    return tuple(value)


def _facts(path: Path, data: dict[str, Any], known: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    facts = {name: _acts(path, f"facts.{name}", acts, known) for name, acts in table_of(path, data, "facts").items()}
    home: dict[str, str] = {}
    for name, acts in facts.items():
        for act in acts:
            if act in home:
                raise InputError(f"{path}: facts.{name} names '{act}', which facts.{home[act]} names already")
            home[act] = name
    return facts


def _pairs(path: Path, data: dict[str, Any], known: tuple[str, ...]) -> tuple[AdjacencyPair, ...]:
    pairs: list[AdjacencyPair] = []
    for name, value in table_of(path, data, "pairs").items():
        table = _known(path, f"pairs.{name}", value, PAIR_FIELDS)
        after, fits, offers, unfit = (
            _acts(path, f"pairs.{name}.{field}", table.get(field, []), known) for field in PAIR_FIELDS
        )
        if not after:
            raise InputError(f"{path}: pairs.{name}.after must list at least one act")
        for act in unfit:
            if act in fits or act in offers:
                raise InputError(f"{path}: pairs.{name} says of '{act}' that it fits and that it does not")
        for other in pairs:
            twice = [act for act in after if act in other.after]
            if twice:
                raise InputError(f"{path}: '{twice[0]}' comes first in two pairs, {other.name} and {name}")
        pairs.append(AdjacencyPair(name, after, fits, offers, unfit))
    return tuple(pairs)


def _manners(
    path: Path, data: dict[str, Any], turns: Sequence[DeclaredTurn]
) -> tuple[dict[str, tuple[float, float, float]], tuple[tuple[str, ...], ...]]:
    """The manners with their shifts, and the deeds of client and keyworker that have one."""
    table = table_of(path, data, "manners")
    deeds = _known(path, "manners.deeds", table.get("deeds", {}), ROLES)
    shifts = {BY_THE_BOOK: (0.0, 0.0, 0.0)}
    for name, shift in table.items():
        if name == "deeds":
            continue
        if (words := name.replace("_", " ")) == BY_THE_BOOK:
            raise InputError(f"{path}: manners.{name} is how a deed is done without any manner; name another")
        evaluation, potency, activity = number_row(path, f"manners.{name}", shift, 3)
        if max(abs(evaluation), abs(potency), abs(activity)) > SCALE:
            raise InputError(
                f"{path}: manners.{name} = {shift!r}; it must be three numbers from {-SCALE} to {SCALE}: by how much "
                "evaluation, potency and activity of a deed change"
            )
        shifts[words] = evaluation, potency, activity
    mannered = []
    for role, who in enumerate(ROLES):
        feasible = tuple(sorted({act for turn in turns if turn.role == role for act in turn.feasible}))
        mannered.append(_acts(path, f"manners.deeds.{who}", deeds.get(who, []), feasible))
    return shifts, tuple(mannered)


def _length(path: Path, field: str, value: Any, least: int) -> int:
    """A number of exchanges."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LONGEST:
        raise InputError(f"{path}: {field} = {value!r}; it must be a whole number from {least} to {LONGEST}")
    return value


def load_situations(path: Path) -> Situations:
    """Read a file of situations; every field is checked."""
    data = read_toml(path)
    _known(path, "the file", data, ("source", "sets", "strain", "facts", "pairs", "manners", *ENCOUNTER_KINDS))
    source = table_of(path, data, "source")
    table_of(path, data, "sets")
    for role, weights in _known(path, "strain", data.get("strain", {}), ROLES).items():
        if not isinstance(weights, dict):
            raise InputError(f"{path}: strain.{role} must be a table of acts with weights")
    opened_by, exchanges, longest, turns = [], [], [], []
    for kind, name in enumerate(ENCOUNTER_KINDS):
        if name not in data:
            raise InputError(f"{path}: the kind of encounter [{name}] is missing")
        table = _known(path, name, data[name], ("opened_by", "exchanges", "longest", *ROLES))
        for role in ROLES:
            _known(path, f"{name}.{role}", table.get(role, {}), POSITIONS)
        opener = table.get("opened_by")
        if opener not in OPENERS:
            raise InputError(f"{path}: {name}.opened_by = {opener!r}; {nearest(str(opener), OPENERS)}")
        length = _length(path, f"{name}.exchanges", table.get("exchanges"), 1)
        most = _length(path, f"{name}.longest", table.get("longest", length), length)
        openers = (0, 1) if opener == "either" else (OPENERS.index(opener),)
        needed = {(o if e % 2 == 0 else 1 - o, position_of(e)) for o in openers for e in range(most)}
        turns += [_turn(path, data, kind, role, position) for role, position in sorted(needed)]
        opened_by.append(OPENERS.index(opener))
        exchanges.append(length)
        longest.append(most)
    for who, name in enumerate(ROLES):
        feasible = {act for turn in turns if turn.role == who for act in turn.feasible}
        _weights(path, f"strain.{name}", data.get("strain", {}).get(name, {}), tuple(sorted(feasible)))
    known = tuple(sorted({act for turn in turns for act in turn.feasible}))
    facts, pairs = _facts(path, data, known), _pairs(path, data, known)
    manners, mannered = _manners(path, data, turns)
    return Situations(
        path, source, tuple(opened_by), tuple(exchanges), tuple(longest), tuple(turns), facts, pairs, manners, mannered
    )


def position_of(exchange: int) -> int:
    """Position of an exchange in its encounter: 0 opening, 1 reply, 2 the opener's sequel.

    >>> [position_of(e) for e in range(4)]
    [0, 1, 2, 1]
    """
    return exchange % 2 if exchange < 2 else 2 - exchange % 2
