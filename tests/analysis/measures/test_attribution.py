"""Attribution of trouble: which events make a pair, and who blames the person more."""

import numpy as np
import pytest
from tests.support.handmade import exchanges, panel_of, row

from twoway.analysis.measures.attribution import NEAR, attribution, negative_acts, paired_events
from twoway.analysis.measures.estimates import units_of
from twoway.analysis.patterns import PATTERNS

VIEW = panel_of(np.zeros((2, 3, 60)))


def by(actor, dyad, day, act="insult"):
    return (dyad, day, actor, "everyday", 0, act)


def pairs_of(resolved, *rows, person=None):
    events = exchanges(*rows, **({} if person is None else {"person_share": person}))
    return paired_events(negative_acts(VIEW, events, resolved))


def test_an_act_of_the_client_is_paired_with_the_nearest_of_the_keyworker(resolved):
    rows = [by("client", 0, 20), by("keyworker", 0, 14), by("keyworker", 0, 22), by("keyworker", 1, 20)]
    pairs = pairs_of(resolved, *rows, person=[0.9, 0.1, 0.2, 0.3])
    assert pairs[["keyworker", "client"]].to_numpy().tolist() == [[0.9, 0.2]]


@pytest.mark.parametrize(("apart", "count"), [(NEAR - 1, 1), (NEAR + 1, 0)])
def test_what_lies_too_far_apart_makes_no_pair(resolved, apart, count):
    assert len(pairs_of(resolved, by("client", 0, 20), by("keyworker", 0, 20 + apart))) == count


def test_only_what_was_seen_as_negative_counts(resolved):
    events = exchanges(by("client", 0, 5), by("keyworker", 0, 5, "praise"), by("keyworker", 0, 6), by("client", 0, 7))
    events["seen"] = events["seen"].cat.set_categories(["insult", "praise"])
    events.loc[3, "seen"] = "praise"
    acts = negative_acts(VIEW, events, resolved)
    assert acts["reader"].tolist() == [1, 0]
    assert acts["time"].astype(int).tolist() == [5, 6]


def test_the_share_counts_pairs_in_which_the_keyworker_blames_the_person_more_and_ties_half(resolved):
    rows = [
        *[by("client", 0, 5), by("keyworker", 0, 5)],
        *[by("client", 1, 5), by("keyworker", 1, 5)],
        *[by("client", 2, 5), by("keyworker", 2, 5)],
    ]
    events = exchanges(*rows, person_share=[0.9, 0.1, 0.5, 0.5, 0.2, 0.3])
    table = attribution(VIEW, events, resolved, np.array([0, 1, 2], np.int8), units_of(VIEW.dyads))
    assert row(table, "attribution_asymmetry", "all")["estimate"] == 0.5
    assert [row(table, "attribution_asymmetry", p)["estimate"] for p in PATTERNS] == [1, 0.5, 0]
    assert row(table, "attribution_excess", "all")["estimate"] == pytest.approx((0.8 + 0 - 0.1) / 3)
    assert row(table, "attribution_excess", PATTERNS[2])["estimate"] == pytest.approx(-0.1)
    assert row(table, "person_attribution", "keyworker")["estimate"] == pytest.approx((0.9 + 0.5 + 0.2) / 3)
    assert row(table, "person_attribution", "client")["estimate"] == pytest.approx(0.3)


def test_where_nothing_bad_happens_there_is_no_asymmetry(resolved):
    events = exchanges(by("client", 0, 5, "praise"))
    table = attribution(VIEW, events, resolved, np.zeros(3, np.int8), units_of(VIEW.dyads))
    assert table["estimate"].isna().all()
    assert (table["n"] == 0).all()
