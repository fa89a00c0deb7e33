"""What a virtual field study counts, on pools made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from twoway.analysis.field_study.power import (
    Contrast,
    StudyPool,
    conclusions_by_pairs,
    intraclass_correlation,
    most_frequent,
    order_found,
    pairs_for_the_order,
    pairs_needed,
    pattern_counts,
    simulate_field_studies,
    split_by_context,
)
from twoway.analysis.field_study.text import field_study_sentences
from twoway.analysis.patterns import PATTERNS

FRIENDLY, POLITE, CONFLICTED = range(3)
ORDER = np.array([0, 1, 2])


def pool_of(shares, studies=400, centres=4, pairs=4, seed=0, spread=0.0):
    """Studies whose pairs are in the patterns with these *shares*; with a *spread*, centres differ in them."""
    generator = np.random.default_rng(seed)
    at = np.log(np.array(shares)) + spread * generator.normal(size=(studies, centres, 1, 3))
    codes = (at + generator.gumbel(size=(studies, centres, pairs, 3))).argmax(axis=-1).astype(np.int8)
    return StudyPool(codes, codes, codes, codes)


def share(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return float(table["share"].iloc[0])


@pytest.mark.slow
@given(arrays(np.int8, (5, 2, 3), elements=st.integers(0, 2)))
def test_conclusions_are_shares_that_sum_to_one_and_a_pattern_is_missed_where_nobody_is_in_it(codes):
    found = simulate_field_studies(StudyPool(codes, codes, codes, codes))
    assert found.conclusions.groupby("question")["share"].sum().to_numpy() == pytest.approx(np.ones(3))
    flat = codes.reshape(5, -1)
    for p, name in enumerate(PATTERNS):
        assert share(found.missed, pattern=name) == (flat != p).all(axis=1).mean()
    assert found.truth["share"].sum() == pytest.approx(1)
    for sentence in field_study_sentences(found, {}, 30, 150, 30):
        assert "nan" not in sentence.lower().split()


def test_the_share_of_studies_that_see_all_three_is_that_of_the_multinomial():
    shares = (0.6, 0.3, 0.1)
    found = simulate_field_studies(pool_of(shares, studies=3000))
    missed = [(1 - s) ** 16 for s in shares]
    both = [(1 - shares[i] - shares[j]) ** 16 for i, j in ((0, 1), (0, 2), (1, 2))]
    true = 1 - sum(missed) + sum(both)
    row = found.conclusions[found.conclusions["conclusion"] == "right"].iloc[0]
    assert row["low"] - 0.01 <= true <= row["high"] + 0.01
    assert found.order_settled


def test_a_tie_leaves_the_order_open_and_a_turned_step_is_wrong():
    right, wrong = order_found(np.array([[8, 5, 3], [8, 4, 4], [4, 8, 4], [5, 6, 5]]), ORDER)
    assert right.tolist() == [True, False, False, False]
    assert wrong.tolist() == [False, False, True, True]


def test_pairs_of_a_centre_are_alike_only_where_centres_differ():
    same, different = pool_of((0.4, 0.3, 0.3), studies=2000), pool_of((0.4, 0.3, 0.3), studies=2000, spread=2)
    assert intraclass_correlation(same.pattern == FRIENDLY) == pytest.approx(0, abs=0.02)
    assert intraclass_correlation(different.pattern == FRIENDLY) > 0.2
    whole = np.broadcast_to(np.array([True, False])[:, None], (10, 2, 4))
    assert intraclass_correlation(whole) == pytest.approx(1)
    assert np.isnan(intraclass_correlation(whole[:, :, :1]))


def test_centres_that_differ_are_called_unlike_more_often_than_strangers_and_others_are_not():
    for spread, more in ((2.0, True), (0.0, False)):
        table = simulate_field_studies(pool_of((0.4, 0.3, 0.3), studies=2000, spread=spread)).centres_unlike
        rows = table[(table["pattern"] == PATTERNS[0]) & (table["from_difference"] == 0.75)].set_index("pairs")
        assert (rows.loc["as they are", "low"] > rows.loc["pairs of different centres", "high"]) == more


def test_halves_hold_different_people_against_each_other():
    low = np.arange(8, dtype=np.int8).reshape(2, 4, 1)
    some, others = split_by_context(Contrast("control", low, low + 10))
    assert some.ravel().tolist() == [0, 1, 6, 7]
    assert others.ravel().tolist() == [12, 13, 14, 15]


def test_a_strong_factor_is_named_right_and_where_nothing_differs_naming_is_wrong():
    weak, strong = pool_of((0.8, 0.1, 0.1), seed=1).pattern, pool_of((0.1, 0.1, 0.8), seed=2).pattern
    contexts = simulate_field_studies(
        pool_of((0.4, 0.3, 0.3)), [Contrast("strong", weak, strong), Contrast("none", weak, weak)]
    ).contexts.set_index(["factor", "pattern", "named_from"])
    conflict = PATTERNS[CONFLICTED]
    assert contexts.loc[("strong", conflict, 0.25), "right"] > 0.9
    assert contexts.loc[("strong", conflict, 0.25), "low"] > 0
    assert contexts.loc[("strong", PATTERNS[FRIENDLY], 0.25), "high"] < 0
    wrongs = [contexts.loc[("none", PATTERNS[FRIENDLY], least), "wrong"] for least in (0.001, 0.25, 0.5)]
    assert wrongs == sorted(wrongs, reverse=True), "the stricter the rule, the less is named where nothing differs"
    assert contexts.loc[("none", conflict, 0.001), "difference"] == 0
    sums = contexts[["right", "open", "wrong"]].sum(axis=1)
    assert sums.to_numpy() == pytest.approx(np.ones(len(sums)))


def test_who_is_asked_alone_misses_the_conflict_of_the_other():
    client = np.zeros((4, 2, 4), np.int8)
    keyworker = client.copy()
    keyworker[:, :, 0] = CONFLICTED
    table = simulate_field_studies(StudyPool(client, keyworker, client, keyworker)).one_sided.set_index("asked")
    assert table.loc["client", "conflict_missed"] == 1
    assert table.loc["keyworker", "conflict_missed"] == 0
    assert table.loc["both", "disagree"] == table.loc["client", "otherwise"] == 0.25
    assert table.loc["both", "otherwise"] == 0


def test_pairs_that_move_between_two_interviews_are_counted():
    first, later = np.zeros((4, 2, 4), np.int8), np.zeros((4, 2, 4), np.int8)
    later[:, :, 0] = CONFLICTED
    found = simulate_field_studies(StudyPool(first, first, later, later))
    assert share(found.twice, what="pairs in another pattern at the second interview") == 0.25
    moved = found.again.set_index(["first", "later"])["of_first"]
    assert moved[PATTERNS[FRIENDLY], PATTERNS[CONFLICTED]] == 0.25
    assert np.isnan(moved[PATTERNS[POLITE], PATTERNS[POLITE]])


def test_a_tie_for_the_most_frequent_pattern_is_no_other_pattern():
    once, then = np.array([[8, 8, 0], [8, 8, 0], [9, 7, 0]]), np.array([[9, 7, 0], [0, 0, 16], [7, 9, 0]])
    assert (most_frequent(once) & most_frequent(then)).any(axis=1).tolist() == [True, False, False]
    first, later = np.zeros((2, 2, 2), np.int8), np.zeros((2, 2, 2), np.int8)
    later[:, :, 0] = POLITE
    what = "studies whose two interviews differ in the most frequent pattern"
    assert share(simulate_field_studies(StudyPool(first, first, later, later)).twice, what=what) == 0


def test_more_pairs_see_more_and_the_number_it_takes_is_found_again():
    pattern = pool_of((0.5, 0.3, 0.2), studies=4000).pattern
    table = conclusions_by_pairs(pattern, ORDER)
    assert table["pairs"].is_monotonic_increasing
    assert table["all_three"].iloc[-1] > table["all_three"].iloc[0]
    enough = pairs_needed(table, "order", 0.8)
    assert enough.least <= enough.pairs <= enough.surely
    by_normal = pairs_for_the_order(pattern, ORDER, 0.8)
    assert 0.6 * enough.pairs < by_normal < 1.6 * enough.pairs
    assert pairs_needed(table, "order", 1.01).pairs is None
    assert pairs_for_the_order(pattern, ORDER[::-1], 0.8) == float("inf")


def test_a_pool_of_one_pattern_can_be_told():
    codes = np.full((3, 2, 2), POLITE, np.int8)
    found = simulate_field_studies(StudyPool(codes, codes, codes, codes), [Contrast("nothing", codes, codes)])
    told = " ".join(field_study_sentences(found, {"nothing": "nothing"}, 60, 60, 10))
    assert "on day 60" in told
    assert f"No pair of all studies is {PATTERNS[FRIENDLY]} and {PATTERNS[CONFLICTED]}" in told
    assert pattern_counts(codes)[:, POLITE].tolist() == [4, 4, 4]
