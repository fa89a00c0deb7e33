"""Every part of the model can be taken out, or it is said why not; and taking it out is what it says."""

import inspect
import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import experiments.ablation
from analysis.patterns import PATTERNS
from experiments.ablation import DIMENSIONS, WHOLE, ablated_scenarios, ablation, ablations
from simulation.document import rules as every_rule
from simulation.ensemble import Keep, World, live
from simulation.rules import RULES
from simulation.scenario import NUMBERED, changed, load, shipped_names

every_rule()  # the modules of the rules are imported, and RULES is filled
NUMBERS = {f"{section}.{name}" for section, declared in NUMBERED.items() for name in declared.model_fields}
REMOVALS = ablations().removal


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_of_the_model_is_taken_out_or_it_is_said_why_it_cannot_be(name):
    out, kept = any(name in removal.removes for removal in REMOVALS), name in ablations().kept_rules
    assert out != kept, f"{name}: take it out in experiments/ablations.toml, or say there why it stays (not both)"


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_number_of_the_model_is_taken_out_or_it_is_said_why_it_cannot_be(name):
    out, kept = any(name in removal.changes for removal in REMOVALS), name in ablations().kept_numbers
    assert out != kept, f"{name}: take it out in experiments/ablations.toml, or say there why it stays (not both)"


def test_the_table_speaks_of_nothing_that_is_not_there():
    assert {name for removal in REMOVALS for name in removal.removes} | set(ablations().kept_rules) <= set(RULES)
    assert {name for removal in REMOVALS for name in removal.changes} | set(ablations().kept_numbers) <= NUMBERS
    assert {removal.where for removal in REMOVALS} - {""} <= set(shipped_names())


def test_each_dimension_begins_with_all_of_it_and_no_rule_stands_twice():
    assert tuple(dict.fromkeys(removal.dimension for removal in REMOVALS)) == DIMENSIONS
    assert max(Counter(r.rule for r in REMOVALS if r.rule != WHOLE).values()) == 1
    for dimension in DIMENSIONS:
        assert next(r for r in REMOVALS if r.dimension == dimension).rule == WHOLE


def test_ablated_scenarios_differ_from_their_base_in_what_is_taken_out_and_in_nothing_else():
    base = load("four-centres")
    found = ablated_scenarios(base)
    assert [(d, r) for d, r, _ in found] == [(r.dimension, r.rule) for r in REMOVALS]
    for (_, _, scenario), removal in zip(found, REMOVALS, strict=True):
        back = {name: getattr(getattr(base, s), f) for name in removal.changes for s, f in [name.split(".")]}
        assert changed(scenario, back) == base


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda r: f"{r.dimension}: {r.rule}")
def test_what_is_taken_out_leaves_a_trace_where_it_is_said_to_matter(removal):
    for name in filter(None, ("ordinary", removal.where)):
        base = load(name, {"design.centres": 1, "design.days": 120})
        world = World(base)
        whole, without = (
            [live(w, 3, k, 0, Keep.DYADS) for k in range(3)]
            for w in (world, world.again(changed(base, removal.changes)))
        )
        for one, other in zip(whole, without, strict=True):
            for here, there in ((one.clients, other.clients), (one.keyworkers, other.keyworkers)):
                if any((here[tone] != there[tone]).any() for tone in ("positivity", "negativity")):
                    return
    pytest.fail("the lives are the same with and without it")


SHARE = st.floats(0, 1)
WEIGHT = st.floats(-10, 10)
NEUTRAL = {
    "redefined": ({"learning": 0.0, "anchoring": 0.0}, lambda a: a["log_weight"]),
    "likely_seen": ({"assimilation": 0.0}, lambda a: a["likeness"] * a["openness"]),
    "personal_weight": ({"impersonal": 1.0}, lambda a: 1.0),
    "farther": ({"step": 0.0}, lambda a: a["distance"]),
    "less": ({"share": 0.0}, lambda a: a["amount"]),
    "moved_toward": ({"share": 0.0}, lambda a: a["own"]),
    "drawn_together": ({"meeting": 0.0}, lambda a: a["own"]),
    "opposed": ({"opposition": 0.0}, lambda a: a["log_weight"]),
    "of_this_centre": ({"spread": 0.0}, lambda a: a["share"]),
    "believed_role": ({"known": 0.0}, lambda a: a["usual"]),
    "acquainted": ({"acquaintance": 0.0}, lambda a: a["reserve"]),
    "believed_strain": ({"insight": 0.0}, lambda a: 0.0),
    "mandated_share": ({"mandate": 0.0}, lambda a: a["role"]),
    "role_share": ({"formality": 0.0}, lambda a: a["reserve"]),
    "behind_role": ({"reserve": 0.0}, lambda a: a["distance"]),
    "daily_chance": ({"per_week": 0.0}, lambda a: 0.0),
    "leaving_chance": ({"turnover": 0.0}, lambda a: 0.0),
    "disturbed": ({"tolerance": 60.0}, lambda a: 0.0),
    "hostile_way": ({"benignity_weight": 0.0}, lambda a: a["tendency"] + a["style"]),
}


