"""A stay as a story: what it tells is in the tables, with the same numbers."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.analysis.accounts import dyad_tables
from twoway.analysis.narrative.decisive import TurningPoint, deed_as_seen
from twoway.analysis.narrative.story import (
    TELLING,
    chapter_starts,
    coping_sentences,
    everyday_sentences,
    story,
    verdict_and_interviews,
    with_numbers,
)
from twoway.analysis.narrative.subjects import WORDS
from twoway.analysis.narrative.turning_points import FITTING, TIPPING, decided_by, steepest, tippings, turning_points_of
from twoway.analysis.render.document import Block, as_markdown, as_text
from twoway.analysis.render.html import as_html
from twoway.analysis.tables import kind_shares
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, load
from twoway.simulation.rules.lasting import MISTRUST_THRESHOLD, TRUST_THRESHOLD
from twoway.simulation.tables import run

SCENARIO = load("four-centres", {"design.days": 90, "context.turnover": 1})
RESOLVED = Resolved(SCENARIO)


@pytest.fixture(scope="module")
def tables():
    """Four centres for three months, with a change of keyworker now and then."""
    return run(SCENARIO, seed=2)


@pytest.fixture(scope="module", params=[(0, c, d) for c in range(4) for d in range(4)])
def told(request, tables):
    """A dyad's own tables with its numbered events, and its story."""
    own = dyad_tables(tables, request.param)
    return own._replace(events=with_numbers(own.events)), story(tables, RESOLVED, request.param)


def blocks(pieces, kind):
    return [piece for piece in pieces if isinstance(piece, Block) and piece.kind == kind]


@pytest.mark.slow
def test_the_chapters_cover_the_stay_without_gap_or_overlap_until_it_ends(told):
    own, pieces = told
    last_day = own.dyads["ended_on"].iloc[0] or 90
    days = [re.match(r"Days (\d+) to (\d+):", block.text) for block in blocks(pieces, "heading")]
    spans = [(int(match[1]), int(match[2])) for match in days if match]
    assert [day for first, last in spans for day in range(first, last + 1)] == list(range(1, last_day + 1))
    assert len(spans) <= TELLING.chapters


def test_every_scene_is_an_encounter_of_the_table(told):
    own, pieces = told
    scenes = blocks(pieces, "scene")
    assert scenes
    for scene in scenes:
        day, first, last = map(int, re.match(r"Day (\d+), exchanges (\d+) to (\d+)", scene.label).groups())
        rows = own.events[(own.events["day"] == day) & own.events["number"].between(first, last)]
        assert rows["met"].nunique() == 1
        assert len(rows) == last - first + 1 == (own.events["met"] == rows["met"].iloc[0]).sum()


def test_tone_and_shares_in_the_text_are_those_of_the_table(told):
    own, pieces = told
    text = " ".join(block.text for block in blocks(pieces, "text"))
    ends = re.findall(
        r"At the end of day (\d+) he took her for .*? \(([^)]*?)\u00a0%\).*?good tone ([\d.]+), bad ([\d.]+)\.", text
    )
    assert ends
    for day, share, good, bad in ends:
        row = own.days[(own.days["day"] == int(day)) & (own.days["party"] == "client")].iloc[0]
        assert good == f"{row['positivity']:.1f}"
        assert bad == f"{row['negativity']:.1f}"
        assert share == f"{100 * max(row[c] for c in own.days.columns if c.startswith('share_of_')):.0f}"


def test_meetings_are_counted_in_full(told):
    own, pieces = told
    counts = re.findall(r"they met (once|twice|\w+ times)", " ".join(block.text for block in blocks(pieces, "text")))
    few = {"once": 1, "twice": 2} | {f"{word} times": n for n, word in enumerate(WORDS, start=3)}
    total = sum(few.get(count) or int(count.split()[0]) for count in counts)
    assert total == own.events["met"].max()


def test_the_pattern_told_is_the_pattern_of_the_table(told):
    own, pieces = told
    title = blocks(pieces, "title")[0].text
    last = own.days[own.days["day"] == own.days["day"].max()]
    good, bad = list(last["positivity"]), list(last["negativity"])
    expected = (
        "ambivalent" if max(bad) > MISTRUST_THRESHOLD else "friendly" if min(good) >= TRUST_THRESHOLD else "polite"
    )
    assert f", {expected} and " in title


def test_text_markdown_and_html_tell_the_same(told):
    _, pieces = told
    for block in pieces:
        for part in block if isinstance(block, tuple) and isinstance(block[0], Block) else (block,):
            words = part.text.split()
            assert words[-3:] == [w for w in as_text([part], 10_000).split() if w.strip("=-")][-3:]
            assert " ".join(words[:5]) in as_markdown([part])
            assert "<script" not in as_html("a", [part])


