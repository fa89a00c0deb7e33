"""Action tables: for every turn, what is feasible and how likely, worked out once and looked up by compiled code.

A turn's record says which acts are feasible, how likely the script, strain and each frame make them, how easily they
are taken for each other, how well they answer the act before, and how disturbing they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import numpy as np

from twoway.simulation.affect_control.equations import Equations
from twoway.simulation.affect_control.frames import Frames
from twoway.simulation.affect_control.lexicon import SCALE, Lexicon
from twoway.simulation.arrays import Floats, Ints
from twoway.simulation.compilation import compiled
from twoway.simulation.rules.choice import choice_weight
from twoway.simulation.rules.reading import likeness
from twoway.simulation.rules.replies import answer_weight, hardened, pair_weight
from twoway.simulation.situations import EITHER, LONGEST, EncounterKind, Situations, position_of
from twoway.simulation.state import Record, Records, empty_records, record_type

if TYPE_CHECKING:
    from twoway.simulation.parameters.scenario import Scenario

PerAct = Annotated[Floats, "acts"]
"""One number per feasible act, shape (acts,); beyond ``feasible`` it is 0."""
NO_ACT = -1
"""In place of the place of an act: there is none."""
WORDS = -1
"""In place of the number of a fact: the act is words, which are taken for other words."""
UNSAID = -1.0
"""In place of whether a rule is explained: nothing is said of it on this occasion."""
NOTHING_BEFORE = 0
"""In place of the number of an act before: the turn opens an encounter."""
PLAIN = 0
"""Number of the manner that changes nothing; acts that have no manner are done in it."""


class Encounter(Record):
    """One kind of encounter: who opens it, how many exchanges it has (and has at most), the turn of each by opener."""

    opened_by: int
    exchanges: int
    longest: int
    turn: Annotated[Ints, 2, LONGEST]


class Turn(Record):
    """One party's turn: probabilities of its feasible acts by source, and how they are perceived.

    Acts are numbered by their place among the feasible ones; ``act`` holds their codes. ``written`` are the weights of
    the script before they are probabilities; ``strained`` is 1 where some act comes from strain. ``fact`` is the number
    of the fact an act is, or ``WORDS``.

    In a turn that is ``contingent`` (1, else 0), acts answer the act before (``Before``): ``answers`` is how well each
    does, ``ready`` what the script adds then, and ``script_sum`` and ``will_sum`` are the sums of script and will when
    weighted with ``answers``.

    Acts that are ``mannered`` (1, else 0) are done in one of several manners, by what feels right: ``manner`` is how
    likely each is in each frame, ``shift`` by how much it changes the sentiment of the act, ``manner_likeness`` how
    easily one is taken for another. ``disturbance`` is that of an act in a manner.
    """

    role: int
    mandated: int
    contingent: int
    feasible: int
    strained: float
    refused: int
    granted: int
    unanswered: int
    decided: float
    act: Annotated[Ints, "acts"]
    fact: Annotated[Ints, "acts"]
    mannered: Annotated[Ints, "acts"]
    evaluation: PerAct
    potency: PerAct
    activity: PerAct
    written: PerAct
    script: PerAct
    strain: PerAct
    will: Annotated[Floats, "frames", "acts"]
    disturbance: Annotated[Floats, "frames", "acts", "manners"]
    manner: Annotated[Floats, "frames", "acts", "manners"]
    shift: Annotated[Floats, "manners", 3]
    manner_likeness: Annotated[Floats, "manners", "manners"]
    likeness: Annotated[Floats, "acts", "acts"]
    answers: Annotated[Floats, "befores", "acts"]
    ready: Annotated[Floats, "befores", "acts"]
    script_sum: Annotated[Floats, "befores"]
    will_sum: Annotated[Floats, "befores", "frames"]


class Occasion(NamedTuple):
    """On what occasion someone acts.

    Attributes
    ----------
    before
        Number of the act that is answered (see ``Before``), or ``NOTHING_BEFORE``.
    hardness
        Log-odds by which what is asked for is refused rather than granted, beyond the centre's strictness.
    stake
        How much the act counts beside others; 1 for most.
    explained
        Whether the rule behind it is explained: 1 or 0, or ``UNSAID``, where it counts how far rules are known.
    shortfall
        How much worse the act is for the way in which it is done, EPA units.
    """

    before: int
    hardness: float
    stake: float
    explained: float
    shortfall: float


class Deed(NamedTuple):
    """What is done, or what it is taken for: the place of an act among those feasible, and the number of its manner."""

    act: int
    manner: int


class Before(Record):
    """An act that may come before a turn; it has its code plus 1 as its number, and 0 stands for nothing before.

    ``fits`` is 1 for the acts of each turn that fit as an answer, -1 for those that are out of place; ``offers`` is 1
    for those that the role has ready. ``dominance`` is potency beyond what evaluation predicts, EPA units.
    """

    evaluation: float
    dominance: float
    fits: Annotated[Floats, "turns", "acts"]
    offers: Annotated[Floats, "turns", "acts"]


class ActionTables(NamedTuple):
    """Records of the kinds of encounter, of the turns, and of the acts that may come before them."""

    encounters: Records[Encounter]
    turns: Records[Turn]
    befores: Records[Before]


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
        Uses ``context.strictness`` and the numbers of ``learning`` about choice, replies and perception.
    """
    acts = {act: i for i, act in enumerate(situations.acts)}
    room = max(len(turn.feasible) for turn in situations.turns)
    fact = {act: i for i, listed in enumerate(situations.facts.values()) for act in listed}
    shifts = np.array(list(situations.manners.values()))
    identities = frames.sentiments(lexicon)
    turns = cast(
        Records[Turn],
        empty_records(
            len(situations.turns),
            record_type(Turn, frames=len(frames.names), acts=room, befores=1 + len(acts), manners=len(shifts)),
        ),
    )
    for i, turn in enumerate(situations.turns):
        row = turns[i]
        n = len(turn.feasible)
        epa = np.array([lexicon.sentiment("acts", act) for act in turn.feasible])
        row.role, row.mandated, row.feasible = turn.role, turn.mandated, n
        row.act[:n] = [acts[act] for act in turn.feasible]
        row.fact[:n] = [fact.get(act, WORDS) for act in turn.feasible]
        row.mannered[:n] = [act in situations.mannered[turn.role] for act in turn.feasible]
        row.shift[:] = shifts
        row.evaluation[:n], row.potency[:n], row.activity[:n] = epa.T
        row.written[:n] = [turn.script.get(act, 0.0) for act in turn.feasible]
        row.decided = turn.decided
        row.refused, row.granted, row.unanswered = (
            turn.feasible.index(act) if act else NO_ACT for act in (turn.refused, turn.granted, turn.unanswered)
        )
        strain = np.array([turn.strain.get(act, 0.0) for act in turn.feasible])
        row.strained = float(strain.sum() > 0)
        row.strain[:n] = strain / max(strain.sum(), 1e-300)
        doer, other = identities[:, turn.role, None], identities[:, 1 - turn.role, None]
        for manner, shift in enumerate(shifts):
            row.disturbance[:, :n, manner] = equations.deflection(doer, epa[None] + shift, other)
        if not turn.decided:
            _write_script(row)
    befores = _befores(situations, lexicon, room)
    update_tables(turns, befores, scenario)
    kinds = cast(Records[Encounter], empty_records(len(EncounterKind), record_type(Encounter)))
    for kind in range(len(kinds)):
        encounter = kinds[kind]
        encounter.opened_by, encounter.exchanges = situations.opened_by[kind], situations.exchanges[kind]
        encounter.longest = situations.longest[kind]
        for opener in (0, 1):
            if encounter.opened_by in (opener, EITHER):
                for e in range(encounter.longest):
                    role = opener if e % 2 == 0 else 1 - opener
                    encounter.turn[opener, e] = situations.turn(kind, role, position_of(e))
    return ActionTables(kinds, turns, befores)