@pytest.mark.parametrize("name", sorted(NEUTRAL))
@given(data=st.data())
def test_at_its_neutral_value_a_rule_does_nothing(name, data):
    fixed, left = NEUTRAL[name]
    arguments = {a: data.draw(SHARE, label=a) for a in inspect.signature(RULES[name]).parameters} | fixed
    assert RULES[name](**arguments) == pytest.approx(left(arguments), abs=1e-12)


SMALL = """
[kept_rules]
warmed = "it is what is looked at"
[kept_numbers]
[[removal]]
dimension = "meaning"
rule = "the whole dimension"
removes = ["redefined"]
changes = { "learning.learning" = 0.0, "learning.impersonal_weight" = 1.0 }
without = "nothing is learned"
[[removal]]
dimension = "context"
rule = "overload"
removes = ["pressure_under"]
changes = { "context.overload" = 0.0 }
without = "work is never too much"
where = "understaffed"
reason = "speaks only where there is too much work"
[[removal]]
dimension = "expectation"
rule = "nothing"
removes = []
changes = { "design.centres" = 1 }
without = "everything"
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A table of three removals, one of which takes out nothing."""
    path = tmp_path / "removals.toml"
    path.write_text(SMALL)
    monkeypatch.setattr(experiments.ablation, "TABLE", path)
    ablations.cache_clear()
    yield path
    ablations.cache_clear()


def test_differences_add_up_and_what_takes_out_nothing_changes_nothing(small):
    made = ablation("ordinary", 1, 6, days=40)
    rules, patterns, measures = (made.tables[name] for name in ("rules", "patterns", "measures"))
    assert list(zip(rules["scenario"], rules["rule"], strict=True)) == [
        ("ordinary", WHOLE), ("ordinary", "overload"), ("ordinary", "nothing"), ("understaffed", "overload"),
    ]  # fmt: skip
    for _, some in patterns.groupby(["scenario", "rule"]):
        assert tuple(some["pattern"]) == PATTERNS
        assert some["difference"].sum() == pytest.approx(0)
        assert (some["share_without"] - some["share_with"]).to_numpy() == pytest.approx(some["difference"].to_numpy())
    assert rules["neutral_already"].tolist() == [False, False, True, False]
    for table in (patterns, measures):
        nothing = table[(table["scenario"] == "ordinary") & (table["rule"] != WHOLE)]
        assert (nothing["difference"].fillna(0) == 0).all()
        assert not nothing["detectable"].any()
    assert rules["dyads_elsewhere"].between(0, 1).all()
    assert made.tables["kept"].to_numpy().tolist() == [["rule", "warmed", "it is what is looked at"]]


def test_the_command_makes_a_folder_that_can_be_verified(small, twoway, tmp_path):
    status, out, err = twoway("ablate", "--replicates", 5, "--days", 15, "--out", "mine")
    assert (status, err) == (0, "")
    assert "Tables, figures, page and manifest: mine" in out
    assert json.loads((tmp_path / "mine" / "manifest.json").read_text())["arguments"]["replicates"] == 5
    assert {path.name for path in (tmp_path / "mine").glob("*.csv")} == {
        "rules.csv", "patterns.csv", "measures.csv", "kept.csv",
    }  # fmt: skip
    status, out, _ = twoway("verify", "mine")
    assert (status, out.splitlines()[-1]) == (0, "Every table is equal.")
    rules = pd.read_csv(tmp_path / "mine" / "rules.csv")
    rules["difference"] = np.round(rules["difference"] + 0.5, 2)
    rules.to_csv(tmp_path / "mine" / "rules.csv", index=False)
    assert twoway("verify", "mine")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--replicates", "4"), "at least 5"),
        (("--replicates", "many"), "whole number"),
        (("--scenario", "ordinery"), "did you mean 'ordinary'?"),
        (("--days", "0"), "design.days"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(refused, arguments, said):
    assert said in refused("ablate", *arguments)


def test_a_mistake_in_the_table_is_refused_with_its_place(small):
    small.write_text(SMALL.replace("removes = []", 'remove = "x"'))
    with pytest.raises(ValueError, match=r"removals\.toml: removal\.2\.remove"):
        ablation("ordinary", 1, 5)
