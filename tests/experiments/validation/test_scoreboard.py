"""The scoreboard: how verdicts are put together, told and drawn."""

import numpy as np
import pandas as pd
import pytest

from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.scoreboard import predictive_figure, scale_of, scoreboard_figure
from twoway.experiments.validation.scoreboard import (
    accepted_range,
    by_fact,
    scoreboard_lines,
    scoreboard_sentences,
    scoreboard_table,
    sources_table,
)


def board(*rows):
    """A scoreboard by hand: fact, estimate, verdict, certain, used, status."""
    table = pd.DataFrame(rows, columns=["fact", "estimate", "verdict", "certain", "used", "status"])
    same = {"says": "Something is so.", "unit": "share", "sources": "Somebody 1999", "how": "A share."}
    bounds = {"accept_low": 0.1, "accept_high": 0.7, "wrong_low": 0.05, "wrong_high": 0.85}
    table["needs"] = table["verdict"].map({"not yet measurable": "exits"}).fillna("")
    table["worth"] = np.where(table["verdict"] == "too small to matter", 0.3, np.nan)
    table["note"] = table["fact"].map({"B": "it was looked at"}).fillna("")
    table["would_take"] = table["fact"].map({"A": "another world"}).fillna("")
    part = [f"part {k}" for k in range(len(rows))]
    return table.assign(part=part, low=table["estimate"] - 0.02, high=table["estimate"] + 0.02, **same, **bounds)


BOARD = board(
    ("A", 0.5, "met", True, "calibration", "read"),
    ("A", 0.01, "missed", True, "calibration", "read"),
    ("B", 0.3, "met", False, "held out", "read"),
    ("B", 0.4, "met", True, "held out", "read"),
    ("C", 0.08, "between", True, "calibration", "assumed"),
)


WIDER = board(
    ("A", 0.5, "met", True, "calibration", "read"),
    ("B", 0.2, "too small to matter", True, "held out", "read"),
    ("C", np.nan, "not yet measurable", True, "held out", "read"),
    ("D", 0.4, "met", True, "structure", "read"),
    ("E", 0.4, "met", True, "calibration", "assumed"),
)


def test_what_cannot_be_measured_yet_is_counted_as_not_met_and_says_what_it_needs():
    told = " ".join(scoreboard_sentences(WIDER, 400))
    assert (
        "held out (2): 0 met in every part, 1 too small to matter, 0 between, 0 missed, 1 not yet measurable." in told
    )
    assert "Not yet measurable, and so not met: C (needs exits)." in told
    (row,) = (row for row in scoreboard_table(WIDER).rows if row[0] == "C")
    assert row[2:6] == ("none", "", "0.1 to 0.7", "not yet measurable: needs exits")
    assert any(line.startswith("C ") and "needs exits" in line for line in scoreboard_lines(WIDER))


def test_what_has_no_source_is_counted_apart_and_what_chose_the_structure_nowhere():
    told = " ".join(scoreboard_sentences(WIDER, 400))
    assert "Facts with a source that were used in calibration (1): 1 met in every part" in told
    assert "Expectations without a source that were used in calibration (1): 1 met in every part" in told
    assert "Counted nowhere, since the model's structure was chosen with them: D." in told


def test_an_effect_that_is_too_small_is_told_as_that():
    told = " ".join(scoreboard_sentences(WIDER, 400))
    assert "Of the right sign, but too small: B (part 1 0.20)." in told
    assert "1 too small to matter" in alt_text(scoreboard_figure(WIDER, "400 dyads"))


@pytest.mark.parametrize(
    ("low", "high", "worth", "words"),
    [
        (-np.inf, 0.0, -0.2, "at most -0.2; to 0 too small"),
        (1.0, np.inf, 1.2, "at least 1.2; to 1 too small"),
        (-1.0, 0.0, -0.08, "-1 to -0.08; to 0 too small"),
        (0.1, 0.7, np.nan, "0.1 to 0.7"),
    ],
)
def test_the_accepted_range_ends_where_an_effect_is_too_small(low, high, worth, words):
    assert accepted_range(low, high, worth) == words


def test_a_fact_is_as_good_as_its_worst_part():
    facts = by_fact(BOARD).set_index("fact")
    assert facts["verdict"].to_dict() == {"A": "missed", "B": "met", "C": "between"}


def test_a_fact_is_met_for_certain_only_if_all_its_parts_are():
    facts = by_fact(BOARD).set_index("fact")
    assert facts["certain"].to_dict() == {"A": True, "B": False, "C": True}


def test_a_miss_is_told():
    told = " ".join(scoreboard_sentences(BOARD, 400))
    assert "Missed: A (part 1 0.010)." in told
    assert "Neither met nor wrong: C (part 4 0.080)." in told
    assert "used in calibration (1): 0 met in every part, 0 between, 1 missed." in told
    assert "held out (1): 1 met in every part, 0 between, 0 missed." in told


def test_what_a_miss_would_take_is_said_and_nothing_of_what_is_met():
    told = " ".join(scoreboard_sentences(BOARD, 400))
    assert "What A would take: another world." in told
    assert "What C would take: not known." in told
    assert "What B" not in told


def test_what_must_be_known_to_weigh_a_fact_stands_beside_it_and_the_rest_is_counted_without_it():
    assert "Of B one must know: it was looked at. Without it 0 of 0 are met in every part." in " ".join(
        scoreboard_sentences(BOARD, 400)
    )
    assert [row[-1] for row in scoreboard_table(BOARD).rows if row[0] == "B"] == ["held out (it was looked at)"] * 2
    assert sum("(it was looked at)" in line for line in scoreboard_lines(BOARD)) == 2


@pytest.mark.parametrize("row", list(BOARD.itertuples()), ids=lambda row: row.part)
def test_whatever_is_measured_lies_on_the_scale_of_its_row(row):
    low, high = scale_of(row)
    assert low < min(row.estimate, row.accept_low)
    assert high > max(row.estimate, row.accept_high)


def test_the_terminal_the_page_and_the_figure_have_a_row_per_part():
    assert len(list(scoreboard_lines(BOARD))) == 1 + len(BOARD)
    assert len(scoreboard_table(BOARD).rows) == len(BOARD)
    assert [row[0] for row in sources_table(BOARD).rows] == ["A", "B", "C"]
    drawn = {text.get_text() for text in scoreboard_figure(BOARD, "400 dyads").axes[0].texts}
    assert set(BOARD["part"]) <= drawn


def test_the_figure_says_what_is_missed():
    told = alt_text(scoreboard_figure(BOARD, "400 dyads"))
    assert told == "The model against 3 facts: 1 met, 1 between, 1 missed. Missed: A part 1."


def test_the_figure_over_draws_says_what_seldom_holds():
    table = BOARD.assign(met=[1.0, 0.2, 0.95, 0.9, 0.7], met_in_every_part=[0.2, 0.2, 0.9, 0.9, 0.7])
    told = alt_text(predictive_figure(table, "20 draws"))
    assert "Of 3 facts 1 are met in every part" in told
    assert "A part 1 (20 %)" in told
    assert "part 4" not in told
