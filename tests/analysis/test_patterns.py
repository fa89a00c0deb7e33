"""The rule that calls a relationship friendly, neutral or conflicted, and the shares with their intervals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.analysis.patterns import (
    CLASSES,
    ENOUGH_CENTRES,
    PATTERNS,
    THRESHOLDS,
    Thresholds,
    by_day,
    interval_kind,
    party_class,
    pattern,
    shares,
    with_patterns,
)

TONE = st.floats(0, 4.3)
TRUSTFUL, NEUTRAL, CONFLICTED = CLASSES
FRIENDLY, POLITE, AMBIVALENT = PATTERNS
GOOD, BAD = THRESHOLDS


def dyads(rows, per_centre=None):
    """A table of dyads from rows of client's good and bad tone and keyworker's good and bad tone."""
    columns = ["client_positivity", "client_negativity", "keyworker_positivity", "keyworker_negativity"]
    table = pd.DataFrame(rows, columns=columns, dtype=float)
    per_centre = per_centre or max(1, len(table))
    place = np.arange(len(table))
    return table.assign(replicate=0, centre=place // per_centre, dyad=place % per_centre)


TONES = {FRIENDLY: (2.0, 0.0, 2.0, 0.0), POLITE: (0.5, 0.0, 2.0, 0.0), AMBIVALENT: (2.0, 1.0, 2.0, 0.0)}


def ending(*counts, per_centre=None):
    """So many dyads that end in each pattern, spread over the centres in turn."""
    rows = [TONES[name] for name, count in zip(PATTERNS, counts, strict=True) for _ in range(count)]
    return dyads(rows, per_centre)


def class_of(positivity, negativity, thresholds=THRESHOLDS):
    return party_class(pd.Series([positivity]), pd.Series([negativity]), thresholds)[0]


def pattern_of(client, keyworker):
    return pattern(pd.Series([client]), pd.Series([keyworker]))[0]


@pytest.mark.parametrize(
    ("positivity", "negativity", "expected"),
    [
        (GOOD, 0.0, TRUSTFUL),
        (np.nextafter(GOOD, 0), 0.0, NEUTRAL),
        (GOOD, BAD, TRUSTFUL),
        (GOOD, np.nextafter(BAD, 1), CONFLICTED),
        (0.0, BAD, NEUTRAL),
        (0.0, np.nextafter(BAD, 1), CONFLICTED),
        (0.0, 0.0, NEUTRAL),
        (4.3, 4.3, CONFLICTED),
    ],
)
def test_a_party_trusts_from_the_threshold_on_and_is_in_conflict_only_above_it(positivity, negativity, expected):
    assert class_of(positivity, negativity) == expected


@given(TONE, TONE, TONE)
def test_more_good_tone_never_makes_a_party_less_trustful(one, other, negativity):
    order = [CONFLICTED, NEUTRAL, TRUSTFUL]
    less, more = sorted([one, other])
    assert order.index(class_of(less, negativity)) <= order.index(class_of(more, negativity))


@given(TONE, TONE)
def test_no_good_tone_outweighs_conflict(positivity, negativity):
    assert (class_of(positivity, negativity) == CONFLICTED) == (negativity > BAD)


@given(TONE, TONE, st.floats(0.1, 4), st.floats(0.1, 4))
def test_the_thresholds_decide_where_the_classes_part(positivity, negativity, good, bad):
    thresholds = Thresholds(good, bad)
    expected = CONFLICTED if negativity > bad else TRUSTFUL if positivity >= good else NEUTRAL
    assert class_of(positivity, negativity, thresholds) == expected


@pytest.mark.parametrize("client", CLASSES)
@pytest.mark.parametrize("keyworker", CLASSES)
def test_one_party_is_enough_for_conflict_and_it_takes_two_to_be_friends(client, keyworker):
    both = {client, keyworker}
    expected = AMBIVALENT if CONFLICTED in both else FRIENDLY if both == {TRUSTFUL} else POLITE
    assert pattern_of(client, keyworker) == expected
    assert pattern_of(keyworker, client) == expected, "it does not matter who is who"


def test_the_two_views_and_the_pattern_are_added_and_the_rest_is_left_as_it_was():
    table = dyads([(2, 0, 2, 0), (2, 0, 0.5, 0), (0.5, 1, 2, 0)])
    before = table.copy()
    after = with_patterns(table)
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(after[before.columns], before)
    assert list(after["client_class"]) == [TRUSTFUL, TRUSTFUL, CONFLICTED]
    assert list(after["keyworker_class"]) == [TRUSTFUL, NEUTRAL, TRUSTFUL]
    assert list(after["pattern"]) == [FRIENDLY, POLITE, AMBIVALENT]
    assert tuple(after["pattern"].cat.categories) == PATTERNS
    assert tuple(after["client_class"].cat.categories) == CLASSES


def test_rows_keep_their_patterns_whatever_their_index():
    table = ending(1, 1, 1).set_index(pd.Index([9, 4, 7]))
    assert list(with_patterns(table)["pattern"]) == list(PATTERNS)
    assert list(with_patterns(table.iloc[::-1])["pattern"]) == list(PATTERNS)[::-1]


@given(st.lists(st.tuples(TONE, TONE, TONE, TONE), min_size=1, max_size=60), st.integers(1, 4))
def test_shares_sum_to_one_and_lie_in_their_intervals(rows, per_centre):
    table = dyads(rows, per_centre)
    summary = shares(table)
    assert tuple(summary.index) == PATTERNS
    assert summary["dyads"].sum() == len(rows)
    assert summary["share"].sum() == pytest.approx(1)
    assert (summary["share"] == summary["dyads"] / len(rows)).all()
    assert (summary["low"] >= 0).all()
    assert (summary["low"] <= summary["share"]).all()
    assert (summary["share"] <= summary["high"]).all()
    assert (summary["high"] <= 1).all()


def test_a_pattern_that_nobody_is_in_has_a_row_of_its_own():
    assert list(shares(ending(0, 5, 0))["dyads"]) == [0, 5, 0]


def test_one_dyad_has_a_share_of_one():
    assert list(shares(ending(1, 0, 0))["share"]) == [1, 0, 0]


def test_the_same_table_has_the_same_intervals_every_time():
    pd.testing.assert_frame_equal(shares(ending(5, 9, 2)), shares(ending(5, 9, 2)))


def test_other_draws_move_the_interval_only_a_little():
    one, other = (shares(ending(50, 90, 20), seed=seed) for seed in (0, 1))
    assert np.allclose(one, other, atol=0.02)


def test_more_confidence_takes_a_wider_interval():
    narrow, wide = (shares(ending(50, 90, 20), confidence=c) for c in (0.5, 0.99))
    assert ((wide["high"] - wide["low"]) > 2 * (narrow["high"] - narrow["low"])).all()


def test_four_times_as_many_dyads_halve_the_interval():
    few, many = shares(ending(30, 50, 20)), shares(ending(120, 200, 80))
    ratio = (few["high"] - few["low"]) / (many["high"] - many["low"])
    assert ratio.to_numpy() == pytest.approx(2, rel=0.2)


def test_the_interval_over_dyads_is_the_binomial_one():
    summary = shares(ending(50, 30, 20))
    half = 1.96 * np.sqrt(summary["share"] * (1 - summary["share"]) / 100)
    assert (summary["share"] - summary["low"]).to_numpy() == pytest.approx(half.to_numpy(), abs=0.015)
    assert (summary["high"] - summary["share"]).to_numpy() == pytest.approx(half.to_numpy(), abs=0.015)


@pytest.mark.parametrize(
    ("centres", "units"), [(1, "dyads"), (ENOUGH_CENTRES - 1, "dyads"), (ENOUGH_CENTRES, "centres")]
)
def test_whole_centres_are_drawn_only_where_there_are_enough_of_them(centres, units):
    assert interval_kind(ending(0, 2 * centres, 0, per_centre=2)).endswith(units)


def test_centres_of_different_replicates_are_different_centres():
    table = ending(0, 2 * ENOUGH_CENTRES, 0, per_centre=ENOUGH_CENTRES)
    assert interval_kind(table) == "Wilson, over dyads"
    assert interval_kind(table.assign(replicate=table["dyad"])) == "bootstrap over centres"


def test_dyads_of_a_centre_that_resemble_each_other_tell_less_than_dyads_that_do_not():
    alike = ending(100, 100, 0, per_centre=10)
    mixed = alike.assign(centre=np.arange(200) % 20)
    assert interval_kind(alike) == interval_kind(mixed) == "bootstrap over centres"
    wide, none = shares(alike), shares(mixed)
    assert wide.loc[FRIENDLY, "high"] - wide.loc[FRIENDLY, "low"] > 0.35
    assert none.loc[FRIENDLY, "low"] == none.loc[FRIENDLY, "high"] == 0.5


def days(rows):
    """A table of days from rows of dyad, day, party, good and bad tone."""
    table = pd.DataFrame(rows, columns=["dyad", "day", "party", "positivity", "negativity"])
    return table.assign(replicate=0, centre=0)


def test_by_day_each_dyad_has_one_pattern_a_day_from_both_parties():
    table = days(
        [
            *[(0, 1, "client", 0.0, 0.0), (0, 1, "keyworker", 0.0, 0.0)],
            *[(1, 1, "client", 2.0, 0.0), (1, 1, "keyworker", 2.0, 0.0)],
            *[(0, 2, "client", 2.0, 0.0), (0, 2, "keyworker", 2.0, 1.0)],
            *[(1, 2, "client", 2.0, 0.0), (1, 2, "keyworker", 0.9, 0.0)],
        ]
    )
    result = by_day(table)
    assert list(result.columns) == ["replicate", "centre", "dyad", "day", "pattern"]
    found = {(row.dyad, row.day): row.pattern for row in result.itertuples()}
    assert found == {(0, 1): POLITE, (1, 1): FRIENDLY, (0, 2): AMBIVALENT, (1, 2): POLITE}
    assert tuple(result["pattern"].cat.categories) == PATTERNS


def test_by_day_it_does_not_matter_in_which_order_the_rows_come():
    rows = [
        (dyad, day, party, (dyad + day) / 2, 0.2 * dyad * day)
        for dyad in range(3)
        for day in (1, 2, 3)
        for party in ("client", "keyworker")
    ]
    keys = ["dyad", "day"]
    expected = by_day(days(rows)).sort_values(keys).reset_index(drop=True)
    assert expected["pattern"].nunique() == 3
    shuffled = days(rows).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(by_day(shuffled).sort_values(keys).reset_index(drop=True), expected)


def test_by_day_other_thresholds_give_other_patterns():
    table = days([(0, 1, "client", 1.2, 0.9), (0, 1, "keyworker", 1.2, 0.0)])
    assert by_day(table)["pattern"][0] == AMBIVALENT
    assert by_day(table, Thresholds(1.0, 1.0))["pattern"][0] == FRIENDLY
