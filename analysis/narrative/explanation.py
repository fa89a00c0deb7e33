"""Why? For one exchange: what was expected, what the three sources explain, what else it could have meant.

And what would have followed had it been read as it was meant: the stay is lived on from there with the same luck.
The numbers come from the rules themselves (``twoway.simulation.counterfactual``), not from a second account of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from twoway.analysis.accounts import dyad_tables
from twoway.analysis.narrative.interview import PhraseChoice
from twoway.analysis.narrative.sentences import ENCOUNTERS, exchanges
from twoway.analysis.narrative.story import BORDER, with_numbers
from twoway.analysis.narrative.words.grammar import (
    NOUN,
    OTHER,
    PRONOUN,
    PersonWords,
    capitalised,
    named,
    percent,
    reading_noun,
    role_noun,
    spaced,
)
from twoway.analysis.patterns import at_day, reasoned, rule_of
from twoway.analysis.render.document import Block, Piece, Table
from twoway.analysis.tables import DYAD
from twoway.simulation.action_tables import UNSAID
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.counterfactual import Exchange, ReaderState, View, read_otherwise, reader_state
from twoway.simulation.errors import InputError
from twoway.simulation.run import PreparedScenario
from twoway.simulation.situations import ENCOUNTER_KINDS
from twoway.simulation.tables import EMOTIONS, TableBuilder, Tables, emotions_left, words_of

SHOWN = 5
"""Acts shown of those that were expected, or could have been seen."""


class Explanation(NamedTuple):
    """All there is to say about one exchange; the tables' probabilities and shares are 0..1.

    ``event`` is its row of the events table, ``told`` the exchange as the story tells it. ``prediction`` has columns
    act, expected and seen_as (how probable the act was to be done, and to be seen); ``sources`` has source, believed
    (the reader's belief in its weight), probability (of the act seen, out of it), explains (its share of the act seen)
    and attributed (the same when trust and mistrust have had their say); ``frames`` has frame, before, probability (of
    the act seen, if it were wholly this frame), after, deflection and emotion. ``otherwise`` compares the dyad's end
    with that of the stay lived on from a reading as it was meant, ``parted`` is the day from which the two differ; both
    are missing where it was read so.
    """

    event: dict[str, Any]
    told: str
    prediction: pd.DataFrame
    sources: pd.DataFrame
    frames: pd.DataFrame
    otherwise: pd.DataFrame | None
    parted: int | None


AT_STAKE = ("hardness", "stake", "explained", "shortfall")
"""Columns that tell on what occasion an act was read."""


def find_exchange(events: pd.DataFrame, day: int, number: int) -> pd.Series:
    """The row of one exchange.

    Parameters
    ----------
    events
        Events of one dyad, ``story.with_numbers``.
    day
        Day of the exchange.
    number
        Number of the exchange in its day, from 1.

    Raises
    ------
    InputError
        If there is no such exchange; the message says which there are.
    """
    exchanges = events[events["number"] > 0]
    if exchanges.empty:
        raise InputError("the events table of this dyad holds no exchange")
    days = exchanges["day"]
    if not (days == day).any():
        nearest = int(days.iloc[(days - day).abs().argmin()])
        raise InputError(f"day {day}: the two did not meet on that day; the nearest on which they did is day {nearest}")
    today = exchanges[days == day]
    if not (today["number"] == number).any():
        raise InputError(f"exchange {number}: day {day} has exchanges 1 to {int(today['number'].max())}")
    return today[today["number"] == number].iloc[0]


def exchange_address(events: pd.DataFrame, row: pd.Series, prepared: PreparedScenario, seed: int) -> Exchange:
    """The exchange of a row of the events table in the terms of ``twoway.simulation.counterfactual``.

    Parameters
    ----------
    events
        Events of one dyad, ``story.with_numbers``.
    row
        Row of the exchange.
    prepared
        The scenario of the run.
    seed
        Random seed of the run.
    """
    acts, resolved = list(prepared.resolved.situations.acts), prepared.resolved
    earlier = events[(events["day"] == row["day"]) & (events["number"] > 0) & (events["number"] < row["number"])]
    heard = events.loc[: row.name].iloc[:-1]  # what was decided, or left unanswered, moves the client as well
    heard = heard[(heard["day"] == row["day"]) & heard["expected"].notna()]
    shares = [f"{SHARE_OF}{name}" for name in resolved.frames.names]

    def view_of(party: str) -> View | None:
        """What the last act that someone read on this day has made of her view."""
        own = heard[heard["actor"] != party]
        if not len(own):
            return None
        numbers = {name: float(own[name].iloc[-1]) for name in View._fields if name != "definition"}
        return View(own[shares].iloc[-1].to_numpy(np.float64), **numbers)

    opens = row["exchange"] == 0
    return Exchange(
        seed=seed,
        replicate=int(row["replicate"]),
        centre=int(row["centre"]),
        dyad=int(row["dyad"]),
        day=int(row["day"]),
        kind=ENCOUNTER_KINDS.index(row["encounter"]),
        number=int(row["exchange"]),
        actor=ROLES.index(row["actor"]),
        act=acts.index(row["act"]),
        at_stake=None if np.isnan(row["stake"]) else tuple(row[list(AT_STAKE)].fillna(UNSAID).astype(float)),
        answered=None if opens else acts.index(earlier.iloc[-1]["act"]),
        bent=bool(row["bent"] == 1),
        client=view_of(ROLES[CLIENT]),
        keyworker=view_of(ROLES[KEYWORKER]),
    )


def explain_exchange(
    tables: Tables, prepared: PreparedScenario, seed: int, dyad: tuple[int, int, int], day: int, number: int
) -> Explanation:
    """Why one exchange was taken as it was, and what would have followed otherwise.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    prepared
        The scenario of the run.
    seed
        Random seed of the run.
    dyad
        (replicate, centre, number in the centre).
    day
        Day of the exchange.
    number
        Number of the exchange in its day, from 1.

    Raises
    ------
    InputError
        If there is no such dyad or exchange.
    """
    own = dyad_tables(tables, dyad)
    events = with_numbers(own.events)
    row = find_exchange(events, day, number)
    where = exchange_address(events, row, prepared, seed)
    mind = reader_state(prepared, where)
    acts, resolved = np.array(prepared.resolved.situations.acts), prepared.resolved
    seen = mind.acts.tolist().index(acts.tolist().index(row["seen"]))
    names = acts[mind.acts]
    prediction = pd.DataFrame({"act": names, "expected": mind.expected, "seen_as": mind.seen_as})
    frames = resolved.frames.names
    felt = words_of(EMOTIONS[1], resolved)
    manner = row["manner_seen"]
    how = list(resolved.situations.manners).index(manner) if isinstance(manner, str) else 0
    codes = emotions_left(resolved)[:, where.actor, mind.acts[seen], how, 1]
    by_frame = pd.DataFrame(
        {
            "frame": frames,
            "before": mind.definition,
            "probability": _out_of(mind, seen),
            "after": [float(row[f"{SHARE_OF}{name}"]) for name in frames],
            "deflection": mind.deflection[:, seen, how],
            "emotion": [felt[code] for code in codes],
        }
    )
    otherwise, parted = _otherwise(own, events, prepared, where, row)
    scene = events[events["met"] == row["met"]]
    choice = PhraseChoice(f"{'/'.join(map(str, dyad))}/{row['met']}")
    scene_sentences = exchanges(scene.to_dict("records"), resolved, choice)[int(row["exchange"])]
    return Explanation(
        row.to_dict(), scene_sentences, prediction, _sources(mind, seen, row), by_frame, otherwise, parted
    )


def _out_of(mind: ReaderState, act: int) -> list[float]:
    """Probability of an act if the relationship were wholly this frame, for each frame."""
    acting = (1 - mind.role_share) * (1 - mind.strain_share)
    fixed = mind.role_share * mind.script[act] + (1 - mind.role_share) * mind.strain_share * mind.strain[act]
    return [float(fixed + acting * person) for person in mind.person[:, act]]


def _sources(mind: ReaderState, act: int, row: pd.Series) -> pd.DataFrame:
    """What each source explains of an act, and what is put down to it when trust and mistrust have had their say."""
    role, strain = mind.role_share, mind.strain_share
    believed = np.array([role, (1 - role) * strain, (1 - role) * (1 - strain)])
    likely = np.array([mind.script[act], mind.strain[act], mind.definition @ mind.person[:, act]])
    total = float(believed @ likely)
    return pd.DataFrame(
        {
            "source": ["role", "strain", "person"],
            "believed": believed,
            "probability": likely,
            "explains": believed * likely / total if total > 0 else believed,
            "attributed": [float(row[f"{source}_share"]) for source in ("role", "strain", "person")],
        }
    )


def _otherwise(
    own: Tables, events: pd.DataFrame, prepared: PreparedScenario, where: Exchange, row: pd.Series
) -> tuple[pd.DataFrame | None, int | None]:
    """How the stay ended, and how it would have; and the day on which the two stays part in what is done."""
    if row["seen"] == row["act"]:
        return None, None
    stay = read_otherwise(prepared, where, where.act)
    if stay is None:
        return None, None
    dyad = (where.replicate, where.centre, where.dyad)
    other = dyad_tables(TableBuilder(prepared.resolved).tables([stay]), dyad)
    table = reasoned(
        pd.concat([_in_the_end(stay) for stay in (own, other)], ignore_index=True), rule_of(prepared.scenario)
    )
    table.index = pd.Index(["as it was read", "as it was meant"])
    return table, _parting(events, with_numbers(other.events))


def _in_the_end(stay: Tables) -> pd.DataFrame:
    """The dyads of a stay as they are on its last day, with what was counted over the whole of it."""
    tones = at_day(stay.days)
    return tones.merge(stay.dyads[[*DYAD, *stay.dyads.columns.difference(tones.columns)]], on=DYAD)


def _parting(one: pd.DataFrame, other: pd.DataFrame) -> int | None:
    """The first day on which something else is done in two stays of a dyad; nothing if it never is."""
    what = ["day", "event", "encounter", "actor", "act", "way"]
    both = [events[what].astype(object).fillna("").to_numpy() for events in (one, other)]
    size = min(map(len, both))
    differs = np.flatnonzero((both[0][:size] != both[1][:size]).any(axis=1))
    if len(differs):
        return int(min(events["day"].iloc[differs[0]] for events in (one, other)))
    longer = max((one, other), key=len)
    return int(longer["day"].iloc[size]) if len(longer) > size else None


def explanation_lines(reason: Explanation, prepared: PreparedScenario, with_end: bool = True) -> list[Piece]:
    """The explanation in words, with the numbers below.

    Parameters
    ----------
    reason
        The explanation.
    prepared
        The scenario of the run.
    with_end
        Whether it says how the pair ended, and how it would have ended had the act been read as it was meant.
    """
    event, frames = reason.event, prepared.resolved.frames
    party = OTHER[event["actor"]]
    reader, actor = PRONOUN[party], PRONOUN[event["actor"]]
    act, seen = reading_noun(event["act"], event["encounter"]), reading_noun(event["seen"], event["encounter"])
    likely = reason.prediction.set_index("act")
    most = reason.prediction.sort_values("expected", ascending=False, kind="stable")
    he, she = reader.subject, actor.subject
    lead = reason.frames.loc[reason.frames["before"].idxmax()]
    pieces: list[Piece] = [
        Block("title", f"Why? Day {event['day']}, exchange {event['number']}, in {ENCOUNTERS[event['encounter']][0]}"),
        Block("scene", reason.told),
        Block("heading", f"What {NOUN[party].subject} expected"),
        Block(
            "text",
            f"Before it, {he} took {actor.object} most of all for {role_noun(lead['frame'], event['actor'], frames)} "
            f"({percent(lead['before'])}). {_expectation(event, most, likely, he, she, act)}",
        ),
        Block("text", _perceived(event, likely, he, act, seen)),
        _most(reason.prediction, event),
        Block("heading", f"What {he} put it down to"),
        Block("text", _attributed(reason, event, reader, actor)),
        Table(
            ("source", "believed weight", "probability of the act out of it", "share of the act seen"),
            tuple(
                (row.source, percent(row.believed), percent(row.probability), percent(row.explains))
                for row in reason.sources.itertuples()
            ),
        ),
        Block("heading", "What it would have meant in the other frames"),
        Block("text", _meant(reason, event)),
        Table(
            ("frame", "before", "probability of the act seen", "after", "deflection", "emotion it leaves"),
            tuple(
                (
                    named(row.frame), percent(row.before), percent(row.probability), percent(row.after),
                    f"{row.deflection:.1f}", spaced(row.emotion),
                )
                for row in reason.frames.itertuples()
            ),
        ),
    ]  # fmt: skip
    if with_end:
        pieces.append(Block("heading", "What would have followed had it been read as it was meant"))
        pieces.append(Block("text", _followed(reason, he)))
        if reason.otherwise is not None:
            pieces.append(_compared(reason.otherwise))
    return pieces


def _expectation(event: dict[str, Any], most: pd.DataFrame, likely: pd.DataFrame, he: str, she: str, act: str) -> str:
    """What was held most likely, and how likely what was done."""
    first, chance = most["act"].iloc[0], percent(most["expected"].iloc[0])
    if first == event["act"]:
        return f"What {he} held most likely is what {she} did, {act} ({chance})."
    likeliest, done = reading_noun(first, event["encounter"]), percent(likely.loc[event["act"], "expected"])
    return f"What {he} held most likely was {likeliest} ({chance}); what {she} did, {act}, had {done}."


def _perceived(event: dict[str, Any], likely: pd.DataFrame, he: str, act: str, seen: str) -> str:
    as_seen, as_meant = likely.loc[event["seen"], "seen_as"], likely.loc[event["act"], "seen_as"]
    if event["seen"] == event["act"]:
        return f"{capitalised(he)} saw it for what it was ({percent(as_meant)} likely)."
    return (
        f"{capitalised(he)} took it for {seen}. Acts that feel alike are taken for each other, and rather for what was "
        f"expected: {seen} was {percent(as_seen)} likely to be seen, and {act}, as it was meant, {percent(as_meant)}."
    )


def _most(prediction: pd.DataFrame, event: dict[str, Any]) -> Table:
    top = prediction.sort_values("expected", ascending=False, kind="stable").head(SHOWN)["act"].tolist()
    shown = [*top, *(act for act in (event["act"], event["seen"]) if act not in top)]
    marks = {event["act"]: "done", event["seen"]: "seen"}
    if event["act"] == event["seen"]:
        marks[event["act"]] = "done and seen"
    rows = prediction.set_index("act").loc[list(dict.fromkeys(shown))]
    return Table(
        ("act", "expected", "likely to be seen", ""),
        tuple(
            (spaced(str(row.Index)), percent(row.expected), percent(row.seen_as), marks.get(str(row.Index), ""))
            for row in rows.itertuples()
        ),
    )


def _attributed(reason: Explanation, event: dict[str, Any], reader: PersonWords, actor: PersonWords) -> str:
    he, she = reader.subject, actor.subject
    sources = reason.sources.set_index("source")
    shares, person = sources["explains"], percent(sources["attributed"]["person"])
    trusting = (
        f" Given what {he} has come to think of {actor.object}, the person's share becomes {person}."
        if person != percent(shares["person"])
        else ""
    )
    out_of = {"role": "did what the situation asks", "strain": "acted out of strain", "person": "acted as the person"}
    beside = f", as {he} took it" if shares.idxmax() == event["source"] else f"; {he} could not see that"
    truth = f"In fact {she} {out_of[event['source']]} this time{beside}."
    opens = event["encounter"] == "control" and event["exchange"] == 0
    called_for = event["actor"] == "keyworker" and (opens or event["encounter"] == "request") and event["bent"] != 1
    mandated = (
        " The rules call for an act at this point: whoever knows that puts less of it down to the person."
        if called_for
        else ""
    )
    return (
        f"Of the act as {he} saw it, the role explains {percent(shares['role'])}, strain {percent(shares['strain'])} "
        f"and the person {percent(shares['person'])}.{trusting}{mandated} {truth}"
    )


def _meant(reason: Explanation, event: dict[str, Any]) -> str:
    table = reason.frames.set_index("frame")
    best, worst = table["probability"].idxmax(), table["probability"].idxmin()
    gained = (table["after"] - table["before"]).sort_values()
    likely, unlikely = (percent(table.loc[frame, "probability"]) for frame in (best, worst))
    fits = (
        f"It fits {named(best)} best ({likely}) and {named(worst)} least ({unlikely})"
        if likely != unlikely
        else f"It fits all frames about equally well ({likely})"
    )
    return (
        f"{fits}. Having read it, {named(gained.index[-1])} gained "
        f"{100 * gained.iloc[-1]:.1f} and {named(gained.index[0])} lost {-100 * gained.iloc[0]:.1f} percentage points; "
        "the pull of what was expected from the beginning is part of that."
    )


def _followed(reason: Explanation, he: str) -> str:
    if reason.event["seen"] == reason.event["act"]:
        return f"{capitalised(he)} did read it as it was meant."
    if reason.otherwise is None:
        return f"{capitalised(he)} could not have read it as it was meant: nothing spoke for that."
    first, second = reason.otherwise.iloc[0], reason.otherwise.iloc[1]
    if reason.parted is None:
        start = "With the same luck, nobody would have done anything else in all the days that followed"
    else:
        start = f"With the same luck, something else would have been done from day {reason.parted} on"
    tones = ["client_positivity", "client_negativity", "keyworker_positivity", "keyworker_negativity"]
    if first["pattern"] == second["pattern"] and all(abs(first[tone] - second[tone]) < BORDER for tone in tones):
        return f"{start}; in the end next to nothing would have changed."
    if first["pattern"] == second["pattern"]:
        return f"{start}; the pair would have ended in the same pattern, {second['pattern']}."
    return f"{start}; the pair would have ended {second['pattern']} instead of {first['pattern']}."


def _compared(table: pd.DataFrame) -> Table:
    columns = {
        "pattern": "pattern",
        "client_positivity": "client: good tone",
        "client_negativity": "client: bad tone",
        "keyworker_positivity": "keyworker: good tone",
        "keyworker_negativity": "keyworker: bad tone",
        "talks": "talks",
        "repairs": "of these helped",
    }
    rows = []
    for column, name in columns.items():
        values = [table[column].iloc[i] for i in range(2)]
        rows.append((name, *(f"{v:.2f}" if isinstance(v, float) else str(v) for v in values)))
    return Table(("at the end of the stay", *table.index), tuple(rows))
