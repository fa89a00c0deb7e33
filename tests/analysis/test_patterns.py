"""The rule that calls a relationship friendly, neutral or conflicted, and the shares with their intervals."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.analysis.patterns import (
    CLASSES,
    DEFAULT_RULE,
    PATTERN_RULES,
    PATTERNS,
    THRESHOLDS,
    PatternRule,
    Thresholds,
    by_day,
    interval_kind,
    party_class,
    pattern,
    pattern_rule,
    reasoned,
    rule_of,
    shares,
    with_patterns,
)
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import load

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


def with_thresholds(good, bad):
    return replace(DEFAULT_RULE, thresholds=Thresholds(good, bad))


def class_of(positivity, negativity, rule=DEFAULT_RULE):
    return party_class(pd.Series([positivity]), pd.Series([negativity]), rule)[0]


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
    expected = CONFLICTED if negativity > bad else TRUSTFUL if positivity >= good else NEUTRAL
    assert class_of(positivity, negativity, with_thresholds(good, bad)) == expected


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


def test_more_confidence_takes_a_wider_interval():
    narrow, wide = (shares(ending(50, 90, 20), confidence=c) for c in (0.5, 0.99))
    assert ((wide["high"] - wide["low"]) > 2 * (narrow["high"] - narrow["low"])).all()


def test_four_times_as_many_centres_halve_the_interval():
    def spread(times):
        table = ending(30 * times, 50 * times, 20 * times)
        return shares(table.assign(centre=np.arange(len(table)) % (10 * times)))

    few, many = spread(1), spread(4)
    ratio = (few["high"] - few["low"]) / (many["high"] - many["low"])
    assert ratio.to_numpy() == pytest.approx(2, rel=0.2)


def test_more_dyads_of_one_centre_tell_less_and_less():
    widths = [(t["high"] - t["low"]).to_numpy() for t in (shares(ending(3 * k, 5 * k, 2 * k)) for k in (10, 40))]
    assert (widths[1] < widths[0]).all()
    assert (widths[1] > 0.8 * widths[0]).all()


def test_the_interval_says_on_what_it_rests():
    assert "assumed" in interval_kind(ending(0, 4, 0, per_centre=4))
    assert interval_kind(ending(0, 12, 0, per_centre=4)).endswith("by the 3 centres at hand")


def test_centres_of_different_replicates_are_different_centres():
    table = ending(0, 40, 0, per_centre=20)
    assert interval_kind(table).endswith("by the 2 centres at hand")
    assert interval_kind(table.assign(replicate=table["dyad"])).endswith("by the 40 centres at hand")


def test_dyads_of_a_centre_that_resemble_each_other_tell_less_than_dyads_that_do_not():
    alike = ending(100, 100, 0, per_centre=10)
    mixed = alike.assign(centre=np.arange(200) % 20)
    widths = [shares(table).loc[FRIENDLY, "high"] - shares(table).loc[FRIENDLY, "low"] for table in (alike, mixed)]
    assert widths[0] > 1.5 * widths[1]


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
    assert by_day(table, with_thresholds(1.0, 1.0))["pattern"][0] == FRIENDLY


# Rules


def test_the_stricter_rule_calls_nobody_conflicted_whom_the_other_does_not_and_the_same_friendly():
    client, keyworker = np.array(list(product(range(3), range(3)))).T
    either, both = (PATTERN_RULES[name].patterns(client, keyworker) for name in ("either", "both"))
    assert set(np.flatnonzero(both == 2)) < set(np.flatnonzero(either == 2))
    assert list(both == 0) == list(either == 0)


def test_a_scenario_declares_its_rule_and_its_thresholds():
    rule = rule_of(load("ordinary", {"analysis.rule": "both", "analysis.mistrusted_above": 1.5}))
    assert (rule.name, *rule.thresholds) == ("both", GOOD, 1.5)
    assert "'both'" in rule.sentence
    assert "above bad tone 1.5" in rule.sentence
    assert rule_of(load("ordinary")) == DEFAULT_RULE
    with pytest.raises(InputError, match="there is no pattern rule 'bothe'; did you mean 'both'"):
        rule_of(load("ordinary", {"analysis.rule": "bothe"}))
    with pytest.raises(InputError, match=r"analysis\.trusted_from = 0\.0; it must be a number from 0.05 to 5 "):
        load("ordinary", {"analysis.trusted_from": 0.0})


def test_a_rule_that_gives_no_pattern_for_some_pair_of_classes_is_refused_with_the_pair():
    with pytest.raises(InputError, match="a client who is neutral and a keyworker who is trustful 'friendly'"):
        pattern_rule(meaning="anything")(lambda client, keyworker: "friendly" if client == NEUTRAL else POLITE)


@given(
    st.tuples(TONE, TONE, TONE, TONE),
    st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=3, max_size=3),
    st.floats(0.1, 4),
    st.floats(0.1, 4),
)
def test_by_any_rule_the_margin_is_how_far_the_tones_must_change_for_the_nearest_other_pattern(row, table, good, bad):
    rule = PatternRule("any", "anything", tuple(table), Thresholds(good, bad))
    found = reasoned(dyads([row]), rule).iloc[0]
    others = {PATTERNS[code] for line in table for code in line} - {found["pattern"]}
    if not others:
        assert np.isinf(found["margin"])
        return
    assert found["nearest"] in others
    step = 1e-6

    def tones(good_now, bad_now, to):
        """The nearest tones of one party that are of a class."""
        calm = min(bad_now, bad)
        return {
            TRUSTFUL: (max(good_now, good), calm),
            NEUTRAL: (min(good_now, good - step), calm),
            CONFLICTED: (good_now, max(bad_now, bad + step)),
        }[to]

    def cost(client, keyworker):
        there = (*tones(*row[:2], client), *tones(*row[2:], keyworker))
        assert with_patterns(dyads([there]), rule)["client_class"][0] == client
        return sum(abs(a - b) for a, b in zip(row, there, strict=True))

    pairs = [
        (client, keyworker)
        for (i, client), (j, keyworker) in product(enumerate(CLASSES), repeat=2)
        if PATTERNS[table[i][j]] == found["nearest"]
    ]
    assert found["margin"] == pytest.approx(min(cost(*pair) for pair in pairs), abs=4 * step)
