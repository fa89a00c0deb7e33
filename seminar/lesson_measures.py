"""What a class will notice in a lesson, measured: the settings are lived, and the numbers put into the sentences.

No number of a lesson is typed: whatever the model's numbers are, the note says what comes of them, and whether it does
what the lesson promises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.narrative.sentences import BY_THE_RULES
from twoway.analysis.narrative.words.grammar import OTHER, percent
from twoway.analysis.patterns import PATTERNS, by_day, with_patterns
from twoway.analysis.statistics.paired import interval
from twoway.analysis.tables import DYAD, kind_shares, sentiment_of
from twoway.seminar.lessons import Lesson, Notice
from twoway.seminar.recipe import Recipe, count_of_pairs
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables, run

Floats = NDArray[np.float64]
PAIRS = 800
"""Pairs that are lived in each setting for a note; more would take longer than a class waits (assumed)."""
LEAST = 160
"""Pairs below which there is too little to compare (assumed)."""
SAME = 0.15
"""Share of the first number by which two may differ that are called much the same (assumed)."""
NOTHING = "(too few to say)"
"""What stands for a number that cannot be had."""
TOGETHER = 10
"""Studies that are put together, to show what a larger one would find."""


class Lived(NamedTuple):
    """Some replicates of one setting."""

    tables: Tables
    resolved: Resolved


class Found(NamedTuple):
    """Two series of numbers that are compared, a value per replicate each; *form* says how they are written."""

    one: Floats
    other: Floats
    form: str


class Told(NamedTuple):
    """A sentence with its numbers, and whether what it promises is so."""

    sentence: str
    holds: bool


def _by_replicate(values: pd.Series, table: pd.DataFrame) -> pd.Series:
    return values.groupby(table["replicate"]).mean()


def _compared(form: str, value: Callable[[Lived], pd.Series]) -> Callable[[Sequence[Lived]], Found]:
    """A measure that is the same number in both settings; *value* has a row per replicate."""

    def found(lives: Sequence[Lived]) -> Found:
        table = pd.concat([value(lived) for lived in lives], axis=1).dropna()
        return Found(table.iloc[:, 0].to_numpy(float), table.iloc[:, -1].to_numpy(float), form)

    return found


def _within(
    form: str, values: Callable[[Lived], tuple[pd.Series, pd.Series]], of: int = 0
) -> Callable[[Sequence[Lived]], Found]:
    """A measure that compares two things within one setting, the first or the one it is *of*."""

    def found(lives: Sequence[Lived]) -> Found:
        table = pd.concat(values(lives[of]), axis=1).dropna()
        return Found(table.iloc[:, 0].to_numpy(float), table.iloc[:, 1].to_numpy(float), form)

    return found


def _share(pattern: str) -> Callable[[Lived], pd.Series]:
    def share(lived: Lived) -> pd.Series:
        dyads = with_patterns(lived.tables.dyads)
        return _by_replicate((dyads["pattern"] == pattern).astype(float), dyads)

    return share


def _in_the_end(column: str) -> Callable[[Lived], pd.Series]:
    return lambda lived: _by_replicate(lived.tables.dyads[column], lived.tables.dyads)


def _exchanges(lived: Lived, **only: Any) -> pd.DataFrame:
    events = lived.tables.events
    keep = events["event"] == "exchange"
    for column, value in only.items():
        keep &= events[column].isin(value) if isinstance(value, tuple) else events[column] == value
    return events[keep]


def _kindness(lived: Lived) -> pd.Series:
    acts = _exchanges(lived, actor="client")
    return _by_replicate(pd.Series(sentiment_of(acts["act"], lived.resolved), acts.index), acts)


def _personal(lived: Lived, **only: Any) -> pd.Series:
    acts = _exchanges(lived, **only)
    return _by_replicate(acts["person_share"], acts)


def _refusals(lived: Lived) -> pd.Series:
    refused = _exchanges(lived, actor="keyworker", encounter="request", act="refuse")
    pairs = lived.tables.dyads.groupby("replicate").size()
    return refused.groupby("replicate").size().reindex(pairs.index, fill_value=0) / pairs


def _tension(lived: Lived) -> pd.Series:
    days = lived.tables.days[lived.tables.days["party"] == "keyworker"]
    return _by_replicate(days["tension"], days)


def _coerced(lived: Lived) -> pd.Series:
    days = lived.tables.days[lived.tables.days["party"] == "client"]
    return _by_replicate(days["felt_coercion"], days)


def _patterns_on(lived: Lived, *parts: float) -> pd.DataFrame:
    """The pattern of each pair on some days, given as parts of the stay: a column per day, DYAD as the index."""
    days = lived.tables.days
    when = [max(1, round(part * int(days["day"].max()))) for part in parts]
    table = by_day(days[days["day"].isin(when)]).astype({"pattern": str})
    return table.pivot(index=DYAD, columns="day", values="pattern")[when].reset_index("replicate")


def _still(lived: Lived, pattern: str, early: float, late: float) -> tuple[pd.Series, pd.Series]:
    """Of the pairs that were not, and that were, in a pattern early: the share that is in it late, by replicate."""
    table = _patterns_on(lived, early, late)
    was, is_ = (table.iloc[:, column] == pattern for column in (1, 2))
    shares = [_by_replicate(is_[group].astype(float), table[group]) for group in (~was, was)]
    return shares[0], shares[1]


def _evening_before(rows: pd.DataFrame, party: pd.Series | str, lived: Lived, column: str) -> Floats:
    """What a *column* of the days table was for a party at the end of the day before each of the *rows*.

    The column ``adversarial`` is the weight of the adversarial frames.
    """
    days = lived.tables.days
    shares = kind_shares(days, lived.resolved)[:, KINDS.index("adversarial")]
    key = [*DYAD, "party", "day"]
    known = days.assign(adversarial=shares).astype({"party": str}).set_index(key)[column]
    of = pd.Series(party, rows.index).astype(str)
    wanted = pd.MultiIndex.from_frame(rows[DYAD].assign(party=of, day=rows["day"] - 1)[key])
    return known.reindex(wanted).to_numpy(float)


def _blamed(lived: Lived) -> tuple[pd.Series, pd.Series]:
    """How far an act seen as bad is put down to the other's person, by readers to whom it was mostly something else
    than a matter of control the evening before, and by those to whom it was that.
    """
    acts = _exchanges(lived)
    bad = acts[sentiment_of(acts["seen"], lived.resolved) < 0]
    control = _evening_before(bad, bad["actor"].astype(str).map(OTHER), lived, "adversarial")
    groups = (control <= 0.5, control > 0.5)
    shares = [_by_replicate(bad["person_share"][group], bad[group]) for group in groups]
    return shares[0], shares[1]


def _talked(lived: Lived) -> tuple[pd.Series, pd.Series]:
    """How bad tone changed from the evening before a talk to a week after, where it repaired and where it failed."""
    changes = []
    for outcome in ("talk_repaired", "talk_failed"):
        talks = lived.tables.events[lived.tables.events["event"] == outcome]
        before, after = (
            np.mean(
                [_evening_before(talks.assign(day=talks["day"] + later), role, lived, "negativity") for role in ROLES],
                0,
            )
            for later in (0, 8)
        )
        changes.append(_by_replicate(pd.Series(after - before, talks.index), talks))
    return changes[0], changes[1]


def _searching(lived: Lived) -> tuple[pd.Series, pd.Series]:
    """How a search changed the keyworker's tension if she opened it in an adversarial frame, and in a personal one."""
    searches = _exchanges(lived, actor="keyworker", encounter="control", act="search", exchange=0)
    frames = lived.resolved.frames
    kind = searches["actor_frame"].astype(str).map(dict(zip(frames.names, frames.kind, strict=True)))
    before = _evening_before(searches, "keyworker", lived, "tension")
    rise = searches["actor_tension"] - before
    groups = [kind == KINDS.index(name) for name in ("adversarial", "personal")]
    changes = [_by_replicate(rise[group], searches[group]) for group in groups]
    return changes[0], changes[1]


