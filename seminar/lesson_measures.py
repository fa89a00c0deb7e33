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
NOTE_PAIRS = 800
"""Pairs that are lived in each setting for a note; more would take longer than a class waits (assumed)."""
LEAST = 160
"""Pairs below which there is too little to compare (assumed)."""
SAME = 0.15
"""Share of the first number by which two may differ that are called much the same (assumed)."""
NOTHING = "(too few to say)"
"""What stands for a number that cannot be had."""
TOGETHER = 10
"""Studies that are put together, to show what a larger one would find."""


class SettingRuns(NamedTuple):
    """Some replicates of one setting."""

    tables: Tables
    resolved: Resolved


class ComparedSeries(NamedTuple):
    """Two series of numbers that are compared, a value per replicate each; *form* says how they are written."""

    one: Floats
    other: Floats
    form: str


class NoticedSentence(NamedTuple):
    """A sentence with its numbers, and whether what it promises is so."""

    sentence: str
    holds: bool


def _by_replicate(values: pd.Series, table: pd.DataFrame) -> pd.Series:
    return values.groupby(table["replicate"]).mean()


def _between_settings(
    form: str, value: Callable[[SettingRuns], pd.Series]
) -> Callable[[Sequence[SettingRuns]], ComparedSeries]:
    """A measure that is the same number in both settings; *value* has a row per replicate."""

    def found(runs: Sequence[SettingRuns]) -> ComparedSeries:
        table = pd.concat([value(run_) for run_ in runs], axis=1).dropna()
        return ComparedSeries(table.iloc[:, 0].to_numpy(float), table.iloc[:, -1].to_numpy(float), form)

    return found


def _within_setting(
    form: str, values: Callable[[SettingRuns], tuple[pd.Series, pd.Series]], of: int = 0
) -> Callable[[Sequence[SettingRuns]], ComparedSeries]:
    """A measure that compares two things within one setting, the first or the one it is *of*."""

    def found(runs: Sequence[SettingRuns]) -> ComparedSeries:
        table = pd.concat(values(runs[of]), axis=1).dropna()
        return ComparedSeries(table.iloc[:, 0].to_numpy(float), table.iloc[:, 1].to_numpy(float), form)

    return found


def _share(pattern: str) -> Callable[[SettingRuns], pd.Series]:
    def share(run_: SettingRuns) -> pd.Series:
        dyads = with_patterns(run_.tables.dyads)
        return _by_replicate((dyads["pattern"] == pattern).astype(float), dyads)

    return share


def _in_the_end(column: str) -> Callable[[SettingRuns], pd.Series]:
    return lambda run_: _by_replicate(run_.tables.dyads[column], run_.tables.dyads)


def _exchanges(run_: SettingRuns, **only: Any) -> pd.DataFrame:
    events = run_.tables.events
    keep = events["event"] == "exchange"
    for column, value in only.items():
        keep &= events[column].isin(value) if isinstance(value, tuple) else events[column] == value
    return events[keep]


def _kindness(run_: SettingRuns) -> pd.Series:
    acts = _exchanges(run_, actor="client")
    return _by_replicate(pd.Series(sentiment_of(acts["act"], run_.resolved), acts.index), acts)


def _personal(run_: SettingRuns, **only: Any) -> pd.Series:
    acts = _exchanges(run_, **only)
    return _by_replicate(acts["person_share"], acts)


def _refusals(run_: SettingRuns) -> pd.Series:
    refused = _exchanges(run_, actor="keyworker", encounter="request", act="refuse")
    pairs = run_.tables.dyads.groupby("replicate").size()
    return refused.groupby("replicate").size().reindex(pairs.index, fill_value=0) / pairs


def _tension(run_: SettingRuns) -> pd.Series:
    days = run_.tables.days[run_.tables.days["party"] == "keyworker"]
    return _by_replicate(days["tension"], days)


def _coerced(run_: SettingRuns) -> pd.Series:
    days = run_.tables.days[run_.tables.days["party"] == "client"]
    return _by_replicate(days["felt_coercion"], days)


def _patterns_on(run_: SettingRuns, *parts: float) -> pd.DataFrame:
    """The pattern of each pair on some days, given as parts of the stay: a column per day, DYAD as the index."""
    days = run_.tables.days
    when = [max(1, round(part * int(days["day"].max()))) for part in parts]
    table = by_day(days[days["day"].isin(when)]).astype({"pattern": str})
    return table.pivot(index=DYAD, columns="day", values="pattern")[when].reset_index("replicate")


