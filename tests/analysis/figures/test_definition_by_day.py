"""What the definitions of both sides by day draw."""

import numpy as np
import pytest
from tests.support.drawn import assert_all_is_on_the_page, caption, heights, only, toned, with_frames, words

from twoway.analysis.figures.definitions import LARGEST, WEEK, definition_by_day
from twoway.analysis.figures.dyad_portrait import lanes_of
from twoway.analysis.figures.layout import alt_text
from twoway.simulation.parameters.scenario import load
from twoway.simulation.tables import run


@pytest.fixture(scope="module")
def tables():
    """Four centres for three weeks."""
    return run(load("four-centres", {"design.days": 20, "context.turnover": 4}))


def shares(days, party, day):
    """Mean weights of the frames of one party on a day."""
    mine = days[(days["party"] == party) & (days["day"] == day)]
    return mine[[column for column in mine if column.startswith("share_of_")]].mean()


def test_each_area_is_as_high_as_the_mean_weight_of_its_frame(tables):
    figure = definition_by_day(tables.days)
    for axes, party in zip(figure.axes, ("client", "keyworker"), strict=True):
        for day in (1, 9, 20):
            assert heights(axes.collections, day) == pytest.approx(shares(tables.days, party, day).to_list())


def test_dots_are_as_large_as_there_were_happenings_in_the_week(tables):
    figure = definition_by_day(tables.days, tables.events)
    events = tables.events
    talks = events.loc[events["event"].isin(["talk_repaired", "talk_failed"]), "day"]
    counts = np.bincount((talks - 1) // WEEK, minlength=3)
    assert counts.sum() > 0
    lane = lanes_of(events).index("repair talk")
    dots = [some for some in figure.axes[2].collections if len(some.get_offsets()) and some.get_offsets()[0, 1] == lane]
    areas = dots[0].get_sizes()
    assert len(areas) == np.count_nonzero(counts)
    assert areas / areas.max() == pytest.approx(counts[counts > 0] / counts.max())
    assert max(some.get_sizes().max() for some in figure.axes[2].collections if len(some.get_sizes())) <= LARGEST
    most = int(caption(figure).split("the largest ")[1].split(";")[0])
    assert most >= counts.max()


def test_the_sentence_names_the_frame_that_weighs_most_at_both_ends(tables):
    sentence = alt_text(definition_by_day(tables.days))
    assert "over 16 dyads" in sentence
    for party in ("client", "keyworker"):
        for day in (1, 20):
            mean = shares(tables.days, party, day)
            assert f"{mean.idxmax().removeprefix('share_of_')} ({mean.max():.0%}) on day {day}" in sentence


def test_one_dyad_and_no_events_can_be_drawn(tables):
    one = only(tables, 0, 2, 1)
    assert caption(definition_by_day(one.days, one.events)).startswith("Means over 1 dyad ")
    for events in (one.events, one.events.iloc[:0], None):
        assert_all_is_on_the_page(definition_by_day(one.days, events))


@pytest.mark.slow
@pytest.mark.parametrize("frames", [2, 5, 7, 10])
@pytest.mark.parametrize("days", [1, 30])
def test_any_repertoire_can_be_drawn(frames, days):
    table = with_frames(toned([(0, day, 1, 0, 1, 0) for day in range(1, days + 1)]), frames)
    figure = definition_by_day(table)
    assert {f"frame{k}" for k in range(frames)} <= set(words(figure))
    assert_all_is_on_the_page(figure)
