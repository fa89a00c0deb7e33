"""Claims are tried in every variant of the model, in the direction they claim, and reported with their share."""

import numpy as np
import pandas as pd
import pytest

import twoway.experiments.derived.robustness
from twoway.analysis.clustering import GRID, LEAST_DYADS, accounts_in
from twoway.analysis.figures.robustness import UNCHANGED, VARIANTS
from twoway.analysis.patterns import DEFAULT_RULE, PATTERN_RULES, PATTERNS, THRESHOLDS, with_patterns
from twoway.experiments.derived.robustness import (
    ACCOUNT,
    COERCED,
    SimulatedVariant,
    claims,
    posterior_draws,
    robustness,
    variants,
)
from twoway.experiments.studies.outcomes import PATTERN_SHARES
from twoway.simulation.data_files import DATA
from twoway.simulation.parameters.scenario import OF_PEOPLE, Scenario, changed, load, shipped_names
from twoway.simulation.tables import run

DRAWS = {"names": ["learning.perceptual_noise", "context.control"], "rows": [[1.1, 3.0], [1.6, 1.5]]}


@pytest.mark.parametrize("claim", claims(), ids=lambda c: c.words)
def test_every_claim_names_two_contexts_that_differ_in_what_a_centre_or_its_people_are(claim):
    (first, before), (then, after) = claim.contexts
    assert {first, then} <= set(shipped_names())
    one, other = changed(load(first), before), changed(load(then), after)
    assert (one.context, one.people) != (other.context, other.people)
    assert (one.design, one.learning, one.meaning) == (other.design, other.learning, other.meaning)


def test_claims_are_told_apart_by_their_words():
    assert len({claim.words for claim in claims()}) == len(claims())


def test_variants_are_the_model_as_it_is_and_one_thing_otherwise_at_a_time():
    found = variants(load("ordinary"), 3, DRAWS)
    kinds = [variant.kind for variant in found]
    assert found[0].kind == UNCHANGED
    assert set(kinds[1:]) == set(VARIANTS)
    assert kinds.count("sentiments") == 3
    assert kinds.count("thresholds") == len(GRID) - (THRESHOLDS in GRID)
    for folder in ("equations", "frames"):
        assert kinds.count(folder) == len(list((DATA / folder).glob("*.toml"))) - 1
    for variant in found:
        assert (variant.rule.thresholds == THRESHOLDS) == (variant.kind != "thresholds")
        assert (variant.rule.name == DEFAULT_RULE.name) == (variant.kind != "rules")
        assert (variant.changes == {}) == (variant.kind in (UNCHANGED, "thresholds", "rules"))
    assert kinds.count("rules") == len(PATTERN_RULES) - 1
    assert [v.changes for v in found if v.kind == "posterior"] == [
        {"learning.perceptual_noise": 1.1, "context.control": 3.0},
        {"learning.perceptual_noise": 1.6, "context.control": 1.5},
    ]
    assert "posterior" not in {variant.kind for variant in variants(load("ordinary"), 3, None)}


def simulated(changes, base="ordinary"):
    return SimulatedVariant(base, changes, {"design.days": 20.0}, 5, 3, 1)


def test_a_draw_is_a_default_and_what_a_scenario_says_of_itself_goes_before_it():
    draw = simulated({"context.turnover": 3.0, "learning.perceptual_noise": 2.0})
    plain = {"design.days": 20, "learning.perceptual_noise": 2.0}
    for name, turnover in (("ordinary", 3.0), ("high-turnover", load("high-turnover").context.turnover)):
        assert draw._scenario(name, {}).context.turnover == turnover
        assert draw._scenario(name, {}).learning == changed(load(name), plain).learning


def test_outcomes_are_those_of_the_tables_of_the_same_runs():
    shares = simulated({"lasting.grievance_size": 1.0}).shares("ordinary", {"context.control": 5.0}, DEFAULT_RULE)
    tables = run(load("ordinary", {"design.days": 20, "context.control": 5, "lasting.grievance_size": 1}), 5, 3)
    dyads = with_patterns(tables.dyads)
    for outcome, pattern in zip(PATTERN_SHARES, PATTERNS, strict=True):
        by_replicate = (dyads["pattern"] == pattern).groupby(dyads["replicate"]).mean()
        assert shares[outcome] == pytest.approx(by_replicate.to_numpy())
    assert set(shares) == {*PATTERN_SHARES, COERCED}


@pytest.mark.slow
def test_accounts_are_those_that_clusters_are_looked_for_in():
    mine = simulated({"meaning.frames": "seven"})
    prepared = mine.prepared
    elsewhere = accounts_in(run(prepared, 5, 3, "days").days, prepared.resolved, (20, 20))
    assert set(ACCOUNT) == set(elsewhere) - {"replicate", "centre", "dyad"}
    for name, values in mine.accounts("ordinary", {}).items():
        assert values.ravel() == pytest.approx(elsewhere[name].to_numpy()), name


