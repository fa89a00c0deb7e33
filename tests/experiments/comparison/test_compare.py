"""Comparisons on tiny stays: nothing differs from itself, tables agree with runs, and stopping keeps its promise."""

import numpy as np
import pandas as pd
import pytest

from twoway.analysis.divergence import PARTINGS
from twoway.analysis.patterns import PATTERNS, by_day, with_patterns
from twoway.analysis.tables import DYAD
from twoway.experiments.comparison.compare import BATCH, CHAINS, FOLLOWED, LEAST_REPLICATES, compare
from twoway.experiments.comparison.schedule import ScenarioSchedule, parse_schedule
from twoway.experiments.comparison.text import answer_sentences, divergence_sentences, table_lines
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import changed, load
from twoway.simulation.tables import run

SMALL = {
    "design.days": 40, "design.clients": 5, "design.centres": 2, "context.caseload": 2.0, "lasting.grievance_size": 1.0,
}  # fmt: skip


def small(text):
    return parse_schedule(text, SMALL)


@pytest.fixture(scope="module")
def result():
    """Two contexts and a reform against a third, a few replicates."""
    texts = ("strict-and-opaque", "time-for-talk", "strict-and-opaque@25:permissive")
    return compare([small(text) for text in texts], seed=5, replicates=6, threads=2)


@pytest.fixture(scope="module")
def itself():
    """A scenario compared with itself."""
    return compare([changed(load("ordinary"), SMALL)] * 2, replicates=4, threads=1)


def test_nothing_differs_from_itself(itself):
    assert (itself.differences[["difference", "low", "high"]] == 0).all(axis=None)
    assert itself.moves.loc[itself.moves["first"] != itself.moves["then"], "dyads"].sum() == 0
    assert itself.partings["day"].isna().all()
    assert itself.chains.empty
    assert itself.half_width == 0
    assert np.array_equal(*itself.codes)
    days = [rows.drop(columns="scenario").reset_index(drop=True) for _, rows in itself.days.groupby("scenario")]
    pd.testing.assert_frame_equal(*days)


def test_what_is_there_twice_has_two_names_and_is_said_to_be_the_same(itself):
    ordinary, again = (one.name for one in itself.schedules)
    assert again == f"{ordinary} (2)"
    text = " ".join([*answer_sentences(itself), *divergence_sentences(itself)])
    assert "every dyad is in the same pattern" in text
    assert "the stories of all 40 dyads that were followed are the same throughout" in text


def test_a_policy_change_after_the_last_day_is_no_difference():
    reformed = compare([small("ordinary"), small("ordinary@41:permissive")], replicates=3)
    assert np.array_equal(*reformed.codes)
    assert reformed.partings["day"].isna().all()


def test_no_story_parts_before_the_policy_change(result):
    reformed = result.partings[result.partings["scenario"] == "strict-and-opaque@25:permissive"]
    assert reformed["day"].min() >= 25
    assert set(result.partings["what"].dropna()) <= set(PARTINGS)
    days = result.days[result.days["day"] < 25]
    shares = days.set_index(["scenario", "day"])[list(PATTERNS)]
    assert shares.loc["strict-and-opaque@25:permissive"].equals(shares.loc["strict-and-opaque"])


def test_patterns_and_days_are_those_of_the_runs(result):
    for number, one in enumerate(result.schedules):
        tables = run(one.prepared, seed=5, replicates=6, detail="days")
        dyads = with_patterns(tables.dyads)
        assert list(dyads["pattern"].cat.codes) == list(result.codes[number].ravel())
        daily = by_day(tables.days)
        share = pd.crosstab(daily["day"], daily["pattern"], normalize="index").reindex(columns=list(PATTERNS))
        ours = result.days[result.days["scenario"] == one.name]
        assert ours[list(PATTERNS)].to_numpy() == pytest.approx(share.fillna(0).to_numpy())


