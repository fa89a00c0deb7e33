"""Bad against good: planted changes of ratings, acts of equal strength, and what lies between."""

import numpy as np
import pytest
from tests.support.handmade import exchanges, panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.negativity import negative_readings, negativity, readings_of
from twoway.analysis.tables import sentiment_of

VIEW = panel_of(np.zeros((2, 1, 60)))
STEP = 0.01


def read(*acts, ratings, event=None):
    """Acts of a keyworker that a client read, and the rating after each."""
    rows = [(0, day + 1, "keyworker", "everyday", 0, act) for day, act in enumerate(acts)]
    good = np.asarray(ratings, float)
    known = {} if event is None else {"event": event}
    return exchanges(*rows, positivity=np.maximum(good, 0), negativity=np.maximum(-good, 0), **known)


def ratio(events, resolved, group="near neutral"):
    return row(negativity(readings_of(VIEW, events, resolved), units_of(VIEW.dyads)), "negativity_ratio", group)


def test_an_unfair_act_that_moves_twice_as_much_has_a_ratio_of_two(resolved):
    # insult -2.6 and advise 2.57 are as strong as each other; greet 2.43 is not in their band.
    events = read(*["advise", "insult"] * 10, ratings=np.cumsum([STEP, -2 * STEP] * 10))
    found = ratio(events, resolved)
    assert found["estimate"] == pytest.approx(2)
    assert found["n"] == 10


def test_acts_of_other_strength_do_not_count(resolved):
    acts, steps = ["greet", "advise", "insult"] * 6, [9 * STEP, STEP, -3 * STEP] * 6
    ratings = 0.01 * np.cumsum(steps)
    assert ratio(read(*acts, ratings=ratings), resolved)["estimate"] == pytest.approx(3)


def test_unfair_acts_without_fair_ones_as_strong_tell_nothing(resolved):
    found = ratio(read(*["insult", "greet"] * 5, ratings=np.zeros(10)), resolved)
    assert found["interval"].startswith("not estimated")


def test_only_ratings_near_neutral_before_the_act_count_as_such(resolved):
    events = read("greet", "insult", "advise", ratings=[0.3, 0.2, 0.25])
    table = negative_readings(VIEW, events, resolved)
    assert table["before"].tolist() == [0.3, 0.2]
    assert table["change"].to_numpy() == pytest.approx([-0.1, 0.05])
    assert table["evaluation"].tolist() == sentiment_of(events["seen"], resolved)[1:].tolist()
    assert ratio(events, resolved)["n"] == 0, "the insult came when the rating was .3"


@pytest.mark.parametrize("between", ["talk_failed", "new_keyworker"])
def test_a_change_of_tone_by_something_else_is_no_answer_to_an_act(resolved, between):
    events = read("greet", "greet", "insult", ratings=[0, 0.5, 0.4], event=["exchange", between, "exchange"])
    assert len(negative_readings(VIEW, events, resolved)) == 0


def test_the_order_within_a_day_is_that_of_the_table(resolved):
    events = read("greet", "insult", "advise", ratings=[0.0, -0.1, 0.0]).assign(day=1)
    assert negative_readings(VIEW, events, resolved)["change"].to_numpy() == pytest.approx([-0.1, 0.1])
