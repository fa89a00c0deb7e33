"""The network of one centre: clients and their friendships, keyworkers and their caseloads."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from twoway.analysis.figures.layout import caption, page, pattern_points, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK, PARTY, PATTERN_COLOURS, PATTERN_MARKERS, ink_on
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, PatternRule, with_patterns
from twoway.simulation.errors import InputError, listed

OUTSIDE = 1.33
"""Distance of the keyworkers from the middle; the clients are on a circle of radius 1."""


def centre_graph(dyads: pd.DataFrame, friends: pd.DataFrame) -> nx.Graph:
    """The graph of one centre: nodes ("client", dyad) and ("keyworker", post), edges with a ``kind``.

    Parameters
    ----------
    dyads
        Dyads of one centre.
    friends
        Columns ``dyad`` and ``friend`` (``twoway.simulation.network.friendships``).

    Returns
    -------
    networkx.Graph
        Its edges have the kinds "friends" and "caseload".

    Raises
    ------
    InputError
        If friends are not among the dyads.
    """
    graph = nx.Graph()
    for dyad, post in zip(dyads["dyad"], dyads["post"], strict=True):
        graph.add_edge(("keyworker", int(post)), ("client", int(dyad)), kind="caseload")
    for one, other in zip(friends["dyad"], friends["friend"], strict=True):
        if not (graph.has_node(("client", int(one))) and graph.has_node(("client", int(other)))):
            raise InputError(f"friends: clients {one} and {other} are not both among the dyads of this centre")
        graph.add_edge(("client", int(one)), ("client", int(other)), kind="friends")
    return graph


def centre_network(dyads: pd.DataFrame, friends: pd.DataFrame, rule: PatternRule = DEFAULT_RULE) -> Figure:
    """Clients of one centre by pattern, with their friendships inside the circle and their keyworkers outside.

    Parameters
    ----------
    dyads
        Dyads of one centre and replicate.
    friends
        A row per pair of friends, as ``centre_graph`` takes it.
    rule
        Pattern rule.

    Raises
    ------
    InputError
        If the dyads are of more than one centre, or friends are not among them.
    """
    if len(dyads[["replicate", "centre"]].drop_duplicates()) != 1:
        raise InputError("dyads: must be those of exactly one centre of one replicate")
    table = with_patterns(dyads, rule).sort_values(["post", "dyad"], kind="stable")
    graph, places = centre_graph(table, friends), _places(table)
    pattern = dict(zip(table["dyad"], table["pattern"], strict=True))
    side = max(6.8, 0.19 * (len(table) + 0.7 * table["post"].nunique()))
    figure = page(side + 4.2, side)
    axes = figure.subplots()
    axes.set(xlim=(-1.45, 1.45), ylim=(-1.45, 1.45), aspect="equal")
    axes.set_axis_off()
    _edges(axes, graph, places)
    for (kind, number), (x, y) in places.items():
        label: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 4}
        if kind == "client":
            name = pattern[number]
            triangle = name == PATTERNS[2]  # has little room for a number, and its middle lies low
            colour, mark, size = PATTERN_COLOURS[name], PATTERN_MARKERS[name], 600 if triangle else 430
            axes.scatter(x, y, size, colour, marker=mark, edgecolor=INK, lw=1, zorder=3, gid=f"client {number}")
            axes.text(x, y - 0.02 * triangle, str(number), color=ink_on(colour), fontsize=9, **label)
        else:
            colour = PARTY["keyworker"][0]
            axes.scatter(x, y, 900, "white", marker="s", edgecolor=colour, lw=2.6, zorder=3, gid=f"keyworker {number}")
            axes.text(x, y, str(number), color=colour, fontsize=12, weight="bold", **label)
    ties = [(a[1], b[1]) for a, b, kind in graph.edges(data="kind") if kind == "friends"]
    alike = sum(pattern[one] == pattern[other] for one, other in ties)
    loads = table.groupby("post").size()
    kinds = [
        Line2D(
            [], [], ls="none", marker="s", ms=15, mfc="white", mec=PARTY["keyworker"][0], mew=2.4, label="keyworker"
        ),
        Line2D([], [], color=INK, lw=2.2, label="is responsible for"),
        Line2D([], [], color="#777777", lw=1.1, label="friends"),
    ]
    axes.legend(
        handles=[*pattern_points(14), *kinds], loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False,
        fontsize=11, labelspacing=1.1, title="Clients, by the dyad's pattern", title_fontsize=11, alignment="left",
    )  # fmt: skip
    replicate, centre = (int(table[name].iloc[0]) for name in ("replicate", "centre"))
    title(figure, f"Who is tied to whom: centre {centre}")
    least, largest = int(loads.min()), int(loads.max())
    load = counted(largest, "client") if least == largest else f"{least} to {counted(largest, 'client')}"
    known = f"{alike} of {counted(len(ties), 'friendship')} are between clients of dyads with the same pattern"
    caption(
        figure,
        f"{counted(len(table), 'client')}, {counted(len(loads), 'keyworker')} with {load} each, replicate {replicate}; "
        f"patterns in the interviews. {known}. Numbers are those of the tables: dyads and posts.",
    )
    counts = table["pattern"].value_counts()
    set_alt_text(
        figure,
        f"A centre of {counted(len(table), 'client')} and {counted(len(loads), 'keyworker')} with {load} each: "
        f"{listed([f'{counts[name]} {name}' for name in PATTERNS])}; {known}.",
    )
    return figure


@figure(
    "centre-network", "Network of a centre", "Clients of the first centre with their friendships and keyworkers.",
    ("dyads", "friends"), report=8, gallery=9,
)  # fmt: skip
def first_centre_network(dyads: pd.DataFrame, friends: pd.DataFrame) -> Figure:
    """The network of the first centre of the first replicate of a run.

    Parameters
    ----------
    dyads
        Dyads of any number of centres and replicates.
    friends
        A row per pair of friends in that centre, as ``centre_graph`` takes it.

    Raises
    ------
    InputError
        If dyads of that centre are missing, or friends are not among them.
    """
    return centre_network(dyads[(dyads[["replicate", "centre"]] == 0).all(axis=1)], friends)


def _places(table: pd.DataFrame) -> dict[tuple[str, int], tuple[float, float]]:
    """Places of everybody: clients on a circle, grouped by keyworker, with the keyworker outside beside the group."""
    posts, slots = table["post"].to_numpy(), len(table) + 0.7 * table["post"].nunique()
    gaps = 0.7 * np.concatenate([[0], np.cumsum(posts[1:] != posts[:-1])])  # a gap between groups
    angles = np.pi / 2 - 2 * np.pi * (np.arange(len(table)) + gaps) / slots
    found: dict[tuple[str, int], tuple[float, float]] = {}
    for dyad, angle in zip(table["dyad"], angles, strict=True):
        found["client", int(dyad)] = (float(np.cos(angle)), float(np.sin(angle)))
    for post in dict.fromkeys(posts):
        middle = float(angles[posts == post].mean())
        found["keyworker", int(post)] = (OUTSIDE * float(np.cos(middle)), OUTSIDE * float(np.sin(middle)))
    return found


def _edges(axes: Axes, graph: nx.Graph, places: dict[tuple[str, int], tuple[float, float]]) -> None:
    """Friendships thin and grey, caseloads thick and dark."""
    for one, other, kind in graph.edges(data="kind"):
        (x0, y0), (x1, y1) = places[one], places[other]
        colour, width = (INK, 2.2) if kind == "caseload" else ("#999999", 1.1)
        axes.plot([x0, x1], [y0, y1], color=colour, lw=width, zorder=1 + 0.5 * (kind == "caseload"), gid=kind)
