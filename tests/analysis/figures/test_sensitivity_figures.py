"""Figures of sensitivity and discovery: everything is drawn, on the page, and no two labels lie on each other."""

import doctest
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from twoway.analysis.figures import sensitivity
from twoway.analysis.figures import style as drawing
from twoway.analysis.figures.sensitivity import (
    apart,
    budget_bars,
    convergence_curves,
    discovery_map,
    morris_plane,
    pairs_map,
    plain_names,
    sobol_bars,
)
from twoway.analysis.figures.style import SCOPE
from twoway.simulation.parameters.scenario import all_declarations

NAMES = sorted((f"{d.section}.{d.name}" for d in all_declarations()), key=lambda n: -len(n.partition(".")[2]))
"""All inputs there are, the longest names first: what fits them fits any."""
COUNTS = (2, 6, 12, 20)
RESTS_ON = "20 inputs, 512 base samples, 53,248 runs (4 per point). Intervals: 95%, 1,000 bootstrap draws of both."
OUTCOME = "the share of conflicted dyads"


def indices(count, seed=1):
    rng = np.random.default_rng(seed)
    size = np.sort(rng.dirichlet(np.full(count, 0.4)))
    tables = []
    for index, estimate in (("first", size - 0.01), ("total", size * 1.2)):
        tables.append(
            pd.DataFrame(
                {
                    "input": NAMES[:count], "index": index, "estimate": estimate, "low": estimate - 0.05,
                    "high": estimate + 0.05, "se": 0.025, "se_design": 0.02, "se_luck": 0.01, "salib": estimate + 0.1,
                }
            )
        )  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def convergence(count):
    return pd.concat(
        [indices(count, seed).assign(base_samples=2 ** (4 + seed), runs=1000) for seed in range(5)], ignore_index=True
    )


def effects(count):
    rng = np.random.default_rng(1)
    mu_star, sigma = rng.exponential(1, count), rng.exponential(0.5, count)
    return pd.DataFrame(
        {
            "input": NAMES[:count], "mu_star": mu_star, "mu_star_low": mu_star * 0.8, "mu_star_high": mu_star * 1.2,
            "sigma": sigma, "sigma_low": sigma * 0.8, "sigma_high": sigma * 1.2,
        }
    )  # fmt: skip


def budget():
    sources = ["inputs", "luck, point by point", "luck, alike for all points"]
    return pd.DataFrame({"source": sources, "variance": [5.0, 3.0, 2.0], "in_means": [5.0, 0.7, 0.5]})


def pairs(count):
    two = list(combinations(NAMES[:count], 2))
    estimate = np.linspace(-0.02, 0.2, len(two))
    return pd.DataFrame(two, columns=["one", "other"]).assign(
        estimate=estimate, low=estimate - 0.05, high=estimate + 0.05, shown=estimate > 0.06
    )


def discovered(count):
    rng = np.random.default_rng(1)
    points = pd.DataFrame(rng.random((300, max(count, 2))), columns=NAMES[: max(count, 2)])
    box = pd.DataFrame(
        {
            "input": NAMES[:count], "low": [0.2, np.nan, 0.1, 0.3][:count], "high": [np.nan, 0.7, 0.9, np.nan][:count],
            "lowest": 0.0, "highest": 1.0, "unit": "share of the distance per talk",
        }
    )  # fmt: skip
    path = pd.DataFrame({"coverage": [1, 0.8, 0.5], "density": [0.3, 0.6, 0.9], "told": False})
    told = pd.DataFrame({"coverage": [0.8], "density": [0.62], "told": True})
    return points.assign(case=rng.random(300) < 0.3, inside=False), box, pd.concat([path, told], ignore_index=True)


DRAWN = {
    **{f"bars of {n}": lambda n=n: sobol_bars(indices(n), OUTCOME, RESTS_ON) for n in COUNTS},
    **{f"plane of {n}": lambda n=n: morris_plane(effects(n), OUTCOME, RESTS_ON) for n in COUNTS},
    **{f"convergence of {n}": lambda n=n: convergence_curves(convergence(n), OUTCOME, RESTS_ON) for n in COUNTS},
    **{f"budget with {n}": lambda n=n: budget_bars(budget(), OUTCOME, RESTS_ON, indices(n)) for n in COUNTS},
    "budget alone": lambda: budget_bars(budget(), OUTCOME, RESTS_ON),
    **{f"map of {n}": lambda n=n: pairs_map(pairs(n), OUTCOME, RESTS_ON) for n in (3, 12, 20)},
    **{f"box of {n}": lambda n=n: discovery_map(*discovered(n), f"{OUTCOME} above 0.5", RESTS_ON) for n in (0, 1, 4)},
}


