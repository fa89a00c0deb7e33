"""People, pairs and conditions made by hand: as a test wants them, and otherwise as in a plain scenario.

In the plain scenario replies answer nothing, deeds may be taken for any other, nothing lasts, nothing is asked for and
nobody leaves: a test that is about one of these says so.
"""

import numpy as np
from hypothesis import strategies as st

from twoway.simulation.action_tables import action_tables, update_tables, write_choice_and_likeness
from twoway.simulation.columns import EVENT_COLUMNS, row_type
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.event_log import EventLog
from twoway.simulation.interpretation import define
from twoway.simulation.matters import MOST
from twoway.simulation.parameters.scenario import Scenario, all_declarations, changed
from twoway.simulation.random_streams import ANY, draws_of, with_written
from twoway.simulation.run import PreparedScenario, parameters_record
from twoway.simulation.state import NOBODY, Pair, empty_records, new_centre_state

NOTHING_LASTS = dict.fromkeys(
    (
        "lasting.trust_override", "lasting.trust_binding", "lasting.trust_openness", "lasting.formality_lock",
        "lasting.first_credit", "lasting.client_standard", "lasting.keyworker_standard",
        "lasting.keyworker_standard_sd", "lasting.procedural_weight", "lasting.deed_coercion",
        "lasting.betrayal_weight", "lasting.grievance_size", "lasting.grievance_tension", "lasting.parting_loss",
        "lasting.hearsay",
    ),
    0.0,
)  # fmt: skip
"""Numbers with which nothing lasts: no trust, no grievance, no standard."""
NOTHING_COMES_UP = NOTHING_LASTS | {"meaning.matters": "none", "stay.placing": 0.0, "stay.running": 0.0}
"""Nor is there anything to ask for, and nobody leaves."""
PLAINLY = {
    "learning.affiliation_matching": 0.0, "learning.dominance_yielding": 0.0, "learning.pair_strength": 0.0,
    "learning.offered_share": 0.0, "learning.fact_confusion": 1.0,
} | NOTHING_COMES_UP  # fmt: skip
"""Numbers of the plain scenario."""
PREPARED = PreparedScenario(changed(Scenario(), PLAINLY))
FRAMES, SITUATIONS = PREPARED.resolved.frames, PREPARED.resolved.situations
NAMES, K = FRAMES.names, len(FRAMES.names)
WAYS = list(COPING_WAYS)
_, TURNS, BEFORES = action_tables(
    SITUATIONS, FRAMES, PREPARED.resolved.lexicon, PREPARED.resolved.equations, PREPARED.scenario
)
"""The turns as the scenario has them, not shifted by what one centre differs in."""
LEAST, NEARLY_ONE = 2.0**-33, 1.0 - 2.0**-33
"""The smallest and the greatest draw there are."""
ORDINARY = PREPARED.conditions(draws_of(0))

REPLYING = {
    "affiliation_matching": 8.0,
    "dominance_yielding": 6.0,
    "pair_strength": 1.6,
    "offered_share": 0.05,
    "fact_confusion": 0.1,
}
"""Numbers with which replies answer the act before, and facts are mostly seen for what they are."""
BOUNDS = {d.name: (d.low, d.high) for d in all_declarations()}

share = st.floats(0, 1)
unit_draw = st.floats(LEAST, NEARLY_ONE)
log_weights = st.lists(st.floats(-12, 0), min_size=K, max_size=K)
befores = st.integers(0, len(SITUATIONS.acts))
"""Any act before, by number, or nothing before."""
all_draws = st.one_of(
    st.integers(0, 2**63 - 1).map(draws_of),
    st.floats(LEAST, NEARLY_ONE).map(lambda draw: with_written(draws_of(0), (ANY, ANY, ANY, ANY, draw))),
)
"""All draws of a centre: those of some seed, or one number for all of them."""


def numbers(**changes):
    """The default parameters, some of them changed, within their ranges or not."""
    made = parameters_record(PREPARED.scenario)
    for name, value in changes.items():
        assert name in made.dtype.names
        setattr(made, name, value)
    return made


def conditions(turns=TURNS, **changes):
    """The default conditions with other turns, and some parameters changed."""
    return ORDINARY._replace(parameters=numbers(**changes), turns=turns)


def turns_seen_with(noise):
    """The turns as someone sees them who perceives with this much noise."""
    turns, learning = TURNS.copy(), PREPARED.scenario.learning
    write_choice_and_likeness(turns, learning.choice_temperature, noise, learning.fact_confusion)
    return turns


def within(*names):
    """Numbers of a scenario with these names, each anywhere in its range, its ends too."""
    return st.fixed_dictionaries(
        {name: st.one_of(st.floats(*BOUNDS[name]), st.sampled_from(BOUNDS[name])) for name in names}
    )


def of_learning(**learning):
    """Numbers of learning as changes of a scenario."""
    return {f"learning.{name}": value for name, value in learning.items()}


def turns_with(**learning):
    """The turns of a scenario in which these numbers of learning are others."""
    turns = TURNS.copy()
    update_tables(turns, BEFORES, changed(PREPARED.scenario, of_learning(**learning)))
    return turns


def party(weights=(0,) * K, **fields):
    """Someone who defines the relationship so, and expected it; nothing has happened yet."""
    made = new_centre_state(1, 1, frames=K, ways=len(WAYS), matters=MOST).clients[0]
    made.log_weights[:], made.expectation[:] = weights, weights
    for field, value in fields.items():
        made[field] = value
    define(made)
    return made


def pair(client=None, keyworker=None, number=0, **fields):
    """A dyad of two such people; no talk is due."""
    made = new_centre_state(1, 1, frames=K, ways=len(WAYS), matters=MOST)
    dyad = made.dyads[0]
    dyad.talk_due = NOBODY
    for field, value in fields.items():
        dyad[field] = value
    return Pair(
        number, dyad, party() if client is None else client, party() if keyworker is None else keyworker, made.posts[0]
    )


def sure_of(frame, others=-6.0):
    """Log-weights of someone to whom the relationship is this and hardly anything else."""
    return [0.0 if name == frame else others for name in NAMES]


def row():
    """A row of the events table."""
    return empty_records(1, row_type(EVENT_COLUMNS, K))[0]


def event_log(rows=20, step=1):
    """An empty event log; with *step* 0 it keeps nothing."""
    return EventLog(empty_records(rows, row_type(EVENT_COLUMNS, K)), np.zeros(1, np.int64), step)


def softmax(weights):
    """The probabilities that log-weights stand for."""
    exponentials = np.exp(np.array(weights) - np.max(weights))
    return exponentials / exponentials.sum()