def _befores(situations: Situations, lexicon: Lexicon, room: int) -> Records[Before]:
    """The acts that may come before a turn: as they are in themselves, and as first parts of adjacency pairs."""
    dtype = record_type(Before, turns=len(situations.turns), acts=room)
    befores = empty_records(1 + len(situations.acts), dtype)
    epa = np.array([lexicon.sentiment("acts", act) for act in situations.acts])
    slope, level = np.polyfit(epa[:, 0], epa[:, 1], 1)
    befores["evaluation"][1:], befores["dominance"][1:] = epa[:, 0], epa[:, 1] - (level + slope * epa[:, 0])
    codes = {act: code for code, act in enumerate(situations.acts, start=1)}
    places = [(i, j, answer) for i, turn in enumerate(situations.turns) for j, answer in enumerate(turn.feasible)]
    for pair in situations.pairs:
        fits, offers = np.zeros((2, len(situations.turns), room))
        for i, j, answer in places:
            fits[i, j] = float(answer in pair.fits) - float(answer in pair.unfit)
            offers[i, j] = float(answer in pair.offers)
        after = [codes[act] for act in pair.after]
        befores["fits"][after], befores["offers"][after] = fits, offers
    return cast(Records[Before], befores)


def update_tables(turns: Records[Turn], befores: Records[Before], scenario: Scenario) -> None:
    """Work out anew what depends on the numbers of a scenario that means the same data files.

    Parameters
    ----------
    turns
        Turns from ``action_tables``, which are changed.
    befores
        Acts that may come before them.
    scenario
        Uses ``context.strictness`` and the numbers of ``learning`` about choice, replies and perception.
    """
    learning = scenario.learning
    write_choice_and_likeness(turns, learning.choice_temperature, learning.perceptual_noise, learning.fact_confusion)
    write_decisions(turns, scenario.context.strictness)
    strengths = learning.affiliation_matching, learning.dominance_yielding, learning.pair_strength
    write_replies(turns, befores, strengths, learning.offered_share)