def _off(lives: Sequence[Lived]) -> Found:
    """By how much the share of friendly pairs in one study misses that of all; and in several put together."""
    friendly = _share(PATTERNS[0])(lives[0]).to_numpy(float)
    whole = friendly[: len(friendly) // TOGETHER * TOGETHER].reshape(-1, TOGETHER)
    several = np.repeat(np.abs(whole.mean(axis=1) - friendly.mean()), TOGETHER)
    return Found(np.abs(whole.ravel() - friendly.mean()), several, "points")


def _between(lives: Sequence[Lived]) -> Found:
    """Between how many friendly pairs nine studies in ten have."""
    dyads = with_patterns(lives[0].tables.dyads)
    friendly = (dyads["pattern"] == PATTERNS[0]).groupby(dyads["replicate"]).sum().to_numpy()
    low, high = np.quantile(friendly, [0.05, 0.95], method="inverted_cdf")
    return Found(np.full(len(friendly), low), np.full(len(friendly), high), "whole")


def _all_three(lived: Lived) -> tuple[pd.Series, pd.Series]:
    """Whether a study has pairs of one kind only; and whether it has pairs of all three."""
    kinds = with_patterns(lived.tables.dyads).groupby("replicate")["pattern"].nunique()
    return (kinds == 1).astype(float), (kinds == len(PATTERNS)).astype(float)


def _agree(lived: Lived) -> tuple[pd.Series, pd.Series]:
    """Share of pairs whose two parties are of one class: as unrelated views would give it, and as it is."""
    dyads = with_patterns(lived.tables.dyads)
    chance = {}
    for replicate, some in dyads.groupby("replicate"):
        apart = [some[f"{role}_class"].value_counts(normalize=True, sort=False).to_numpy() for role in ROLES]
        chance[replicate] = float(apart[0] @ apart[1])
    alike = dyads["client_class"].astype(str) == dyads["keyworker_class"].astype(str)
    return pd.Series(chance), _by_replicate(alike.astype(float), dyads)


MEASURES: dict[str, Callable[[Sequence[Lived]], Found]] = {
    "friendly": _compared("share", _share(PATTERNS[0])),
    "polite": _compared("share", _share(PATTERNS[1])),
    "conflicted": _compared("share", _share(PATTERNS[2])),
    "good tone of the client": _compared("number", _in_the_end("client_positivity")),
    "kindness of the client's acts": _compared("number", _kindness),
    "felt coercion": _compared("small", _coerced),
    "refusals": _compared("count", _refusals),
    "rules put down to the person": _compared(
        "share", lambda lived: _personal(lived, actor="keyworker", encounter=BY_THE_RULES)
    ),
    "acts put down to the person": _compared("share", _personal),
    "still polite": _compared("share", lambda lived: _still(lived, PATTERNS[1], 1 / 3, 2 / 3)[1]),
    "still conflicted": _within("share", lambda lived: _still(lived, PATTERNS[2], 1 / 3, 1 / 2)),
    "bad acts put down to the person": _within("share", _blamed),
    "talks that fail": _within("change", _talked),
    "the keyworker's tension": _compared("number", _tension),
    "searching as a helper": _within("change", _searching, of=-1),
    "nine studies in ten": _between,
    "one study and several": _off,
    "all three patterns": _within("share", _all_three),
    "agreement": _within("share", _agree),
}
"""What can be noticed, by name: from one or two lived settings to two series of numbers, one value per replicate."""


def live(recipe: Recipe, pairs: int = PAIRS) -> Lived:
    """So many *pairs* of a recipe's setting, at least; the first replicate is the one the page shows."""
    world = recipe.course.world
    replicates = -(-pairs // count_of_pairs(world.scenario))
    return Lived(run(world, recipe.luck, replicates, "events"), world.resolved)


def _written(value: float, form: str) -> str:
    if form == "share":
        return percent(value)
    if form == "points":
        return f"{100 * value:.0f} points"
    places = {"number": ".2f", "small": ".3f", "count": ".1f", "whole": ".0f", "change": "+.2f"}[form]
    text = f"{value:{places}}"
    return text.replace("-", "\u2212") if float(text) else text.lstrip("+-")  # nothing has no sign


def holds(found: Found, direction: str) -> bool:
    """Whether what was found is as a lesson promises: the 95 % interval of the paired difference is on its side of 0.

    Much the same is what differs by no more than ``SAME`` of the first.
    """
    if direction == "much the same":
        return bool(abs(found.other.mean() - found.one.mean()) <= SAME * abs(found.one.mean()))
    difference = interval((found.other - found.one)[:, None])
    return bool(difference.low[0] > 0 if direction == "more" else difference.high[0] < 0)


def noticed(lesson: Lesson, pairs: int = PAIRS) -> tuple[Told, ...]:
    """What the class will notice, in sentences with their numbers; so many *pairs*, ``LEAST`` or more, are lived.

    What was found once is remembered. Raises ``InputError`` for too few pairs.
    """
    if pairs < LEAST:
        raise InputError(f"pairs = {pairs}; what a class will notice needs {LEAST} pairs or more")
    return _noticed(lesson, pairs)


@lru_cache(maxsize=16)
def _noticed(lesson: Lesson, pairs: int) -> tuple[Told, ...]:
    lives = [live(recipe, pairs) for recipe in lesson.lives]
    return tuple(_told(notice, MEASURES[notice.measure](lives)) for notice in lesson.notice)


def _told(notice: Notice, found: Found) -> Told:
    if len(found.one) < 2:
        return Told(notice.text.format(one=NOTHING, other=NOTHING), False)
    one, other = (_written(float(series.mean()), found.form) for series in (found.one, found.other))
    return Told(notice.text.format(one=one, other=other), holds(found, notice.is_))
