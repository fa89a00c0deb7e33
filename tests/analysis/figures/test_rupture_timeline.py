"""What the timeline of ruptures draws, from tables written by hand."""

import numpy as np
import pandas as pd
import pytest
from tests.support.drawn import assert_all_is_on_the_page, caption, marked, words

from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.ruptures import ROWS, rupture_timeline

COLUMNS = ["replicate", "centre", "dyad", "party", "start", "bottom", "depth", "repaired", "regained"]


def falls(*rows):
    """A table of ruptures from rows of centre, dyad, party, start, bottom, depth and regained (None: never)."""
    data = [
        (0, *who, start, bottom, depth, back is not None, np.nan if back is None else float(back))
        for *who, start, bottom, depth, back in rows
    ]
    table = pd.DataFrame(data, columns=COLUMNS)
    return table.astype({"repaired": bool, "depth": float, "regained": float})


TWO = falls(
    (0, 1, "client", 10, 14, 0.6, 30), (0, 1, "keyworker", 12, 15, 1.0, None), (2, 0, "client", 50, 51, 0.5, 60)
)


def test_every_fall_is_a_line_and_every_regain_a_thinner_one():
    (axes,) = rupture_timeline(TWO, last=90).axes
    assert sorted(tuple(line.get_xdata()) for line in marked(axes, "fall")) == [(10, 14), (12, 15), (50, 51)]
    assert sorted(tuple(line.get_xdata()) for line in marked(axes, "regain")) == [(14, 30), (51, 60)]
    assert sorted(line.get_xdata()[0] for line in marked(axes, "regained")) == [30, 60]
    assert axes.get_xlim() == (1, 90)


def test_the_client_is_above_the_keyworker_in_the_row_of_their_dyad():
    (axes,) = rupture_timeline(TWO, last=90).axes
    level = {line.get_xdata()[0]: line.get_ydata()[0] for line in marked(axes, "fall")}
    rows = dict(zip([label.get_text() for label in axes.get_yticklabels()], axes.get_yticks(), strict=True))
    assert level[12] < rows["centre 0, dyad 1"] < level[10]
    assert rows["centre 2, dyad 0"] < rows["centre 0, dyad 1"], "in the order of their keys, from above"


def test_deeper_falls_have_larger_marks():
    (axes,) = rupture_timeline(TWO, last=90).axes
    size = {line.get_xdata()[0]: line.get_markersize() for line in marked(axes, "bottom")}
    assert size[51] < size[14] < size[15]


def test_words_count_ruptures_repairs_and_dyads():
    figure = rupture_timeline(TWO, last=90, dyads=16)
    assert caption(figure).startswith("3 ruptures in 2 of 16 dyads, 2 of them repaired.")
    assert alt_text(figure) == (
        "In 90 days there are 3 ruptures (2 of clients and 1 of keyworkers) in 2 of 16 dyads; 2 of them were repaired."
    )
    assert {"1 of 2 repaired", "1 of 1 repaired"} <= set(words(figure))


def test_of_many_dyads_those_with_the_most_ruptures_are_shown():
    table = falls(
        *((0, dyad, "client", 10 * k + 1, 10 * k + 2, 0.5, None) for dyad in range(40) for k in range(1 + dyad % 5))
    )
    figure = rupture_timeline(table, last=60)
    shown = [text for text in words(figure) if text.startswith("centre")]
    assert len(shown) == ROWS
    assert {f"centre 0, dyad {dyad}" for dyad in range(4, 40, 5)} <= set(shown)
    assert f"Shown: the {ROWS} dyads with the most" in caption(figure)
    assert caption(figure).startswith("120 ruptures in 40 of 40 dyads")


@pytest.mark.parametrize("table", [TWO.iloc[:0], TWO.iloc[:1], TWO])
def test_few_ruptures_or_none_can_be_drawn(table):
    figure = rupture_timeline(table, last=180, dyads=16)
    assert_all_is_on_the_page(figure)
    assert ("no rupture" in words(figure)) == (len(table) == 0)


def test_replicates_are_named_where_there_are_several():
    again = pd.concat([TWO, TWO.assign(replicate=1)], ignore_index=True)
    assert "replicate 1, centre 2, dyad 0" in words(rupture_timeline(again, last=90))