def test_moves_sum_to_dyads_and_agree_with_differences(result):
    for name, rows in result.moves.groupby("scenario"):
        assert rows["dyads"].sum() == 6 * 10
        differences = result.differences[result.differences["scenario"] == name].set_index("pattern")
        for pattern in PATTERNS:
            net = (
                rows.loc[rows["then"] == pattern, "share"].sum() - rows.loc[rows["first"] == pattern, "share"].sum()
            )  # fmt: skip
            assert net == pytest.approx(differences.loc[pattern, "difference"])


def test_every_followed_dyad_has_a_row_and_says_where_it_ended(result):
    for name, rows in result.partings.groupby("scenario"):
        assert len(rows) == 6 * 10
        moved = result.moves[(result.moves["scenario"] == name) & (result.moves["first"] != result.moves["then"])]
        assert (rows["pattern_first"] != rows["pattern_then"]).sum() == moved["dyads"].sum()
        assert rows["settled_first"].between(1, 40).all()


def test_the_dyads_told_are_few_and_told_from_where_their_stories_part(result):
    dyad = ["replicate", "centre", "dyad"]
    for name, rows in result.chains.groupby("scenario"):
        told = rows.groupby(dyad)
        assert 1 <= told.ngroups <= CHAINS
        partings = result.partings[result.partings["scenario"] == name].set_index(dyad)
        for key, chain in told:
            day = int(partings.loc[key, "day"])
            assert chain.loc[chain["day"] == day, "why"].str.contains("the stories part").all()
            here = chain[chain["day"] < day]
            assert (here["where"] == "both").all(), "before they part the stories are the same"
            assert (here["act_first"] == here["act_then"]).all()


def test_dyads_that_moved_farthest_are_told_first(result):
    for _, rows in result.chains.groupby("scenario"):
        moved = (rows["pattern_first"] != rows["pattern_then"]).tolist()
        assert moved == sorted(moved, reverse=True)
        assert moved[0]


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 3])
def test_threads_change_nothing(result, threads):
    again = compare(result.schedules, seed=5, replicates=6, threads=threads)
    for name in ("differences", "moves", "partings", "days", "chains"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(result, name))


def test_it_goes_on_until_it_is_precise_enough_and_no_further():
    tiny = {"design.days": 15, "design.clients": 4}
    schedules = [parse_schedule("strict-and-opaque", tiny), parse_schedule("permissive", tiny)]
    found = compare(schedules, precision=0.05)
    assert found.reached
    assert found.half_width <= 0.05
    assert found.replicates > LEAST_REPLICATES
    assert (found.replicates - LEAST_REPLICATES) % BATCH == 0
    before = compare(schedules, replicates=found.replicates - BATCH)
    assert before.half_width > 0.05
    assert np.array_equal(before.codes[0], found.codes[0][:-BATCH])


def test_it_stops_at_the_most_that_is_allowed_and_says_so():
    tiny = {"design.days": 10, "design.clients": 4}
    found = compare(
        [parse_schedule("ordinary", tiny), parse_schedule("permissive", tiny)],
        precision=0.0001,
        most=LEAST_REPLICATES + 5,
    )
    assert found.replicates == LEAST_REPLICATES + 5
    assert not found.reached
    assert "the most allowed" in " ".join(answer_sentences(found))


def test_never_fewer_than_the_least_however_little_precision_is_wanted():
    tiny = {"design.days": 3, "design.clients": 2}
    found = compare([parse_schedule("ordinary", tiny), parse_schedule("permissive", tiny)], precision=0.9)
    assert found.replicates == LEAST_REPLICATES
    assert len(found.partings) <= FOLLOWED


WINDOW = {"design.interviews_from": 5, "design.interviews_span": 6}


@pytest.fixture(scope="module")
def early():
    """A comparison whose interviews are long over when the stays end."""
    return compare([parse_schedule(text, SMALL | WINDOW) for text in ("ordinary", "voluntary")], 3, replicates=6)


