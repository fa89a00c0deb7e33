"""What the figures of field studies and landscapes draw."""

import numpy as np
import pytest
from tests.analysis.figures.examples import landscape_panel, studied
from tests.support.drawn import assert_all_is_on_the_page, words

from twoway.analysis.field_study.power import pattern_counts
from twoway.analysis.figures.field_study import what_a_study_could_see
from twoway.analysis.figures.landscape import landscapes
from twoway.analysis.figures.layout import alt_text
from twoway.analysis.landscape.drift import VIEWS
from twoway.analysis.landscape.fixed_points import HOLDS


@pytest.mark.slow
@pytest.mark.parametrize("shares", [(0.4, 0.3, 0.3), (0.98, 0.02, 0.0), (0.0, 0.0, 1.0)])
@pytest.mark.parametrize("pairs", [1, 4])
def test_the_bars_are_the_studies_and_all_is_on_the_page(shares, pairs):
    found, codes = studied(shares, pairs)
    figure = what_a_study_could_see(found, codes, "once on a day from 30 to 150")
    assert_all_is_on_the_page(figure)
    counts = pattern_counts(codes)
    for p, axes in enumerate(figure.axes[:3]):
        heights = [bar.get_height() for bar in axes.patches[: found.pairs + 1]]
        assert heights == pytest.approx((np.bincount(counts[:, p], minlength=found.pairs + 1) / 300).tolist())
    conclusions = figure.axes[3]
    lengths = np.array([bar.get_width() for bar in conclusions.patches]).reshape(-1, 3)
    assert lengths.sum(axis=1) == pytest.approx(np.ones(5)), "three patterns' conclusions, and two of contexts"
    assert f"Of 300 studies of {found.pairs} pair" in alt_text(figure) or found.pairs == 4
    assert "How many pairs it takes" in words(figure)


@pytest.mark.parametrize("many", [1, 4])
def test_each_scenario_has_its_panel_with_its_points(many):
    panels = [landscape_panel(2 - place % 2, f"place {place}") for place in range(many)]
    assert [len(one.shares) for one in panels] == [2 - place % 2 for place in range(many)]
    figure = landscapes(panels, VIEWS["leaning"], 1)
    assert_all_is_on_the_page(figure)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == [one.name for one in panels]
    for axes, one in zip(shown, panels, strict=True):
        marks = [tuple(line.get_xydata()[0]) for line in axes.lines if line.get_marker() == "o"]
        holds = one.resting.table[one.resting.table["kind"] == HOLDS]
        assert sorted(marks) == sorted(zip(holds["client"], holds["keyworker"], strict=True))
        assert ("50 %" in " ".join(t.get_text() for t in axes.texts).replace("\u00a0", " ")) == (len(one.shares) == 2)
    assert all(f"{one.name}: pairs are held at" in alt_text(figure) for one in panels)


def test_a_landscape_of_which_nothing_is_known_can_be_drawn():
    one = landscape_panel(1)
    empty = one._replace(
        field=one.field._replace(seen=np.zeros_like(one.field.seen)),
        resting=one.resting._replace(table=one.resting.table.iloc[:0], clouds=()),
        basins=np.full_like(one.basins, -1), density=np.zeros_like(one.density), shares=(),
    )  # fmt: skip
    figure = landscapes([empty], VIEWS["leaning"], 5)
    assert_all_is_on_the_page(figure)
    assert "no point that holds pairs is certain" in alt_text(figure)
