"""What the study sheet draws of each dyad."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.drawn import assert_all_is_on_the_page, caption, marked, toned, words

from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.study_sheet import PAGE, study_sheet
from twoway.analysis.figures.style import PATTERN_COLOURS
from twoway.analysis.patterns import PATTERNS, by_day

TONE = st.floats(0, 4.3)


def simulated(dyads, days, seed=0):
    """So many dyads with random tone on so many days."""
    tones = np.random.default_rng(seed).gamma(2, 0.4, (dyads, days, 4))
    return toned([(dyad, day + 1, *tones[dyad, day]) for dyad in range(dyads) for day in range(days)])


def test_good_tone_goes_up_and_bad_tone_down_for_both_parties_of_each_dyad():
    days = simulated(3, 6)
    for dyad, axes in enumerate(study_sheet(days).axes[:3]):
        for party in ("client", "keyworker"):
            mine = days[(days["dyad"] == dyad) & (days["party"] == party)]
            (good,), (bad,) = (marked(axes, f"{party} {tone}") for tone in ("good", "bad"))
            assert np.array_equal(good.get_ydata(), mine["positivity"])
            assert np.array_equal(bad.get_ydata(), -mine["negativity"])
        low, high = axes.get_ylim()
        assert low < -days["negativity"].max()
        assert high > days["positivity"].max()


@settings(max_examples=6)
@given(st.lists(st.tuples(TONE, TONE, TONE, TONE), min_size=1, max_size=12))
def test_the_band_shows_the_pattern_of_every_day(tones):
    days = toned([(0, day, *tone) for day, tone in enumerate(tones, 1)])
    axes = study_sheet(days).axes[0]
    band = {}
    for stretch in axes.collections:
        for path in stretch.get_paths():
            start, end = path.vertices[:, 0].min(), path.vertices[:, 0].max()
            band |= {day: stretch.get_gid() for day in range(round(start + 0.5), round(end + 0.5))}
    table = by_day(days)
    assert band == dict(zip(table["day"], table["pattern"], strict=True))
    assert set(band.values()) <= set(PATTERN_COLOURS)


def test_each_title_names_the_dyad_and_its_last_pattern_and_the_sentence_counts_them():
    days = simulated(5, 4)
    figure = study_sheet(days)
    last = by_day(days[days["day"] == 4])
    for row in last.itertuples():
        assert f"centre 0, dyad {row.dyad}: {row.pattern}" in words(figure)
    for name in PATTERNS:
        assert (
            f"{(last['pattern'] == name).sum()} {'is' if (last['pattern'] == name).sum() == 1 else 'are'} {name}"
            in (alt_text(figure))
        )


@pytest.mark.slow
def test_of_many_dyads_a_page_is_shown_and_the_caption_says_so():
    figure = study_sheet(simulated(PAGE + 4, 3))
    assert sum(text.startswith("centre") for text in words(figure)) == PAGE
    assert f"the first {PAGE} of {PAGE + 4} dyads" in caption(figure)
    assert "all dyads" in caption(study_sheet(simulated(PAGE, 3)))


@pytest.mark.slow
@pytest.mark.parametrize(("dyads", "days"), [(1, 1), (1, 365), (2, 30), (5, 2), (16, 30)])
def test_any_number_of_dyads_and_days_can_be_drawn(dyads, days):
    assert_all_is_on_the_page(study_sheet(simulated(dyads, days)))
