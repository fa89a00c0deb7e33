"""What a class will notice is measured as it is said: counted here once more, by hand or in another way."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.analysis.patterns import by_day
from twoway.analysis.tables import kind_shares
from twoway.seminar.lesson_measures import (
    MEASURES,
    SAME,
    ComparedSeries,
    _number_text,
    holds,
    noticed_sentences,
    simulate_setting,
)
from twoway.seminar.lessons import load_lesson
from twoway.seminar.recipe import parse_recipe
from twoway.simulation.errors import InputError

pairs_of_numbers = st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=12).map(np.array)


@pytest.fixture(scope="module")
def lived():
    return simulate_setting(parse_recipe("strict-and-opaque/3"), 48)


def one_after_the_other(lived):
    """Exchanges with the reader's and the actor's state on the evening before, looked up one by one."""
    days = lived.tables.days
    shares = kind_shares(days, lived.resolved)[:, 2]
    state = {
        (row.replicate, row.centre, row.dyad, row.party, row.day): (row.tension, row.negativity, share, row.grievance)
        for row, share in zip(days.itertuples(), shares, strict=True)
    }
    for row in lived.tables.events.itertuples():
        yield row, lambda party, day, row=row: state.get((row.replicate, row.centre, row.dyad, party, day))


def test_so_many_pairs_are_lived_at_least_and_the_first_replicate_is_the_pages(lived):
    assert len(lived.tables.dyads) == 48
    fewer = simulate_setting(parse_recipe("strict-and-opaque/3"), 1)
    pd.testing.assert_frame_equal(fewer.tables.dyads, lived.tables.dyads[lived.tables.dyads["replicate"] == 0])


@pytest.mark.parametrize(("measure", "name"), [("friendly", "friendly and trustful"), ("polite", "polite and neutral")])
def test_shares_are_those_of_the_pattern_rule(lived, measure, name):
    dyads = lived.ended
    found = MEASURES[measure]([lived, lived])
    assert found.one.mean() == pytest.approx((dyads["pattern"] == name).mean())
    assert found.one.tolist() == found.other.tolist()


def test_refusals_are_counted_per_pair_and_stay(lived):
    events = lived.tables.events
    refused = ((events["act"] == "refuse") & (events["encounter"] == "request")).sum()
    assert MEASURES["refusals"]([lived, lived]).one.mean() == pytest.approx(refused / 48)


def test_a_search_by_someone_who_bears_no_grievance_is_held_against_the_evening_before(lived):
    changes = {"personal": {}, "adversarial": {}}
    frames = lived.resolved.frames
    for row, evening in one_after_the_other(lived):
        if row.act == "search" and row.actor == "keyworker" and row.encounter == "control" and row.exchange == 0:
            kind = ("personal", "formal", "adversarial")[frames.kind[frames.names.index(row.actor_frame)]]
            before = evening("keyworker", row.day - 1)
            if before and before[3] == 0 and kind in changes:
                changes[kind].setdefault(row.replicate, []).append(row.actor_tension - before[0])
    found = MEASURES["searching as a helper"]([lived])
    for series, kind in ((found.one, "adversarial"), (found.other, "personal")):
        assert series == pytest.approx([np.mean(changes[kind][replicate]) for replicate in sorted(changes[kind])])


def test_a_bad_act_is_put_down_by_the_reader_as_he_or_she_was_the_evening_before(lived):
    worth = {act: sentiment[0] for act, sentiment in lived.resolved.lexicon.acts.items()}
    counted = {True: {}, False: {}}
    for row, evening in one_after_the_other(lived):
        if row.event == "exchange" and worth[row.seen] < 0:
            reader = "keyworker" if row.actor == "client" else "client"
            before = evening(reader, row.day - 1)
            if before:
                mostly = before[2] > 0.5
                counted[mostly].setdefault(row.replicate, []).append(row.person_share)
    found = MEASURES["bad acts put down to the person"]([lived])
    for series, mostly in ((found.one, False), (found.other, True)):
        assert series == pytest.approx([np.mean(counted[mostly][replicate]) for replicate in sorted(counted[mostly])])


def test_bad_tone_is_looked_at_from_the_evening_before_a_talk_to_a_week_after(lived):
    changes = {}
    for row, evening in one_after_the_other(lived):
        if row.event == "talk_failed":
            around = [[evening(party, row.day + later) for party in ("client", "keyworker")] for later in (-1, 7)]
            if all(state for states in around for state in states):
                before, after = (np.mean([state[1] for state in states]) for states in around)
                changes.setdefault(row.replicate, []).append(after - before)
    found = MEASURES["talks that fail"]([lived])
    assert found.other == pytest.approx([np.mean(changes[replicate]) for replicate in sorted(changes)])


def test_still_conflicted_is_a_share_of_those_who_were(lived):
    table = by_day(lived.tables.days).pivot_table(
        index=["replicate", "centre", "dyad"], columns="day", values="pattern", aggfunc="first"
    )
    was, still = (table[day].astype(str) == "ambivalent and conflicted" for day in (60, 90))
    found = MEASURES["still conflicted"]([lived])
    for series, group in ((found.one, ~was), (found.other, was)):
        assert series == pytest.approx(still[group].groupby("replicate").mean().to_numpy())


def test_views_agree_by_chance_as_often_as_two_unrelated_draws(lived):
    dyads = lived.ended
    first = dyads[dyads["replicate"] == 0]
    alike = [(client == keyworker) for client in first["client_class"] for keyworker in first["keyworker_class"]]
    found = MEASURES["agreement"]([lived])
    assert found.one[0] == pytest.approx(np.mean(alike))
    assert found.other[0] == pytest.approx(
        (first["client_class"].astype(str) == first["keyworker_class"].astype(str)).mean()
    )


@given(pairs_of_numbers)
def test_nothing_is_both_more_and_less_and_what_is_turned_round_is_the_opposite(numbers):
    one, other = numbers.T
    more, less = (holds(ComparedSeries(one, other, "number"), word) for word in ("more", "less"))
    assert not (more and less)
    assert holds(ComparedSeries(other, one, "number"), "more") == less


@given(st.floats(0.1, 5), st.floats(0, 1))
def test_much_the_same_is_within_a_stated_share(value, part):
    found = ComparedSeries(np.full(3, value), np.full(3, value * (1 + part)), "number")
    if abs(part - SAME) > 1e-6:
        assert holds(found, "much the same") == (part < SAME)


def test_too_few_pairs_are_refused_and_what_nobody_did_is_not_given_a_number():
    with pytest.raises(InputError, match="160"):
        noticed_sentences(load_lesson("expectations"), 159)
    nothing = simulate_setting(parse_recipe("voluntary/1/d1:context.control=0"), 16)
    assert len(MEASURES["searching as a helper"]([nothing]).one) < 2


def test_a_change_that_is_none_when_rounded_has_no_sign():
    assert [_number_text(value, "change") for value in (-0.004, 0.004, 0.0, -0.01, 0.22)] == [
        "0.00", "0.00", "0.00", "\u22120.01", "+0.22",
    ]  # fmt: skip