def _still(run_: SettingRuns, pattern: str, early: float, late: float) -> tuple[pd.Series, pd.Series]:
    """Of the pairs that were not, and that were, in a pattern early: the share that is in it late, by replicate."""
    table = _patterns_on(run_, early, late)
    was, is_ = (table.iloc[:, column] == pattern for column in (1, 2))
    shares = [_by_replicate(is_[group].astype(float), table[group]) for group in (~was, was)]
    return shares[0], shares[1]


def _evening_before(rows: pd.DataFrame, party: pd.Series | str, run_: SettingRuns, column: str) -> Floats:
    """What a *column* of the days table was for a party at the end of the day before each of the *rows*.

    The column ``adversarial`` is the weight of the adversarial frames.
    """
    days = run_.tables.days
    shares = kind_shares(days, run_.resolved)[:, KINDS.index("adversarial")]
    key = [*DYAD, "party", "day"]
    known = days.assign(adversarial=shares).astype({"party": str}).set_index(key)[column]
    of = pd.Series(party, rows.index).astype(str)
    wanted = pd.MultiIndex.from_frame(rows[DYAD].assign(party=of, day=rows["day"] - 1)[key])
    return known.reindex(wanted).to_numpy(float)


def _blamed(run_: SettingRuns) -> tuple[pd.Series, pd.Series]:
    """How far an act seen as bad is put down to the other's person, by readers to whom it was mostly something else
    than a matter of control the evening before, and by those to whom it was that.
    """
    acts = _exchanges(run_)
    bad = acts[sentiment_of(acts["seen"], run_.resolved) < 0]
    control = _evening_before(bad, bad["actor"].astype(str).map(OTHER), run_, "adversarial")
    groups = (control <= 0.5, control > 0.5)
    shares = [_by_replicate(bad["person_share"][group], bad[group]) for group in groups]
    return shares[0], shares[1]


def _talked(run_: SettingRuns) -> tuple[pd.Series, pd.Series]:
    """How bad tone changed from the evening before a talk to a week after, where it repaired and where it failed."""
    changes = []
    for outcome in ("talk_repaired", "talk_failed"):
        talks = run_.tables.events[run_.tables.events["event"] == outcome]
        before, after = (
            np.mean(
                [_evening_before(talks.assign(day=talks["day"] + later), role, run_, "negativity") for role in ROLES],
                0,
            )
            for later in (0, 8)
        )
        changes.append(_by_replicate(pd.Series(after - before, talks.index), talks))
    return changes[0], changes[1]


def _searching(run_: SettingRuns) -> tuple[pd.Series, pd.Series]:
    """How a search changed the keyworker's tension if she opened it in an adversarial frame, and in a personal one."""
    searches = _exchanges(run_, actor="keyworker", encounter="control", act="search", exchange=0)
    frames = run_.resolved.frames
    kind = searches["actor_frame"].astype(str).map(dict(zip(frames.names, frames.kind, strict=True)))
    before = _evening_before(searches, "keyworker", run_, "tension")
    rise = searches["actor_tension"] - before
    groups = [kind == KINDS.index(name) for name in ("adversarial", "personal")]
    changes = [_by_replicate(rise[group], searches[group]) for group in groups]
    return changes[0], changes[1]


