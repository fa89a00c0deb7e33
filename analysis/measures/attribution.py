"""Attribution of trouble: who puts a hurtful act down to the other's person rather than to role or strain?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import (
    MANY_DYADS,
    AnyUnits,
    Measure,
    estimated,
    estimated_means,
    estimated_shares,
)
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.pattern_mix import members
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.tables import evaluation_of_deeds
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES
from twoway.simulation.parameters.scenario import Resolved

Floats = NDArray[np.float64]
BAD = 0.0
"""Evaluation below which an act, as it is seen, is a negative event. EPA units; assumed, to be swept -.8..0."""
NEAR = 7
"""Days within which two negative events make a pair (assumed; swept 3..30)."""
ASYMMETRY = Measure(
    "attribution_asymmetry",
    "share",
    f"share of paired negative events in which the keyworker puts the client's act down to the person more than the "
    f"client does the keyworker's; a pair is an act the keyworker saw as negative with the one, nearest in time in the "
    f"same dyad and at most {NEAR} days away, that the client saw as negative; equal shares count half",
    "pairs of events",
)
EXCESS = Measure(
    "attribution_excess",
    "difference of shares",
    "how much further the keyworker puts the client's act down to the person than the client does the keyworker's, on "
    "average over the same pairs",
    "pairs of events",
)
PERSON = Measure(
    "person_attribution", "share", "how far the party, on average, puts a negative act down to the person", "acts"
)
ORDER = Measure(
    "attribution_order",
    "difference of shares",
    "how much larger the asymmetry is in dyads of the first than of the second pattern",
    "pairs of events",
    least=MANY_DYADS,
)
MEASURES = (ASYMMETRY, EXCESS, ORDER, PERSON)
STEPS = (f"{PATTERNS[2]} less {PATTERNS[1]}", f"{PATTERNS[1]} less {PATTERNS[0]}")


def negative_acts(panel: Panel, events: pd.DataFrame, resolved: Resolved) -> pd.DataFrame:
    """Every act that its reader saw as negative.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    events
        Events table.
    resolved
        The scenario with its data files.

    Returns
    -------
    DataFrame
        A row per act, ordered by dyad and time. Columns ``row`` (of the panel), ``reader`` (0 client, 1 keyworker),
        ``time`` (days; within a day in the order of the events table) and ``person_share``.
    """
    seen = evaluation_of_deeds(events, "seen", resolved)
    bad = events[(seen < BAD) & events["act"].notna().to_numpy()]
    row, day = panel.rows_of(bad, "events"), bad["day"].to_numpy()
    within = pd.DataFrame({"row": row, "day": day}).groupby(["row", "day"]).cumcount().to_numpy()
    reader = np.where(bad["actor"] == ROLES[CLIENT], KEYWORKER, CLIENT)
    table = pd.DataFrame(
        {"row": row, "reader": reader, "time": day + within / 1e4, "person_share": bad["person_share"].to_numpy()}
    )
    return table.sort_values(["row", "time"], ignore_index=True, kind="stable")


def paired_events(acts: pd.DataFrame) -> pd.DataFrame:
    """Each act the keyworker read, with the act the client read that is nearest in time, ``NEAR`` days at most.

    Parameters
    ----------
    acts
        Negative acts, from ``negative_acts``.

    Returns
    -------
    DataFrame
        A row per pair. Columns ``row``, ``time`` (of the act the keyworker read), ``keyworker`` and ``client`` (shares
        of the person, 0..1).
    """
    hers, his = (acts[acts["reader"] == reader].sort_values("time", kind="stable") for reader in (KEYWORKER, CLIENT))
    pairs = pd.merge_asof(
        hers[["row", "time", "person_share"]].rename(columns={"person_share": "keyworker"}),
        his[["row", "time", "person_share"]].rename(columns={"person_share": "client"}),
        on="time",
        by="row",
        direction="nearest",
        tolerance=float(NEAR),
    )
    return pairs.dropna(subset="client").reset_index(drop=True)


def attribution(
    panel: Panel, events: pd.DataFrame, resolved: Resolved, patterns: NDArray[np.int8], units: AnyUnits
) -> pd.DataFrame:
    """Asymmetry of attribution over the stay, in all dyads and by pattern.

    Parameters
    ----------
    panel
        Both parties by day.
    events
        Events table.
    resolved
        The scenario with its data files.
    patterns
        Pattern of each dyad, as an index into ``PATTERNS``, shape (dyads,).
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    acts = negative_acts(panel, events, resolved)
    pairs = paired_events(acts)
    keyworker, client = pairs["keyworker"].to_numpy(), pairs["client"].to_numpy()
    more = np.where(keyworker > client, 1.0, np.where(keyworker == client, 0.5, 0.0))
    n = len(panel.dyads)
    rows = pairs["row"].to_numpy()
    groups, group = ["all", *PATTERNS], np.column_stack([np.ones(n), members(patterns)])
    sums = (np.bincount(rows, w, minlength=n) for w in (more, keyworker - client, np.ones(len(pairs))))
    hits, excess, cases = (np.asarray(s, np.float64)[:, None] * group for s in sums)
    total, count = np.zeros((n, 2)), np.zeros((n, 2))
    place = acts["row"].to_numpy(), acts["reader"].to_numpy()
    np.add.at(total, place, acts["person_share"].to_numpy())
    np.add.at(count, place, 1.0)
    return pd.concat(
        [
            estimated_shares(ASYMMETRY, groups, hits, cases, units),
            estimated_means(EXCESS, groups, excess, cases, units),
            estimated(
                ORDER,
                STEPS,
                np.hstack([hits[:, 1:], cases[:, 1:]]),
                _steps,
                [int(cases[:, 2:].sum()), int(cases[:, 1:3].sum())],
                units,
            ),
            estimated_means(PERSON, ROLES, total, count, units),
        ],
        ignore_index=True,
    )


def _steps(sums: Floats) -> Floats:
    """Asymmetry in conflicted less that in polite dyads, and in polite less that in friendly ones."""
    friendly, polite, conflicted = np.moveaxis(sums[..., :3] / sums[..., 3:], -1, 0)
    return np.stack([conflicted - polite, polite - friendly], axis=-1)
