"""Action tables: for every turn, what is feasible and how likely, worked out once and looked up by compiled code.

A turn's record says which acts are feasible, how likely the script, strain and each frame make them, how easily they
are taken for each other, and how disturbing they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import numpy as np

from twoway.simulation.affect_control.equations import Equations
from twoway.simulation.affect_control.frames import Frames
from twoway.simulation.affect_control.lexicon import Lexicon
from twoway.simulation.arrays import Floats, Ints
from twoway.simulation.compilation import compiled
from twoway.simulation.rules.choice import choice_weight
from twoway.simulation.rules.reading import likeness
from twoway.simulation.situations import EITHER, LONGEST, EncounterKind, Situations, position_of
from twoway.simulation.state import Record, Records, empty_records, record_type

if TYPE_CHECKING:
    from twoway.simulation.parameters.scenario import Scenario

PerAct = Annotated[Floats, "acts"]
"""One number per feasible act, shape (acts,); beyond ``feasible`` it is 0."""


class Encounter(Record):
    """One kind of encounter: who opens it, how many exchanges it has, and the turn of each by opener."""

    opened_by: int
    exchanges: int
    turn: Annotated[Ints, 2, LONGEST]


class Turn(Record):
    """One party's turn: probabilities of its feasible acts by source, and how they are perceived.

    Acts are numbered by their place among the feasible ones; ``act`` holds their codes. ``written`` are the weights of
    the script before they are probabilities; ``strained`` is 1 where some act comes from strain.
    """

    role: int
    mandated: int
    feasible: int
    strained: float
    refused: int
    granted: int
    decided: float
    act: Annotated[Ints, "acts"]
    evaluation: PerAct
    potency: PerAct
    activity: PerAct
    written: PerAct
    script: PerAct
    script_cdf: PerAct
    strain: PerAct
    strain_cdf: PerAct
    will: Annotated[Floats, "frames", "acts"]
    will_cdf: Annotated[Floats, "frames", "acts"]
    disturbance: Annotated[Floats, "frames", "acts"]
    likeness: Annotated[Floats, "acts", "acts"]


class ActionTables(NamedTuple):
    """Records of the kinds of encounter and of the turns."""

    encounters: Records[Encounter]
    turns: Records[Turn]


def action_tables(
    situations: Situations,
    frames: Frames,
    lexicon: Lexicon,
    equations: Equations,
    scenario: Scenario,
) -> ActionTables:
    """Work out the tables of a scenario: what feels right, what is scripted and what resembles what, for every turn.

    Parameters
    ----------
    situations, frames, lexicon, equations
        What the scenario's data files hold.
    scenario
        Uses ``learning.choice_temperature``, ``learning.perceptual_noise`` and ``context.strictness``.
    """
    acts = {act: i for i, act in enumerate(situations.acts)}
    room = max(len(turn.feasible) for turn in situations.turns)
    identities = frames.sentiments(lexicon)
    turns = cast(
        Records[Turn],
        empty_records(len(situations.turns), record_type(Turn, frames=len(frames.names), acts=room)),
    )
    for i, turn in enumerate(situations.turns):
        row = turns[i]
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
        _close(row.strain, row.strain_cdf)
        doer, other = identities[:, turn.role, None], identities[:, 1 - turn.role, None]
        row.disturbance[:, :n] = equations.deflection(doer, epa[None], other)
        if not turn.decided:
            _write_script(row)
    update_tables(turns, scenario)
    kinds = cast(Records[Encounter], empty_records(len(EncounterKind), record_type(Encounter)))
    for kind in range(len(kinds)):
        encounter = kinds[kind]
        encounter.opened_by, encounter.exchanges = situations.opened_by[kind], situations.exchanges[kind]
        for opener in (0, 1):
            if encounter.opened_by in (opener, EITHER):
                for e in range(encounter.exchanges):
                    role = opener if e % 2 == 0 else 1 - opener
                    encounter.turn[opener, e] = situations.turn(kind, role, position_of(e))
    return ActionTables(kinds, turns)


def update_tables(turns: Records[Turn], scenario: Scenario) -> None:
    """Work out anew what depends on the numbers of a scenario that means the same data files.

    Parameters
    ----------
    turns
        Turns from ``action_tables``, which are changed.
    scenario
        Uses ``learning.choice_temperature``, ``learning.perceptual_noise`` and ``context.strictness``.
    """
    write_choice_and_likeness(turns, scenario.learning.choice_temperature, scenario.learning.perceptual_noise)
    write_decisions(turns, scenario.context.strictness)


@compiled
def write_choice_and_likeness(turns: Records[Turn], choice_temperature: float, perceptual_noise: float) -> None:
    """Write down how right each act feels in each frame, and how easily acts are taken for each other.

    Parameters
    ----------
    turns
        Turns with acts, sentiments and deflections; ``will``, ``will_cdf`` and ``likeness`` are written.
    choice_temperature
        Difference in deflection that costs an act a factor e, above 0.
    perceptual_noise
        How far apart acts may lie and still be taken for each other, EPA units, above 0.
    """
    for i in range(turns.shape[0]):
        turn = turns[i]
        for k in range(turn.will.shape[0]):
            total = 0.0
            for j in range(turn.feasible):
                turn.will[k, j] = choice_weight(turn.disturbance[k, j], choice_temperature)
                total += turn.will[k, j]
            below = 0.0
            for j in range(turn.will.shape[1]):
                turn.will[k, j] /= total
                below += turn.will[k, j]
                turn.will_cdf[k, j] = below
            _close(turn.will[k], turn.will_cdf[k])
        for a in range(turn.feasible):
            for b in range(turn.feasible):
                e = turn.evaluation[a] - turn.evaluation[b]
                p = turn.potency[a] - turn.potency[b]
                q = turn.activity[a] - turn.activity[b]
                turn.likeness[a, b] = likeness(e * e + p * p + q * q, perceptual_noise)


@compiled
def write_decisions(turns: Records[Turn], strictness: float) -> None:
    """Write out the scripts that hold a decision; strictness shifts its weight from granted to refused.

    Parameters
    ----------
    turns
        Turns; those whose script holds a decision are changed.
    strictness
        Share of decided requests that the rules refuse, 0..1.
    """
    for i in range(turns.shape[0]):
        if turns[i].decided > 0.0:
            turns[i].written[turns[i].refused] = turns[i].decided * strictness
            turns[i].written[turns[i].granted] = turns[i].decided * (1.0 - strictness)
            _write_script(turns[i])


@compiled
def _write_script(turn: Turn) -> None:
    """Turn the weights of a turn's script into probabilities."""
    total = 0.0
    for j in range(turn.written.shape[0]):
        total += turn.written[j]
    below = 0.0
    for j in range(turn.written.shape[0]):
        turn.script[j] = turn.written[j] / total
        below += turn.script[j]
        turn.script_cdf[j] = below
    _close(turn.script, turn.script_cdf)


@compiled
def _close(probabilities: Floats, cumulative: Floats) -> None:
    """Make *cumulative* infinite from the last possible act on, so that no draw goes beyond it."""
    for j in range(probabilities.shape[0] - 1, -1, -1):
        cumulative[j] = np.inf
        if probabilities[j] > 0.0:
            return