@pytest.fixture(scope="module", params=DRAWN)
def drawn(request):
    """A figure, and its texts with their boxes; drawn once for all that is asked of it."""
    figure = DRAWN[request.param]()
    return figure, texts(figure)


def texts(figure):
    """Texts that are drawn, with their boxes in pixels; labels of ticks beyond an axis are not."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    unseen = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            unseen |= {t.label1 for t in ticks if not low - 1e-9 <= t.get_loc() <= high + 1e-9 or not axes.axison}
            unseen |= {t.label2 for t in ticks}
    return [
        (text.get_text(), text.get_window_extent(renderer), text.get_rotation())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in unseen
    ]


def test_everything_is_on_the_page(drawn):
    figure, told = drawn
    width, height = figure.get_size_inches() * figure.dpi
    for text, box, _ in told:
        assert box.x0 >= -1, text
        assert box.y0 >= -1, text
        assert box.x1 <= width + 1, text
        assert box.y1 <= height + 1, text


def test_no_two_labels_lie_on_each_other(drawn):
    upright = [(text, box) for text, box, rotation in drawn[1] if rotation in (0, 90)]
    for (one, a), (other, b) in combinations(upright, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1.5 or along <= 1.5, f"{one} on {other}"


def test_title_and_caption_say_what_is_shown_and_what_it_rests_on(drawn):
    said = " ".join(" ".join(text.split()) for text, *_ in drawn[1])
    assert OUTCOME in said
    assert RESTS_ON in said
    assert said.count(SCOPE) == 1


@pytest.mark.parametrize("count", COUNTS)
def test_every_input_is_named(count):
    for figure in (
        sobol_bars(indices(count), OUTCOME, RESTS_ON),
        morris_plane(effects(count), OUTCOME, RESTS_ON),
        budget_bars(budget(), OUTCOME, RESTS_ON, indices(count)),
    ):
        assert set(plain_names(NAMES[:count])) <= {text for text, *_ in texts(figure)}


def test_the_most_important_input_is_on_top_and_its_bars_are_as_long_as_its_indices():
    table = indices(6)
    axes = sobol_bars(table, OUTCOME, RESTS_ON).axes[0]
    top = max(axes.patches, key=lambda bar: bar.get_y())
    total = table[table["index"] == "total"].sort_values("estimate")
    assert top.get_width() == pytest.approx(total["estimate"].iloc[-1])
    assert axes.get_yticklabels()[-1].get_text() == plain_names([total["input"].iloc[-1]])[0]


def test_only_pairs_shown_to_act_carry_a_number():
    figure = pairs_map(pairs(6), OUTCOME, RESTS_ON)
    numbers = [t.get_text() for t in figure.axes[0].texts if t.get_text() != "·"]
    assert len(numbers) == pairs(6)["shown"].sum()


def test_the_bars_of_the_budget_add_up_to_the_whole():
    axes = budget_bars(budget(), OUTCOME, RESTS_ON).axes[0]
    assert sum(bar.get_height() for bar in axes.patches) == pytest.approx(2)


def test_negative_estimates_are_drawn_as_no_bar_with_their_interval():
    table = indices(4)
    table.loc[0, ["estimate", "low", "high"]] = [-0.04, -0.09, 0.01]
    axes = sobol_bars(table, OUTCOME, RESTS_ON).axes[0]
    assert min(bar.get_width() for bar in axes.patches) == 0
    assert axes.get_xlim()[0] < -0.09


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=12), st.floats(0.01, 3))
def test_labels_are_moved_apart_and_keep_their_order(values, gap):
    places = apart(values, gap)
    order = sorted(range(len(values)), key=lambda i: (values[i], -i))
    for below, above in pairwise(order):
        assert places[above] - places[below] >= gap - 1e-9
    assert np.mean(places) == pytest.approx(np.mean(values), abs=1e-9)


def test_inputs_of_two_sections_with_one_name_keep_their_section():
    assert plain_names(["a.days", "b.days", "c.x_y"]) == ["a.days", "b.days", "x y"]


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(sensitivity).failed == doctest.testmod(drawing).failed == 0