@compiled
def write_choice_and_likeness(
    turns: Records[Turn], choice_temperature: float, perceptual_noise: float, fact_confusion: float
) -> None:
    """Write down how right acts, and the manners of each, feel in each frame, and how easily they are confused.

    Parameters
    ----------
    turns
        Turns with acts, sentiments and deflections; ``will``, ``likeness`` and what is likewise of manners are written.
    choice_temperature
        Difference in deflection that costs an act a factor e, above 0.
    perceptual_noise
        How far apart acts may lie and still be taken for each other, EPA units, above 0.
    fact_confusion
        Share of that likeness which is left between two facts, and between a fact and words, 0..1.
    """
    for i in range(turns.shape[0]):
        turn = turns[i]
        for k in range(turn.will.shape[0]):
            total = 0.0
            for j in range(turn.feasible):
                turn.will[k, j] = choice_weight(turn.disturbance[k, j, PLAIN], choice_temperature)
                total += turn.will[k, j]
            for j in range(turn.feasible):
                turn.will[k, j] /= total
                _write_manners(turn, k, j, choice_temperature)
        for a in range(turn.feasible):
            for b in range(turn.feasible):
                e = turn.evaluation[a] - turn.evaluation[b]
                p = turn.potency[a] - turn.potency[b]
                q = turn.activity[a] - turn.activity[b]
                alike = likeness(e * e + p * p + q * q, perceptual_noise)
                turn.likeness[a, b] = alike if turn.fact[a] == turn.fact[b] else alike * fact_confusion
        for a in range(turn.shift.shape[0]):
            for b in range(turn.shift.shape[0]):
                e = turn.shift[a, 0] - turn.shift[b, 0]
                p = turn.shift[a, 1] - turn.shift[b, 1]
                q = turn.shift[a, 2] - turn.shift[b, 2]
                turn.manner_likeness[a, b] = likeness(e * e + p * p + q * q, perceptual_noise)


@compiled
def _write_manners(turn: Turn, k: int, j: int, choice_temperature: float) -> None:
    """How likely each manner is in which an act is done in a frame; acts that have none are done plainly."""
    total = 0.0
    for m in range(turn.shift.shape[0]):
        weight = 1.0 if m == PLAIN else 0.0
        if turn.mannered[j] > 0:
            weight = choice_weight(turn.disturbance[k, j, m], choice_temperature)
        turn.manner[k, j, m] = weight
        total += weight
    for m in range(turn.shift.shape[0]):
        turn.manner[k, j, m] /= total


@compiled
def write_replies(
    turns: Records[Turn], befores: Records[Before], strengths: tuple[float, float, float], offered_share: float
) -> None:
    """Write down how well each act answers each act before; with numbers of 0, no turn is contingent.

    Parameters
    ----------
    turns
        Turns whose script and will are written; what depends on the act before is written.
    befores
        Acts that may come before them.
    strengths
        How strongly friendliness is matched, dominance yielded to, and an adjacency pair completed.
    offered_share
        Weight in the script of what the role has ready as an answer, 0..1.
    """
    matching, yielding, pairing = strengths[0] / SCALE**2, strengths[1] / SCALE**2, strengths[2]
    for i in range(turns.shape[0]):
        turn = turns[i]
        turn.contingent = int(matching > 0.0 or yielding > 0.0 or pairing > 0.0 or offered_share > 0.0)
        for before in range(befores.shape[0] * turn.contingent):
            first = befores[before]
            for j in range(turn.feasible):
                answer = befores[1 + turn.act[j]]
                turn.answers[before, j] = answer_weight(
                    first.evaluation, answer.evaluation, first.dominance + answer.dominance, matching, yielding
                ) * pair_weight(first.fits[i, j], pairing)
                turn.ready[before, j] = offered_share * first.offers[i, j]
            for k in range(turn.will.shape[0]):
                turn.will_sum[before, k] = 0.0
                for j in range(turn.feasible):
                    turn.will_sum[before, k] += turn.will[k, j] * turn.answers[before, j]
        _sum_script(turn)


