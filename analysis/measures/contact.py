"""Everyday contact: how warm, neutral or hostile is what staff do in passing?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from twoway.analysis.measures.estimates import AnyUnits, Measure, estimated_shares
from twoway.analysis.measures.panel import Panel
from twoway.analysis.tables import evaluation_of_deeds
from twoway.simulation.affect_control.frames import KEYWORKER, ROLES
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.situations import ENCOUNTER_KINDS, EncounterKind

WARM, HOSTILE = 2.3, -1.0
"""Evaluation above which an act is warm, and below which it is hostile. EPA units; assumed, to be swept by .5."""
TONES = ("warm", "neutral", "hostile")
CONTACT = Measure(
    "everyday_contact",
    "share",
    f"share of keyworkers' acts in everyday meetings that are warm (evaluation above {WARM:g}), hostile (below "
    f"{HOSTILE:g}) or neither, as an onlooker would see them",
    "acts",
)
MEASURES = (CONTACT,)


def contact(panel: Panel, events: pd.DataFrame, resolved: Resolved, units: AnyUnits) -> pd.DataFrame:
    """Share of warm, neutral and hostile acts of keyworkers in everyday meetings over the stay.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    events
        Events table.
    resolved
        The scenario with its data files.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    everyday = (events["encounter"] == ENCOUNTER_KINDS[EncounterKind.EVERYDAY]) & (events["actor"] == ROLES[KEYWORKER])
    acts = events[everyday.to_numpy()]
    good = evaluation_of_deeds(acts, "act", resolved)
    hits = np.zeros((len(panel.dyads), len(TONES)))
    np.add.at(hits, (panel.rows_of(acts, "events"), np.where(good > WARM, 0, np.where(good < HOSTILE, 2, 1))), 1.0)
    cases = np.repeat(hits.sum(axis=1, keepdims=True), len(TONES), axis=1)
    return estimated_shares(CONTACT, TONES, hits, cases, units)
