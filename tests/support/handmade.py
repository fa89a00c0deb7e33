"""Tables of days and events with known truth, made by hand."""

import numpy as np
import pandas as pd

from twoway.analysis.measures.panel import panel
from twoway.simulation.affect_control.frames import ROLES


def days(rating, *, centres=None, post=0, predecessors=0, negativity=0.0, felt_coercion=0.0, first_day=1):
    """A table of days in which the ratings are these, shape (2, dyads, days); *centres* gives each dyad's centre.

    Good tone is the rating and what bad tone takes from it.
    """
    rating = np.asarray(rating, float)
    n = rating.shape[1]
    centres = np.arange(n) if centres is None else np.asarray(centres)
    within = pd.Series(centres).groupby(centres).cumcount().to_numpy()

    def spread(value):
        return np.broadcast_to(np.asarray(value), rating.shape).ravel()

    side, dyad, day = (axis.ravel() for axis in np.indices(rating.shape))
    return pd.DataFrame(
        {
            "replicate": 0,
            "centre": centres[dyad],
            "dyad": within[dyad],
            "day": day + first_day,
            "party": pd.Categorical.from_codes(side, categories=list(ROLES)),
            "post": spread(post),
            "predecessors": spread(predecessors),
            "positivity": rating.ravel() + spread(negativity),
            "negativity": spread(negativity).astype(float),
            "felt_coercion": spread(felt_coercion) * (side == 0),
        }
    ).sort_values(["day", "centre", "dyad", "party"], ignore_index=True)


def panel_of(rating, **known):
    """The panel of such a table."""
    return panel(days(rating, **known))


def row(table, measure, group):
    """The row of a table of measures about one measure and group."""
    found = table[(table["measure"] == measure) & (table["group"] == group)]
    assert len(found) == 1, f"{measure}, {group}: {len(found)} rows"
    return found.iloc[0]


def exchanges(*rows, **columns):
    """A table of events from rows of (dyad's centre, day, actor, encounter, exchange, act); seen as they were meant.

    *columns* replace or add whole columns, such as ``person_share``.
    """
    table = pd.DataFrame(list(rows), columns=["centre", "day", "actor", "encounter", "exchange", "act"])
    table = table.assign(
        replicate=0, dyad=0, post=0, event="exchange", bent=0, seen=table["act"], person_share=0.5,
        felt=0.0, manner=pd.NA, manner_seen=pd.NA,
        positivity=0.0, negativity=0.0,
    )  # fmt: skip
    table = table.assign(**columns)
    words = ["actor", "encounter", "event", "manner", "manner_seen"]
    acts = pd.CategoricalDtype(sorted({*table["act"].dropna(), *table["seen"].dropna()}))
    table[words] = table[words].astype("category")
    table[["act", "seen"]] = table[["act", "seen"]].astype(acts)
    table[["exchange", "bent"]] = table[["exchange", "bent"]].astype("Int32")
    return table