@compiled
def plainly(before: int) -> Occasion:
    """An occasion on which nothing is at stake.

    >>> plainly(NOTHING_BEFORE).stake
    1.0
    """
    return Occasion(before, 0.0, 1.0, UNSAID, 0.0)


@compiled
def scripted(turn: Turn, occasion: Occasion, act: int) -> float:
    """Probability of an act out of the role: by the script, which answers the act before unless the rules mandate it.

    Parameters
    ----------
    turn
        Whose turn it is, with its script.
    occasion
        What is answered, and how hard it is to get what is asked for.
    act
        Place of the act among those feasible.
    """
    before = occasion.before
    if turn.mandated:
        decides = turn.decided > 0.0 and act in (turn.refused, turn.granted)
        if not decides or occasion.hardness == 0.0:
            return turn.script[act]
        decided = turn.script[turn.refused] + turn.script[turn.granted]
        refused = decided * hardened(turn.script[turn.refused] / decided, occasion.hardness)
        return refused if act == turn.refused else decided - refused
    if before == NOTHING_BEFORE or not turn.contingent:
        return turn.script[act]
    return (turn.script[act] + turn.ready[before, act]) * turn.answers[before, act] / turn.script_sum[before]


@compiled
def willed(turn: Turn, occasion: Occasion, frame: int, act: int) -> float:
    """Probability of an act out of a frame: what feels right there, as an answer to the act before.

    Parameters
    ----------
    turn, occasion, act
        As in ``scripted``.
    frame
        Number of the frame.
    """
    before = occasion.before
    if before == NOTHING_BEFORE or not turn.contingent:
        return turn.will[frame, act]
    return turn.will[frame, act] * turn.answers[before, act] / turn.will_sum[before, frame]


@compiled
def write_script_chances(turn: Turn, occasion: Occasion, out: Floats) -> None:
    """Write down the probability of each act out of the role; see ``scripted``.

    Parameters
    ----------
    turn, occasion
        As in ``scripted``.
    out
        Room for a probability per feasible act, shape (at least ``turn.feasible``,).
    """
    before = occasion.before
    if turn.mandated or before == NOTHING_BEFORE or not turn.contingent:
        for j in range(turn.feasible):
            out[j] = turn.script[j]
        if turn.mandated and turn.decided > 0.0 and occasion.hardness != 0.0:
            out[turn.refused] = scripted(turn, occasion, turn.refused)
            out[turn.granted] = scripted(turn, occasion, turn.granted)
        return
    total = turn.script_sum[before]
    for j in range(turn.feasible):
        out[j] = (turn.script[j] + turn.ready[before, j]) * turn.answers[before, j] / total


@compiled
def write_will_chances(turn: Turn, occasion: Occasion, frame: int, out: Floats) -> None:
    """Write down the probability of each act out of a frame; see ``willed``.

    Parameters
    ----------
    turn, occasion, frame
        As in ``willed``.
    out
        Room for a probability per feasible act, shape (at least ``turn.feasible``,).
    """
    before = occasion.before
    if before == NOTHING_BEFORE or not turn.contingent:
        for j in range(turn.feasible):
            out[j] = turn.will[frame, j]
        return
    total = turn.will_sum[before, frame]
    for j in range(turn.feasible):
        out[j] = turn.will[frame, j] * turn.answers[before, j] / total


def chances_by_source(turn: Turn, occasion: Occasion) -> tuple[Floats, Floats, Floats]:
    """Probabilities of a turn's A feasible acts: out of the role and of strain, (A,) each, and of every frame, (K, A).

    Parameters
    ----------
    turn
        Whose turn it is.
    occasion
        What is answered, and how hard it is to get what is asked for.
    """
    count = int(turn.feasible)
    script = np.empty(count)
    write_script_chances(turn, occasion, script)
    will = np.empty((turn.will.shape[0], count))
    for k in range(len(will)):
        write_will_chances(turn, occasion, k, will[k])
    return script, turn.strain[:count].copy(), will


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
    for j in range(turn.written.shape[0]):
        turn.script[j] = turn.written[j] / total
    _sum_script(turn)


@compiled
def _sum_script(turn: Turn) -> None:
    """Add up the script as an answer to each act before."""
    for before in range(turn.script_sum.shape[0] * turn.contingent):
        turn.script_sum[before] = 0.0
        for j in range(turn.feasible):
            turn.script_sum[before] += (turn.script[j] + turn.ready[before, j]) * turn.answers[before, j]
