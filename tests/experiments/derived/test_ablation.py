"""The effect of a removal is a difference with common random numbers, and a result that can be verified."""

import json

import numpy as np
import pandas as pd
import pytest

import twoway.experiments.validation.ablation_table
from twoway.analysis.patterns import PATTERNS
from twoway.experiments.derived.ablation import ablation
from twoway.experiments.validation.ablation_table import WHOLE, ablations

SMALL = """
[kept_rules]
updated_positivity = "it is what is looked at"
[kept_numbers]
[[removal]]
dimension = "meaning"
rule = "the whole dimension"
removes = ["updated_log_weight"]
changes = { "learning.definition_learning_rate" = 0.0, "learning.impersonal_weight" = 1.0 }
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
    monkeypatch.setattr(twoway.experiments.validation.ablation_table, "TABLE", path)
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
    assert made.tables["kept"].to_numpy().tolist() == [["rule", "updated_positivity", "it is what is looked at"]]


@pytest.mark.slow
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
