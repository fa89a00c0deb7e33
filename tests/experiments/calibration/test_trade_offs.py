"""Trade-offs: what stands against what is named, what stands against nothing is not, and no number is made up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.experiments.calibration import trade_offs as module
from twoway.experiments.calibration.posterior import shipped_posterior
from twoway.experiments.calibration.targets import Targets, targets
from twoway.experiments.calibration.trade_offs import opposed, room, shuffled, trade_offs
from twoway.simulation.errors import InputError

POINTS = 200
GOAL = Targets(
    ("A: up", "B: down", "C: apart"), np.array([1.0, -np.inf, 0.0]), np.array([np.inf, -1.0, 1.0]), ("days",) * 3
)


def values(seed, against=1.0):
    """Points at which A goes up as far as B does (so that B is missed), and C goes its own way."""
    chance = np.random.default_rng(seed)
    up, apart = chance.normal(size=(2, POINTS))
    down = against * up + 0.3 * chance.normal(size=POINTS)
    return pd.DataFrame({"A: up": up, "B: down": down, "C: apart": apart})


@given(st.integers(0, 2**32 - 1))
def test_of_two_parts_that_cannot_be_had_together_each_is_named_against_the_other(seed):
    table = opposed(values(seed), GOAL).set_index("part")
    assert table.loc["A: up", "other"] == "B: down"
    assert table.loc["B: down", "other"] == "A: up"
    assert table.loc["A: up", "correlation"] < -0.8
    assert table.loc["A: up", "met_with"] < table.loc["A: up", "met_without"]


def test_parts_that_have_nothing_to_do_with_each_other_are_named_as_seldom_as_was_promised():
    chance = np.random.default_rng(1)
    named = 0
    for _ in range(400):
        table = opposed(pd.DataFrame(chance.normal(size=(POINTS, 3)), columns=GOAL.names), GOAL)
        named += bool((table["other"] != "").any())
    assert named / 400 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_parts_of_one_fact_do_not_count_as_standing_against_each_other():
    goal = GOAL._replace(names=("A: up", "A: down", "C: apart"))
    table = opposed(values(1).set_axis(list(goal.names), axis=1), goal)
    assert set(table["other"]) == {""}


def test_a_part_that_most_points_meet_is_not_asked_about():
    easy = GOAL._replace(low=np.array([-9.0, -np.inf, -9.0]), high=np.array([9.0, 9.0, 9.0]))
    assert opposed(values(1), easy).empty


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3))
def test_room_is_not_negative_exactly_where_a_part_is_met(numbers):
    found = room(np.array([numbers]), GOAL)[0]
    assert ((found >= 0) == (GOAL.beyond(np.array(numbers)) == 0)).all()


def test_every_number_is_one_of_its_own_posterior_and_numbers_no_longer_go_together():
    sample = shipped_posterior()
    drawn = shuffled(sample, 500, 1)
    assert list(drawn.columns) == list(sample.columns)
    for name in sample:
        assert set(drawn[name]) <= set(sample[name])
    rows = set(map(tuple, sample.to_numpy()))
    assert not any(tuple(row) in rows for row in drawn.to_numpy())


def test_too_few_points_are_refused():
    with pytest.raises(InputError, match="40 at least"):
        trade_offs(39, 1, 1)


def test_the_answer_names_what_is_seldom_met_and_shows_it(monkeypatch):
    names = targets().names
    chance = np.random.default_rng(2)

    def evaluated(points, what, threads, progress):
        assert len(points) == POINTS + 1
        assert points[0].defaults == ()
        table = pd.DataFrame(chance.normal(size=(len(points), len(names))), columns=list(names))
        table["P7: polite"] = 9 + table["T10: polite less friendly"] * -5
        return table

    monkeypatch.setattr(module, "evaluate_points", evaluated)
    found = trade_offs(POINTS, 1, 40)
    assert len(found.tables["points"]) == POINTS + 1
    told = " ".join(found.sentences)
    assert all(part in told for part in found.tables["pairs"]["part"])
    assert set(found.figures) <= {"trade-offs"}
