"""Replies: how what one does hangs on what the other did just before, as the replier saw it.

A reply is every act but the first of an encounter. Turns in which the rules prescribe what a keyworker does are left
out, since there it is not she who answers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.coercion import mandated_turns
from twoway.analysis.measures.contact import HOSTILE
from twoway.analysis.measures.estimates import AnyUnits, Measure, estimated, estimated_shares, not_estimated, tidy
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.tracking import pooled_correlation
from twoway.analysis.tables import EVALUATION, POTENCY, evaluation_of_deeds, sentiment_of
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.situations import ENCOUNTER_KINDS

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
RUN = 3
"""Hostile acts in a row, of both parties, from which on they are a run."""
ANSWER = Measure(
    "reply_and_act",
    "correlation",
    "within dyad, kind of encounter and who replies, of what the reply is with the act before as the replier saw it; "
    "dominance: potency beyond what evaluation predicts over the acts of the situations; turns that the rules "
    "prescribe are left out",
    "replies",
)
EXPLAINED = Measure(
    "reply_explained",
    "share of the reply's entropy",
    "mutual information of the reply and the act before as the replier saw it, given kind of encounter, who replies "
    "and place of the exchange, over the entropy of the reply given the same; all entropies with the correction of "
    "Miller & Madow; turns that the rules prescribe are left out",
    "replies",
)
RUNS = Measure(
    "hostile_runs",
    "share",
    f"share of encounters with at least {RUN} exchanges that hold a run: {RUN} hostile acts in a row or more, of both "
    f"parties, as an onlooker would see them (evaluation below {HOSTILE:g})",
    "encounters",
)
ENDS = Measure(
    "hostile_runs_ended",
    "share",
    "share of such runs after which the encounter goes on with an act that is not hostile, so that it does not end in "
    "hostility",
    "runs",
)
MEASURES = (ANSWER, EXPLAINED, RUNS, ENDS)
DIMENSIONS = ("evaluation", "dominance")


def replies(panel: Panel, events: pd.DataFrame, resolved: Resolved) -> pd.DataFrame:
    """Every reply with the act it answers, outside the turns that the rules prescribe.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    events
        Events table; the acts of an encounter stand in their order.
    resolved
        The scenario with its data files.

    Returns
    -------
    DataFrame
        A row per reply. Columns ``row`` (of the panel), ``kind`` (code of the encounter), ``actor`` (0 client, 1
        keyworker: who replies), ``exchange`` (its place in the encounter, from 1), ``seen`` (what the replier took the
        act before for) and ``act`` (the reply), both categorical.
    """
    acts = events[events["exchange"].notna().to_numpy()]
    exchange = acts["exchange"].to_numpy(np.int64)
    at = np.flatnonzero((exchange > 0) & ~mandated_turns(acts, resolved))
    answers = acts.iloc[at]
    return pd.DataFrame(
        {
            "row": panel.rows_of(acts, "events")[at],
            "kind": pd.Categorical(answers["encounter"], categories=list(ENCOUNTER_KINDS)).codes.astype(np.int64),
            "actor": (answers["actor"] == ROLES[1]).to_numpy(np.int64),
            "exchange": exchange[at],
            "seen": acts["seen"].array[at - 1],
            "act": answers["act"].array,
        }
    )


def dominance(acts: pd.Series, resolved: Resolved) -> Floats:
    """Potency of acts beyond what their evaluation predicts over all acts of the situations, EPA units.

    Parameters
    ----------
    acts
        Names of acts, categorical.
    resolved
        The scenario with its data files.

    Returns
    -------
    array
        Shape (rows,); NaN where there is no act.
    """
    known = np.array([resolved.lexicon.acts[name] for name in resolved.situations.acts], np.float64)
    slope, level = np.polyfit(known[:, EVALUATION], known[:, POTENCY], 1)
    return sentiment_of(acts, resolved, POTENCY) - level - slope * sentiment_of(acts, resolved)


def answering(panel: Panel, answers: pd.DataFrame, resolved: Resolved, units: AnyUnits) -> pd.DataFrame:
    """Correlation of replies with the acts that they answer, of evaluation and of dominance.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    answers
        The replies, from ``replies``.
    resolved
        The scenario with its data files.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Two rows of ``ANSWER``, with the columns ``estimates.COLUMNS``.
    """
    row = answers["row"].to_numpy()
    stratum = (row * len(ENCOUNTER_KINDS) + answers["kind"].to_numpy()) * 2 + answers["actor"].to_numpy()
    parts = []
    for what in (sentiment_of, dominance):
        before, reply = (_within(what(answers[name], resolved), stratum) for name in ("seen", "act"))
        products = (before * reply, before**2, reply**2)
        parts += [np.bincount(row, product, minlength=len(panel.dyads)) for product in products]
    return estimated(
        ANSWER,
        DIMENSIONS,
        np.stack(parts, axis=1),
        lambda s: np.stack([pooled_correlation(s[..., :3]), pooled_correlation(s[..., 3:])], axis=-1),
        [len(answers)] * 2,
        units,
    )


def _within(values: Floats, stratum: Codes) -> Floats:
    """Values less the mean of their stratum."""
    mean = np.bincount(stratum, values) / np.maximum(np.bincount(stratum), 1)
    return values - mean[stratum]


def counts_of(answers: pd.DataFrame) -> pd.Series:
    """Number of replies by what is given (kind of encounter, who replies, place), act before as seen, and reply.

    Parameters
    ----------
    answers
        Replies, from ``replies``; their acts are coded by the order of the situations.

    Returns
    -------
    Series
        Indexed by (given, seen, act), in order; numbers of several batches can be added.
    """
    given = (answers["kind"].to_numpy() * 2 + answers["actor"].to_numpy()) * 100 + answers["exchange"].to_numpy()
    codes = {"given": given, **{name: answers[name].cat.codes.to_numpy(np.int64) for name in ("seen", "act")}}
    return pd.DataFrame(codes).groupby(["given", "seen", "act"]).size()


def explained(counts: pd.Series) -> pd.DataFrame:
    """Share of the entropy of replies that the acts they answer explain.

    It has no interval: the correction for small counts holds for a whole table, not for one drawn with replacement.

    Parameters
    ----------
    counts
        Numbers of replies, from ``counts_of``.

    Returns
    -------
    DataFrame
        One row of ``EXPLAINED``, with the columns ``estimates.COLUMNS``.
    """
    if counts.empty:
        return tidy(EXPLAINED, [not_estimated(EXPLAINED, "all", "there is no reply")])
    of_given, with_seen, with_act = (
        entropy(counts.groupby(level=names).sum().to_numpy())
        for names in (["given"], ["given", "seen"], ["given", "act"])
    )
    of_reply = with_act - of_given
    if of_reply <= 0:
        return tidy(EXPLAINED, [not_estimated(EXPLAINED, "all", "replies do not vary")])
    shared = of_reply - (entropy(counts.to_numpy()) - with_seen)
    why = "no interval: the correction for small counts is for one whole table"
    return tidy(EXPLAINED, [(EXPLAINED.name, "all", shared / of_reply, np.nan, np.nan, why, int(counts.sum()))])


def entropy(counts: Codes) -> float:
    """Entropy of a distribution in nats, from how often each value occurs, corrected for small counts.

    The correction adds (values that occur − 1) / (2 × cases): Miller 1955, recalled.

    >>> round(entropy(np.array([2, 2])), 3)
    0.818
    """
    count = counts[counts > 0]
    share = count / count.sum()
    return float(-(share * np.log(share)).sum() + (len(count) - 1) / (2 * count.sum()))


def hostile_runs(panel: Panel, events: pd.DataFrame, resolved: Resolved, units: AnyUnits) -> pd.DataFrame:
    """How often hostile acts come in runs within an encounter, and how often a run ends before the encounter does.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    events
        Events table; the acts of an encounter stand in their order.
    resolved
        The scenario with its data files.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        A row of ``RUNS`` and one of ``ENDS``, with the columns ``estimates.COLUMNS``.
    """
    acts, n = events[events["exchange"].notna().to_numpy()], len(panel.dyads)
    first = acts["exchange"].to_numpy(np.int64) == 0
    hostile = evaluation_of_deeds(acts, "act", resolved) < HOSTILE
    encounter = np.cumsum(first) - 1
    row = panel.rows_of(acts, "events")
    before = np.concatenate([[False], hostile[:-1]]) & ~first
    start = np.flatnonzero(hostile & ~before)
    goes_on = np.concatenate([~first[1:], [False]])
    end = np.flatnonzero(hostile & ~(goes_on & np.concatenate([hostile[1:], [False]])))
    long = end - start + 1 >= RUN
    opening = np.flatnonzero(first)
    exchanges = np.bincount(encounter, minlength=len(opening))
    held = np.bincount(encounter[start[long]], minlength=len(opening)) > 0
    able = exchanges >= RUN

    def by_dyad(rows: NDArray[np.intp]) -> Floats:
        return np.bincount(rows, minlength=n).astype(np.float64)[:, None]

    return pd.concat(
        [
            estimated_shares(RUNS, ["all"], by_dyad(row[opening[held & able]]), by_dyad(row[opening[able]]), units),
            estimated_shares(ENDS, ["all"], by_dyad(row[end[long & goes_on[end]]]), by_dyad(row[end[long]]), units),
        ],
        ignore_index=True,
    )
