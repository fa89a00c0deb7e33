"""What can be read off a drawn figure, and small tables to draw."""

from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from twoway.simulation import SCOPE
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.tables import Tables


def words(figure):
    """All texts of a figure that can be seen."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def caption(figure):
    """The text below a figure, in one line."""
    return " ".join(next(text for text in words(figure) if SCOPE.split()[-1] in text).split())


def heights(areas, day):
    """How high each stacked area is at a day."""
    found = []
    for area in areas:
        corners = area.get_paths()[0].vertices
        at = corners[corners[:, 0] == day, 1]
        found.append(at.max() - at.min())
    return found


def marked(axes, gid):
    """The lines of a panel that belong to a group."""
    return [line for line in axes.lines if line.get_gid() == gid]


def assert_all_is_on_the_page(figure):
    """Draw the figure, and assert that no word is cut off at its edges."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    beyond = {
        tick.label1
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())  # never drawn
    }
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text() and text not in beyond:
            box = text.get_window_extent(canvas.get_renderer())
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
            assert inside, f"cut off: {text.get_text()!r}"


def drawn_texts(figure):
    """Texts that are drawn, with their boxes in pixels and their rotation; labels of ticks beyond an axis are not."""
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


def assert_no_text_is_beyond_the_page_or_on_another(figure):
    """Draw the figure, and assert that each of its texts can be read."""
    texts = drawn_texts(figure)
    for text, box, _ in texts:
        assert box.x0 >= -1, text
        assert box.y0 >= -1, text
        assert box.x1 <= figure.bbox.width + 1, text
        assert box.y1 <= figure.bbox.height + 1, text
    upright = [(text, box) for text, box, rotation in texts if rotation in (0, 90)]
    for (one, a), (other, b) in combinations(upright, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1.5 or along <= 1.5, f"{one} on {other}"


def only(tables, replicate, centre, dyad, days=None):
    """The tables of one dyad alone, perhaps of its first days alone."""

    def of(table):
        mine = table[(table["replicate"] == replicate) & (table["centre"] == centre) & (table["dyad"] == dyad)]
        return mine if days is None or "day" not in mine else mine[mine["day"] <= days]

    return Tables(*map(of, tables))


def toned(rows):
    """A table of days from rows of dyad, day, client's good and bad tone, keyworker's good and bad tone."""
    long = [
        (0, 0, dyad, day, party, *tone)
        for dyad, day, *tones in rows
        for party, tone in (("client", tones[:2]), ("keyworker", tones[2:]))
    ]
    columns = ["replicate", "centre", "dyad", "day", "party", "positivity", "negativity"]
    return pd.DataFrame(long, columns=columns).astype({"positivity": float, "negativity": float})


def with_frames(days, frames, seed=0):
    """The table of days with the weights of so many made-up frames, and no felt coercion."""
    weights = np.random.default_rng(seed).dirichlet(np.ones(frames), len(days))
    return days.assign(felt_coercion=0.0, **{f"{SHARE_OF}frame{k}": weights[:, k] for k in range(frames)})
