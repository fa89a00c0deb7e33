"""Deeds: whether what was plainly done is seen as that, and whether an explanation is heard as one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import AnyUnits, Measure, estimated, estimated_shares
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.pattern_mix import members
from twoway.analysis.patterns import PATTERNS
from twoway.simulation.affect_control.frames import KEYWORKER, ROLES
from twoway.simulation.situations import ENCOUNTER_KINDS, EncounterKind

Floats = NDArray[np.float64]
SEARCHING, REFUSING, GRANTING = ("search", "inspect"), ("refuse",), ("agree_with",)
EXPLAINING, TALKING_DOWN = "explain_something_to", ("lecture", "reprimand")
BRUSQUELY = "brusquely"
DEEDS = ("room searches", "refusals", "grants")
SEEN = Measure(
    "deed_seen",
    "share",
    "share of keyworkers' acts of a kind that the client sees as of that kind: searches and inspections in control, "
    "refusals, and grants of what was asked for",
    "acts",
)
HEARD = Measure(
    "talked_down",
    "share",
    "share of keyworkers' explanations, not meant so, that the client takes for a lecture or a reprimand, or for rough",
    "explanations",
)
CONFLICTED_LESS_FRIENDLY = f"{PATTERNS[2]} less {PATTERNS[0]}"
MORE = Measure(
    "talked_down_in_conflict",
    "difference of shares",
    "how much larger that share is in dyads of the first than of the second pattern",
    "explanations",
)
MEASURES = (SEEN, HEARD, MORE)


def deeds(panel: Panel, events: pd.DataFrame, patterns: NDArray[np.int8], units: AnyUnits) -> pd.DataFrame:
    """How often what keyworkers plainly do is seen as that, and how often they are heard as talking down.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    events
        Events table.
    patterns
        Pattern of each dyad, as an index into ``PATTERNS``, shape (dyads,).
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    acts = events[(events["actor"] == ROLES[KEYWORKER]).to_numpy() & events["act"].notna().to_numpy()]
    row, n = panel.rows_of(acts, "events"), len(panel.dyads)
    control = (acts["encounter"] == ENCOUNTER_KINDS[EncounterKind.CONTROL]).to_numpy()

    def _counts(which: NDArray[np.bool_], seen_as: tuple[str, ...]) -> tuple[Floats, Floats]:
        hit = which & acts["seen"].isin(seen_as).to_numpy()
        hits, cases = (np.bincount(row[one], minlength=n).astype(np.float64) for one in (hit, which))
        return hits, cases

    kinds = (SEARCHING, REFUSING, GRANTING)
    done = [acts["act"].isin(kind).to_numpy() for kind in kinds]
    done[0] = done[0] & control
    hits, cases = (np.stack(one, axis=1) for one in zip(*map(_counts, done, kinds), strict=True))
    explained = ((acts["act"] == EXPLAINING) & (acts["manner"] != BRUSQUELY)).to_numpy()
    down = (acts["seen"].isin(TALKING_DOWN) | (acts["manner_seen"] == BRUSQUELY)).to_numpy()
    heard, told = (np.bincount(row[one], minlength=n).astype(np.float64) for one in (explained & down, explained))
    group = np.column_stack([np.ones(n), members(patterns)])
    heard, told = heard[:, None] * group, told[:, None] * group
    return pd.concat(
        [
            estimated_shares(SEEN, DEEDS, hits, cases, units),
            estimated_shares(HEARD, ["all", *PATTERNS], heard, told, units),
            estimated(
                MORE,
                [CONFLICTED_LESS_FRIENDLY],
                np.column_stack([heard[:, [1, 3]], told[:, [1, 3]]]),
                lambda s: s[..., 1] / s[..., 3] - s[..., 0] / s[..., 2],
                [int(told[:, [1, 3]].sum())],
                units,
            ),
        ],
        ignore_index=True,
    )
