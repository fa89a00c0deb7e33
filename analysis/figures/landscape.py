"""Landscapes: drift of pairs and their points of rest, a panel per scenario."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import NDArray

from twoway.analysis.figures.layout import caption, key, page, plain, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK
from twoway.analysis.landscape.drift import DriftField, Floats, LandscapeGrid, LandscapeView
from twoway.analysis.landscape.fixed_points import HOLDS, PASS, RestPoints
from twoway.analysis.landscape.text import place_in_words
from twoway.analysis.narrative.words.grammar import counted, percent
from twoway.simulation.errors import listed

ACROSS = 3
"""Panels in a row at most."""
ARROW_EVERY = 2
"""Nodes from arrow to arrow."""
STRETCHED = 2
"""Length of an arrow over that of the mean movement."""
BASIN = "#8A2F00"
HOLD_FILL, PASS_FILL = "#0B3C5D", "white"


class LandscapePanel(NamedTuple):
    """One scenario's landscape, as it is drawn."""

    name: str
    grid: LandscapeGrid
    field: DriftField
    resting: RestPoints
    basins: NDArray[np.intp]
    """Number of the certain point to which the drift leads from each node, -1 for none, shape (nodes, nodes)."""
    density: Floats
    """Dyad-days in each bin, shape (bins, bins)."""
    shares: tuple[float, ...]
    """Share of pair-days in the basin of each certain point that holds."""
    dyads: int


@figure(
    "landscapes", "Landscapes", "Drift of pairs and their points of rest, a panel per scenario.", ("landscape",),
    gallery=60,
)  # fmt: skip
def landscapes(landscape: Sequence[LandscapePanel], view: LandscapeView, lag: int) -> Figure:
    """A panel per scenario: grey where dyads are, arrows along their drift, points where they are held.

    Parameters
    ----------
    landscape
        The scenarios' landscapes.
    view
        The two coordinates.
    lag
        Days of a movement.
    """
    panels = landscape
    down = ceil(len(panels) / ACROSS)
    across = ceil(len(panels) / down)
    figure = page(max(4.1 * across + 0.9, 7.4), 4.35 * down)
    axes = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    bounds = _bounds(panels)
    for place, one in enumerate(axes.ravel()):
        if place >= len(panels):
            one.set_visible(False)
            continue
        _panel(one, panels[place], bounds, lag)
        if place % across == 0:
            one.set_ylabel(f"keyworker: {view.axis}")
        if place + across >= len(panels):
            one.set_xlabel(f"client: {view.axis}")
            one.tick_params(labelbottom=True)
    title(figure, "Where pairs drift, and where they are held")
    key(figure, _handles())
    dyads = sorted({panel.dyads for panel in panels})
    many = counted(dyads[0], "dyad") if len(dyads) == 1 else f"{dyads[0]} to {dyads[-1]} dyads"
    caption(
        figure,
        f"{many} per scenario. Grey: where they are (logarithmic). Arrows: mean movement in {counted(lag, 'day')}, "
        f"{STRETCHED} times as long, pale where it may be none. A point of rest is certain if 95 % of draws "
        "of replicates have it; crosses: its interval. Ellipse: how far noise carries a pair in that time (two thirds "
        "stay within).",
    )
    rests = [f"{panel.name}: {_rest_in_words(panel, view)}" for panel in panels]
    set_alt_text(figure, f"Drift of pairs by the {view.name} of both parties. {'. '.join(rests)}.")
    return figure


def _bounds(panels: Sequence[LandscapePanel]) -> tuple[float, float, float, float]:
    """Bounds of axes that hold every known place of every panel."""
    nodes = panels[0].grid.nodes
    known = np.logical_or.reduce([panel.field.known for panel in panels])
    x, y = (np.flatnonzero(known.any(axis=axis)) for axis in (1, 0))
    step = nodes[1] - nodes[0]
    if not len(x):
        return (nodes[0], nodes[-1], nodes[0], nodes[-1])
    return (nodes[x[0]] - step, nodes[x[-1]] + step, nodes[y[0]] - step, nodes[y[-1]] + step)


