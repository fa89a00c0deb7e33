"""Reliability: are dyads told the same pattern from what both said a month before?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from twoway.analysis.measures.agreement import kappa
from twoway.analysis.measures.reliability import (
    as_table,
    coded_dyads,
    from_table,
    reliability,
    reliability_sentences,
)
from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, at_day, with_patterns
from twoway.simulation.columns import BEFORE, TONES
from twoway.simulation.parameters.scenario import RETEST, load
from twoway.simulation.run import Detail, PreparedScenario, simulate_centre
from twoway.simulation.tables import run

CODES = hnp.arrays(np.int8, (2, 20), elements=st.integers(0, 2))


@given(CODES, CODES)
def test_kappa_is_cohens_of_the_table_of_both_rounds(now, before):
    found = reliability(coded_dyads(now, before, clients=5))
    counts = pd.DataFrame([[((before == a) & (now == b)).sum() for b in range(3)] for a in range(3)])
    assert found.same == pytest.approx((now == before).mean())
    assert found.kappa == pytest.approx(kappa(counts), nan_ok=True)
    assert np.isnan(found.low) or found.low <= found.kappa <= found.high


@given(CODES)
def test_who_is_told_the_same_twice_is_told_with_certainty(now):
    found = reliability(coded_dyads(now, now, clients=5))
    assert found.same == pytest.approx(1)
    assert found.kappa == pytest.approx(1) or (np.isnan(found.kappa) and len(np.unique(now)) == 1)
    assert "100%" in found.words()


def test_shuffled_patterns_agree_no_more_than_by_chance():
    rng = np.random.default_rng(5)
    now, before = (rng.choice(3, (200, 16), p=(0.2, 0.3, 0.5)).astype(np.int8) for _ in range(2))
    found = reliability(coded_dyads(now, before, clients=16))
    assert found.low < 0 < found.high
    assert found.same == pytest.approx(0.38, abs=0.03)


@pytest.mark.parametrize(("since", "days"), [(60, 100), (RETEST, 60), (RETEST + 1, 65), (170, 180)])
def test_before_is_the_mean_of_as_many_days_thirty_days_earlier(since, days):
    scenario = load("four-centres", {"design.days": days, "design.interviews_from": since, "design.centres": 1})
    stay = simulate_centre(PreparedScenario(scenario), 3, 0, 0, Detail.DAYS)
    few = simulate_centre(PreparedScenario(scenario), 3, 0, 0, Detail.DYADS)
    first, last = scenario.design.interviewed()
    by_day = stay.days.reshape(days, -1, 2)
    for name in TONES:
        before = stay.accounts[f"{name}{BEFORE}"]
        assert np.array_equal(before, few.accounts[f"{name}{BEFORE}"], equal_nan=True)
        if first <= RETEST:
            assert np.isnan(before).all()
        else:
            assert before == pytest.approx(by_day[name][first - RETEST - 1 : last - RETEST].mean(axis=0))


def test_a_stay_in_which_nobody_was_asked_before_says_nothing_of_reliability():
    dyads = with_patterns(run(load("four-centres", {"design.days": 20})).dyads)
    assert dyads["pattern_before"].isna().all()
    assert reliability(dyads) is None
    assert as_table(None).empty
    assert list(reliability_sentences({"": None})) == []


def test_dyads_of_one_day_have_no_earlier_pattern():
    assert "pattern_before" not in with_patterns(at_day(run(load("four-centres", {"design.days": 5})).days))


def test_it_is_read_again_from_its_table_and_named_where_there_are_several():
    scenario = load("four-centres", {"design.days": 70, "design.interviews_from": 40})
    found = reliability(with_patterns(run(scenario, 1, 3).dyads))
    table = pd.concat([as_table(found).assign(scenario=name) for name in "ab"])
    assert from_table(table) == {"a": found, "b": found}
    (one,) = reliability_sentences({"a": found})
    (both,) = reliability_sentences({"a": found, "b": found})
    assert one == f"Dyads of which the same pattern is told from what both said 30 days before: {found.words()}."
    assert both.endswith(f"before: a {found.words()}; b {found.words()}.")


@given(st.integers(0, 2))
def test_where_one_pattern_is_all_there_is_no_kappa_is_given(code):
    codes = np.full((3, 8), code, np.int8)
    words = reliability(coded_dyads(codes, codes, clients=8)).words()
    assert "one pattern is all there is" in words
    assert "nan" not in words
    assert PATTERNS[code] not in words


def test_accounts_without_an_earlier_round_have_no_code():
    stay = simulate_centre(PreparedScenario(load("ordinary", {"design.days": 10})), 1, 0, 0)
    assert (DEFAULT_RULE.of_accounts(stay.accounts, BEFORE) == -1).all()
    assert (DEFAULT_RULE.of_accounts(stay.accounts) >= 0).all()
