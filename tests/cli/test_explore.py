"""``twoway field-study`` and ``twoway landscape`` as a researcher meets them, and that they can be made again."""

import numpy as np
import pandas as pd
import pytest

from twoway import load, run
from twoway.analysis.patterns import by_day
from twoway.experiments.derived.field_study import Days, design_of, interview_days, interviewed
from twoway.simulation.parameters.scenario import changed
from twoway.simulation.run import PreparedScenario

STUDY = ("field-study", "--studies", "200", "--pairs", "4", "--centres", "2", "--interview-day", "3-5", "--later", "2")


@pytest.mark.slow
def test_a_field_study_says_what_it_found_keeps_it_and_is_made_again(twoway, tmp_path):
    status, out, err = twoway(*STUDY, "--out", "mine")
    assert (status, err) == (0, "")
    assert out.startswith("200 studies of 4 pairs at 2 centres")
    assert "Tables, figures, page and manifest: mine" in out
    table = pd.read_csv(tmp_path / "mine" / "shares.csv")
    assert table["share"].sum() == pytest.approx(1)
    assert {path.suffix for path in (tmp_path / "mine" / "figures").iterdir()} == {".png", ".svg"}
    status, out, _ = twoway("verify", "mine")
    assert (status, out.endswith("Every table is equal.\n")) == (0, True)


@pytest.mark.slow
def test_landscapes_are_kept_and_made_again_and_show_a_row_per_view(twoway, tmp_path):
    arguments = ("landscape", "ordinary", "voluntary", "--replicates", "20")
    status, out, err = twoway(*arguments)
    assert (status, err) == (0, "")
    assert out.startswith("Each dyad is a point")
    folder = tmp_path / "runs" / "landscape"
    assert pd.read_csv(folder / "candidates.csv")["view"].tolist() == ["leaning", "personal", "tone"] * 2
    drift = pd.read_csv(folder / "drift.csv")
    assert set(drift["scenario"]) == {"ordinary", "voluntary"}
    assert (drift[["client_error", "client_noise"]] > 0).all(axis=None)
    status, out, _ = twoway("verify", "runs/landscape")
    assert (status, out.endswith("Every table is equal.\n")) == (0, True)


def test_interviews_find_each_pair_as_it_is_on_its_day():
    base = design_of(changed(load("four-centres"), {"design.days": 12}), 6, 2)
    when = interview_days(3, (2, 2, 3), Days(2, 8, 4))
    pool = interviewed(PreparedScenario(base), 3, when, 4, 1)
    table = by_day(run(base, seed=3, replicates=2, detail="days").days)
    codes = table.assign(code=table["pattern"].cat.codes).set_index(["replicate", "centre", "dyad", "day"])["code"]
    for place in np.ndindex(when.shape):
        assert pool.pattern[place] == codes[(*place, when[place])]
        assert pool.later[place] == codes[(*place, when[place] + 4)]


def test_more_studies_leave_the_first_ones_as_they_were():
    few, many = (interview_days(1, (studies, 4, 4), Days(30, 150, 30)) for studies in (5, 50))
    assert np.array_equal(few, many[:5])
    assert few.min() >= 30
    assert many.max() <= 150


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["field-study", "--studies", "10"], "studies = 10; at least 200"),
        (["field-study", "--centres", "3"], "an even number"),
        (["field-study", "--pairs", "18"], "a multiple of the 4 centres"),
        (["field-study", "--interview-day", "170"], "on day 150 at the latest"),
        (["field-study", "--interview-day", "90-30"], "write one day, or the first and the last"),
        (["field-study", "--interview-day", "ninety"], "--interview-day ninety: write it as 90 or as 30-150"),
        (["field-study", "--later", "0"], "at least a day after"),
        (["field-study", "ordinry"], "did you mean 'ordinary'?"),
        (["field-study", "--out", "taken"], "taken: exists already"),
        (["landscape", "ordinary", "ordinary"], "ordinary is named twice"),
        (["landscape", "ordinry"], "did you mean 'ordinary'?"),
        (["landscape", "ordinary", "--view", "tne"], "did you mean 'tone'?"),
        (["landscape", "ordinary", "--replicates", "3"], "at least 20"),
        (["landscape", "ordinary", "--seed", "x"], "--seed x: must be a whole number"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_sentence(refused, tmp_path, arguments, words):
    (tmp_path / "taken").mkdir()
    assert words in refused(*arguments)
