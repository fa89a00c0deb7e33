"""Outcomes: the named numbers that are kept of one run, that is of all centres of one point with one luck.

They are worked out from what the runner leaves, without tables, so that a study of a hundred thousand runs keeps as
many short rows and nothing else. All are as on the last day; a mean or a share is over all dyads of the run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoway.analysis.patterns import class_codes, pattern_codes
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.columns import Column
from twoway.simulation.coping import CONFRONT, COPING_WAYS, WITHDRAW
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.run import CentreRecords

PATTERN_SHARES = ("friendly", "polite", "conflicted")
"""The outcomes that are the share of a pattern, in the order of ``twoway.analysis.patterns.PATTERNS``."""
SHARE, TONE = "share of dyads", "EPA units"


def _declared() -> tuple[Column, ...]:
    columns = [
        Column("friendly", SHARE, "dyads that end friendly and trustful"),
        Column("polite", SHARE, "dyads that end polite and neutral"),
        Column("conflicted", SHARE, "dyads that end ambivalent and conflicted"),
        Column("same_class", SHARE, "dyads whose two parties are themselves in the same class"),
        Column(
            "tone_correlation",
            "correlation",
            "of both parties' tone over the dyads; missing with fewer than three dyads or no variation",
            optional=True,
        ),
    ]
    for role in ROLES:
        columns += [
            Column(f"{role}_tone", TONE, f"mean of the {role}s' good tone minus bad tone"),
            Column(f"{role}_tone_sd", TONE, f"SD of the {role}s' tone over the dyads; missing with one", optional=True),
            Column(f"{role}_negativity", TONE, f"mean of the {role}s' bad tone, weighted as in the model"),
            Column(f"{role}_tension", "multiples of the tolerance", f"mean tension the {role}s have not dealt with"),
            Column(f"{role}_distance", "share", f"mean distance the {role}s keep beyond their usual reserve"),
        ]
        columns += [
            Column(f"{role}_{kind}", "share", f"mean weight of {kind} frames in the {role}s' definitions")
            for kind in KINDS
        ]
    return (
        *columns,
        Column("felt_coercion", "squared EPA units", "mean of how coerced the clients feel"),
        Column("exchanges", "exchanges per dyad", "mean over the dyads, whole stay"),
        Column("talks", "talks per dyad", "repair talks that took place, whole stay"),
        Column("repairs", "talks per dyad", "repair talks that succeeded, whole stay"),
        Column("confronts", "evenings per dyad", "evenings on which either decided to confront, whole stay"),
        Column("withdraws", "evenings per dyad", "evenings on which either decided to withdraw, whole stay"),
        Column("changes", "keyworkers per dyad", "changes of keyworker, whole stay"),
    )


OUTCOMES = _declared()
NAMES = tuple(column.name for column in OUTCOMES)


def outcome(name: str) -> Column:
    """The declaration of an outcome; an unknown name is refused with the nearest."""
    if name not in NAMES:
        raise InputError(f"there is no outcome '{name}'; {nearest(name, NAMES)}")
    return OUTCOMES[NAMES.index(name)]


def outcomes_of(stays: Iterable[CentreRecords], kind: NDArray[np.int64]) -> list[float]:
    """The outcomes of one run, in the order of ``OUTCOMES``, from the stays of all its centres.

    *kind* (K,) is the kind of each frame, an index into ``KINDS``. Where nothing can be said it is NaN.
    """
    some = list(stays)
    parties = [_joined([s.clients for s in some]), _joined([s.keyworkers for s in some])]
    dyads = _joined([s.dyads for s in some])
    n, frames = len(dyads), len(kind)
    good, bad = (np.array([party[tone] for party in parties]) for tone in ("positivity", "negativity"))
    state = np.empty((2, n, 4 + frames))
    state[:, :, 0], state[:, :, 1] = good - bad, bad
    for side, party in enumerate(parties):
        state[side, :, 2], state[side, :, 3] = party["tension"], party["distance"]
        state[side, :, 4:] = party["definition"]
    mean = state.sum(axis=1) / n
    tone = state[:, :, 0] - mean[:, :1]
    products = tone @ tone.T
    client, keyworker = class_codes(good, bad)
    values = [*np.bincount(pattern_codes(client, keyworker), minlength=3) / n, (client == keyworker).sum() / n]
    varied = n > 2 and products[0, 0] > 0 and products[1, 1] > 0
    values.append(products[0, 1] / math.sqrt(products[0, 0] * products[1, 1]) if varied else np.nan)
    for side in range(2):
        spread = math.sqrt(products[side, side] / (n - 1)) if n > 1 else np.nan
        values += [mean[side, 0], spread, *mean[side, 1:4], *np.bincount(kind, mean[side, 4:], len(KINDS))]
    values.append(parties[0]["felt_coercion"].sum() / n)
    values += [dyads[count].sum() / n for count in ("exchanges", "talks", "repairs")]
    handled = dyads["handled"].sum(axis=(0, 1)) / n
    values += [
        handled[list(COPING_WAYS).index(CONFRONT.name)],
        handled[list(COPING_WAYS).index(WITHDRAW.name)],
        dyads["changes"].sum() / n,
    ]
    return [float(value) for value in values]


def _joined(records: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """The records of all centres in one plain array."""
    return np.asarray(records[0] if len(records) == 1 else np.concatenate(records))
