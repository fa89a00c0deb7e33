"""Sentences of the lessons with measured numbers: the settings are simulated, and the numbers put into the sentences.

No number of a lesson is typed. Whatever the parameters of the model are, the note has the numbers they lead to, and
says whether these are as the lesson promises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.narrative.sentences import BY_THE_RULES
from twoway.analysis.narrative.words.grammar import OTHER, percent
from twoway.analysis.patterns import PATTERNS, at_day, by_day, rule_of, with_patterns
from twoway.analysis.statistics.intervals import student_interval
from twoway.analysis.tables import DYAD, kind_shares, sentiment_of
from twoway.seminar.lessons import Lesson, Notice
from twoway.seminar.recipe import Recipe, count_of_pairs
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables, run

Floats = NDArray[np.float64]
NOTE_PAIRS = 1600
"""Pairs simulated in each setting for a note; more would take longer than a class waits (assumed)."""
LEAST = 160
"""Fewest pairs for a note (assumed)."""
SAME = 0.15
"""Two numbers are called much the same if they differ by at most this share of the first (assumed)."""
NOTHING = "(too few to say)"
"""Text in place of a number that cannot be computed."""
TOGETHER = 10
"""Number of studies that are joined into one larger study."""


class SimulatedSetting(NamedTuple):
    """The tables of some replicates of one setting."""

    tables: Tables
    resolved: Resolved

    @property
    def ended(self) -> pd.DataFrame:
        """Both parties' tone, own classes and pattern on the last day, a row per pair."""
        return with_patterns(at_day(self.tables.days), rule_of(self.resolved.scenario))


class ComparedSeries(NamedTuple):
    """Two series of numbers to be compared, shape (replicates,) each; *form* is the format of their text."""

    one: Floats
    other: Floats
    form: str


Measure = Callable[[Sequence[SimulatedSetting]], ComparedSeries]


class NoticedSentence(NamedTuple):
    """A sentence with its numbers, and whether the numbers are as the lesson promises."""

    sentence: str
    holds: bool