SMALL = """
[[claim]]
words = "Control is felt"
from = { "context.control" = 0.0 }
to = { "context.control" = 14.0 }
outcome = "coerced"
direction = "more"
[[claim]]
words = "Control is not felt"
from = { "context.control" = 0.0 }
to = { "context.control" = 14.0 }
outcome = "coerced"
direction = "fewer"
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Two claims that contradict each other."""
    path = tmp_path / "claims.toml"
    path.write_text(SMALL)
    monkeypatch.setattr(twoway.experiments.derived.robustness, "TABLE", path)
    claims.cache_clear()
    yield path
    claims.cache_clear()


@pytest.mark.slow
def test_of_two_claims_that_contradict_each_other_one_holds_where_the_other_does_not(small):
    made = robustness("ordinary", 1, LEAST_DYADS // 16 + 1, 1, DRAWS, days=20)
    table, summary, mix = (made.tables[name] for name in ("claims", "summary", "mix"))
    one, other = (table[table["claim"] == claim.words].reset_index(drop=True) for claim in claims())
    assert len(one) == len(other) == len(variants(load("ordinary"), 1, DRAWS)) == len(mix)
    assert one["as_claimed"].to_numpy() == pytest.approx(-other["as_claimed"].to_numpy())
    assert (one["clearly"] == other["against"]).all()
    assert not (table["clearly"] & ~table["holds"]).any()
    for row in summary.itertuples():
        some = table[(table["claim"] == row.claim) & (table["kind"] == row.kind)]
        assert (row.variants, row.holds) == (len(some), pytest.approx(some["holds"].mean()))
    assert mix[list(PATTERN_SHARES)].sum(axis=1).to_numpy() == pytest.approx(1)
    assert mix["agreement"].between(-1, 1).all()
    said = " ".join(made.sentences)
    least = summary[summary["kind"] == "posterior"]["holds"].min()
    assert least >= 0.9 or f"in {least:.0%}" in said


@pytest.mark.slow
def test_the_command_keeps_the_draws_with_the_result_so_that_it_can_be_verified(small, twoway, tmp_path):
    pd.DataFrame({"distance": [0.1, 0.2], "learning.perceptual_noise": [1.1, 1.6]}).to_csv("mine.csv", index=False)
    few = ("--replicates", 5, "--resamples", 1, "--days", 10)
    status, out, err = twoway("robustness", *few, "--posterior", "mine.csv", "--draws", 1, "--out", "mine")
    assert (status, err) == (0, "")
    assert "Tables, figures, page and manifest: mine" in out
    (tmp_path / "mine.csv").unlink()
    status, out, _ = twoway("verify", "mine")
    assert (status, out.splitlines()[-1]) == (0, "Every table is equal.")
    assert pd.read_csv("mine/mix.csv")["kind"].tolist().count("posterior") == 1


def test_draws_are_taken_evenly_from_the_whole_file_and_only_parameters_are(tmp_path):
    path = tmp_path / "posterior.csv"
    noise = np.linspace(1, 2, 11)
    pd.DataFrame({"learning.perceptual_noise": noise, "weight": 1.0}).to_csv(path, index=False)
    assert posterior_draws(path, 3) == {"names": ["learning.perceptual_noise"], "rows": [[1.0], [1.5], [2.0]]}
    assert len(posterior_draws(path, 100)["rows"]) == 11


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("learning.perceptual_nois\n1\n", "did you mean 'learning.perceptual_noise'?"),
        ("learning.perceptual_noise\n99\n", "from 0.2 to 4"),
        ("weight\n1\n", "holds no draws"),
        ("learning.perceptual_noise\n", "holds no draws"),
        ("", "cannot be read"),
    ],
)
def test_a_file_of_draws_that_cannot_be_used_is_refused_before_anything_runs(refused, tmp_path, text, said):
    (tmp_path / "draws.csv").write_text(text)
    assert said in refused("robustness", "--posterior", "draws.csv")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--replicates", "4"), "at least 5"),
        (("--resamples", "-1"), "--resamples -1"),
        (("--scenario", "ordinery"), "did you mean 'ordinary'?"),
        (("--posterior", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(refused, arguments, said):
    assert said in refused("robustness", *arguments)


def test_nothing_in_the_defaults_of_a_scenario_is_lost_on_the_way_into_a_variant():
    for name in shipped_names():
        mine = SimulatedVariant(name, {}, {}, 1, 1, 1)._scenario(name, {})
        same = {
            section: getattr(load(name), section) for section in ("design", "context", "stay", *OF_PEOPLE, "meaning")
        }
        assert mine == Scenario(**same)