def test_patterns_are_those_of_the_interviews_and_ends_those_of_the_last_day(early):
    for column, text in (("first", "ordinary"), ("then", "voluntary")):
        tables = run(parse_schedule(text, SMALL | WINDOW).prepared, seed=3, replicates=6, detail="days")
        asked = with_patterns(tables.dyads).set_index(DYAD)["pattern"].astype(str)
        ended = by_day(tables.days[tables.days["day"] == 40]).set_index(DYAD)["pattern"].astype(str)
        rows = early.partings.set_index(DYAD)
        assert rows[f"pattern_{column}"].to_dict() == asked.loc[rows.index].to_dict()
        assert rows[f"end_{column}"].to_dict() == ended.loc[rows.index].to_dict()
        assert (asked != ended).any(), "the two differ, so that the test can tell"


def test_a_dyad_that_has_settled_is_said_to_be_in_the_pattern_in_which_it_ends(early):
    told = early.chains[early.chains["why"].str.contains("from here on")]
    ends = early.partings.set_index(DYAD)
    assert len(told)
    for row in told.itertuples():
        end = ends.loc[(row.replicate, row.centre, row.dyad)]
        for context, column in (("first", "end_first"), ("other", "end_then")):
            if f"in the {context} context it is " in row.why:
                assert f"in the {context} context it is {end[column]} from here on" in row.why


def test_a_change_after_the_interviews_is_refused_and_one_within_them_is_said():
    texts = ("ordinary", "ordinary@8:permissive@20:ordinary")
    with pytest.raises(InputError, match="the change on day 20 comes after the interviews on days 5 to 10"):
        compare([parse_schedule(text, SMALL | WINDOW) for text in texts], replicates=2)
    within = compare(
        [parse_schedule(text, SMALL | WINDOW) for text in ("ordinary", "ordinary@8:permissive")], replicates=2
    )
    words = " ".join(answer_sentences(within))
    assert "The change on day 8 falls within the interviews: 3 of 6 days precede it." in words
    assert "are means of what both parties say on days 5 to 10" in words


def test_the_words_name_the_numbers_of_the_tables(result):
    words = " ".join([*answer_sentences(result), *divergence_sentences(result), *table_lines(result)])
    for row in result.differences.itertuples():
        assert f"{row.share:.1%}" in words
        assert f"{100 * row.difference:+.1f}" in words
    assert "6 replicates, seed 5, as many as were asked for" in words
    assert "paired t over replicates" in words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"replicates": 1}, "replicates = 1; it must be from 2"),
        ({"replicates": 0}, "replicates = 0"),
        ({"precision": 0.0}, "precision = 0.0"),
        ({"precision": float("nan")}, "precision = nan"),
        ({"precision": 2.0}, "precision = 2.0"),
        ({"most": 1}, "most = 1"),
        ({"seed": -1}, "seed = -1"),
    ],
)
def test_what_cannot_be_done_is_refused(more, words):
    with pytest.raises(InputError, match=words):
        compare([small("ordinary"), small("permissive")], **more)


def test_a_course_written_in_python_is_as_good_as_one_written_in_a_line():
    written = small("ordinary@10:permissive")
    built = ScenarioSchedule("mine", written.scenario, written.policy_changes)
    one, other = (compare([small("ordinary"), c], replicates=2).codes[1] for c in (written, built))
    assert np.array_equal(one, other)


def test_a_name_a_path_a_scenario_and_a_schedule_can_be_compared(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('question = "What if?"\n[design]\ndays = 3\nclients = 2\n', encoding="utf-8")
    given = [str(own), own, load(own), parse_schedule(str(own)), f"{own}@2:context.control=5"]
    found = compare(given, replicates=2)
    same = found.differences[~found.differences["scenario"].str.contains("@")]
    assert (same["difference"] == 0).all()
    assert len({schedule.name for schedule in found.schedules}) == len(given)
