"""Why? gives the numbers of the rules, in words that fit them."""

import re

import pytest

from twoway.analysis.accounts import dyad_tables
from twoway.analysis.narrative.explanation import explain_exchange, explanation_lines, find_exchange
from twoway.analysis.narrative.story import with_numbers
from twoway.analysis.narrative.words.grammar import percent
from twoway.analysis.render.document import Block, Table, as_text
from twoway.simulation.affect_control.frames import KINDS
from twoway.simulation.columns import SOURCES
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import load
from twoway.simulation.run import PreparedScenario
from twoway.simulation.tables import run

PREPARED = PreparedScenario(load("four-centres", {"design.days": 40, "lasting.trust_override": 1.5}))
DYAD = (0, 2, 1)


@pytest.fixture(scope="module")
def tables():
    return run(PREPARED, 1)


@pytest.fixture(scope="module")
def events(tables):
    return with_numbers(dyad_tables(tables, DYAD).events)


@pytest.fixture(scope="module")
def reasons(tables, events):
    """Why for every seventh exchange of a dyad."""
    rows = events[events["number"] > 0].iloc[::7]
    return [
        explain_exchange(tables, PREPARED, 1, DYAD, int(row["day"]), int(row["number"])) for _, row in rows.iterrows()
    ]


@pytest.mark.slow
def test_the_three_sources_explain_the_act_as_the_events_table_says(reasons):
    for reason in reasons:
        sources = reason.sources.set_index("source")
        assert tuple(sources.index) == SOURCES
        assert sources[["explains", "attributed"]].sum().to_numpy() == pytest.approx(1.0)
        for source in SOURCES:
            assert sources["attributed"][source] == pytest.approx(reason.event[f"{source}_share"], abs=1e-9)


@pytest.mark.slow
def test_trust_divides_between_the_person_and_the_rest_and_leaves_role_and_strain_as_they_were(reasons):
    moved = 0
    for reason in reasons:
        sources = reason.sources.set_index("source")
        role, strain, person = sources["explains"]
        assert sources["attributed"]["role"] * strain == pytest.approx(sources["attributed"]["strain"] * role, abs=1e-9)
        moved += abs(sources["attributed"]["person"] - person) > 0.01
    assert moved > len(reasons) / 4


def test_the_frames_weigh_before_and_after_what_they_weighed(reasons):
    for reason in reasons:
        assert reason.frames["before"].sum() == pytest.approx(1.0)
        assert reason.frames["after"].sum() == pytest.approx(1.0)
        assert len(reason.frames) >= len(KINDS)
        mean = (reason.frames["before"] * reason.frames["probability"]).sum()
        assert mean == pytest.approx(reason.event["expected"], abs=1e-12)


def test_a_reading_as_meant_has_no_otherwise_and_a_misreading_has_one(reasons):
    assert any(reason.otherwise is None for reason in reasons)
    assert any(reason.otherwise is not None for reason in reasons)
    for reason in reasons:
        assert (reason.otherwise is None) == (reason.event["seen"] == reason.event["act"])
        if reason.parted is not None:
            assert reason.parted >= reason.event["day"]


def test_the_first_row_of_otherwise_is_how_it_was(tables, reasons):
    ended = dyad_tables(tables, DYAD).dyads.iloc[0]
    for reason in reasons:
        if reason.otherwise is not None:
            assert reason.otherwise["client_positivity"].iloc[0] == ended["client_positivity"]


def test_the_words_name_what_was_done_and_seen_and_hold_no_gap(reasons):
    for reason in reasons:
        pieces = explanation_lines(reason, PREPARED)
        for block in pieces:
            if isinstance(block, Block):
                assert not re.search(r"[{}_]|  | [,.]|\.\.|\bnan\b", block.text), block.text
        shown = [cell for piece in pieces if isinstance(piece, Table) for row in piece.rows for cell in row]
        assert reason.event["act"].replace("_", " ") in shown
        assert reason.event["seen"].replace("_", " ") in shown
        assert as_text(pieces)


def test_a_percentage_in_the_text_is_that_of_the_table(reasons):
    for reason in reasons:
        text = " ".join(piece.text for piece in explanation_lines(reason, PREPARED) if isinstance(piece, Block))
        sources = reason.sources.set_index("source")
        role = f"{sources['explains']['role']:.0%}".replace("%", "\u00a0%")
        person = percent(sources["attributed"]["person"])
        if role not in ("0\u00a0%", "100\u00a0%"):
            assert f"the role explains {role}" in text
            assert f"and the person {person}" in text or f"the person's share becomes {person}." in text


def test_what_it_was_put_down_to_is_not_said_to_be_hidden_where_it_was_right(reasons):
    right = {True: 0, False: 0}
    for reason in reasons:
        text = " ".join(piece.text for piece in explanation_lines(reason, PREPARED) if isinstance(piece, Block))
        believed = reason.sources.set_index("source")["explains"].idxmax()
        right[believed == reason.event["source"]] += 1
        assert ("could not see that" in text) == (believed != reason.event["source"])
    assert min(right.values()) > 0


@pytest.mark.parametrize("day", [0, 41])
def test_a_day_on_which_the_two_did_not_meet_is_refused(events, day):
    with pytest.raises(InputError, match="did not meet"):
        find_exchange(events, day, 1)


def test_an_exchange_that_does_not_exist_is_refused(events):
    with pytest.raises(InputError, match="has exchanges 1 to"):
        find_exchange(events, int(events.loc[events["number"] > 0, "day"].iloc[0]), 99)
