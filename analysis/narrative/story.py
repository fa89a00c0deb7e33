"""The story of a stay: chapters between turning points, each with what was usual, what weighed most, and how it stood.

Everything told is found in the dyad's tables; nothing is made up but the manner of telling. The story is a list of
pieces (``twoway.analysis.render.document``), so that terminal, Markdown and HTML tell the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from twoway.analysis.accounts import MemoryParameters, dyad_tables, pair_of_accounts, weighted_readings
from twoway.analysis.matters import chains_of, with_chains
from twoway.analysis.narrative.chains import chain_sentences
from twoway.analysis.narrative.decisive import BY_CHAIN, TurningPoint, decisive_points, end_of_stay, tells_of_lasting
from twoway.analysis.narrative.interview import PhraseChoice, interview
from twoway.analysis.narrative.sentences import ENCOUNTERS, handled, scene
from twoway.analysis.narrative.subjects import times_told
from twoway.analysis.narrative.turning_points import KIND_TOLD, turning_points_of
from twoway.analysis.narrative.words.grammar import OTHER, PRONOUN, act_phrase, capitalised, percent, role_noun, words
from twoway.analysis.patterns import at_day, reasoned, rule_of
from twoway.analysis.render.document import Block, Pair, Piece
from twoway.analysis.tables import DYAD, evaluation_of_deeds, kind_shares, require_columns
from twoway.simulation import SCOPE
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.errors import listed
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables


class StoryParameters(NamedTuple):
    """How long a story is, in one place (assumed; a matter of taste)."""

    chapters: int = 5
    """Chapters at most."""
    shortest: int = 14
    """Days a chapter has at least, unless the whole stay is shorter."""
    scenes: int = 2
    """Encounters told in full per chapter at least, the weightiest, besides the very first meeting."""
    days_per_scene: int = 25
    """One more is told for every so many days of a chapter beyond the first fifty."""
    mentioned: float = 0.3
    """Weight from which a turning point that opens no chapter is told in passing."""


TELLING = StoryParameters()
BORDER = 0.05
"""EPA units of tone from another pattern within which a pair is called one on the border (assumed)."""
TIMELESS = MemoryParameters(half_life=1e9)
"""A teller forgets nothing."""


def chapter_starts(points: Sequence[TurningPoint], last: int) -> list[TurningPoint]:
    """The turning points at which a new chapter begins: the weightiest that leave every chapter its days.

    Parameters
    ----------
    points
        Turning points of a stay.
    last
        Last day of the stay.

    Returns
    -------
    list of TurningPoint
        In the order of their days.
    """
    chosen: list[TurningPoint] = []
    for turn in sorted(points, key=lambda turn: -turn.weight):
        borders = [1, last + 1, *(other.day for other in chosen)]
        if len(chosen) < TELLING.chapters - 1 and all(abs(turn.day - day) >= TELLING.shortest for day in borders):
            chosen.append(turn)
    return sorted(chosen)


def _joined(parts: Sequence[str]) -> str:
    return listed(parts) if parts else ""


def everyday_sentences(events: pd.DataFrame, first: int, last: int, resolved: Resolved) -> str:
    """How often they met, and for what, and what unpleasant things the keyworker did most, in two sentences.

    Parameters
    ----------
    events
        Events of one dyad on these days.
    first, last
        First and last of the days.
    resolved
        The scenario with its data files.
    """
    exchanges = events[events["event"] == "exchange"]
    met = exchanges[exchanges["exchange"] == 0]
    if met.empty:
        return "In these days they did not meet at all."
    counts = met["encounter"].value_counts()
    parts = [
        ENCOUNTERS[kind][0] if count == 1 else f"{count} {ENCOUNTERS[kind][1]}"
        for kind, count in counts.items()
        if count
    ]
    when = f"In these {last - first + 1} days" if last > first else "On this day"
    told = f"{when} they met {times_told(len(met))}: {_joined(parts)}."
    hers = exchanges[exchanges["actor"] == "keyworker"]
    harsh = hers[evaluation_of_deeds(hers, "act", resolved) < 0]["act"].value_counts()
    where = {"search": "control"}
    counted = words("matters")["counted"] if resolved.matters.matters else {}
    often = [
        f"{times_told(int(count))} she {counted.get(act) or act_phrase(act, PRONOUN['client'], where.get(act))}"
        for act, count in harsh.items()
        if count
    ]
    return f"{told} {capitalised(_joined(often[:2]))}." if often else told


def _handled(events: pd.DataFrame, role: str) -> str:
    """What one party did about tension alone, as it follows he or she; empty if nothing."""
    taken = events[(events["event"] == "handling") & (events["actor"] == role)]["way"].value_counts()
    return _joined(
        [
            f"{handled(way, role)} {times_told(int(count))}"
            for way, count in taken.items()
            if count and not COPING_WAYS.find(way).proposes_talk
        ]
    )


def _talks(happened: pd.Series) -> str:
    """How often a talk was proposed and agreed to, and how often talking helped."""
    told = []
    declined, agreed = (int(happened.get(f"talk_{name}", 0)) for name in ("declined", "agreed"))
    if asked := declined + agreed:
        answer = f"{times_told(declined)} it was turned down"
        if asked == 1:
            answer = "it was turned down" if declined else "it was agreed to"
        elif not declined or not agreed:
            answer = f"it was {'agreed to' if agreed else 'turned down'} every time"
        told.append(f"A talk was proposed {times_told(asked)}; {answer}.")
    good, bad = (int(happened.get(f"talk_{name}", 0)) for name in ("repaired", "failed"))
    if good and bad:
        told.append(
            f"They talked things over {times_told(good + bad)}: {times_told(good)} it helped, "
            f"{times_told(bad)} it made things worse."
        )
    elif good or bad:
        each = "each time " if good + bad > 1 else ""
        told.append(
            f"They talked things over {times_told(good + bad)}, "
            f"and {each}it {'helped' if good else 'made things worse'}."
        )
    return " ".join(told)


def coping_sentences(events: pd.DataFrame) -> str:
    """What the two did about tension in some days: alone and together; empty if there was nothing to do."""
    his, hers = (_handled(events, role) for role in ROLES)
    told = [f"When tension rose, he {his}."] if his else []
    if hers:
        told.append(f"She, for her part, {hers}." if his else f"When tension rose, she {hers}.")
    return " ".join(filter(None, [*told, _talks(events["event"].value_counts())]))


def _standing_sentences(days: pd.DataFrame, day: int, resolved: Resolved) -> str:
    """How it stands at the end of a day: what each takes the other to be, and how each feels about the other."""
    told = []
    for role in ROLES:
        now = days[(days["party"] == role) & (days["day"] == day)]
        row = now.iloc[0]
        weights = row[[f"{SHARE_OF}{name}" for name in resolved.frames.names]].to_numpy(float)
        order = np.argsort(-weights, kind="stable")
        first = role_noun(resolved.frames.names[order[0]], OTHER[role], resolved.frames)
        view = f"{first} ({percent(weights[order[0]])})"
        if len(order) > 1 and weights[order[1]] > 0.25:
            second = role_noun(resolved.frames.names[order[1]], OTHER[role], resolved.frames)
            view += f", or for {second} ({percent(weights[order[1]])})"
        kinds = kind_shares(now, resolved)[0]
        most = int(kinds.argmax())
        if most != resolved.frames.kind[order[0]]:
            view += f", though all that is {KIND_TOLD[KINDS[most]]} together came to {percent(kinds[most])}"
        he, her = PRONOUN[role].subject, PRONOUN[OTHER[role]].object
        told.append(f"{he} took {her} for {view}; good tone {row['positivity']:.1f}, bad {row['negativity']:.1f}")
    return f"At the end of day {day} {told[0]}. {capitalised(told[1])}."


def _weightiest(read: pd.DataFrame, events: pd.DataFrame, most: int, skip: set[int]) -> list[pd.DataFrame]:
    """The encounters of some days that weighed most on either party, in order: at least a bad and a good one, if any.

    *read* are readings with their weight; *events* has a column ``met`` that numbers the encounters.
    """
    weight = read.assign(met=events.loc[read.index, "met"]).groupby(["met", read["evaluation"] < 0])["weight"].max()
    chosen: list[int] = []
    for bad in (True, False):
        some = weight[weight.index.get_level_values(1) == bad].droplevel(1).drop(list(skip), errors="ignore")
        chosen += [int(met) for met in some.sort_values(ascending=False, kind="stable").index if met not in chosen][:1]
    rest = weight.groupby(level=0).max().drop([*skip, *chosen], errors="ignore")
    chosen += [int(met) for met in rest.sort_values(ascending=False, kind="stable").index]
    return [events[events["met"] == met] for met in sorted(chosen[:most])]


def _label(rows: pd.DataFrame) -> str:
    numbers = rows["number"]
    first, last = int(numbers.iloc[0]), int(numbers.iloc[-1])
    return f"Day {int(rows['day'].iloc[0])}, exchange{f's {first} to {last}' if last > first else f' {first}'}"


def with_numbers(events: pd.DataFrame) -> pd.DataFrame:
    """A dyad's events ``with_chains``, ``met``, the number of the encounter, and ``number``, the exchange's in its day.

    Both count from 1; ``number`` is how an exchange is called for with ``twoway why``. ``hurts``: over the exchange a
    grievance opened.
    """
    exchanges = events["event"] == "exchange"
    met = (exchanges & (events["exchange"] == 0)).cumsum()
    number = exchanges.groupby(events["day"]).cumsum()
    hurts = exchanges & (events["event"].shift(-1) == "grievance_opened")
    return with_chains(events.assign(met=met.where(exchanges, 0), number=number.where(exchanges, 0), hurts=hurts))


EXPECTED = {
    "client": {
        "personal": "somebody to turn to",
        "formal": "an official who handles a case",
        "adversarial": "somebody set over him or against him",
    },
    "keyworker": {
        "personal": "somebody in need of care",
        "formal": "a case like others",
        "adversarial": "somebody who would have to be watched",
    },
}
"""What each expects of the other, by the kind of frame that leads."""


def expectation_sentences(own: Tables) -> str:
    """What the two expected of each other before they met, in two sentences."""
    row, told = own.dyads.iloc[0], []
    for role in ROLES:
        shares = {kind: float(row[f"{role}_{kind}_first"]) for kind in KINDS}
        lead = max(shares, key=lambda kind: shares[kind])
        told.append(f"The {role} expected {EXPECTED[role][lead]} ({percent(shares[lead])})")
    return f"{told[0]}; t{told[1][1:]}."


def _days(first: int, last: int) -> str:
    return f"Days {first} to {last}" if last > first else f"Day {first}"


def _opening(turn: TurningPoint | None, whole: bool) -> str:
    """The heading's last words: by which turning point a chapter begins; *whole*: it is the only one."""
    if turn is None:
        return "the whole stay" if whole else "how it began"
    over = f", over {turn.about}" if turn.about else ""
    return {
        "tipped": f"it becomes {turn.about} for the {turn.party}",
        "broke": f"something breaks for the {turn.party}{over}",
        "setback": f"a setback for the {turn.party}{over}",
        "new_keyworker": "a new keyworker",
        "grievance_opened": f"something comes between them{over}",
        "grievance_mended": f"it mends for the {turn.party}",
        "grown": f"it grows better for the {turn.party}",
        "gone": f"he runs away{turn.about}",
        "placed": f"a place outside{turn.about}",
        "placement_broken": "back from outside",
        "order_ended": "the stay ends early",
        "talk_failed": "a talk that fails",
        "matter": turn.about,
        "leave_failed": f"{turn.about} that failed",
    }[turn.what]


