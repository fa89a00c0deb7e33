"""Outcomes in a comparison: those of studies, of the same replicates in each context, and their paired difference."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.support.extension_file import OUTCOME_FILE

import twoway
from twoway.analysis.statistics.intervals import student_interval
from twoway.experiments.comparison.paired_outcomes import COLUMNS, OUTCOMES, PairedOutcomes, outcome_lines
from twoway.experiments.studies.outcomes import OUTCOMES as EVERY
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import changed
from twoway.simulation.run import Detail, PreparedScenario, simulate

SMALL = {"design.clients": 4, "design.days": 25, "design.centres": 2}
FIRST, OTHER = (changed(name, SMALL) for name in ("strict-and-opaque", "strict-but-fair"))
REPLICATES = 6


@pytest.fixture(scope="module")
def result() -> twoway.Comparison:
    names = ("client_tone", "time_conflicted", "tone_correlation")
    return twoway.compare([FIRST, OTHER], seed=2, replicates=REPLICATES, outcomes=names)


def test_every_outcome_has_a_row_for_each_later_context(result: twoway.Comparison) -> None:
    assert list(result.outcomes["outcome"]) == ["client_tone", "time_conflicted", "tone_correlation"]
    assert list(result.outcomes.columns) == ["scenario", *COLUMNS]
    assert set(result.outcomes["scenario"]) == {result.schedules[1].name}


def test_means_and_intervals_are_those_of_the_same_outcomes_in_a_study(result: twoway.Comparison) -> None:
    values = []
    for scenario in (FIRST, OTHER):
        days = twoway.run(scenario, seed=2, replicates=REPLICATES, detail="days").days
        tone = days[(days["day"] == 25) & (days["party"] == "client")]
        values.append((tone["positivity"] - tone["negativity"]).groupby(tone["replicate"]).mean().to_numpy())
    row = result.outcomes.set_index("outcome").loc["client_tone"]
    assert row[["first", "here"]].tolist() == pytest.approx([v.mean() for v in values])
    interval = student_interval(values[1] - values[0])
    assert row[["difference", "low", "high"]].tolist() == pytest.approx([float(end) for end in interval])
    assert row["replicates"] == REPLICATES


def test_a_context_compared_with_itself_differs_in_no_outcome() -> None:
    same = twoway.compare([FIRST, FIRST], seed=2, replicates=3).outcomes
    assert list(same["outcome"]) == list(OUTCOMES)
    assert (same[["difference", "low", "high"]] == 0).all(axis=None)


def test_replicates_in_which_an_outcome_is_missing_are_left_out_of_it() -> None:
    prepared = [PreparedScenario(changed("ordinary", {"design.clients": 2, "design.days": 3}))] * 2
    paired = PairedOutcomes(["tone_correlation", "client_tone"], prepared)  # two dyads have no correlation
    for k, one in enumerate(prepared):
        for centre in simulate(one, 1, range(3), Detail.DYADS):
            paired.add(k, centre)
    rows = paired.differences(1).set_index("outcome")
    assert rows.loc["tone_correlation", "replicates"] == 0
    assert np.isnan(rows.loc["tone_correlation", "difference"])
    assert rows.loc["client_tone", "replicates"] == 3
    assert "none to none" in list(outcome_lines(rows.reset_index()))[1]


def test_no_more_is_kept_of_a_run_than_its_outcomes_need() -> None:
    prepared = [PreparedScenario(FIRST)]
    assert PairedOutcomes(OUTCOMES, prepared).detail == Detail.DYADS
    assert PairedOutcomes(["time_conflicted"], prepared).detail == Detail.DAYS


def test_an_outcome_of_a_scenarios_own_file_can_be_compared(tmp_path: object) -> None:
    own = tmp_path / "mine.py"  # type: ignore[operator]
    own.write_text(OUTCOME_FILE, encoding="utf-8")
    contexts = []
    for strictness in (0.1, 0.9):
        file = tmp_path / f"s{round(10 * strictness)}.toml"  # type: ignore[operator]
        file.write_text(
            f'title = "S"\nquestion = "Q?"\nextensions = ["mine.py"]\n[design]\nclients = 4\ndays = 30\n'
            f"[context]\nstrictness = {strictness}\n",
            encoding="utf-8",
        )
        contexts.append(str(file))
    row = twoway.compare(contexts, seed=1, replicates=5, outcomes=["refusals"]).outcomes.iloc[0]
    assert row["difference"] > 0
    assert row["unit"] == "refusals per dyad"


def test_an_outcome_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'time_conflicted'"):
        twoway.compare([FIRST, OTHER], replicates=2, outcomes=["time_conflict"])


def test_lines_have_a_line_for_each_outcome_below_a_head() -> None:
    table = pd.DataFrame(
        [("client_tone", "EPA units", 1.0, 1.5, 0.5, 0.4, 0.6, 9, "mean"), ("talks", "talks", 3, 2, -1, -2, 0, 9, "n")],
        columns=list(COLUMNS),
    )
    head, first, second = outcome_lines(table)
    assert head.split() == ["outcome", "first", "here", "difference", "95", "%", "interval"]
    assert first.split() == ["client", "tone", "1", "1.5", "+0.5", "+0.4", "to", "+0.6", "EPA", "units"]
    assert second.split()[0] == "talks"
    assert set(OUTCOMES) <= set(EVERY)