def _by_replicate(values: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Mean of the values of a table's rows, by replicate."""
    return values.groupby(table["replicate"]).mean()


def _between_settings(form: str, value: Callable[[SimulatedSetting], pd.Series]) -> Measure:
    """A measure that compares a number between two settings; *value* gives a row per replicate."""

    def measure(settings: Sequence[SimulatedSetting]) -> ComparedSeries:
        table = pd.concat([value(setting) for setting in settings], axis=1).dropna()
        return ComparedSeries(table.iloc[:, 0].to_numpy(float), table.iloc[:, -1].to_numpy(float), form)

    return measure


def _within_setting(
    form: str, values: Callable[[SimulatedSetting], tuple[pd.Series, pd.Series]], of: int = 0
) -> Measure:
    """A measure that compares two numbers within one setting, of index *of*."""

    def measure(settings: Sequence[SimulatedSetting]) -> ComparedSeries:
        table = pd.concat(values(settings[of]), axis=1).dropna()
        return ComparedSeries(table.iloc[:, 0].to_numpy(float), table.iloc[:, 1].to_numpy(float), form)

    return measure


def _share(pattern: str) -> Callable[[SimulatedSetting], pd.Series]:
    """Share of pairs that end in a pattern, by replicate."""

    def share(setting: SimulatedSetting) -> pd.Series:
        dyads = setting.ended
        return _by_replicate((dyads["pattern"] == pattern).astype(float), dyads)

    return share


def _in_the_end(column: str) -> Callable[[SimulatedSetting], pd.Series]:
    """Mean of a tone on the last day, by replicate."""

    def mean(setting: SimulatedSetting) -> pd.Series:
        ended = setting.ended
        return _by_replicate(ended[column], ended)

    return mean


def _exchanges(setting: SimulatedSetting, **only: str | int | tuple[str, ...]) -> pd.DataFrame:
    """Exchanges whose columns have the given value, or one of the given values."""
    events = setting.tables.events
    keep = events["event"] == "exchange"
    for column, value in only.items():
        keep &= events[column].isin(value) if isinstance(value, tuple) else events[column] == value
    return events[keep]


def _kindness(setting: SimulatedSetting) -> pd.Series:
    """Mean evaluation of the client's acts, by replicate."""
    acts = _exchanges(setting, actor="client")
    return _by_replicate(pd.Series(sentiment_of(acts["act"], setting.resolved), acts.index), acts)


def _personal(setting: SimulatedSetting, **only: str | int | tuple[str, ...]) -> pd.Series:
    """Mean share of the person in the explanation of an act, by replicate."""
    acts = _exchanges(setting, **only)
    return _by_replicate(acts["person_share"], acts)


def _refusals(setting: SimulatedSetting) -> pd.Series:
    """Requests refused for each pair, by replicate."""
    refused = _exchanges(setting, actor="keyworker", encounter="request", act="refuse")
    pairs = setting.tables.dyads.groupby("replicate").size()
    return refused.groupby("replicate").size().reindex(pairs.index, fill_value=0) / pairs


def _tension(setting: SimulatedSetting) -> pd.Series:
    """Mean tension of the keyworker, by replicate."""
    days = setting.tables.days[setting.tables.days["party"] == "keyworker"]
    return _by_replicate(days["tension"], days)


def _coerced(setting: SimulatedSetting) -> pd.Series:
    """Mean felt coercion of the client, by replicate."""
    days = setting.tables.days[setting.tables.days["party"] == "client"]
    return _by_replicate(days["felt_coercion"], days)


def _patterns_on(setting: SimulatedSetting, *parts: float) -> pd.DataFrame:
    """The pattern of each pair on some days, given as parts of the stay: a column for each day, DYAD as the index."""
    days = setting.tables.days
    when = [max(1, round(part * int(days["day"].max()))) for part in parts]
    table = by_day(days[days["day"].isin(when)], rule_of(setting.resolved.scenario)).astype({"pattern": str})
    return table.pivot(index=DYAD, columns="day", values="pattern")[when].reset_index("replicate")


def _still(setting: SimulatedSetting, pattern: str, late: float) -> tuple[pd.Series, pd.Series]:
    """Share in a pattern late in the stay, of the pairs that were not in it after a third, and of those that were."""
    table = _patterns_on(setting, 1 / 3, late)
    was, is_ = (table.iloc[:, column] == pattern for column in (1, 2))
    shares = [_by_replicate(is_[group].astype(float), table[group]) for group in (~was, was)]
    return shares[0], shares[1]


def _evening_before(rows: pd.DataFrame, party: pd.Series | str, setting: SimulatedSetting, column: str) -> Floats:
    """Values of a *column* of the days table for a party at the end of the day before each of the *rows*.

    The column ``adversarial`` is the weight of the adversarial frames.
    """
    days = setting.tables.days
    shares = kind_shares(days, setting.resolved)[:, KINDS.index("adversarial")]
    key = [*DYAD, "party", "day"]
    known = days.assign(adversarial=shares).astype({"party": str}).set_index(key)[column]
    of = pd.Series(party, rows.index).astype(str)
    wanted = pd.MultiIndex.from_frame(rows[DYAD].assign(party=of, day=rows["day"] - 1)[key])
    return known.reindex(wanted).to_numpy(float)


def _blamed(setting: SimulatedSetting) -> tuple[pd.Series, pd.Series]:
    """Share of the person in the explanation of an act seen as bad, by the reader's frame on the evening before.

    First for readers to whom the relationship was mostly something else than a matter of control, then for the others.
    """
    acts = _exchanges(setting)
    bad = acts[sentiment_of(acts["seen"], setting.resolved) < 0]
    control = _evening_before(bad, bad["actor"].astype(str).map(OTHER), setting, "adversarial")
    groups = (control <= 0.5, control > 0.5)
    shares = [_by_replicate(bad["person_share"][group], bad[group]) for group in groups]
    return shares[0], shares[1]


def _talked(setting: SimulatedSetting) -> tuple[pd.Series, pd.Series]:
    """Change of bad tone from the evening before a talk to a week after it, for repaired and for failed talks."""
    changes = []
    for outcome in ("talk_repaired", "talk_failed"):
        talks = setting.tables.events[setting.tables.events["event"] == outcome]
        before, after = (
            np.mean(
                [
                    _evening_before(talks.assign(day=talks["day"] + later), role, setting, "negativity")
                    for role in ROLES
                ],
                0,
            )
            for later in (0, 8)
        )
        changes.append(_by_replicate(pd.Series(after - before, talks.index), talks))
    return changes[0], changes[1]


def _searching(setting: SimulatedSetting) -> tuple[pd.Series, pd.Series]:
    """Change of the keyworker's tension by a search that she opened in an adversarial frame, and in a personal one.

    Only of keyworkers who bear no grievance: an open one makes tension every morning, search or not.
    """
    searches = _exchanges(setting, actor="keyworker", encounter="control", act="search", exchange=0)
    frames = setting.resolved.frames
    kind = searches["actor_frame"].astype(str).map(dict(zip(frames.names, frames.kind, strict=True)))
    before = _evening_before(searches, "keyworker", setting, "tension")
    rise = searches["actor_tension"] - before
    unhurt = _evening_before(searches, "keyworker", setting, "grievance") == 0
    groups = [unhurt & (kind == KINDS.index(name)) for name in ("adversarial", "personal")]
    changes = [_by_replicate(rise[group], searches[group]) for group in groups]
    return changes[0], changes[1]


def _error_of_a_study(settings: Sequence[SimulatedSetting]) -> ComparedSeries:
    """Error of the share of friendly pairs in one study; and in ``TOGETHER`` studies joined into one."""
    friendly = _share(PATTERNS[0])(settings[0]).to_numpy(float)
    whole = friendly[: len(friendly) // TOGETHER * TOGETHER].reshape(-1, TOGETHER)
    several = np.repeat(np.abs(whole.mean(axis=1) - friendly.mean()), TOGETHER)
    return ComparedSeries(np.abs(whole.ravel() - friendly.mean()), several, "points")


def _nine_in_ten(settings: Sequence[SimulatedSetting]) -> ComparedSeries:
    """Numbers of friendly pairs between which nine studies in ten lie."""
    dyads = settings[0].ended
    friendly = (dyads["pattern"] == PATTERNS[0]).groupby(dyads["replicate"]).sum().to_numpy()
    low, high = np.quantile(friendly, [0.05, 0.95], method="inverted_cdf")
    return ComparedSeries(np.full(len(friendly), low), np.full(len(friendly), high), "whole")


def _all_three(setting: SimulatedSetting) -> tuple[pd.Series, pd.Series]:
    """Whether a study has pairs of one kind only; and whether it has pairs of all three."""
    kinds = setting.ended.groupby("replicate")["pattern"].nunique()
    return (kinds == 1).astype(float), (kinds == len(PATTERNS)).astype(float)


def _agree(setting: SimulatedSetting) -> tuple[pd.Series, pd.Series]:
    """Share of pairs whose two parties are of one class: as if their views were unrelated, and as it is."""
    dyads = setting.ended
    chance = {}
    for replicate, some in dyads.groupby("replicate"):
        apart = [some[f"{role}_class"].value_counts(normalize=True, sort=False).to_numpy() for role in ROLES]
        chance[replicate] = float(apart[0] @ apart[1])
    alike = dyads["client_class"].astype(str) == dyads["keyworker_class"].astype(str)
    return pd.Series(chance), _by_replicate(alike.astype(float), dyads)


MEASURES: dict[str, Measure] = {
    "friendly": _between_settings("share", _share(PATTERNS[0])),
    "polite": _between_settings("share", _share(PATTERNS[1])),
    "conflicted": _between_settings("share", _share(PATTERNS[2])),
    "good tone of the client": _between_settings("number", _in_the_end("client_positivity")),
    "kindness of the client's acts": _between_settings("number", _kindness),
    "felt coercion": _between_settings("small", _coerced),
    "refusals": _between_settings("count", _refusals),
    "rules put down to the person": _between_settings(
        "share", lambda setting: _personal(setting, actor="keyworker", encounter=BY_THE_RULES)
    ),
    "acts put down to the person": _between_settings("share", _personal),
    "still polite": _between_settings("share", lambda setting: _still(setting, PATTERNS[1], 2 / 3)[1]),
    "still conflicted": _within_setting("share", lambda setting: _still(setting, PATTERNS[2], 1 / 2)),
    "bad acts put down to the person": _within_setting("share", _blamed),
    "talks that fail": _within_setting("change", _talked),
    "the keyworker's tension": _between_settings("number", _tension),
    "searching as a helper": _within_setting("change", _searching, of=-1),
    "nine studies in ten": _nine_in_ten,
    "one study and several": _error_of_a_study,
    "all three patterns": _within_setting("share", _all_three),
    "agreement": _within_setting("share", _agree),
}
"""Measures by name: functions of one or two simulated settings that give two series to be compared."""


def simulate_setting(recipe: Recipe, pairs: int = NOTE_PAIRS) -> SimulatedSetting:
    """Simulate a recipe's setting; the first replicate is the one the page shows.

    Parameters
    ----------
    recipe
        The recipe.
    pairs
        Least number of pairs; whole replicates are simulated.
    """
    scenario = recipe.schedule.prepared
    replicates = -(-pairs // count_of_pairs(scenario.scenario))
    return SimulatedSetting(run(scenario, recipe.seed, replicates, "events"), scenario.resolved)


def _number_text(value: float, form: str) -> str:
    """A number as text in one of the forms of ``ComparedSeries``."""
    if form == "share":
        return percent(value)
    if form == "points":
        return f"{100 * value:.0f} points"
    places = {"number": ".2f", "small": ".3f", "count": ".1f", "whole": ".0f", "change": "+.2f"}[form]
    text = f"{value:{places}}"
    return text.replace("-", "\u2212") if float(text) else text.lstrip("+-")  # nothing has no sign


def holds(found: ComparedSeries, direction: str) -> bool:
    """Whether two series differ as a lesson promises.

    Parameters
    ----------
    found
        The series.
    direction
        "more" or "less" if the 95 % interval of the paired difference is to be above or below 0; "much the same" if the
        means are to differ by at most ``SAME`` of the first.
    """
    if direction == "much the same":
        return bool(abs(found.other.mean() - found.one.mean()) <= SAME * abs(found.one.mean()))
    difference = student_interval((found.other - found.one)[:, None])
    return bool(difference.low[0] > 0 if direction == "more" else difference.high[0] < 0)


def noticed_sentences(lesson: Lesson, pairs: int = NOTE_PAIRS) -> tuple[NoticedSentence, ...]:
    """The sentences of a lesson with their numbers.

    Parameters
    ----------
    lesson
        The lesson.
    pairs
        Pairs that are simulated in each setting, ``LEAST`` or more.

    Raises
    ------
    InputError
        If there are too few pairs.
    """
    if pairs < LEAST:
        raise InputError(f"pairs = {pairs}; what a class will notice needs {LEAST} pairs or more")
    return _computed_sentences(lesson, pairs)


@lru_cache(maxsize=16)
def _computed_sentences(lesson: Lesson, pairs: int) -> tuple[NoticedSentence, ...]:
    """The sentences of a lesson, remembered."""
    settings = [simulate_setting(recipe, pairs) for recipe in lesson.settings]
    return tuple(_sentence(notice, MEASURES[notice.measure](settings)) for notice in lesson.notice)


def _sentence(notice: Notice, found: ComparedSeries) -> NoticedSentence:
    """A sentence with the numbers that were found."""
    if len(found.one) < 2:
        return NoticedSentence(notice.text.format(one=NOTHING, other=NOTHING), False)
    one, other = (_number_text(float(series.mean()), found.form) for series in (found.one, found.other))
    return NoticedSentence(notice.text.format(one=one, other=other), holds(found, notice.is_))
