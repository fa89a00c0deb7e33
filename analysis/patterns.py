"""Patterns: what a researcher would call a relationship who has heard both parties.

A first, simple rule; it sees only what the two would tell (tone), never a hidden parameter. Each party has a class
of its own, and the two together give the dyad's pattern, as Skårner & Billquist (2016) compared both accounts.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.statistics.intervals import ALIKENESS, clustered_share_interval
from twoway.analysis.tables import DYAD, on_day
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.arrays import RecordArray
from twoway.simulation.rules.lasting import MISTRUST_THRESHOLD, TRUST_THRESHOLD

PATTERNS = ("friendly and trustful", "polite and neutral", "ambivalent and conflicted")
SHORT_NAMES = ("friendly", "polite", "conflicted")
"""What the patterns are called in columns."""
CLASSES = ("trustful", "neutral", "conflicted")


def on_days(interviewed: tuple[int, int]) -> str:
    """When the interviews were, in words.

    Examples
    --------
    >>> on_days((60, 90)), on_days((30, 30))
    ('on days 60 to 90', 'on day 30')
    """
    first, last = interviewed
    return f"on day {last}" if first == last else f"on days {first} to {last}"


def interviews_sentence(interviewed: tuple[int, int]) -> str:
    """A sentence on what is meant by how a dyad is: when both parties were interviewed."""
    return (
        f"Patterns, and all that is not counted over the whole stay, are means of what both parties say "
        f"{on_days(interviewed)}; where the order has ended by then, the last day goes on counting."
    )


class Thresholds(NamedTuple):
    """Where a party's class changes: where trust and mistrust begin in the model itself, so that neither is free.

    On the rating scale 1 is slightly, 2 quite, 3 extremely.
    """

    positivity: float = TRUST_THRESHOLD
    """From here on the other is rather trusted than not. EPA units; swept by a quarter either way."""
    negativity: float = MISTRUST_THRESHOLD
    """Above this the other is rather mistrusted than not. EPA units; swept by a quarter either way."""


THRESHOLDS = Thresholds()


def class_codes(
    positivity: NDArray[Any], negativity: NDArray[Any], thresholds: Thresholds = THRESHOLDS
) -> NDArray[np.int8]:
    """A party's own class from its tone: conflicted before all, else trustful or neutral.

    Parameters
    ----------
    positivity, negativity
        Good and bad tone, EPA units, arrays of one shape.
    thresholds
        Thresholds of the classification rule.

    Returns
    -------
    array of int
        Indices into ``CLASSES``, in the shape of the tones.
    """
    trustful = np.asarray(positivity) >= thresholds.positivity
    conflicted = np.asarray(negativity) > thresholds.negativity
    return np.where(conflicted, 2, np.where(trustful, 0, 1)).astype(np.int8)


def pattern_codes(client: NDArray[Any], keyworker: NDArray[Any]) -> NDArray[np.int8]:
    """The dyad's pattern from the classes of both: conflicted if either is, friendly if both are trustful.

    Parameters
    ----------
    client, keyworker
        Each party's own class, indices into ``CLASSES``, arrays of one shape.

    Returns
    -------
    array of int
        Indices into ``PATTERNS``, in the shape of the classes.
    """
    conflicted = (client == 2) | (keyworker == 2)
    friendly = (client == 0) & (keyworker == 0)
    return np.where(conflicted, 2, np.where(friendly, 0, 1)).astype(np.int8)


def account_codes(accounts: RecordArray, thresholds: Thresholds = THRESHOLDS) -> NDArray[np.int8]:
    """The pattern of each dyad from both parties' accounts.

    Parameters
    ----------
    accounts
        Good and bad tone in the fields ``positivity`` and ``negativity``, shape (n, 2), the client first: what a centre
        leaves of the days of the interviews, or the rows of the days table on one day.
    thresholds
        Thresholds of the classification rule.

    Returns
    -------
    array of int
        Indices into ``PATTERNS``, shape (n,).
    """
    classes = class_codes(accounts["positivity"], accounts["negativity"], thresholds)
    return pattern_codes(classes[..., 0], classes[..., 1])


def party_class(positivity: pd.Series, negativity: pd.Series, thresholds: Thresholds = THRESHOLDS) -> pd.Series:
    """Each party's own class.

    Parameters
    ----------
    positivity, negativity
        Good and bad tone, EPA units, one value per party.
    thresholds
        Thresholds of the classification rule.

    Returns
    -------
    Series
        Words of ``CLASSES``, categorical; the rule is ``class_codes``.
    """
    codes = class_codes(positivity.to_numpy(), negativity.to_numpy(), thresholds)
    return pd.Series(pd.Categorical.from_codes(codes, categories=list(CLASSES)), index=positivity.index)


def pattern(client: pd.Series, keyworker: pd.Series) -> pd.Series:
    """The dyad's pattern from the classes of both, in words.

    Parameters
    ----------
    client, keyworker
        Each party's own class, words of ``CLASSES``, a value per dyad in the same order.

    Returns
    -------
    Series
        Words of ``PATTERNS``, categorical, with the index of *client*; the rule is ``pattern_codes``.
    """
    codes = pattern_codes(*(pd.Categorical(own, categories=list(CLASSES)).codes for own in (client, keyworker)))
    return pd.Series(pd.Categorical.from_codes(codes, categories=list(PATTERNS)), index=client.index)


def with_patterns(dyads: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """The dyads table with three more columns: ``client_class``, ``keyworker_class`` and ``pattern``.

    Parameters
    ----------
    dyads
        Tone of both parties, a row per dyad.
    thresholds
        Thresholds of the classification rule.
    """
    client, keyworker = (
        party_class(dyads[f"{role}_positivity"], dyads[f"{role}_negativity"], thresholds) for role in ROLES
    )
    return dyads.assign(client_class=client, keyworker_class=keyworker, pattern=pattern(client, keyworker))


def at_day(days: pd.DataFrame, day: int | None = None) -> pd.DataFrame:
    """Both parties' tone at the end of a day, one row per dyad, as the dyads table has it for the interviews.

    Parameters
    ----------
    days
        Both parties of any number of dyads at the end of each day.
    day
        Day of the stay, from 1; by default the last of the table.

    Returns
    -------
    DataFrame
        Columns ``replicate``, ``centre``, ``dyad``, ``client_positivity``, ``client_negativity``,
        ``keyworker_positivity`` and ``keyworker_negativity`` (EPA units).

    Raises
    ------
    InputError
        If the day is outside the stay.
    """
    now = on_day(days, int(days["day"].max()) if day is None else day)
    sides = [
        now.loc[now["party"] == role, [*DYAD, "positivity", "negativity"]].set_index(DYAD).add_prefix(f"{role}_")
        for role in ROLES
    ]
    return sides[0].join(sides[1]).reset_index()


def _far(over: NDArray[Any]) -> NDArray[np.float64]:
    """How far a number is beyond a bound, 0 if it is not."""
    return np.maximum(over, 0.0)


def _closeness(dyads: pd.DataFrame, thresholds: Thresholds) -> NDArray[np.float64]:
    """Distance of each dyad from each pattern, shape (dyads, 3), EPA units of tone; 0 for its own pattern.

    The distance is the least change of the two parties' tones, summed, that would bring it there: good tone up to the
    threshold and bad tone down to it for both, to be friendly; one party's bad tone up, to be conflicted; bad tone down
    for both and good tone of one below the threshold, to be polite. Needs the columns ``client_positivity`` and so on.
    """
    lacks, excess = [], []
    for role in ROLES:
        lacks.append(thresholds.positivity - dyads[f"{role}_positivity"].to_numpy())
        excess.append(dyads[f"{role}_negativity"].to_numpy() - thresholds.negativity)
    peace = _far(excess[0]) + _far(excess[1])
    friendly = peace + _far(lacks[0]) + _far(lacks[1])
    polite = peace + np.where((lacks[0] <= 0) & (lacks[1] <= 0), np.minimum(-lacks[0], -lacks[1]), 0.0)
    conflicted = np.minimum(_far(-excess[0]), _far(-excess[1]))
    return np.column_stack([friendly, polite, conflicted])


def reasoned(dyads: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """Each dyad's pattern as a researcher would defend it.

    Parameters
    ----------
    dyads
        Tone of both parties, a row per dyad.
    thresholds
        Thresholds of the classification rule.

    Returns
    -------
    DataFrame
        Columns of ``with_patterns``, and ``agree`` (whether the two parties' own classes do), ``nearest`` (the other
        pattern it is nearest to), ``margin`` (how far that is: the least change of the parties' tones, summed, EPA
        units) and ``reason`` (a sentence).
    """
    table = with_patterns(dyads, thresholds)
    far = _closeness(table, thresholds)
    codes = table["pattern"].cat.codes.to_numpy()
    far[np.arange(len(far)), codes] = np.inf
    nearest = far.argmin(axis=1) if len(far) else codes
    return table.assign(
        agree=(table["client_class"].astype(str) == table["keyworker_class"].astype(str)).to_numpy(),
        nearest=pd.Categorical.from_codes(nearest, categories=list(PATTERNS)),
        margin=far.min(axis=1) if len(far) else np.empty(0),
        reason=[_reason(row, thresholds) for row in table.to_dict("records")],
    )


MUCH_BAD = 1.5
"""Multiples of the threshold from which on bad tone is called much in words (assumed)."""


def _view(row: Mapping[Hashable, Any], role: str, thresholds: Thresholds) -> str:
    good, bad, own = row[f"{role}_positivity"], row[f"{role}_negativity"], row[f"{role}_class"]
    if own == "conflicted":
        also = ", though with much good as well" if good >= thresholds.positivity else ""
        how = "much" if bad >= MUCH_BAD * thresholds.negativity else "more than a little"
        return f"the {role}'s account holds {how} that is bad ({bad:.2f}){also}"
    if own == "trustful":
        return f"the {role} has mostly good to say ({good:.2f}) and not much bad ({bad:.2f})"
    return f"the {role} has neither much good nor much bad to say (good {good:.2f}, bad {bad:.2f})"


def _reason(row: Mapping[Hashable, Any], thresholds: Thresholds) -> str:
    """Why a dyad has its pattern, in a sentence with the numbers it rests on."""
    views = [_view(row, role, thresholds) for role in ROLES]
    joint = ", and " if row["client_class"] == row["keyworker_class"] else ", while "
    return f"{str(row['pattern']).capitalize()}: {views[0]}{joint}{views[1]}."


def by_day(days: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """Each dyad's pattern at the end of each day.

    Parameters
    ----------
    days
        Both parties of any number of dyads at the end of each day.
    thresholds
        Thresholds of the classification rule.

    Returns
    -------
    DataFrame
        Columns replicate, centre, dyad, day, pattern.
    """
    keys = [*DYAD, "day"]
    own = days[[*keys, "party"]].assign(own=party_class(days["positivity"], days["negativity"], thresholds))
    client, keyworker = (own[own["party"] == role].set_index(keys)["own"] for role in ROLES)
    return pattern(client, keyworker.loc[client.index]).rename("pattern").reset_index()


def interval_kind(dyads: pd.DataFrame) -> str:
    """Kind of the intervals of ``shares``, in words that follow "intervals:"."""
    count = dyads.groupby(["replicate", "centre"]).ngroups
    seen = f", corrected by the {count} centres at hand" if count > 1 else ""
    return f"Wilson, dyads of a centre taken to be alike: correlation {ALIKENESS:g} assumed{seen}"


def shares(dyads: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Share of dyads in each pattern, with an interval that knows that dyads of one centre resemble each other.

    Parameters
    ----------
    dyads
        Dyads of a run, with or without the column ``pattern``.
    confidence
        Probability that an interval covers the true share.

    Returns
    -------
    DataFrame
        A row per pattern; columns ``dyads`` (count), ``share``, ``low``, ``high`` (``clustered_share_interval``).
    """
    table = dyads if "pattern" in dyads else with_patterns(dyads)
    centres = table.groupby(["replicate", "centre"]).ngroup()
    counts = pd.crosstab(centres, table["pattern"]).reindex(columns=list(PATTERNS), fill_value=0).to_numpy()
    total = counts.sum(axis=0)
    share = total / total.sum()
    low, high = clustered_share_interval(counts, confidence)
    return pd.DataFrame(
        {"dyads": total, "share": share, "low": low, "high": high},
        index=pd.Index(PATTERNS, name="pattern"),
    )
