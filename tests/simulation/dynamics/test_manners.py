"""Manners: the role decides what is done, the person decides how, and how it is done is taken personally."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from tests.support.other_situations import SHIPPED
from tests.support.people import numbers, party, row, share, unit_draw
from tests.support.plain import in_plain_python

from twoway.simulation.action_tables import NOTHING_BEFORE, PLAIN, Deed, plainly
from twoway.simulation.affect_control.frames import ADVERSARIAL, KEYWORKER, PERSONAL
from twoway.simulation.dynamics.encounter import choose, perceive_manner
from twoway.simulation.errors import InputError
from twoway.simulation.interpretation import Reading, SourceShares, update
from twoway.simulation.mesa_model import simulate_centre_with_agents
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import draws_of
from twoway.simulation.run import PreparedScenario, simulate_centre
from twoway.simulation.situations import BY_THE_BOOK, EncounterKind, load_situations
from twoway.simulation.tables import run

ANSWERING = changed(
    Scenario(),
    {"design.clients": 6, "design.days": 60, "learning.fact_confusion": 0.0},
)
PREPARED = PreparedScenario(ANSWERING)
SITUATIONS = PREPARED.resolved.situations
CONDITIONS = PREPARED.conditions(draws_of(1))
CONTROL = SITUATIONS.turn(EncounterKind.CONTROL, KEYWORKER, 0)
TURN = CONDITIONS.turns[CONTROL]
SEARCH = SITUATIONS.turns[CONTROL].feasible.index("search")
CONSIDERATELY, BRUSQUELY = (list(SITUATIONS.manners).index(name) for name in ("considerately", "brusquely"))
LAW = settings(deadline=None, max_examples=40)


@pytest.fixture(scope="module")
def events():
    return run(PREPARED, 3).events


def test_an_act_has_a_manner_if_and_only_if_it_is_a_deed_of_a_role_that_has_manners(events):
    mannered = events["act"].isin(SITUATIONS.mannered[KEYWORKER]) & (events["actor"] == "keyworker")
    assert (events["manner"].notna() == mannered).all()
    seen = events["seen"].isin(SITUATIONS.mannered[KEYWORKER]) & (events["actor"] == "keyworker")
    exchanges = events["event"] == "exchange"
    assert (events.loc[exchanges, "manner_seen"].notna() == seen[exchanges]).all()
    assert set(events["manner"].dropna()) == set(SITUATIONS.manners)


def test_a_manner_is_mostly_seen_for_what_it_is_and_sometimes_not(events):
    both = events[["manner", "manner_seen"]].dropna()
    as_it_was = both["manner"].astype(str) == both["manner_seen"].astype(str)
    assert 0.5 < as_it_was.mean() < 1


def test_where_the_situations_have_no_manners_there_is_none(tmp_path):
    path = tmp_path / "plain.toml"
    path.write_text(re.sub(r"(?ms)^\[manners\].*?(?=^# Adjacency)", "", SHIPPED), encoding="utf-8")
    changes = {"meaning.situations": str(path), "design.clients": 3, "design.days": 15}
    plain = in_plain_python(
        f"""
        from twoway import changed, run
        result = run(changed("ordinary", {changes}), 3).events
        """
    )
    assert len(plain) > 50
    assert plain["manner"].isna().all()
    assert plain["manner_seen"].isna().all()


def test_a_keyworker_who_cares_searches_more_considerately_than_one_who_guards():
    kinds = PREPARED.resolved.frames.kind
    caring, guarding = (TURN.manner[kinds == kind, SEARCH].mean(axis=0) for kind in (PERSONAL, ADVERSARIAL))
    assert caring[CONSIDERATELY] > guarding[CONSIDERATELY]
    assert caring[BRUSQUELY] < guarding[BRUSQUELY]


def test_a_search_strains_her_who_cares_as_much_in_whatever_manner_she_does_it():
    care, upto = PREPARED.resolved.frames.names.index("care"), np.cumsum(TURN.script)[SEARCH]
    there = CONDITIONS._replace(parameters=numbers(formality=1.0, deflection_tolerance=3.0))
    manners, left = set(), set()
    for how in (0.01, 0.5, 0.99):
        keyworker, note = party(), row()
        choose(keyworker, TURN, plainly(NOTHING_BEFORE), care, False, there, (0.0, upto - 1e-9, how), note)
        assert note.act == TURN.act[SEARCH]
        manners.add(int(note.manner))
        left.add(float(keyworker.tension))
    assert len(manners) > 1
    assert len(left) == 1
    assert left.pop() > 0


def test_manners_are_probabilities_in_every_frame_and_what_has_none_is_done_by_the_book():
    for turn in CONDITIONS.turns:
        n = turn.feasible
        assert turn.manner[:, :n].sum(axis=2) == pytest.approx(1.0)
        assert (turn.manner[:, :n, PLAIN][:, turn.mannered[:n] == 0] == 1.0).all()


@LAW
@given(share, share)
def test_the_same_search_leaves_better_feelings_the_better_its_manner(role, strain):
    felt = []
    for manner in (CONSIDERATELY, PLAIN, BRUSQUELY):
        reader, note = party(), row()
        put_down = (role * (1 - strain), strain * (1 - role), 1 - role * (1 - strain) - strain * (1 - role))
        reading = Reading(plainly(NOTHING_BEFORE), Deed(SEARCH, manner), SourceShares(0.4, 0.1), *put_down)
        update(reader, TURN, reading, CONDITIONS.frames, CONDITIONS.parameters, note)
        felt.append(float(reader.positivity - reader.negativity))
    assert felt[0] > felt[1] > felt[2]


@LAW
@given(unit_draw)
def test_who_is_not_open_to_anything_else_sees_rough_handling_where_only_that_is_expected(draw):
    sure = party()
    sure.definition[:] = 0.0
    sure.definition[int(np.argmax(TURN.manner[:, SEARCH, BRUSQUELY]))] = 1.0
    seen = np.empty(10)
    open_minded, sure_of_it = (
        np.mean(
            [
                perceive_manner(sure, TURN, PLAIN, SEARCH, how, u, seen) == BRUSQUELY
                for u in np.linspace(0.001, 0.999, 99)
            ]
        )
        for how in (0.0, 1.0)
    )
    assert sure_of_it >= open_minded
    assert perceive_manner(sure, TURN, PLAIN, SEARCH, 0.5, draw, seen) in range(len(SITUATIONS.manners))


def test_agents_and_the_compiled_runner_agree_where_deeds_have_manners():
    compiled, agents = simulate_centre(PREPARED, 5, 0, 0), simulate_centre_with_agents(PREPARED, 5, 0, 0)
    for name in ("events", "days"):
        one, other = getattr(compiled, name), getattr(agents, name)
        for field in one.dtype.names:
            np.testing.assert_array_equal(one[field], other[field])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("considerately = [1.0, 0.0, -0.5]", "considerately = [1.0, 0.0]", "manners.considerately"),
        ("considerately = [1.0, 0.0, -0.5]", "considerately = [9.0, 0.0, -0.5]", "from -4.3 to 4.3"),
        (
            '    "search", "inspect", "restrain", "supervise"',
            '    "serach", "inspect", "restrain", "supervise"',
            "did you mean 'search'",
        ),
        ("brusquely = [", "by_the_book = [", "name another"),
        ("[manners.deeds]\nkeyworker", "[manners.deeds]\nnurse", "manners.deeds.nurse"),
    ],
)
def test_a_manner_that_is_written_wrongly_is_refused_with_the_field_and_what_may_stand_there(old, new, told, tmp_path):
    assert old in SHIPPED
    path = Path(tmp_path / "mine.toml")
    path.write_text(SHIPPED.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError, match=told):
        load_situations(path)


def test_the_first_manner_changes_nothing():
    assert next(iter(SITUATIONS.manners.items())) == (BY_THE_BOOK, (0.0, 0.0, 0.0))
