"""Situations: kinds of encounter, whose turn it is in them, what is feasible then, and what the script says.

``turns`` puts all that a turn needs into one record, computed once per run: which acts are feasible, how likely
the script, strain and each frame make them, how easily they are taken for each other, and how disturbing they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoway.simulation.affect_control.equations import Equations, Lexicon, read_toml, table_of
from twoway.simulation.affect_control.frames import ROLES, Frames
from twoway.simulation.compilation import compiled
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.random_streams import first_columns
from twoway.simulation.rules.choice import choice_weight
from twoway.simulation.rules.reading import likeness


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


@dataclass(frozen=True)
class Turn:
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
    decided: float


@dataclass(frozen=True)
class Situations:
    """All kinds of encounter: who opens each, how many exchanges it has, and its turns."""

    path: Path
    source: dict[str, Any]
    opened_by: tuple[int, ...]
    exchanges: tuple[int, ...]
    turns: tuple[Turn, ...]

    def turn(self, kind: int, role: int, position: int) -> int:
        """Index of a turn."""
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


def _turn(path: Path, data: dict[str, Any], kind: int, role: int, position: int) -> Turn:
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
    decision = _known(path, f"{field}.decision", table.get("decision", {}), ("refused", "granted", "weight"))
    refused, granted, decided = "", "", 0.0
    if decision:
        refused, granted = (_decided(path, f"{field}.decision.{p}", decision.get(p), acts) for p in DECISIONS)
        if refused == granted or refused in script or granted in script:
            raise InputError(f"{path}: {field}.decision needs two different acts that are not in the script as well")
        decided = _weight(path, f"{field}.decision.weight", decision.get("weight"))
    if not script and not decided:
        raise InputError(f"{path}: {field}.script needs at least one act")
    strain = data.get("strain", {}).get(ROLES[role], {})
    return Turn(
        kind,
        role,
        position,
        mandated,
        acts,
        script,
        {a: w for a, w in strain.items() if a in acts},
        refused,
        granted,
        decided,
    )


def load_situations(path: Path) -> Situations:
    """Read a file of situations; every field is checked."""
    data = read_toml(path)
    _known(path, "the file", data, ("source", "sets", "strain", *ENCOUNTER_KINDS))
    source = table_of(path, data, "source")
    table_of(path, data, "sets")
    for role, weights in _known(path, "strain", data.get("strain", {}), ROLES).items():
        if not isinstance(weights, dict):
            raise InputError(f"{path}: strain.{role} must be a table of acts with weights")
    opened_by, exchanges, turns = [], [], []
    for kind, name in enumerate(ENCOUNTER_KINDS):
        if name not in data:
            raise InputError(f"{path}: the kind of encounter [{name}] is missing")
        table = _known(path, name, data[name], ("opened_by", "exchanges", *ROLES))
        for role in ROLES:
            _known(path, f"{name}.{role}", table.get(role, {}), POSITIONS)
        opener = table.get("opened_by")
        if opener not in OPENERS:
            raise InputError(f"{path}: {name}.opened_by = {opener!r}; {nearest(str(opener), OPENERS)}")
        length = table.get("exchanges")
        if isinstance(length, bool) or not isinstance(length, int) or not 1 <= length <= LONGEST:
            raise InputError(f"{path}: {name}.exchanges = {length!r}; it must be a whole number from 1 to {LONGEST}")
        openers = (0, 1) if opener == "either" else (OPENERS.index(opener),)
        needed = {(o if e % 2 == 0 else 1 - o, position_of(e)) for o in openers for e in range(length)}
        turns += [_turn(path, data, kind, role, position) for role, position in sorted(needed)]
        opened_by.append(OPENERS.index(opener))
        exchanges.append(length)
    for who, name in enumerate(ROLES):
        feasible = {act for turn in turns if turn.role == who for act in turn.feasible}
        _weights(path, f"strain.{name}", data.get("strain", {}).get(name, {}), tuple(sorted(feasible)))
    return Situations(path, source, tuple(opened_by), tuple(exchanges), tuple(turns))


def position_of(exchange: int) -> int:
    """Position of an exchange in its encounter: 0 opening, 1 reply, 2 the opener's sequel.

    >>> [position_of(e) for e in range(4)]
    [0, 1, 2, 1]
    """
    return exchange % 2 if exchange < 2 else 2 - exchange % 2


def kind_type() -> np.dtype[Any]:
    """Record of one kind of encounter: who opens, how long it is, where its luck begins, whose turn is which."""
    return np.dtype(
        [
            ("opened_by", np.int64),
            ("exchanges", np.int64),
            ("luck", np.int64),
            ("turn", np.int64, (2, LONGEST)),
        ],
        align=True,
    )


def turn_type(frames: int, acts: int) -> np.dtype[Any]:
    """Record of one turn with *frames* frames and room for *acts* feasible acts."""
    return np.dtype(
        [
            ("role", np.int64),
            ("mandated", np.int64),
            ("feasible", np.int64),
            ("strained", np.float64),
            ("refused", np.int64),
            ("granted", np.int64),
            ("decided", np.float64),
            ("act", np.int64, (acts,)),
            ("evaluation", np.float64, (acts,)),
            ("potency", np.float64, (acts,)),
            ("activity", np.float64, (acts,)),
            ("written", np.float64, (acts,)),
            ("script", np.float64, (acts,)),
            ("script_cdf", np.float64, (acts,)),
            ("strain", np.float64, (acts,)),
            ("strain_cdf", np.float64, (acts,)),
            ("will", np.float64, (frames, acts)),
            ("will_cdf", np.float64, (frames, acts)),
            ("disturbance", np.float64, (frames, acts)),
            ("likeness", np.float64, (acts, acts)),
        ],
        align=True,
    )


def action_tables(
    situations: Situations,
    frames: Frames,
    lexicon: Lexicon,
    equations: Equations,
    temperature: float,
    blur: float,
    strictness: float,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """What feels right, what is scripted and what resembles what, for every turn: records of kinds and of turns.

    *temperature* is in units of deflection, *blur* in EPA units, *strictness* a share.
    """
    acts = {act: i for i, act in enumerate(situations.acts)}
    room = max(len(turn.feasible) for turn in situations.turns)
    identities = frames.sentiments(lexicon)
    turns = np.zeros(len(situations.turns), turn_type(len(frames.names), room)).view(np.recarray)
    for row, turn in zip(turns, situations.turns, strict=True):
        n = len(turn.feasible)
        epa = np.array([lexicon.sentiment("acts", act) for act in turn.feasible])
        row.role, row.mandated, row.feasible = turn.role, turn.mandated, n
        row.act[:n] = [acts[act] for act in turn.feasible]
        row.evaluation[:n], row.potency[:n], row.activity[:n] = epa.T
        row.written[:n] = [turn.script.get(act, 0.0) for act in turn.feasible]
        row.decided = turn.decided
        row.refused, row.granted = (
            turn.feasible.index(act) if turn.decided else 0 for act in (turn.refused, turn.granted)
        )
        strain = np.array([turn.strain.get(act, 0.0) for act in turn.feasible])
        row.strained = float(strain.sum() > 0)
        row.strain[:n] = strain / max(strain.sum(), 1e-300)
        row.strain_cdf[:] = np.cumsum(row.strain)
        close(row.strain, row.strain_cdf)
        doer, other = identities[:, turn.role, None], identities[:, 1 - turn.role, None]
        row.disturbance[:, :n] = equations.deflection(doer, epa[None], other)
        if not turn.decided:
            write_script(row)
    feel(turns, temperature, blur)
    decide(turns, strictness)
    columns = first_columns(situations.exchanges)
    kinds = np.zeros(len(EncounterKind), kind_type()).view(np.recarray)
    for kind, row in enumerate(kinds):
        row.opened_by, row.exchanges = situations.opened_by[kind], situations.exchanges[kind]
        row.luck = columns[kind]
        for opener in (0, 1):
            if row.opened_by in (opener, EITHER):
                for e in range(row.exchanges):
                    role = opener if e % 2 == 0 else 1 - opener
                    row.turn[opener, e] = situations.turn(kind, role, position_of(e))
    return kinds, turns


@compiled
def feel(turns: Any, temperature: float, blur: float) -> None:
    """Write down how right each act feels in each frame, and how easily acts are taken for each other."""
    for i in range(turns.shape[0]):
        turn = turns[i]
        for k in range(turn.will.shape[0]):
            total = 0.0
            for j in range(turn.feasible):
                turn.will[k, j] = choice_weight(turn.disturbance[k, j], temperature)
                total += turn.will[k, j]
            below = 0.0
            for j in range(turn.will.shape[1]):
                turn.will[k, j] /= total
                below += turn.will[k, j]
                turn.will_cdf[k, j] = below
            close(turn.will[k], turn.will_cdf[k])
        for a in range(turn.feasible):
            for b in range(turn.feasible):
                e = turn.evaluation[a] - turn.evaluation[b]
                p = turn.potency[a] - turn.potency[b]
                q = turn.activity[a] - turn.activity[b]
                turn.likeness[a, b] = likeness(e * e + p * p + q * q, blur)


@compiled
def decide(turns: Any, strictness: float) -> None:
    """Write out the scripts that hold a decision; strictness shifts its weight from granted to refused."""
    for i in range(turns.shape[0]):
        if turns[i].decided > 0.0:
            turns[i].written[turns[i].refused] = turns[i].decided * strictness
            turns[i].written[turns[i].granted] = turns[i].decided * (1.0 - strictness)
            write_script(turns[i])


@compiled
def write_script(turn: Any) -> None:
    """Turn the weights of a turn's script into probabilities."""
    total = 0.0
    for j in range(turn.written.shape[0]):
        total += turn.written[j]
    below = 0.0
    for j in range(turn.written.shape[0]):
        turn.script[j] = turn.written[j] / total
        below += turn.script[j]
        turn.script_cdf[j] = below
    close(turn.script, turn.script_cdf)


@compiled
def close(probabilities: Any, cumulative: Any) -> None:
    """Make *cumulative* infinite from the last possible act on, so that no draw goes beyond it."""
    for j in range(probabilities.shape[0] - 1, -1, -1):
        cumulative[j] = np.inf
        if probabilities[j] > 0.0:
            return
