"""Replies: which rows are replies, correlations and entropies that are known, runs of hostile acts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.handmade import exchanges, panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.replies import answering, counts_of, dominance, entropy, explained, hostile_runs, replies

WORDS = ("help", "praise", "inform", "lecture", "insult")
codes = st.lists(st.integers(0, 5), min_size=1, max_size=60).map(np.array)


def talk(dyad, day, *acts, kind="planned", first="keyworker"):
    """Rows of one encounter in which the two take turns."""
    who = (first, "client" if first == "keyworker" else "keyworker")
    return [(dyad, day, who[e % 2], kind, e, act) for e, act in enumerate(acts)]


def panel_for(dyads):
    return panel_of(np.zeros((2, dyads, 9)))


def test_a_reply_answers_the_act_before_it_in_its_encounter_as_the_replier_saw_it(resolved):
    rows = [*talk(0, 1, "help", "praise", "insult"), (0, 1, "client", None, None, None), *talk(0, 1, "inform", "help")]
    seen = ["lecture", "help", "insult", None, "inform", "help"]
    found = replies(panel_for(1), exchanges(*rows, seen=seen), resolved)
    assert list(found["seen"]) == ["lecture", "help", "inform"]
    assert list(found["act"]) == ["praise", "insult", "help"]
    assert list(found["actor"]) == [0, 1, 0]
    assert list(found["exchange"]) == [1, 2, 1]


def test_a_turn_that_the_rules_prescribe_is_no_reply_even_where_they_are_bent(resolved):
    rows = talk(0, 1, "ask_about", "refuse", kind="request", first="client")
    for bent in (0, 1):
        assert replies(panel_for(1), exchanges(*rows, bent=bent), resolved).empty


def test_what_is_common_to_a_dyad_is_not_taken_for_an_answer(resolved):
    """Within the first dyad all is kind, within the second all is not; within either the reply turns the act around."""
    rows = []
    for dyad, (better, worse) in enumerate([("praise", "greet"), ("lecture", "insult")]):
        rows += [*talk(dyad, 1, better, worse), *talk(dyad, 2, worse, better)]
    view, events = panel_for(2), exchanges(*rows)
    found = answering(view, replies(view, events, resolved), resolved, units_of(view.dyads))
    assert row(found, "reply_and_act", "evaluation")["estimate"] == pytest.approx(-1)


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)), min_size=3, max_size=12))
def test_the_correlation_is_that_of_numbers_taken_from_their_mean_in_the_stratum(resolved, pairs):
    rows = [one for day, pair in enumerate(pairs, 1) for one in talk(0, day, *pair)]
    view = panel_of(np.zeros((2, 1, 20)))
    found = answering(view, replies(view, exchanges(*rows), resolved), resolved, units_of(view.dyads))
    good = np.array([[resolved.lexicon.acts[act][0] for act in pair] for pair in pairs]).T
    estimate = row(found, "reply_and_act", "evaluation")["estimate"]
    if (good.std(axis=1) > 1e-9).all():
        assert estimate == pytest.approx(np.corrcoef(good)[0, 1])
    else:
        assert np.isnan(estimate)


def test_dominance_is_what_evaluation_leaves_over(resolved):
    acts = exchanges(*((0, 1, "client", "planned", 0, act) for act in resolved.situations.acts))["act"]
    over = dominance(acts, resolved)
    good = np.array([resolved.lexicon.acts[act][0] for act in acts])
    assert over.mean() == pytest.approx(0, abs=1e-9)
    assert np.corrcoef(over, good)[0, 1] == pytest.approx(0, abs=1e-9)
    assert over[list(acts).index("order")] > 0 > over[list(acts).index("submit_to")]


@given(codes)
def test_entropy_lies_between_nothing_and_that_of_equal_shares_but_for_the_correction(values):
    kinds = len(np.unique(values))
    assert -1e-12 <= entropy(np.bincount(values)) - (kinds - 1) / (2 * len(values)) <= np.log(kinds) + 1e-12


def test_replies_that_repeat_the_act_are_explained_and_those_drawn_at_random_are_not(resolved):
    rng = np.random.default_rng(4)
    first, other = (rng.choice(WORDS, 20_000) for _ in range(2))
    view = panel_for(1)
    for second, share in ((first, 1.0), (other, 0.0)):
        rows = [one for pair in zip(first, second, strict=True) for one in talk(0, 1, *pair)]
        found = row(explained(counts_of(replies(view, exchanges(*rows), resolved))), "reply_explained", "all")
        assert found["estimate"] == pytest.approx(share, abs=2e-3)


def test_chance_in_few_replies_is_corrected_for(resolved):
    """With 200 replies of five kinds the plain share would be some .05 too high."""
    rng, view, shares = np.random.default_rng(5), panel_for(1), []
    for _ in range(40):
        rows = [one for pair in rng.choice(WORDS, (200, 2)) for one in talk(0, 1, *pair)]
        shares.append(explained(counts_of(replies(view, exchanges(*rows), resolved)))["estimate"][0])
    assert np.mean(shares) == pytest.approx(0, abs=0.005)


def test_without_replies_nothing_is_estimated(resolved):
    view, events = panel_for(1), exchanges(*talk(0, 1, "help"))
    found = explained(counts_of(replies(view, events, resolved)))
    assert found["interval"][0] == "not estimated: there is no reply"


@pytest.mark.parametrize(
    ("acts", "runs", "ended"),
    [
        (["insult", "insult", "insult", "help"], 1.0, 1.0),
        (["help", "insult", "insult", "insult"], 1.0, 0.0),
        (["insult", "insult", "help", "insult"], 0.0, np.nan),
        (["insult", "insult"], np.nan, np.nan),
    ],
)
def test_a_run_is_three_hostile_acts_in_a_row_and_ends_if_the_encounter_goes_on(resolved, acts, runs, ended):
    view = panel_for(1)
    table = hostile_runs(view, exchanges(*talk(0, 1, *acts)), resolved, units_of(view.dyads))
    found = [row(table, name, "all")["estimate"] for name in ("hostile_runs", "hostile_runs_ended")]
    assert found == pytest.approx([runs, ended], nan_ok=True)


def test_a_run_does_not_go_on_in_the_next_encounter(resolved):
    view = panel_for(1)
    rows = [*talk(0, 1, "help", "help", "insult", "insult"), *talk(0, 1, "insult", "help", "help")]
    table = hostile_runs(view, exchanges(*rows), resolved, units_of(view.dyads))
    assert row(table, "hostile_runs", "all")["estimate"] == 0
