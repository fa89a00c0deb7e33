"""The pages about results say what the kept results say, and nothing else."""

import runpy
from pathlib import Path

import pandas as pd
import pytest

from twoway.analysis.patterns import PATTERNS
from twoway.experiments.calibration.history_matching import CANDIDATES
from twoway.experiments.calibration.posterior import central_points, rounded, shipped_posterior
from twoway.experiments.calibration.priors import priors
from twoway.experiments.results.result import derived_kinds, open_result
from twoway.simulation.parameters.scenario import all_declarations

DOCS = Path(__file__).parents[2] / "docs"
PAGES = runpy.run_path(str(DOCS / "results.py"), run_name="pages")
KINDS = sorted(path.name for path in (DOCS / "results").iterdir())
DEFAULTS = {f"{d.section}.{d.name}": d.default for d in all_declarations()}


def test_the_page_on_comparing_says_how_often_its_comparison_has_the_same_direction_over_the_sample():
    text = PAGES["COMPARE"].read_text(encoding="utf-8")
    assert PAGES["with_claims_over_the_sample"](text) == text
    assert "fewer conflicted in " in text


@pytest.mark.parametrize("name", PAGES["PAGES"])
def test_a_page_is_what_its_results_say(name):
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES["PAGES"][name]()


def test_the_patterns_in_the_odd_are_the_facts_that_are_declared():
    text = PAGES["ODD"].read_text(encoding="utf-8")
    assert PAGES["patterns_of_the_odd"](text) == text


def test_every_kind_of_result_is_kept_and_made_from_what_is_said():
    assert set(KINDS) == set(derived_kinds()) == set(PAGES["arguments"]())
    for kind in KINDS:
        result = open_result(DOCS / "results" / kind)
        assert result.kind == kind
        assert result.arguments == PAGES["arguments"]()[kind]
        assert all((DOCS / "results" / kind / f"{table}.csv").is_file() for table in result.tables)


def test_the_defaults_are_the_representative_of_the_posterior_sample():
    free, sample = priors(), shipped_posterior()
    numbers = pd.read_csv(DOCS / "results" / "calibration" / "numbers.csv").set_index("number")["representative"]
    assert numbers.to_dict() == {name: DEFAULTS[name] for name in free.names}
    candidates = rounded(free.at(central_points(free.unit(sample[list(free.names)].to_numpy()), CANDIDATES)))
    assert numbers[list(free.names)].tolist() in candidates.tolist()


def test_the_posterior_sample_that_ships_is_the_one_that_was_kept():
    kept = pd.read_csv(DOCS / "results" / "calibration" / "posterior.csv")
    pd.testing.assert_frame_equal(kept, shipped_posterior())
    assert (kept.min() >= priors().low).all()
    assert (kept.max() <= priors().high).all()


def test_the_page_names_every_pattern_that_may_be_missed():
    text = (DOCS / "understanding.md").read_text(encoding="utf-8")
    assert all(pattern in text for pattern in PATTERNS)