def _panel(axes: Axes, panel: LandscapePanel, bounds: tuple[float, float, float, float], lag: int) -> None:
    grid, field, nodes = panel.grid, panel.field, panel.grid.nodes
    greys = LinearSegmentedColormap.from_list("pale", ["#FAFAFA", "#9A9A9A"])
    most = max(float(panel.density.max()), 2.0)
    axes.imshow(
        np.where(panel.density > 0, panel.density, np.nan).T, origin="lower", extent=(grid.low, grid.high) * 2,
        cmap=greys, norm=LogNorm(1, most), aspect="auto", interpolation="nearest", zorder=0,
    )  # fmt: skip
    _basin_lines(axes, panel)
    x, y = np.meshgrid(nodes, nodes, indexing="ij")
    shown = field.known & (np.add.outer(np.arange(len(nodes)), np.arange(len(nodes))) % ARROW_EVERY == 0)
    sure = (np.abs(field.drift) > 1.96 * panel.resting.error).any(axis=-1)
    for some, colour in ((shown & ~sure, "#888888"), (shown & sure, INK)):
        axes.quiver(
            x[some], y[some], field.drift[some, 0], field.drift[some, 1], angles="xy", scale_units="xy",
            scale=1 / (STRETCHED * lag), width=0.0042, headwidth=4.2, color=colour, zorder=2,
        )  # fmt: skip
    for row, cloud in zip(panel.resting.table.to_dict("records"), panel.resting.clouds, strict=True):
        if row["kind"] not in (HOLDS, PASS) or (row["kind"] == PASS and not row["certain"]):
            continue
        if np.isfinite(cloud).any():
            axes.plot([row["client_low"], row["client_high"]], [row["keyworker"]] * 2, color="white", lw=4, zorder=3)
            axes.plot([row["client"]] * 2, [row["keyworker_low"], row["keyworker_high"]], color="white", lw=4, zorder=3)
            axes.plot([row["client_low"], row["client_high"]], [row["keyworker"]] * 2, color=BASIN, lw=1.8, zorder=4)
            axes.plot([row["client"]] * 2, [row["keyworker_low"], row["keyworker_high"]], color=BASIN, lw=1.8, zorder=4)
        axes.plot(row["client"], row["keyworker"], **_look(row["kind"], bool(row["certain"])), zorder=5)
    _noise(axes, panel, bounds, lag)
    _shares(axes, panel, bounds)
    axes.set(xlim=bounds[:2], ylim=bounds[2:])
    axes.set_title(panel.name, loc="left", fontsize=11, weight="bold")
    plain(axes)


def _look(kind: str, certain: bool) -> dict[str, Any]:
    if kind == PASS:
        return {"marker": "X", "ms": 11, "mfc": PASS_FILL, "mec": INK, "mew": 1.4, "ls": "none"}
    fill = HOLD_FILL if certain else "white"
    return {"marker": "o", "ms": 12, "mfc": fill, "mec": "white" if certain else INK, "mew": 1.5, "ls": "none"}


def _basin_lines(axes: Axes, panel: LandscapePanel) -> None:
    """The line between the basins of certain points."""
    nodes = panel.grid.nodes
    for end in range(1, int(panel.basins.max()) + 1):
        inside = np.where(panel.basins < 0, np.nan, (panel.basins == end).astype(float))
        if np.nanmin(inside) < np.nanmax(inside):
            line = axes.contour(nodes, nodes, inside.T, levels=[0.5], colors=BASIN, linewidths=2.4, linestyles="--")
            line.set(path_effects=[Stroke(linewidth=5.5, foreground="white"), Normal()], zorder=3)


def _noise(axes: Axes, panel: LandscapePanel, bounds: tuple[float, float, float, float], lag: int) -> None:
    """Draw in the lower right corner the spread by noise within a movement, at the most frequented place."""
    where = np.unravel_index(int(panel.field.seen.argmax()), panel.field.seen.shape)
    spread = panel.field.diffusion[where] * lag
    values, vectors = np.linalg.eigh(spread)
    radii = 1.5 * np.sqrt(np.maximum(values, 0))
    angle = float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
    reach = float(np.sqrt(np.diag(spread)).max()) * 1.5
    at = (bounds[1] - 1.25 * reach, bounds[2] + 1.25 * reach)
    axes.add_patch(
        Ellipse(at, 2 * radii[1], 2 * radii[0], angle=angle, fill=False, ec=INK, lw=1.3, zorder=4),
    )
    axes.text(at[0], at[1], "noise", fontsize=8, ha="center", va="center", zorder=4)


def _shares(axes: Axes, panel: LandscapePanel, bounds: tuple[float, float, float, float]) -> None:
    """Write beside each certain point that holds pairs the share of pair-days in its basin, if there are several."""
    holds = panel.resting.table[(panel.resting.table["kind"] == HOLDS) & panel.resting.table["certain"]]
    if len(holds) < 2:
        return
    for share, row in zip(panel.shares, holds.to_dict("records"), strict=True):
        axes.annotate(
            percent(share), (row["client"], row["keyworker"]), xytext=(12, -12), textcoords="offset points",
            ha="left", va="top", fontsize=10.5, weight="bold", color=INK, zorder=6,
            bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.85},
        )  # fmt: skip


def _handles() -> list[Line2D]:
    return [
        Line2D([], [], **_look(HOLDS, True), label="holds pairs (%: pair-days in its basin)"),
        Line2D([], [], **_look(HOLDS, False), label="may hold pairs: not certain"),
        Line2D([], [], **_look(PASS, True), label="pass between two basins"),
        Line2D([], [], color=BASIN, lw=2.2, ls="--", label="watershed"),
    ]


def _rest_in_words(panel: LandscapePanel, view: LandscapeView) -> str:
    table = panel.resting.table
    holds = table[(table["kind"] == HOLDS) & table["certain"]]
    if holds.empty:
        return "no point that holds pairs is certain"
    parts = [
        f"{place_in_words(view, row['client'], row['keyworker'])} with {percent(share)} of pair-days in its basin"
        for share, row in zip(panel.shares, holds.to_dict("records"), strict=True)
    ]
    return f"pairs are held at {listed(parts)}"
