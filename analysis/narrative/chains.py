"""What a client asked for and what came of it, as a story tells it: step by step if it counts, in numbers if not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

from twoway.analysis.matters import ASKED, FAILED, GRANTED, LEAVE_ENDS, PENDING, REFUSED, UNANSWERED, Chain, Step
from twoway.analysis.narrative.interview import PhraseChoice
from twoway.analysis.narrative.subjects import again, matter_line, times_told, words_of_matter, yes_or_no
from twoway.analysis.narrative.words.grammar import capitalised
from twoway.simulation.errors import listed


def chain_sentences(chains: Sequence[Chain], first: int, last: int, dyad: tuple[int, int, int]) -> str:
    """What was asked for in some days and what came of it; empty if nothing was.

    That a leave failed is told elsewhere, as a turning point.

    Parameters
    ----------
    chains
        Chains of the dyad.
    first, last
        First and last of the days.
    dyad
        (replicate, centre, number in the centre).
    """
    some = [chain for chain in chains if chain.weighty and _within(chain, first, last)]
    some.sort(key=lambda chain: _within(chain, first, last)[0])
    choice = PhraseChoice(f"{'/'.join(map(str, dyad))}/{first}")
    days = Counter(day for chain in some for day in set(_within(chain, first, last)))
    several = {day for day, chains_then in days.items() if chains_then > 1}
    weighty = [_one(chain, first, last, dyad, choice, several) for chain in some]
    return " ".join(filter(None, [*weighty, _small(chains, first, last, dyad)]))


def _within(chain: Chain, first: int, last: int) -> list[int]:
    """Days, of some, on which something became of a chain."""
    return [step.day for step in chain.steps if first <= step.day <= last]


def _one(
    chain: Chain, first: int, last: int, dyad: tuple[int, int, int], choice: PhraseChoice, several: Set[int]
) -> str:
    """A chain step by step; asking again and again without an answer in one sentence.

    On days on which something became of *several* matters this one is named.
    """
    about = words_of_matter(chain.matter, chain.number, dyad, "")
    sentences: list[str] = []
    waiting: list[int] = []
    for number, step in enumerate(chain.steps):
        if not first <= step.day <= last or step.state == FAILED:
            continue
        if step.event == ASKED and step.state == PENDING and sentences and chain.steps[number - 1].state == PENDING:
            waiting.append(step.day)
            continue
        sentences += _waited(waiting)
        waiting = []
        when = f"by day {step.day}" if step.event == UNANSWERED else f"on day {step.day}"
        if sentences and chain.steps[number - 1].day == step.day:
            when = "on the same day"
        said = {
            "event": step.event,
            "state": step.state,
            "named": yes_or_no(bool(sentences) and step.day not in several),
            "first": yes_or_no(step.times == 1 and step.event == ASKED),
        }
        fill = {"When": capitalised(when), "asks": about.asks, "noun": about.noun, "again": again(step.times)}
        still = number > 0 and chain.steps[number - 1].state == PENDING
        why = ""
        if _asks_why(step, still):
            why = matter_line("why", {"explained": yes_or_no(step.explained)}, choice, When=when)
        fill |= {"outcome": f"{_outcome(step, still)}{why}", "state": step.state, "why": why}
        sentences.append(matter_line("step", said, choice, **fill))
    return " ".join([*sentences, *_waited(waiting)])


def _waited(days: Sequence[int]) -> list[str]:
    """That he asked again on some days and was put off."""
    if not days:
        return []
    return [f"He asked again on day{'s' * (len(days) > 1)} {listed(list(map(str, days)))}, and it stayed open."]


def _asks_why(step: Step, still: bool) -> bool:
    """Whether it counts to be told why; *still*: it had been open before, and is."""
    return step.state == REFUSED or (step.event == ASKED and step.state == PENDING and not still)


def _outcome(step: Step, still: bool) -> str:
    """What an answer came to, after a colon; *still*: it had been open before."""
    if step.state == PENDING:
        return "it stayed open" if still else "it was left open"
    return f"it was {step.state}"


def _small(chains: Sequence[Chain], first: int, last: int, dyad: tuple[int, int, int]) -> str:
    """How often smaller things were asked for, and how often they were granted and refused."""
    parts: dict[str, list[int]] = {}
    asks: dict[str, str] = {}
    before = 0
    for chain in chains:
        if chain.weighty:
            continue
        about = words_of_matter(chain.matter, chain.number, dyad, "")
        asked = 0
        for step in chain.steps:
            asked = step.day if step.event == ASKED else asked
            if first <= step.day <= last and step.event != LEAVE_ENDS:
                if asked < first:
                    before += step.state in (GRANTED, REFUSED)
                    continue
                count = parts.setdefault(about.topic, [0, 0, 0])
                if step.event == ASKED:
                    count[0] += 1
                    asks[about.topic] = about.asks
                count[1] += step.state == GRANTED
                count[2] += step.state == REFUSED
    told = [_counted(topic if count[0] > 1 else asks[topic], *count) for topic, count in parts.items() if count[0]]
    answers = "an answer" if before == 1 else f"{before} answers"
    answered = f"He got {answers} to what he had asked for earlier." if before else ""
    return " ".join(filter(None, [f"Among smaller things he asked {listed(told)}." if told else "", answered]))


def _counted(topic: str, asked: int, granted: int, refused: int) -> str:
    came = [f"{times_told(number)} {word}" for number, word in ((granted, "granted"), (refused, "refused")) if number]
    if asked == 1 and len(came) == 1:
        came = ["granted" if granted else "refused"]
    return f"{times_told(asked)} for {topic}{f' ({listed(came)})' if came else ''}"