def _off(runs: Sequence[SettingRuns]) -> ComparedSeries:
    """By how much the share of friendly pairs in one study misses that of all; and in several put together."""
    friendly = _share(PATTERNS[0])(runs[0]).to_numpy(float)
    whole = friendly[: len(friendly) // TOGETHER * TOGETHER].reshape(-1, TOGETHER)
    several = np.repeat(np.abs(whole.mean(axis=1) - friendly.mean()), TOGETHER)
    return ComparedSeries(np.abs(whole.ravel() - friendly.mean()), several, "points")


def _between(runs: Sequence[SettingRuns]) -> ComparedSeries:
    """Between how many friendly pairs nine studies in ten have."""
    dyads = with_patterns(runs[0].tables.dyads)
    friendly = (dyads["pattern"] == PATTERNS[0]).groupby(dyads["replicate"]).sum().to_numpy()
    low, high = np.quantile(friendly, [0.05, 0.95], method="inverted_cdf")
    return ComparedSeries(np.full(len(friendly), low), np.full(len(friendly), high), "whole")


def _all_three(run_: SettingRuns) -> tuple[pd.Series, pd.Series]:
    """Whether a study has pairs of one kind only; and whether it has pairs of all three."""
    kinds = with_patterns(run_.tables.dyads).groupby("replicate")["pattern"].nunique()
    return (kinds == 1).astype(float), (kinds == len(PATTERNS)).astype(float)


def _agree(run_: SettingRuns) -> tuple[pd.Series, pd.Series]:
    """Share of pairs whose two parties are of one class: as unrelated views would give it, and as it is."""
    dyads = with_patterns(run_.tables.dyads)
    chance = {}
    for replicate, some in dyads.groupby("replicate"):
        apart = [some[f"{role}_class"].value_counts(normalize=True, sort=False).to_numpy() for role in ROLES]
        chance[replicate] = float(apart[0] @ apart[1])
    alike = dyads["client_class"].astype(str) == dyads["keyworker_class"].astype(str)
    return pd.Series(chance), _by_replicate(alike.astype(float), dyads)


MEASURES: dict[str, Callable[[Sequence[SettingRuns]], ComparedSeries]] = {
    "friendly": _between_settings("share", _share(PATTERNS[0])),
    "polite": _between_settings("share", _share(PATTERNS[1])),
    "conflicted": _between_settings("share", _share(PATTERNS[2])),
    "good tone of the client": _between_settings("number", _in_the_end("client_positivity")),
    "kindness of the client's acts": _between_settings("number", _kindness),
    "felt coercion": _between_settings("small", _coerced),
    "refusals": _between_settings("count", _refusals),
    "rules put down to the person": _between_settings(
        "share", lambda run_: _personal(run_, actor="keyworker", encounter=BY_THE_RULES)
    ),
    "acts put down to the person": _between_settings("share", _personal),
    "still polite": _between_settings("share", lambda run_: _still(run_, PATTERNS[1], 1 / 3, 2 / 3)[1]),
    "still conflicted": _within_setting("share", lambda run_: _still(run_, PATTERNS[2], 1 / 3, 1 / 2)),
    "bad acts put down to the person": _within_setting("share", _blamed),
    "talks that fail": _within_setting("change", _talked),
    "the keyworker's tension": _between_settings("number", _tension),
    "searching as a helper": _within_setting("change", _searching, of=-1),
    "nine studies in ten": _between,
    "one study and several": _off,
    "all three patterns": _within_setting("share", _all_three),
    "agreement": _within_setting("share", _agree),
}
"""What can be noticed, by name: from one or two lived settings to two series of numbers, one value per replicate."""


def simulate_setting(recipe: Recipe, pairs: int = NOTE_PAIRS) -> SettingRuns:
    """So many *pairs* of a recipe's setting, at least; the first replicate is the one the page shows."""
    scenario = recipe.schedule.prepared
    replicates = -(-pairs // count_of_pairs(scenario.scenario))
    return SettingRuns(run(scenario, recipe.seed, replicates, "events"), scenario.resolved)


def _written(value: float, form: str) -> str:
    if form == "share":
        return percent(value)
    if form == "points":
        return f"{100 * value:.0f} points"
    places = {"number": ".2f", "small": ".3f", "count": ".1f", "whole": ".0f", "change": "+.2f"}[form]
    text = f"{value:{places}}"
    return text.replace("-", "\u2212") if float(text) else text.lstrip("+-")  # nothing has no sign


def holds(found: ComparedSeries, direction: str) -> bool:
    """Whether what was found is as a lesson promises: the 95 % interval of the paired difference is on its side of 0.

    Much the same is what differs by no more than ``SAME`` of the first.
    """
    if direction == "much the same":
        return bool(abs(found.other.mean() - found.one.mean()) <= SAME * abs(found.one.mean()))
    difference = interval((found.other - found.one)[:, None])
    return bool(difference.low[0] > 0 if direction == "more" else difference.high[0] < 0)


def noticed_sentences(lesson: Lesson, pairs: int = NOTE_PAIRS) -> tuple[NoticedSentence, ...]:
    """What the class will notice, in sentences with their numbers; so many *pairs*, ``LEAST`` or more, are lived.

    What was found once is remembered. Raises ``InputError`` for too few pairs.
    """
    if pairs < LEAST:
        raise InputError(f"pairs = {pairs}; what a class will notice needs {LEAST} pairs or more")
    return _computed_sentences(lesson, pairs)


@lru_cache(maxsize=16)
def _computed_sentences(lesson: Lesson, pairs: int) -> tuple[NoticedSentence, ...]:
    runs = [simulate_setting(recipe, pairs) for recipe in lesson.settings]
    return tuple(_sentence(notice, MEASURES[notice.measure](runs)) for notice in lesson.notice)


def _sentence(notice: Notice, found: ComparedSeries) -> NoticedSentence:
    if len(found.one) < 2:
        return NoticedSentence(notice.text.format(one=NOTHING, other=NOTHING), False)
    one, other = (_written(float(series.mean()), found.form) for series in (found.one, found.other))
    return NoticedSentence(notice.text.format(one=one, other=other), holds(found, notice.is_))