def test_grammar_of_all_that_is_told(told):
    _, pieces = told
    for block in (*blocks(pieces, "text"), *blocks(pieces, "scene")):
        assert not re.search(r"[{}_]|  | [,.]|\.\.|\bnan\b|\b1 times\b|\b(\w+) \1\b", block.text), block.text
        assert re.match(r"[A-Z]", block.text)
        assert block.text.endswith(".")


def test_a_story_of_a_single_day_can_be_told():
    short = run(load("ordinary", {"design.days": 1, "design.clients": 2}))
    pieces = story(short, RESOLVED, (0, 0, 0))
    assert "a stay of 1 day," in blocks(pieces, "title")[0].text


def test_a_dyad_that_does_not_exist_is_refused(tables):
    with pytest.raises(InputError, match="there is no dyad 4"):
        story(tables, RESOLVED, (0, 0, 4))


def test_the_verdict_of_a_day_rests_on_that_day(tables):
    verdict = blocks(verdict_and_interviews(tables, RESOLVED, (0, 0, 1), 30, number=1), "text")[0].text
    now = tables.days[(tables.days["day"] == 30) & (tables.days["centre"] == 0) & (tables.days["dyad"] == 1)]
    for value in now["negativity"]:
        assert f"({value:.2f})" in verdict


TURN = st.builds(
    TurningPoint, st.integers(1, 180), st.just("tipped"), st.just("client"), st.floats(0, 3), st.just("x"), st.just(1)
)


@given(st.lists(TURN, max_size=12))
def test_no_chapter_is_shorter_than_allowed_and_the_weightiest_turn_that_can_opens_one(points):
    chosen = chapter_starts(points, 180)
    borders = [1, *(turn.day for turn in chosen), 181]
    assert all(np.diff(borders) >= TELLING.shortest)
    possible = [t for t in points if TELLING.shortest < t.day <= 181 - TELLING.shortest]
    if possible:
        assert max(turn.weight for turn in chosen) == max(turn.weight for turn in possible)


def test_a_definition_tips_where_another_kind_leads_for_good():
    shares = np.zeros((60, 3))
    shares[:30, 2] = shares[30:, 0] = 1.0
    shares[10:13] = [1.0, 0.0, 0.0]
    assert tippings(shares) == [(30, 2, 0, pytest.approx(0.9))]
    assert steepest(shares[:, 0] - shares[:, 2], 28) == 30, "told on the day on which most of it happened"


def test_a_kind_that_leads_for_a_few_days_is_no_turning_point():
    shares = np.tile([0.0, 1.0, 0.0], (60, 1))
    shares[20 : 20 + TIPPING.days - 4] = [1.0, 0.0, 0.0]
    assert tippings(shares) == []


def test_turning_points_are_told_in_order(tables):
    for centre in range(4):
        own = dyad_tables(tables, (0, centre, 0))
        found = turning_points_of(own._replace(events=with_numbers(own.events)), RESOLVED)
        assert [turn.day for turn in found] == sorted(turn.day for turn in found)


def test_nothing_is_told_of_tension_where_there_was_none(tables):
    assert coping_sentences(tables.events.iloc[:0]) == ""


def test_days_without_a_meeting_are_told_as_that(tables):
    assert everyday_sentences(tables.events.iloc[:0], 1, 9, RESOLVED) == "In these days they did not meet at all."


def test_a_tipping_is_put_down_to_the_act_that_moved_most_on_that_day_and_to_none_if_nothing_did(tables):
    own = dyad_tables(tables, (0, 0, 0))
    events = with_numbers(own.events)
    days = events.loc[(events["event"] == "exchange") & (events["actor"] == "keyworker"), "day"]
    day = int(days.value_counts().index[0])
    mine = events[(events["event"] == "exchange") & (events["actor"] == "keyworker") & (events["day"] == day)]
    shares = kind_shares(mine, RESOLVED)
    lead = shares[:, 0] - shares[:, 1]
    rises = np.diff(lead, prepend=-1.0)
    told = decided_by(events, "client", day, (1, 0), (-1.0 + rises.max(), -1.0), RESOLVED)
    row = mine.iloc[int(rises.argmax())].to_dict()
    if row["felt"] < FITTING:
        assert told == "", "what felt bad, or like nothing, is not said to have made it personal"
        events.loc[mine.index[int(rises.argmax())], "felt"] = row["felt"] = FITTING
        told = decided_by(events, "client", day, (1, 0), (-1.0 + rises.max(), -1.0), RESOLVED)
    assert told == f", above all when {deed_as_seen(row, row, RESOLVED, (0, 0, 0))[0]}"
    assert decided_by(events, "client", day, (1, 0), (9.0, -1.0), RESOLVED) == "", "most of it came otherwise"
    assert decided_by(events, "client", 10_000, (1, 0), (1.0, 0.0), RESOLVED) == "", "nobody acted"
