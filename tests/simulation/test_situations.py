"""Situations: whose turn it is, what is feasible then, and how likely script, strain and frame make it."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation import situations as module
from twoway.simulation.action_tables import (
    NOTHING_BEFORE,
    PLAIN,
    action_tables,
    chances_by_source,
    plainly,
    write_decisions,
)
from twoway.simulation.affect_control.equations import load_equations
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, load_frames
from twoway.simulation.affect_control.lexicon import load_lexicon
from twoway.simulation.data_files import data_file
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.sampling import drawn_from
from twoway.simulation.situations import EITHER, EncounterKind, load_situations, position_of

LEXICON = load_lexicon(data_file("lexicons", "us2015"))
EQUATIONS = load_equations(data_file("equations", "nc1978"))
FRAMES = load_frames(data_file("frames", "six"))
SHIPPED = load_situations(data_file("situations", "residential"))
ANSWER = SHIPPED.turn(EncounterKind.REQUEST, KEYWORKER, 1)
NEARLY_ONE = float(np.nextafter(np.float32(1), np.float32(0)))
LAW = settings(deadline=None, max_examples=40)
share = st.floats(0, 1)
unit_draw = st.one_of(st.floats(0, NEARLY_ONE), st.sampled_from([0.0, 0.99999, NEARLY_ONE]))

SMALL = """
[source]
name = "a waiting room"

[sets]
asking = ["request_something_from", "complain_to", "evade"]

[strain]
client = { complain_to = 3, evade = 1 }
keyworker = { ignore = 2 }

[everyday]
opened_by = "either"
exchanges = 1

[everyday.client.opening]
feasible = ["greet", "evade"]
script = { greet = 1 }

[everyday.keyworker.opening]
feasible = ["greet", "ignore"]
script = { greet = 1 }

[control]
opened_by = "keyworker"
exchanges = 1

[control.keyworker.opening]
feasible = ["search", "excuse"]
mandated = true
script = { search = 4 }

[request]
opened_by = "client"
exchanges = 2

[request.client.opening]
feasible = "asking"
script = { request_something_from = 1 }

[request.keyworker.reply]
feasible = ["refuse", "agree_with", "inform"]
mandated = true
script = { inform = 1 }
decision = { refused = "refuse", granted = "agree_with", weight = 3 }

[planned]
opened_by = "keyworker"
exchanges = 1

[planned.keyworker.opening]
feasible = ["ask_about", "inform"]
script = { ask_about = 1 }

[repair]
opened_by = "either"
exchanges = 1

[repair.client.opening]
feasible = ["complain_to", "ask_about"]
script = { ask_about = 1 }

