"""Accounts: what each of the two would say about the relationship on a given day, from its own state alone.

Nothing in an account is taken from the other party or from a hidden parameter: how the other has lately felt to one
(tone, good and bad apart), what one takes the relationship to be, what one remembers and how one saw it, what one puts
trouble down to, how coerced one feels, and what one had expected (Skårner & Billquist 2016 interviewed both).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from twoway.analysis.matters import (
    Grieved,
    KnownMatter,
    SubjectSeen,
    Whereabouts,
    has_word,
    known_matters,
    open_grievance,
    seen_about,
    whereabouts,
    with_chains,
)
from twoway.analysis.measures.ambivalence import ambivalence_index
from twoway.analysis.tables import DYAD, DyadKey, evaluation_of_deeds, kind_shares, on_day, require_columns
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables

PARTY = [*DYAD, "party"]
"""The columns that say whose account a row is."""
ATTRIBUTED = ("role_share", "strain_share", "person_share")


class MemoryParameters(NamedTuple):
    """What someone tells of what happened, in one place."""

    half_life: float = 30.0
    """Days in which an event loses half its weight in what is told. Assumed; to be swept 10..180."""
    most: int = 2
    """Events of each sort, good and bad, that are told at most (two or three in all are asked for)."""
    worth: float = 2.2
    """Evaluation from which a good act is worth telling; others only where there is none. EPA units; assumed; 1..3."""


REMEMBERING = MemoryParameters()


def read_by(events: pd.DataFrame) -> pd.Series:
    """Reader of the act of each row: the party that is not the actor, as a categorical."""
    return events["actor"].cat.rename_categories(dict(zip(ROLES, reversed(ROLES), strict=True)))


def _latest_change(events: pd.DataFrame, day: int) -> pd.DataFrame:
    """The last change of keyworker of each dyad up to a day: the rows of the events table that tell it."""
    changes = events[(events["event"] == "new_keyworker") & (events["day"] <= day)]
    return changes.drop_duplicates(DYAD, keep="last")


def weighted_readings(
    tables: Tables, resolved: Resolved, day: int, remembering: MemoryParameters = REMEMBERING
) -> pd.DataFrame:
    """Every act someone has read up to a day, in the order in which it happened, and how much it weighs now.

    Parameters
    ----------
    tables
        Tables of a run; only the events are read.
    resolved
        The scenario with its data files.
    day
        Day of the stay up to which acts are taken; weights are those at its end.
    remembering
        How fast the weight of an act fades; only ``half_life`` is used.

    Returns
    -------
    DataFrame
        A row per act read. Columns of the events table, and ``party`` (the reader), ``evaluation`` (of the act seen,
        EPA units), ``weight`` (how good or bad it felt when it was read, bad acts more, EPA units, halved every
        ``remembering.half_life`` days) and ``former`` (whether a keyworker who has left since did or received it).

    Raises
    ------
    InputError
        If the table of events is empty or lacks a column.
    """
    events = tables.events
    require_columns(events, "events", [*DYAD, "day", "event", "actor", "seen", "felt", "emotion_named", *ATTRIBUTED])
    read = events[(events["event"] == "exchange") & (events["day"] <= day)]
    felt = read["felt"].to_numpy()
    weighty = np.where(felt < 0, resolved.scenario.learning.negativity_weight * -felt, felt)
    faded = 0.5 ** ((day - read["day"].to_numpy()) / remembering.half_life)
    left = _latest_change(events, day).set_index(DYAD)["day"]
    last = left.reindex(pd.MultiIndex.from_frame(read[DYAD])).fillna(0).to_numpy()
    return read.assign(
        party=read_by(read),
        evaluation=evaluation_of_deeds(read, "seen", resolved),
        weight=weighty * faded,
        former=read["day"].to_numpy() <= last,
    )


def memories(read: pd.DataFrame) -> pd.DataFrame:
    """The weightiest events of each party, good and bad: rows of ``weighted_readings``, weightiest first.

    Of the same thing seen several times only the weightiest is told, and civil acts that nobody would remember only
    where there is nothing better. A keyworker remembers nothing of her predecessor's; a client does.
    """
    own = read[~(read["former"] & (read["party"] == "keyworker"))]
    worth = (own["felt"] < 0) | (own["evaluation"] >= REMEMBERING.worth)
    sorted_ = own.assign(worth=worth).sort_values(["worth", "weight"], ascending=False, kind="stable")
    bad = sorted_["felt"] < 0
    different = sorted_.assign(bad=bad).drop_duplicates([*PARTY, "seen"])
    rank = different.groupby([*PARTY, "bad"], observed=True).cumcount()
    return different[rank < REMEMBERING.most].sort_values(PARTY, kind="stable")


def _expected(tables: Tables, resolved: Resolved, day: int) -> pd.DataFrame:
    """What each party expected before there was any experience: shares by kind of frame, one row per party."""
    require_columns(tables.dyads, "dyads", [f"{role}_{kind}_first" for role in ROLES for kind in KINDS])
    parts = []
    for role in ROLES:
        first = tables.dyads[[*DYAD, *(f"{role}_{kind}_first" for kind in KINDS)]]
        parts.append(first.set_axis([*DYAD, *KINDS], axis=1).assign(party=role))
    expected = pd.concat(parts, ignore_index=True).set_index(PARTY)[list(KINDS)]
    change = _latest_change(tables.events, day)
    if len(change):
        own = pd.DataFrame(kind_shares(change, resolved), columns=list(KINDS))
        own.index = pd.MultiIndex.from_frame(change[DYAD].assign(party="keyworker"))
        expected.loc[own.index] = own
    return expected.add_suffix("_expected")


def _trouble(read: pd.DataFrame) -> pd.DataFrame:
    """To what each party puts down what went wrong: mean shares of role, strain and person, by weight."""
    own = read[(read["felt"] < 0) & ~(read["former"] & (read["party"] == "keyworker"))]
    weighted = own[list(ATTRIBUTED)].mul(own["weight"], axis=0)
    sums = weighted.assign(**{key: own[key] for key in PARTY}, weight=own["weight"])
    total = sums.groupby(PARTY, observed=True)[[*ATTRIBUTED, "weight"]].sum()
    return (
        total[list(ATTRIBUTED)]
        .div(total["weight"], axis=0)
        .set_axis(["trouble_role", "trouble_strain", "trouble_person"], axis=1)
    )


def accounts(tables: Tables, resolved: Resolved, day: int, read: pd.DataFrame | None = None) -> pd.DataFrame:
    """Each party's account at the end of a day: one row per party of a dyad.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    resolved
        The scenario with its data files.
    day
        Day of the stay, from 1.
    read
        ``weighted_readings`` up to the day; worked out here if not given.

    Returns
    -------
    DataFrame
        Columns ``replicate``, ``centre``, ``dyad``, ``party``, ``day``; ``positivity`` and ``negativity`` (tone, EPA
        units), ``ambivalence`` (of the two), ``personal``, ``formal`` and ``adversarial`` (shares of frames),
        ``leading`` and ``second`` (the weightiest frames) with their shares, ``felt_coercion`` (clients), ``tension``,
        ``distance``, ``trouble_role``, ``trouble_strain`` and ``trouble_person`` (shares by what trouble is put down
        to; missing if there was none), ``personal_expected`` and so on, and ``met`` (number of acts read).

    Raises
    ------
    InputError
        If the day is outside the stay, or a table lacks what is needed.
    """
    days = tables.days
    require_columns(days, "days", [*PARTY, "day", "positivity", "negativity", "felt_coercion", "tension", "distance"])
    now = on_day(days, day).reset_index(drop=True)
    read = weighted_readings(tables, resolved, day) if read is None else read
    weights = now[[f"{SHARE_OF}{name}" for name in resolved.frames.names]].to_numpy()
    order = np.argsort(-weights, axis=1, kind="stable")
    names, rows = np.array(resolved.frames.names), np.arange(len(now))
    second = order[:, min(1, weights.shape[1] - 1)]
    table = now[[*PARTY, "day", "positivity", "negativity"]].assign(
        ambivalence=ambivalence_index(now["positivity"], now["negativity"]),
        **dict(zip(KINDS, kind_shares(now, resolved).T, strict=True)),
        leading=names[order[:, 0]],
        leading_share=weights[rows, order[:, 0]],
        second=names[second],
        second_share=weights[rows, second],
        felt_coercion=now["felt_coercion"],
        tension=now["tension"],
        distance=now["distance"],
    )
    own = read[~(read["former"] & (read["party"] == "keyworker"))]
    met = own.groupby(PARTY, observed=True).size().rename("met")
    table = table.join(_expected(tables, resolved, day), on=PARTY).join(_trouble(read), on=PARTY).join(met, on=PARTY)
    return table.assign(met=table["met"].fillna(0).astype(int))


class Memory(NamedTuple):
    """One event as someone remembers it: what it was taken for, to what it was put down, what it left.

    ``about`` is what it was about and ``state`` what became of that, if the model has matters.
    """

    day: int
    encounter: str
    seen: str
    felt: float
    role_share: float
    strain_share: float
    person_share: float
    emotion: str
    former: bool
    about: SubjectSeen | None = None
    state: str = ""


class Account(NamedTuple):
    """One party's account as a record: its row of ``accounts``, and what it remembers, weightiest first.

    What it knows of ``matters``, the open ``grievance`` and ``whereabouts`` of the client are told if there are any.
    """

    party: str
    day: int
    state: dict[str, float]
    leading: str
    second: str
    good: tuple[Memory, ...]
    bad: tuple[Memory, ...]
    dyad: tuple[int, int, int] = (0, 0, 0)
    matters: tuple[KnownMatter, ...] = ()
    grievance: Grieved | None = None
    whereabouts: Whereabouts | None = None


def _memories(rows: pd.DataFrame, resolved: Resolved) -> tuple[Memory, ...]:
    return tuple(
        Memory(
            day=int(row["day"]),
            encounter=str(row["encounter"]),
            seen=str(row["seen"]),
            felt=float(row["felt"]),
            role_share=float(row["role_share"]),
            strain_share=float(row["strain_share"]),
            person_share=float(row["person_share"]),
            emotion=str(row["emotion_named"]),
            former=bool(row["former"]),
            about=seen_about(row, resolved),
            state=str(row["matter_state"]) if has_word(row.get("matter_state")) else "",
        )
        for row in rows.to_dict("records")
    )


def pair_of_accounts(
    tables: Tables, resolved: Resolved, dyad: tuple[int, int, int], day: int
) -> tuple[Account, Account]:
    """The client's and the keyworker's account of one dyad at the end of a day.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    resolved
        The scenario with its data files.
    dyad
        (replicate, centre, number).
    day
        Day of the stay, from 1.

    Raises
    ------
    InputError
        If there is no such dyad, the day is outside the stay, or a table lacks what is needed.
    """
    own = dyad_tables(tables, dyad)
    own = own._replace(events=with_chains(own.events))
    changes = own.events.loc[(own.events["event"] == "new_keyworker") & (own.events["day"] <= day), "day"]
    change = int(changes.max()) if len(changes) else 0
    read = weighted_readings(own, resolved, day)
    table, remembered = accounts(own, resolved, day, read), memories(read)
    pair = []
    for row in table.to_dict("records"):
        mine = remembered[remembered["party"] == row["party"]]
        numbers = {key: float(v) for key, v in row.items() if isinstance(v, (int, float)) and key not in DYAD}
        pair.append(
            Account(
                str(row["party"]),
                day,
                numbers,
                str(row["leading"]),
                str(row["second"]),
                _memories(mine[mine["felt"] >= 0], resolved),
                _memories(mine[mine["felt"] < 0], resolved),
                dyad,
                known_matters(own.events, resolved, str(row["party"]), day, change),
                open_grievance(own.events, own.days, resolved, str(row["party"]), day, change),
                whereabouts(own.events, day),
            )
        )
    client, keyworker = sorted(pair, key=lambda account: ROLES.index(account.party))
    return client, keyworker


def dyad_tables(tables: Tables, dyad: tuple[int, int, int]) -> Tables:
    """The tables of one dyad alone.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    dyad
        (replicate, centre, number).

    Raises
    ------
    InputError
        If there is no such dyad.
    """
    own = Tables(*(DyadKey(*dyad).rows(table).reset_index(drop=True) for table in tables))
    if own.dyads.empty:
        replicate, centre, number = dyad
        raise InputError(f"there is no dyad {number} of centre {centre} in replicate {replicate}")
    return own