def _away(days: pd.DataFrame, first: int, last: int) -> str:
    """On how many of the days the client was not at the centre; empty if on none."""
    if "place" not in days:
        return ""
    some = days[(days["party"] == "client") & days["day"].between(first, last)]
    away = int((some["place"] != "centre").sum())
    if not away:
        return ""
    if away == len(some):
        return "All that time he was not at the centre."
    return f"On {away if away > 1 else 'one'} of these days he was not at the centre."


def _shown_anyway(events: pd.DataFrame, read: pd.DataFrame, first: int, opening: TurningPoint | None) -> list[int]:
    """Encounters that are told whatever they weigh: the very first, and that in which something turned.

    That is the one over which a grievance opened on that day or, if none did, the day's weightiest.
    """
    met = events.loc[read.index, "met"]
    if opening is None:
        return [int(met.iloc[0])] if first == 1 and len(met) else []
    today = read[read["day"] == opening.day]
    if opening.what == BY_CHAIN:
        today = today[events.loc[today.index, "encounter"] == "request"]
    hurting = today[events.loc[today.index, "hurts"]]
    today = hurting if len(hurting) else today
    return [int(met[today["weight"].idxmax()])] if len(today) else []


def _chapter(
    own: Tables, resolved: Resolved, opening: TurningPoint | None, inside: Sequence[TurningPoint],
    first: int, last: int, read: pd.DataFrame,
) -> list[Piece]:  # fmt: skip
    """The pieces of one chapter, from its *first* to its *last* day; *read* are the dyad's ``weighted_readings``."""
    events = own.events[own.events["day"].between(first, last)]
    whole = first == 1 and last == end_of_stay(own)
    lasting = tells_of_lasting(resolved)
    some = read[read["day"].between(first, last)]
    pieces: list[Piece] = [Block("heading", f"{_days(first, last)}: {_opening(opening, whole)}")]
    begin = [opening.sentence] if opening else [expectation_sentences(own)]
    begin += [everyday_sentences(events, first, last, resolved), _away(own.days, first, last)]
    pieces.append(Block("text", " ".join(filter(None, begin))))
    told, skip = [], set()
    most = max(TELLING.scenes, (last - first + 1) // TELLING.days_per_scene)
    for met in _shown_anyway(events, some, first, opening):
        told.append(events[events["met"] == met])
        skip.add(met)
    for rows in [*told, *_weightiest(some, own.events, most, skip)]:
        choice = PhraseChoice("/".join(map(str, [*own.dyads[DYAD].iloc[0], rows["met"].iloc[0]])))
        pieces.append(Block("scene", scene(rows.to_dict("records"), resolved, choice), _label(rows)))
    if lasting:
        replicate, centre, dyad = (int(number) for number in own.dyads[DYAD].iloc[0])
        asked = chain_sentences(chains_of(own.events, resolved), first, last, (replicate, centre, dyad))
        pieces += [Block("text", asked)] if asked else []
    rest = [turn.sentence for turn in inside if turn.weight >= TELLING.mentioned and turn.what != BY_CHAIN]
    if lasting and rest:
        pieces.append(Block("text", " ".join(rest)))
        rest = []
    left = bool((events.loc[events["day"] == last, "event"] == "new_keyworker").any())
    rest += [coping_sentences(events), _standing_sentences(own.days, max(first, last - left), resolved)]
    return [*pieces, Block("text", " ".join(filter(None, rest)))]


def _own_tables(tables: Tables, dyad: tuple[int, int, int]) -> Tables:
    """The tables of one dyad, its events ``with_numbers``."""
    require_columns(tables.events, "events", [*DYAD, "day", "event", "actor", "act", "seen", "encounter", "exchange"])
    require_columns(tables.days, "days", [*DYAD, "day", "party", "positivity", "negativity"])
    own = dyad_tables(tables, dyad)
    return own._replace(events=with_numbers(own.events))


def first_days(tables: Tables, resolved: Resolved, dyad: tuple[int, int, int], last: int) -> list[Piece]:
    """The beginning of one dyad's stay as a single chapter, in which nothing is known of later days.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    resolved
        The scenario with its data files.
    dyad
        (replicate, centre, number in the centre).
    last
        Last day that is told.
    """
    own = _own_tables(tables, dyad)
    so_far = own._replace(events=own.events[own.events["day"] <= last], days=own.days[own.days["day"] <= last])
    inside = decisive_points(so_far, resolved)
    return _chapter(own, resolved, None, inside, 1, last, weighted_readings(own, resolved, last, TIMELESS))


def chapters(tables: Tables, resolved: Resolved, dyad: tuple[int, int, int], number: int | None = None) -> list[Piece]:
    """One dyad's stay as a story with chapters, from the first day to the last.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    resolved
        The scenario with its data files.
    dyad
        (replicate, centre, number in the centre).
    number
        Number of the dyad in the replicate, for the title; by default its number in the centre.

    Raises
    ------
    InputError
        If there is no such dyad, a table is empty, or a column is missing.
    """
    own = _own_tables(tables, dyad)
    last = end_of_stay(own)
    read = weighted_readings(own, resolved, last, TIMELESS)
    points = [turn for turn in turning_points_of(own, resolved) if turn.day <= last]
    begins = chapter_starts(points, last)
    days = [1, *(turn.day for turn in begins), last + 1]
    name = f"dyad {dyad[2] if number is None else number}"
    verdict = reasoned(at_day(own.days, last), rule_of(resolved.scenario)).iloc[0]
    replicate, centre, client = dyad
    pieces: list[Piece] = [
        Block("title", f"{capitalised(name)}: a stay of {last} day{'s' * (last > 1)}, {verdict['pattern']} in the end"),
        Block(
            "note",
            f"Client {client} of centre {centre}, replicate {replicate}, and the keyworker. {SCOPE} By convention the "
            "client is he, the keyworker she. Good and bad tone: 1 slightly, 2 quite, 3 extremely. To ask about an "
            "exchange: twoway why.",
        ),
    ]
    for index, opening in enumerate([None, *begins]):
        first, end = days[index], days[index + 1] - 1
        inside = [turn for turn in points if first <= turn.until <= end and turn not in begins]
        pieces += _chapter(own, resolved, opening, inside, first, end, read)
    return pieces


def story(tables: Tables, resolved: Resolved, dyad: tuple[int, int, int], number: int | None = None) -> list[Piece]:
    """One dyad's stay as a story: its ``chapters``, then the pattern a researcher would assign, and both interviews.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    resolved
        The scenario with its data files.
    dyad
        (replicate, centre, number in the centre).
    number
        Number of the dyad in the replicate, for the title; by default its number in the centre.

    Raises
    ------
    InputError
        If there is no such dyad, a table is empty, or a column is missing.
    """
    told = chapters(tables, resolved, dyad, number)
    return [*told, *verdict_and_interviews(tables, resolved, dyad, end_of_stay(dyad_tables(tables, dyad)))]


def verdict_and_interviews(
    tables: Tables, resolved: Resolved, dyad: tuple[int, int, int], day: int, number: int | None = None
) -> list[Piece]:
    """The pattern a researcher would assign on a day from what both say, the reasons, and both interviews.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    resolved
        The scenario with its data files.
    dyad
        (replicate, centre, number in the centre).
    day
        Day of the interviews.
    number
        Number of the dyad in the replicate; with it the text begins with a title, as a page of its own.

    Raises
    ------
    InputError
        If there is no such dyad, the day is outside the stay, or a column is missing.
    """
    own = dyad_tables(tables, dyad)
    verdict = reasoned(at_day(own.days, day), rule_of(resolved.scenario)).iloc[0]
    border = ": a pair on the border" if verdict["margin"] < BORDER else ""
    alike = "by itself would say the same" if verdict["agree"] else "by itself would say something else"
    title = [Block("title", f"Dyad {number} on day {day}: {verdict['pattern']}")] if number is not None else []
    return [
        *title,
        Block("heading", f"What a researcher would say on day {day}"),
        Block(
            "text",
            f"{verdict['reason']} Each account {alike}. The nearest other pattern is “{verdict['nearest']}”, "
            f"{verdict['margin']:.2f} EPA units of tone away{border}.",
        ),
        *interviews(own, resolved, dyad, day),
    ]


def interviews(tables: Tables, resolved: Resolved, dyad: tuple[int, int, int], day: int) -> list[Piece]:
    """Both interviews of a dyad at the end of a day, side by side, below a heading.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    resolved
        The scenario with its data files.
    dyad
        (replicate, centre, number in the centre).
    day
        Day of the interviews.

    Raises
    ------
    InputError
        If there is no such dyad, the day is outside the stay, or a column is missing.
    """
    said = [
        Block("said", interview(account, resolved.frames, "/".join(map(str, dyad))), f"The {account.party}, day {day}")
        for account in pair_of_accounts(tables, resolved, dyad, day)
    ]
    note = Block("note", "Each tells what was done as he or she saw it, which need not be what the other did.")
    return [Block("heading", f"What each would say on day {day}"), note, Pair(*said)]
