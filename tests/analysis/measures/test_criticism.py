"""Critical keyworkers: blame, later acts and variance where the answer is known."""

import numpy as np
import pandas as pd
import pytest
from tests.support.handmade import days, exchanges, panel_of, row

from twoway.analysis.measures.criticism import (
    AFTER,
    HELD,
    acts_a_month_later,
    acts_later,
    acts_of_critical,
    bad_held,
    blame,
    distress_at_admission,
    put_down_to_person,
    shares_of_criticism,
    variance_of_criticism,
)
from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.panel import panel

DAY, LAST = 60, 120


def held(bad, **known):
    """Panel in which keyworkers hold this much bad, shape (dyads,), on every day."""
    bad = np.asarray(bad, float)
    negativity = np.stack([np.zeros_like(bad), bad])[:, :, None] * np.ones(LAST)
    return panel_of(np.zeros((2, len(bad), LAST)), negativity=negativity, **known)


def test_the_bad_held_is_the_mean_of_the_month_up_to_the_day():
    negativity = np.zeros((2, 1, LAST))
    negativity[1, 0] = np.arange(LAST)
    view = panel_of(np.zeros((2, 1, LAST)), negativity=negativity)
    assert bad_held(view, DAY)[0] == pytest.approx(DAY - 1 - HELD / 2)


def test_blame_is_correlated_with_the_bad_held_over_what_the_keyworker_saw_as_bad(resolved):
    bad, share = [0.1, 0.2, 0.4, 0.3], [0.2, 0.3, 0.9, 0.5]
    rows = [(k, 5, "client", "everyday", 0, "insult") for k in range(4)]
    rows += [(0, 5, "keyworker", "everyday", 1, "insult"), (0, 70, "client", "everyday", 0, "insult")]
    rows += [(0, 5, "client", "everyday", 0, "thank")]
    events = exchanges(*rows, person_share=[*share, 1.0, 1.0, 1.0])
    view = held(bad)
    found = row(
        blame(view, put_down_to_person(view, events, resolved, DAY), DAY, units_of(view.dyads)),
        "criticism_and_blame",
        "all",
    )
    assert found["estimate"] == pytest.approx(np.corrcoef(bad, share)[0, 1])
    assert found["n"] == 4


def test_later_acts_of_the_most_critical_quarter_are_compared_with_those_of_the_rest(resolved):
    view = held([0.1, 0.2, 0.3, 0.9])
    month = DAY + AFTER[0]
    rows = [(3, month, "keyworker", "everyday", 0, act) for act in ("insult", "insult", "praise", "inform")]
    rows += [(k, month, "keyworker", "planned", 0, act) for k in range(3) for act in ("praise", "inform")]
    rows += [(3, DAY, "keyworker", "everyday", 0, "insult"), (3, month, "keyworker", "control", 0, "insult")]
    rows += [(0, month, "client", "everyday", 0, "insult")]
    parts = acts_of_critical(view, acts_a_month_later(view, exchanges(*rows), resolved, DAY), DAY)
    assert acts_later(parts.sum(axis=0)).tolist() == pytest.approx([0.5, 0.25 - 0.5])


def test_dyads_that_change_their_keyworker_by_then_are_left_out(resolved):
    predecessors = np.zeros((2, 4, LAST), int)
    predecessors[:, 3, DAY + 5 :] = 1
    view = held([0.1, 0.2, 0.3, 0.9], predecessors=predecessors)
    events = exchanges(*((k, DAY + 20, "keyworker", "everyday", 0, "insult") for k in range(4)))
    parts = acts_of_critical(view, acts_a_month_later(view, events, resolved, DAY), DAY)
    assert parts[3].tolist() == [0] * 6
    assert parts[:, 2].tolist() == [0, 0, 1, 0]


def two_levels(between, within, keyworkers=200, clients=4):
    """Panel of one centre per keyworker; the bad held varies between keyworkers and between the clients of each."""
    rng = np.random.default_rng(3)
    bad = np.repeat(rng.normal(0, between, keyworkers), clients) + rng.normal(0, within, keyworkers * clients)
    return held(bad + 9, centres=np.repeat(np.arange(keyworkers), clients))


@pytest.mark.parametrize(("between", "within"), [(1.0, 1.0), (0.5, 1.0), (0.0, 1.0)])
def test_planted_variance_between_keyworkers_is_recovered(between, within):
    view = two_levels(between, within)
    parts = variance_of_criticism(view, DAY, np.zeros(len(view.dyads)))
    keyworkers, distress = shares_of_criticism(parts.sum(axis=0))
    assert keyworkers == pytest.approx(between**2 / (between**2 + within**2), abs=0.07)
    assert distress == 0


def test_distress_explains_what_it_is_made_to_explain():
    view = two_levels(0.0, 1.0)
    other = np.random.default_rng(5).normal(size=len(view.dyads))
    distress = bad_held(view, DAY) + other
    _, explained = shares_of_criticism(variance_of_criticism(view, DAY, distress).sum(axis=0))
    assert explained == pytest.approx(0.5, abs=0.06)


def test_with_one_client_each_keyworkers_cannot_be_told_from_pairs():
    view = held([0.1, 0.2, 0.4])
    shares = shares_of_criticism(variance_of_criticism(view, DAY, np.arange(3.0)).sum(axis=0))
    assert np.isnan(shares[0])


def test_distress_is_the_clients_strain_on_the_first_day():
    table = days(np.zeros((2, 2, 3)))
    strain = table["day"] * 0.1 + table["centre"] + 5 * (table["party"] == "keyworker")
    assert distress_at_admission(panel(table), pd.DataFrame(table.assign(strain=strain))).tolist() == [0.1, 1.1]
