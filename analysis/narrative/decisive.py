"""What must not go untold: grievances, whereabouts, leaves, and talks that fail late, each as a turning point.

In a model without matters, grievances and exits there are none of these, and stories are about tone and definitions.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from twoway.analysis.matters import FAILED, GRANTED, REFUSED, Chain, chains_of, has_word, seen_about, with_chains
from twoway.analysis.narrative.interview import PhraseChoice
from twoway.analysis.narrative.subjects import subject_as_seen, words_of_matter
from twoway.analysis.narrative.words.grammar import OTHER, PRONOUN, Subject, act_phrase, capitalised
from twoway.analysis.tables import DYAD
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables


class TurningPoint(NamedTuple):
    """A turning point: *day*, *what* it is, whose (or nobody's), how much it weighs (0 to 1 or so), in a sentence.

    *until* is the last day that the sentence tells of, *about* the matter by whose name a chapter may be called.
    """

    day: int
    what: str
    party: str
    weight: float
    sentence: str
    until: int
    about: str = ""


AGAIN = ", again"
"""What a heading adds where someone has gone, or moved out, before."""
LATE = 0.75
"""Share of the stay from which a talk that fails comes late (assumed)."""
WEIGHTS = {
    "grievance_opened": 0.7, "grievance_mended": 0.8, "gone": 0.9, "placed": 1.6, "placement_broken": 1.2,
    "order_ended": 0.5, "grown": 1.0, "talk_failed": 0.4, "matter": 0.9, "leave_failed": 1.5,
}  # fmt: skip
"""How much each kind of turning point weighs, beside falls of tone (assumed): what weighs most opens a chapter."""
BY_CHAIN = "matter"
"""The turning point of which the account of a matter tells anyway."""


STOOD = [
    "{he} could not let that pass, and from then on it stood between them",
    "that was more than {he} could put behind {him}",
    "it hurt, and it stayed with {him}",
    "from that day on {he} held it against {her}",
]
GROWN = 0.6
"""Rise of the balance of good and bad, from two weeks before to two weeks after, from which it grew; EPA (assumed)."""
WINDOW = 14


def tells_of_lasting(resolved: Resolved) -> bool:
    """Whether a run has matters, grievances or exits to tell of.

    Parameters
    ----------
    resolved
        The scenario with its data files.
    """
    scenario = resolved.scenario
    exits = scenario.stay.placing > 0 or scenario.stay.running > 0
    return bool(resolved.matters.matters) or scenario.lasting.grievance_size > 0 or exits


def end_of_stay(own: Tables) -> int:
    """Last day of a dyad's stay: that on which the order ended, or the last of the table."""
    ended = own.events.loc[own.events["event"] == "order_ended", "day"]
    return int(ended.iloc[0]) if len(ended) else int(own.days["day"].max())


def decisive_points(own: Tables, resolved: Resolved) -> list[TurningPoint]:
    """What must not go untold in the story of one dyad, in the order of the days.

    Parameters
    ----------
    own
        Tables of the dyad alone.
    resolved
        The scenario with its data files.
    """
    if not tells_of_lasting(resolved):
        return []
    events, last = with_chains(own.events.reset_index(drop=True)), end_of_stay(own)
    dyad: tuple[int, ...] = tuple(int(number) for number in own.dyads[DYAD].iloc[0])
    opened, mended = _rows(events, "grievance_opened"), _rows(events, "grievance_mended")
    found = [
        _of_grievance(events, index, resolved, dyad) if index in opened else _mended(events, index)
        for index in sorted([*opened, *mended])
    ]
    found += _grown(own, found)
    found += _moves(events, last)
    for index in _rows(events, "talk_failed"):
        day = int(events.loc[index, "day"])
        if day > LATE * last:
            found.append(_point("talk_failed", day, "", f"On day {day} they talked it over, and it made things worse."))
    back = [int(events.loc[index, "day"]) for index in _rows(events, "returned")]
    for chain in chains_of(events, resolved):
        found += _of_chain(chain, dyad, back, last)
    return sorted(found, key=lambda turn: turn.day)


def _rows(events: pd.DataFrame, kind: str) -> list[int]:
    return [int(index) for index in events.index[events["event"] == kind]]


def _point(what: str, day: int, party: str, sentence: str, about: str = "") -> TurningPoint:
    return TurningPoint(day, what, party, WEIGHTS[what], sentence, day, about)


def _of_grievance(events: pd.DataFrame, index: int, resolved: Resolved, dyad: tuple[int, ...]) -> TurningPoint:
    """A grievance that opened: over which act, about what, and whether the other meant it so."""
    row: dict[Any, Any] = events.loc[index].to_dict()
    party, day = str(row["actor"]), int(row["day"])
    did, about = deed_as_seen(row, events.loc[index - 1].to_dict(), resolved, dyad)  # the act that hurt comes before
    choice, he = PhraseChoice(f"{'/'.join(map(str, dyad))}/{party}/{day}"), PRONOUN[party]
    stood = choice.of("grievance", STOOD).format(he=he.subject, him=he.object, her=PRONOUN[OTHER[party]].object)
    sentence = f"On day {day} {did}; {stood}."
    return _point("grievance_opened", day, party, sentence, about.noun if about is not None and about.name else "")


def deed_as_seen(
    row: dict[Any, Any], act: dict[Any, Any], resolved: Resolved, dyad: tuple[int, ...]
) -> tuple[str, Subject | None]:
    """What someone did as the other saw it, as a clause that names who did it, and what it was about.

    Parameters
    ----------
    row
        Row of the events table that says what was seen and about what: the exchange, or a grievance over it.
    act
        Row of the exchange.
    resolved
        The scenario with its data files.
    dyad
        (replicate, centre, number in the centre).
    """
    state = str(act["matter_state"]) if has_word(act.get("matter_state")) else ""
    about = subject_as_seen(row["seen"], row["encounter"], state, seen_about(row, resolved), dyad, False)
    he, she = PRONOUN[OTHER[act["actor"]]], PRONOUN[act["actor"]].subject
    did = act_phrase(row["seen"], he, row["encounter"], matter=int(row["day"]), about=about)
    otherwise = act["act"] != row["seen"] and (about is None or about.place != "manner")
    return f"{she} {did}{f', as {he.subject} saw it' if otherwise else ''}", about


def _mended(events: pd.DataFrame, index: int) -> TurningPoint:
    """A grievance that was mended: the other saw what had hurt, and on which day that was."""
    party, day = str(events.loc[index, "actor"]), int(events.loc[index, "day"])
    he, she = PRONOUN[party], PRONOUN[OTHER[party]].subject
    opened = events[(events["event"] == "grievance_opened") & (events["actor"] == party) & (events.index < index)]
    before = int(opened["day"].iloc[-1]) if len(opened) else day
    then = f" on day {before}" if before < day else ""
    when = f"on day {day}" if before < day else f"before day {day} was over"
    if events["event"].get(index - 1) == "grievance_mended":
        sentence = f"{capitalised(when)} {she} saw, too, what had hurt {he.object}{then}; {he.subject} could let it go."
    else:
        sentence = (
            f"{capitalised(when)} they talked over what stood between them, and {she} saw what had hurt "
            f"{he.object}{then}; {he.subject} could let it go."
        )
    point = _point("grievance_mended", day, party, sentence)
    return point if before < day else point._replace(weight=WEIGHTS["order_ended"])  # the hurt is what is told first


def _grown(own: Tables, mended: list[TurningPoint]) -> list[TurningPoint]:
    """For each party the day around which it grew better most, if it did and no grievance was mended then."""
    found = []
    for party in ROLES:
        side = own.days[own.days["party"] == party].sort_values("day")
        balance = (side["positivity"] - side["negativity"]).reset_index(drop=True)
        rise = balance.rolling(WINDOW).mean().shift(-WINDOW) - balance.rolling(WINDOW).mean()
        if rise.notna().any() and float(rise.max()) >= GROWN:
            day = int(side["day"].iloc[int(rise.argmax())])
            near = any(turn.what == "grievance_mended" and abs(turn.day - day) < WINDOW for turn in mended)
            if not near:
                sentence = (
                    f"Around day {day} it grew better for the {party}: from two weeks before to two weeks after, the "
                    f"balance of good and bad toward the {OTHER[party]} rose by {float(rise.max()):.1f}."
                )
                found.append(_point("grown", day, party, sentence))
    return found


def _came_back(day: int, back: list[int], last: int) -> str:
    """When someone who was gone from a day on was back; *back* are all days on which the client came back."""
    after = next((other for other in back if other > day), None)
    return f"he was back on day {after}" if after else f"he had not come back by day {last}"


def _moves(events: pd.DataFrame, last: int) -> list[TurningPoint]:
    """Where the client went: gone and back, placed outside, and the end of the order."""
    found = []
    back = [int(events.loc[index, "day"]) for index in _rows(events, "returned")]
    for number, day in enumerate(int(events.loc[index, "day"]) for index in _rows(events, "gone")):
        found.append(
            _point(
                "gone", day, "client", f"On day {day} he ran away; {_came_back(day, back, last)}.", AGAIN * (number > 0)
            )
        )
    for number, index in enumerate(_rows(events, "placed")):
        day = int(events.loc[index, "day"])
        found.append(
            _point(
                "placed", day, "client", f"On day {day} he moved to a place outside the centre.", AGAIN * (number > 0)
            )
        )
    for index in _rows(events, "placement_broken"):
        day = int(events.loc[index, "day"])
        sentence = f"It did not last outside: on day {day} he came back to the centre."
        found.append(_point("placement_broken", day, "client", sentence))
    for index in _rows(events, "order_ended"):
        day = int(events.loc[index, "day"])
        met = events.loc[events["event"] == "exchange", "day"]
        parting = f" The two had last met on day {int(met.max())}." if len(met) else ""
        sentence = f"On day {day} his stay ended early, and he was free to go.{parting}"
        found.append(_point("order_ended", day, "client", sentence))
    return found


def _of_chain(chain: Chain, dyad: tuple[int, ...], back: list[int], last: int) -> list[TurningPoint]:
    """A chain that counts may open a chapter where it begins, and a leave that failed where it did."""
    if not chain.weighty:
        return []
    about = words_of_matter(chain.matter, chain.number, dyad, "")
    again = chain.number > 1
    name = f"{about.noun}, again" if again else about.noun
    if chain.steps[-1].state == REFUSED and not any(step.state in (GRANTED, FAILED) for step in chain.steps):
        name = f"{about.noun}, again in vain" if again else f"{about.noun}, asked for in vain"
    day = chain.steps[0].day
    sentence = f"On day {day} {about.topic} came up {'for the first time' if chain.number == 1 else 'again'}."
    begins = _point("matter", day, "client", sentence, name)
    found = [begins._replace(weight=WEIGHTS["matter"] * chain.matter.stake / 3.5 * (1 + 0.1 * len(chain.steps)))]
    for step in chain.steps:
        if step.state == FAILED:
            came = _came_back(step.day, back, last)
            sentence = f"On day {step.day}, when he was due back from {about.noun}, he did not come; {came}."
            found.append(_point("leave_failed", step.day, "client", sentence, about.noun))
    return found
