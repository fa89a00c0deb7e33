"""What the portrait of a dyad draws of both parties."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from tests.support.drawn import assert_all_is_on_the_page, caption, heights, marked, only, with_frames, words
from tests.support.people import NOTHING_COMES_UP

from twoway.analysis.figures.dyad_portrait import HAPPENED, dyad_portrait
from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.style import FRAME_COLOURS
from twoway.analysis.measures.influential_acts import moved_most
from twoway.analysis.patterns import with_patterns
from twoway.simulation import SCOPE
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.events import EVENTS
from twoway.simulation.parameters.scenario import load
from twoway.simulation.tables import run


@pytest.fixture(scope="module")
def tables():
    """Two replicates of four centres, a week and a half each, in which nothing is asked for and nothing lasts."""
    return run(load("four-centres", {"design.days": 10, "context.turnover": 4} | NOTHING_COMES_UP), replicates=2)


def moved(tables):
    """How far each client of the first replicate has come from the first definition."""
    first = tables.dyads[tables.dyads["replicate"] == 0]
    kinds = ("personal", "formal", "adversarial")
    return sum((first[f"client_{kind}"] - first[f"client_{kind}_first"]).abs() for kind in kinds), first


def test_the_portrait_told_is_that_of_the_client_who_moved_most(tables):
    distance, first = moved(tables)
    row = first[["centre", "dyad"]].loc[distance.idxmax()]
    assert caption(dyad_portrait(*tables)).startswith(f"Dyad {row['dyad']} of centre {row['centre']}, replicate 0;")


def test_the_portrait_draws_definitions_and_tone_of_both_parties(tables):
    figure = dyad_portrait(*tables, (1, 2, 3))
    mine = only(tables, 1, 2, 3).days
    names = [column for column in mine if column.startswith("share_of_")]
    for place, party in enumerate(("client", "keyworker")):
        side = mine[mine["party"] == party]
        upper, lower = figure.axes[place], figure.axes[4 + place]
        for day in (1, 5, 10):
            expected = side.loc[side["day"] == day, names].to_numpy()[0]
            assert heights(upper.collections, day) == pytest.approx(expected)
        good, bad = lower.lines[:2]
        assert np.array_equal(good.get_ydata(), side["positivity"])
        assert np.array_equal(bad.get_ydata(), side["negativity"])
        assert lower.get_ylim()[1] > side[["positivity", "negativity"]].to_numpy().max()
        assert upper.get_xlim() == lower.get_xlim() == (1, 10)


def test_the_portrait_marks_what_happened_on_its_days_and_confrontations_with_the_party_alone(tables):
    talks = tables.events[tables.events["event"] == "talk_repaired"]
    assert len(talks) > 0, "nothing to see in this run"
    row = talks.iloc[0]
    dyad = (row["replicate"], row["centre"], row["dyad"])
    mine = only(tables, *dyad).events
    figure = dyad_portrait(*tables, dyad)
    for party, strip in zip(("client", "keyworker"), figure.axes[2:4], strict=True):
        drawn = {line.get_marker(): list(line.get_xdata()) for line in marked(strip, HAPPENED)}
        confronts = (mine["way"] == "confront") & (mine["actor"] == party)
        marks = {name: kind.mark for name, kind in EVENTS.items() if kind.mark}
        assert {"talk_repaired", "talk_failed", "talk_declined", "new_keyworker"} <= set(marks)
        for name, mark in {**marks, "confront": COPING_WAYS["confront"].mark}.items():
            happened = confronts if name == "confront" else mine["event"] == name
            if mark.own:
                happened &= mine["actor"] == party
            assert drawn.get(mark.symbol, []) == list(mine.loc[happened, "day"])
    assert "talk that repaired" in words(figure)


def test_the_portrait_explains_only_marks_that_it_shows(tables):
    rare = {"talk_repaired", "talk_failed", "new_keyworker"}
    without = tables._replace(events=tables.events[~tables.events["event"].isin(rare)])
    figure = dyad_portrait(*without)
    assert not {"talk that repaired", "talk that failed"} & set(words(figure))
    assert words(figure).count("new keyworker") == 1, "the lane alone"


def test_what_is_off_in_a_model_has_no_lane(tables):
    assert not {"grievance", "where he is", "requests"} & set(words(dyad_portrait(*tables)))


def test_a_grievance_is_marked_on_the_side_of_whoever_has_it():
    found = run(load("ordinary", {"design.days": 60, "lasting.grievance_size": 0.9, "design.clients": 4}))
    opened = found.events[found.events["event"] == "grievance_opened"]
    row = opened.iloc[0]
    figure = dyad_portrait(*found, (row["replicate"], row["centre"], row["dyad"]))
    symbol = EVENTS["grievance_opened"].mark.symbol
    mine = opened[opened["dyad"] == row["dyad"]]
    for party, strip in zip(("client", "keyworker"), figure.axes[2:4], strict=True):
        drawn = [day for line in marked(strip, HAPPENED) if line.get_marker() == symbol for day in line.get_xdata()]
        assert drawn == list(mine.loc[mine["actor"] == party, "day"])
    assert "grievance" in words(figure)
    assert_all_is_on_the_page(figure)


def test_the_portraits_caption_counts_what_happened(tables):
    row = tables.dyads[["replicate", "centre", "dyad", "exchanges", "talks", "repairs"]].iloc[5]
    text = caption(dyad_portrait(*tables, (row["replicate"], row["centre"], row["dyad"])))
    assert f"{row['exchanges']} exchanges" in text
    assert f"{row['repairs']} of {row['talks']} repair talks succeeded" in text
    assert text.endswith(SCOPE)


def test_the_portraits_title_says_how_it_ended(tables):
    row = with_patterns(tables.dyads).iloc[7]
    title = words(dyad_portrait(*tables, (row["replicate"], row["centre"], row["dyad"])))
    assert f"One stay, two views: dyad {row['dyad']}, {row['pattern']} in the end" in title


def test_the_portrait_names_every_frame(tables):
    frames = [column.removeprefix("share_of_") for column in tables.days if column.startswith("share_of_")]
    assert set(frames) <= set(words(dyad_portrait(*tables)))
    assert len(set(FRAME_COLOURS)) == len(FRAME_COLOURS) >= len(frames)


@pytest.mark.slow
@pytest.mark.parametrize("days", [1, 2, 10])
def test_the_portrait_of_one_dyad_alone_can_be_drawn_however_short(tables, days):
    assert_all_is_on_the_page(dyad_portrait(*only(tables, 0, 3, 1, days)))


def test_the_sentence_says_what_each_took_it_for_and_how_it_felt_in_the_end(tables):
    sentence = alt_text(dyad_portrait(*tables, (1, 2, 3)))
    mine = only(tables, 1, 2, 3).days
    for party in ("client", "keyworker"):
        side = mine[(mine["party"] == party) & (mine["day"] == 10)].iloc[0]
        weights = side[[column for column in mine if column.startswith("share_of_")]].astype(float)
        assert f"{weights.idxmax().removeprefix('share_of_')} ({weights.max():.0%}) on day 10" in sentence
        assert f"{side['positivity']:.1f} good and {side['negativity']:.1f} bad" in sentence


def test_the_acts_that_moved_most_are_numbered_on_their_days_and_told(tables):
    dyad = (0, 1, 2)
    figure = dyad_portrait(*tables, dyad)
    events = only(tables, *dyad).events
    told = "\n".join(words(figure))
    for upper, party in zip(figure.axes[:2], ("client", "keyworker"), strict=True):
        most = moved_most(events, party)
        assert len(most) == 3
        assert [(text.get_text(), text.xy[0]) for text in upper.texts] == [
            (str(place), day) for place, day in enumerate(most["day"], 1)
        ]
        for place, row in enumerate(most.itertuples(), 1):
            assert f"{place}  day {row.day}: the {row.actor}'s “{row.act.replace('_', ' ')}”" in told


def test_numbers_of_acts_on_close_days_do_not_cover_each_other(tables):
    figure = dyad_portrait(*tables, (0, 1, 2))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    for upper in figure.axes[:2]:
        boxes = [text.get_window_extent(canvas.get_renderer()) for text in upper.texts]
        assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


@pytest.mark.slow
@pytest.mark.parametrize("frames", [2, 5, 7])
def test_any_repertoire_of_frames_can_be_drawn(tables, frames):
    one = only(tables, 0, 3, 1)
    old = [column for column in one.days if column.startswith("share_of_")]
    some = one._replace(days=with_frames(one.days.drop(columns=old), frames))
    figure = dyad_portrait(*some)
    assert {f"frame{k}" for k in range(frames)} <= set(words(figure))
    assert len(figure.axes[0].collections) == frames
    assert_all_is_on_the_page(figure)


def test_of_a_single_day_something_can_be_seen(tables):
    for axes in dyad_portrait(*only(tables, 0, 3, 1, days=1)).axes[:2]:
        assert sum(heights(axes.collections, 2)) == pytest.approx(1)
        assert axes.get_xlim() == (1, 2)


def test_a_centre_of_one_client_can_be_drawn_after_one_day_and_after_a_year():
    for days in (1, 365):
        small = run(load("ordinary", {"design.days": days, "design.clients": 1}))
        assert_all_is_on_the_page(dyad_portrait(*small))