[repair.keyworker.opening]
feasible = ["listen_to", "ask_about"]
script = { listen_to = 1 }
"""


def built(situations=SHIPPED, temperature=1.2, noise=1.3, strictness=0.6):
    numbers = {
        "learning.choice_temperature": temperature,
        "learning.perceptual_noise": noise,
        "context.strictness": strictness,
    }
    return action_tables(situations, FRAMES, LEXICON, EQUATIONS, changed(Scenario(), numbers))


KINDS, TURNS, BEFORES = built()
OPENING = plainly(NOTHING_BEFORE)
turn_numbers = st.integers(0, len(TURNS) - 1)


@pytest.fixture
def written(tmp_path):
    """Write a text to a file and return the path."""

    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def other(text, old, new):
    """*text* with one thing changed, which must be there to be changed."""
    assert old in text
    return text.replace(old, new, 1)


def test_every_act_that_ships_as_feasible_was_rated():
    assert set(SHIPPED.acts) <= set(LEXICON.acts)


def test_keyworkers_do_not_obey_and_clients_do_not_search():
    by_role = [{act for t in SHIPPED.turns if t.role == role for act in t.feasible} for role in (CLIENT, KEYWORKER)]
    assert not by_role[CLIENT] & {
        "search", "refuse", "order", "reprimand", "lecture", "restrain", "supervise", "monitor", "excuse",
    }  # fmt: skip
    assert not by_role[KEYWORKER] & {"comply_with", "obey", "submit_to", "defy"}


def test_a_keyworker_searches_or_restrains_only_in_control():
    for turn in SHIPPED.turns:
        if set(turn.feasible) & {"search", "inspect", "restrain"}:
            assert turn.role == KEYWORKER
            assert turn.kind == EncounterKind.CONTROL


def test_only_control_and_the_answer_to_a_request_are_mandated():
    mandated = {(t.kind, t.role, t.position) for t in SHIPPED.turns if t.mandated}
    assert mandated == {(EncounterKind.CONTROL, KEYWORKER, 0), (EncounterKind.REQUEST, KEYWORKER, 1)}


def test_in_every_encounter_the_parties_alternate_from_whoever_opens():
    for kind, row in enumerate(KINDS):
        openers = (CLIENT, KEYWORKER) if row.opened_by == EITHER else (row.opened_by,)
        for opener in openers:
            for exchange in range(row.exchanges):
                turn = SHIPPED.turns[row.turn[opener, exchange]]
                assert turn.kind == kind
                assert turn.role == (opener + exchange) % 2
                assert turn.position == position_of(exchange)


@LAW
@given(turn_numbers, st.floats(0.2, 5), share)
def test_script_strain_and_each_frame_are_probabilities_over_feasible_acts(number, temperature, strictness):
    row = built(temperature=temperature, strictness=strictness)[1][number]
    n = row.feasible
    sources = [row.script, *row.will] + ([row.strain] if row.strained else [])
    for probabilities in sources:
        assert (probabilities >= 0).all()
        assert probabilities.sum() == pytest.approx(1.0, abs=1e-12)
        assert (probabilities[n:] == 0).all()
    if not row.strained:
        assert (row.strain == 0).all()


@pytest.mark.parametrize("number", range(len(TURNS)))
def test_what_rounding_leaves_over_goes_to_the_last_possible_act(number):
    script, strain, will = chances_by_source(TURNS[number], OPENING)
    for probabilities in (script, *will) + ((strain,) if TURNS[number].strained else ()):
        too_little = probabilities * (1 - 1e-9)
        assert drawn_from(too_little, 1.0 - 1e-12) == np.flatnonzero(probabilities)[-1]


@LAW
@given(turn_numbers, unit_draw, share)
def test_no_draw_ever_picks_an_act_that_is_impossible(number, draw, strictness):
    turns = TURNS.copy()
    write_decisions(turns, strictness)
    row = turns[number]
    script, strain, will = chances_by_source(row, OPENING)
    assert script[drawn_from(script, draw)] > 0
    for k in range(len(FRAMES.names)):
        assert will[k, drawn_from(will[k], draw)] > 0
    if row.strained:
        assert strain[drawn_from(strain, draw)] > 0


@LAW
@given(unit_draw)
def test_the_script_never_refuses_where_rules_are_never_strict_and_never_grants_where_they_always_are(draw):
    refuse, agree = (SHIPPED.turns[ANSWER].feasible.index(act) for act in ("refuse", "agree_with"))
    turns = TURNS.copy()
    write_decisions(turns, 0.0)
    assert turns[ANSWER].script[refuse] == 0
    assert drawn_from(chances_by_source(turns[ANSWER], OPENING)[0], draw) != refuse
    write_decisions(turns, 1.0)
    assert turns[ANSWER].script[agree] == 0
    assert drawn_from(chances_by_source(turns[ANSWER], OPENING)[0], draw) != agree


@LAW
@given(share, share)
def test_a_stricter_centre_refuses_more_and_decides_as_often(strictness, more):
    lenient, strict = sorted([strictness, more])
    refuse, agree = (SHIPPED.turns[ANSWER].feasible.index(act) for act in ("refuse", "agree_with"))
    scripts = [built(strictness=s)[1][ANSWER].script for s in (lenient, strict)]
    assert scripts[0][refuse] <= scripts[1][refuse] + 1e-12
    decided = [s[refuse] + s[agree] for s in scripts]
    assert decided[0] == pytest.approx(decided[1])
    assert scripts[0][refuse] == pytest.approx(lenient * decided[0], abs=1e-12)


@LAW
@given(share, share)
def test_deciding_twice_is_the_same_as_deciding_once_whatever_was_decided_before(strictness, before):
    once, twice = TURNS.copy(), TURNS.copy()
    write_decisions(once, strictness)
    write_decisions(twice, before)
    write_decisions(twice, strictness)
    write_decisions(twice, strictness)
    for field in ("written", "script", "script_sum"):
        assert (once[field] == twice[field]).all()
    assert (built(strictness=strictness)[1]["script"] == once["script"]).all()


def test_what_feels_right_follows_deflection_within_each_frame():
    identities = FRAMES.sentiments(LEXICON)
    for number, turn in enumerate(SHIPPED.turns):
        row, n = TURNS[number], len(turn.feasible)
        for k in range(len(FRAMES.names)):
            doer, other_one = identities[k, turn.role], identities[k, 1 - turn.role]
            acts = [LEXICON.sentiment("acts", act) for act in turn.feasible]
            disturbing = [float(EQUATIONS.deflection(doer, act, other_one)) for act in acts]
            assert row.disturbance[k, :n, PLAIN] == pytest.approx(disturbing)
            weights = np.exp(-(np.array(disturbing) - min(disturbing)) / 1.2)
            assert row.will[k, :n] == pytest.approx(weights / weights.sum())


def test_people_who_follow_feeling_loosely_are_open_to_more_acts():
    strict, loose = built(temperature=0.5)[1], built(temperature=3.0)[1]
    assert (loose["will"].max(axis=2) < strict["will"].max(axis=2)).all()


def test_an_act_is_like_itself_and_two_acts_are_like_each_other_alike():
    for row in TURNS:
        n = row.feasible
        assert (np.diag(row.likeness)[:n] == 1).all()
        assert (row.likeness == row.likeness.T).all()


def test_strain_makes_a_client_complain_and_evade_and_never_greet():
    number = SHIPPED.turn(EncounterKind.EVERYDAY, CLIENT, 0)
    feasible = SHIPPED.turns[number].feasible
    strain = dict(zip(feasible, TURNS[number].strain, strict=False))
    assert strain["complain_to"] == strain["evade"] > strain["ignore"] > strain["argue_with"] > 0
    assert strain["greet"] == 0


def test_other_situations_are_added_as_a_file_without_code(written):
    small = load_situations(written(SMALL))
    assert small.exchanges == (1, 1, 2, 1, 1)
    assert small.source == {"name": "a waiting room"}
    turns = built(small)[1]
    answer = turns[small.turn(EncounterKind.REQUEST, KEYWORKER, 1)]
    assert answer.script[:3] == pytest.approx([3 * 0.6 / 4, 3 * 0.4 / 4, 1 / 4])
    assert not turns[small.turn(EncounterKind.PLANNED, KEYWORKER, 0)].strained, "no irritable act is feasible there"


DECISION = 'decision = { refused = "refuse", granted = "agree_with", weight = 3 }'
STRAIN = "client = { complain_to = 3, evade = 1 }"


MISTAKES = [
    ("[repair]", "[repare]", "repare", "did you mean 'repair'?"),
    ("[sets]", "[set]", "set", "did you mean 'sets'?"),
    ("exchanges = 1", "exchange = 1", "everyday.exchange", "did you mean 'exchanges'?"),
    ("exchanges = 1", "exchanges = 0", "everyday.exchanges = 0", "whole number from 1 to 6"),
    ("exchanges = 1", "exchanges = 7", "everyday.exchanges = 7", "whole number from 1 to 6"),
    ("exchanges = 1", "exchanges = 1.0", "everyday.exchanges", "whole number from 1 to 6"),
    ("exchanges = 1", "exchanges = true", "everyday.exchanges", "whole number from 1 to 6"),
    ("exchanges = 1\n", "", "everyday.exchanges", "whole number from 1 to 6"),
    ("exchanges = 1", "exchanges = 2", "everyday.client.reply", "missing"),
    ('opened_by = "either"', 'opened_by = "eiter"', "everyday.opened_by", "did you mean 'either'?"),
    ('opened_by = "either"', "opened_by = 2", "everyday.opened_by", "'client', 'either' and 'keyworker'"),
    ("[everyday.client.opening]", "[everyday.klient.opening]", "everyday.klient", "did you mean 'client'?"),
    ("[everyday.client.opening]", "[everyday.client.openning]", "everyday.client.open", "opening"),
    (
        "[everyday.client.opening]",
        "[everyday.client.openning]\n[everyday.client.opening]",
        "everyday.client.openning",
        "did you mean 'opening'?",
    ),
    (
        '[everyday.client.opening]\nfeasible = ["greet", "evade"]\nscript = { greet = 1 }',
        "client = 3",
        "everyday.client",
        "table",
    ),
    (
        '[everyday.client.opening]\nfeasible = ["greet", "evade"]\nscript = { greet = 1 }',
        "client = { opening = 3 }",
        "everyday.client.opening",
        "table",
    ),
    ('feasible = "asking"', 'feasible = "askin"', "request.client.opening.feasible", "did you mean 'asking'?"),
    ('feasible = "asking"', "feasible = 3", "request.client.opening.feasible", "at least two acts"),
    ('feasible = "asking"', "feasible = []", "request.client.opening.feasible", "at least two acts"),
    ('feasible = "asking"', "feasible = [1, 2]", "request.client.opening.feasible", "at least two acts"),
    ('feasible = "asking"\n', "", "request.client.opening.feasible", "at least two acts"),
    ('["greet", "evade"]', '["greet"]', "everyday.client.opening.feasible", "at least two acts"),
    ('["greet", "evade"]', '["greet", "greet"]', "everyday.client.opening.feasible", "lists an act twice"),
    ('["greet", "evade"]', '["greet", "evade"]\nmandatd = true', "everyday.client.opening.mandatd", "'mandated'"),
    ("mandated = true", "mandated = 1", "control.keyworker.opening.mandated", "true or false"),
    ("script = { greet = 1 }", "script = { gret = 1 }", "everyday.client.opening.script", "did you mean 'greet'?"),
    ("script = { greet = 1 }", "script = {}", "everyday.client.opening.script", "at least one act"),
    ("script = { greet = 1 }", "script = 3", "everyday.client.opening.script", "table of acts with weights"),
    ("script = { greet = 1 }\n", "", "everyday.client.opening.script", "table of acts with weights"),
    ("script = { greet = 1 }", "script = { greet = 0 }", "everyday.client.opening.script.greet = 0", "above 0"),
    ("script = { greet = 1 }", "script = { greet = -1 }", "everyday.client.opening.script.greet", "above 0"),
    ("script = { greet = 1 }", "script = { greet = nan }", "everyday.client.opening.script.greet", "above 0"),
    ("script = { greet = 1 }", "script = { greet = inf }", "everyday.client.opening.script.greet", "number"),
    ("script = { greet = 1 }", 'script = { greet = "1" }', "everyday.client.opening.script.greet", "above 0"),
    ("script = { greet = 1 }", "script = { greet = true }", "everyday.client.opening.script.greet", "above 0"),
    ("script = { greet = 1 }", "script = { greet = 1e7 }", "everyday.client.opening.script.greet", "1e+06"),
    (DECISION, "decision = 3", "request.keyworker.reply.decision", "table"),
    (DECISION, other(DECISION, "weight", "wait"), "request.keyworker.reply.decision.wait", "'weight'"),
    (DECISION, other(DECISION, '"refuse"', '"refuze"'), "request.keyworker.reply.decision", "'refuse'"),
    (DECISION, other(DECISION, '"refuse"', '["refuse"]'), "request.keyworker.reply.decision.refused", "act"),
    (DECISION, other(DECISION, '"refuse"', "3"), "request.keyworker.reply.decision.refused", "act"),
    (DECISION, other(DECISION, 'refused = "refuse", ', ""), "request.keyworker.reply.decision.refused", "act"),
    (DECISION, other(DECISION, '"agree_with"', '"refuse"'), "reply.decision", "two different acts"),
    (DECISION, other(DECISION, '"agree_with"', '"inform"'), "reply.decision", "not in the script"),
    (DECISION, other(DECISION, ", weight = 3", ""), "request.keyworker.reply.decision.weight", "number above 0"),
    (DECISION, other(DECISION, "3", "0"), "request.keyworker.reply.decision.weight", "number above 0"),
    (STRAIN, "client = 3", "strain.client", "table of acts with weights"),
    (STRAIN, "client = { evade = -1 }", "strain.client.evade = -1", "above 0"),
    (STRAIN, "client = { evaide = 1 }", "strain.client", "did you mean 'evade'?"),
    (STRAIN, "clients = { evade = 1 }", "strain.clients", "did you mean 'client'?"),
    ('asking = ["request', 'asking = 3\nx = ["request', "request.client.opening.feasible", "at least two acts"),
]


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"), MISTAKES, ids=[f"{i}: {m[2]}" for i, m in enumerate(MISTAKES)]
)
def test_a_mistake_in_a_file_of_situations_is_refused_with_file_and_field(written, old, new, field, reason):
    path = written(other(SMALL, old, new))
    with pytest.raises(InputError) as refused:
        load_situations(path)
    message = str(refused.value)
    assert str(path) in message
    assert "\n" not in message
    assert field in message
    assert reason in message


SETS = '[sets]\nasking = ["request_something_from", "complain_to", "evade"]\n'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "[everyday] is missing"),
        ("[everyday\n", "not valid TOML"),
        ("everyday = 3\n" + SMALL[SMALL.index("[control]") :], "everyday must be a table"),
        (SMALL[: SMALL.index("[repair]")], "[repair] is missing"),
        ("strain = 3\n" + SMALL.replace("[strain]", "").replace(STRAIN, "").replace("keyworker = { ignore = 2 }", ""),
         "strain must be a table"),
        ("sets = 3\n" + SMALL.replace(SETS, ""), "sets must be a table"),
        ("source = 3\n" + SMALL.replace('[source]\nname = "a waiting room"\n', ""), "source must be a table"),
    ],
    ids=["empty", "broken", "a kind is a number", "a kind is missing", "strain is a number", "sets are a number",
         "the source is a number"],
)  # fmt: skip
def test_a_file_that_holds_no_situations_is_refused_in_words(written, text, reason):
    path = written(text)
    with pytest.raises(InputError) as refused:
        load_situations(path)
    assert str(path) in str(refused.value)
    assert reason in str(refused.value)


def test_the_examples_in_the_docstrings_of_situations_hold():
    assert doctest.testmod(module).failed == 0
