"""Patterns: what a researcher would call a relationship who has heard both parties.

A rule sees only what the two would tell (tone), never a hidden parameter. Each party has a class of its own, and the
two together give the dyad's pattern, as Skårner & Billquist (2016) compared both accounts. Which classes make which
pattern is a rule by name, and where a class changes are two thresholds; a scenario declares both in ``analysis``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.statistics.intervals import ALIKENESS, clustered_share_interval
from twoway.analysis.tables import DYAD, on_day
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.arrays import RecordArray
from twoway.simulation.columns import BEFORE, TONES
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.extensions import Extension, Registry, load_extension, refuse_words
from twoway.simulation.parameters.scenario import Analysis, Scenario
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


class Thresholds(NamedTuple):
    """Where a party's class changes: by default where trust and mistrust begin in the model itself.

    On the rating scale 1 is slightly, 2 quite, 3 extremely.
    """

    positivity: float = TRUST_THRESHOLD
    """From here on the other is rather trusted than not. EPA units; swept by a quarter either way."""
    negativity: float = MISTRUST_THRESHOLD
    """Above this the other is rather mistrusted than not. EPA units; swept by a quarter either way."""


THRESHOLDS = Thresholds()


@dataclass(frozen=True)
class PatternRule:
    """How a researcher who has heard both parties tells a dyad's pattern: each party's own class, then both together.

    A scenario names its rule in ``analysis.rule``, and where the classes change in ``analysis.trusted_from`` and
    ``analysis.mistrusted_above``. The rule is the researcher's: it changes nothing that happens.

    Attributes
    ----------
    name
        Name of the rule.
    meaning
        Which classes make which pattern, in words that follow "a dyad is".
    table
        Pattern (index into ``PATTERNS``) by the client's and the keyworker's class (indices into ``CLASSES``).
    thresholds
        Where a party's class changes.
    """

    name: str
    meaning: str
    table: tuple[tuple[int, ...], ...]
    thresholds: Thresholds = THRESHOLDS

    @property
    def sentence(self) -> str:
        """The rule in a sentence."""
        good, bad = self.thresholds
        return (
            f"Pattern rule '{self.name}': a dyad is {self.meaning}; a party is conflicted above bad tone {bad:g}, else "
            f"trustful from good tone {good:g} on."
        )

    def classes(self, positivity: NDArray[Any], negativity: NDArray[Any]) -> NDArray[np.int8]:
        """A party's own class from its tone: conflicted before all, else trustful or neutral.

        Parameters
        ----------
        positivity, negativity
            Good and bad tone, EPA units, arrays of one shape.

        Returns
        -------
        array of int
            Indices into ``CLASSES``, in the shape of the tones.
        """
        trustful = np.asarray(positivity) >= self.thresholds.positivity
        conflicted = np.asarray(negativity) > self.thresholds.negativity
        return np.where(conflicted, 2, np.where(trustful, 0, 1)).astype(np.int8)

    def patterns(self, client: NDArray[Any], keyworker: NDArray[Any]) -> NDArray[np.int8]:
        """The dyad's pattern from the classes of both.

        Parameters
        ----------
        client, keyworker
            Each party's own class, indices into ``CLASSES``, arrays of one shape.

        Returns
        -------
        array of int
            Indices into ``PATTERNS``, in the shape of the classes.
        """
        return np.asarray(self.table, np.int8)[client, keyworker]

    def of_accounts(
        self, accounts: RecordArray | Mapping[str, NDArray[np.float64]], when: str = ""
    ) -> NDArray[np.int8]:
        """The pattern of each dyad from both parties' accounts.

        Parameters
        ----------
        accounts
            Good and bad tone in the fields ``positivity`` and ``negativity``, shape (n, 2), the client first: what a
            centre leaves of the days of the interviews, or the rows of the days table on one day.
        when
            Ending of the names of the fields: ``BEFORE`` for the interviews some weeks earlier.

        Returns
        -------
        array of int
            Indices into ``PATTERNS``, shape (n,); -1 where nobody was asked.
        """
        tones = [accounts[f"{name}{when}"] for name in TONES]
        classes = self.classes(*tones)
        codes = self.patterns(classes[..., 0], classes[..., 1])
        if when:
            codes[np.isnan(tones[0]).any(axis=-1)] = -1
        return codes


PATTERN_RULES: Registry[PatternRule] = Registry("pattern rule")
"""The rules that come with the package, by name."""


def pattern_rule(
    *, meaning: str, name: str | None = None
) -> Callable[[Callable[[str, str], str]], Callable[[str, str], str]]:
    """Declare a function as a rule that tells a dyad's pattern from the client's and the keyworker's own class.

    Parameters
    ----------
    meaning
        Which classes make which pattern, in words that follow "a dyad is".
    name
        Name of the rule; by default that of the function.

    Raises
    ------
    InputError
        If the function gives another word than a pattern for some pair of classes.

    Examples
    --------
    In a file of one's own that a scenario names in ``extensions``, and then ``analysis.rule = "keyworkers_alone"``:

    >>> @pattern_rule(meaning="what its keyworker's class is")
    ... def keyworkers_alone(client, keyworker):
    ...     return dict(zip(CLASSES, PATTERNS))[keyworker]
    >>> keyworkers_alone("conflicted", "trustful")
    'friendly and trustful'
    """

    def declare(decide: Callable[[str, str], str]) -> Callable[[str, str], str]:
        called, table = name or decide.__name__, []
        for client in CLASSES:
            said = [decide(client, keyworker) for keyworker in CLASSES]
            for keyworker, word in zip(CLASSES, said, strict=True):
                if word not in PATTERNS:
                    raise InputError(
                        f"the pattern rule '{called}' calls a dyad of a client who is {client} and a keyworker who is "
                        f"{keyworker} {word!r}; {nearest(str(word), PATTERNS)}"
                    )
            table.append(tuple(map(PATTERNS.index, said)))
        refuse_words("pattern rule", called, meaning)
        PATTERN_RULES.declare(PatternRule(called, meaning, tuple(table)), decide)
        return decide

    return declare


FRIENDLY, POLITE, CONFLICTED = PATTERNS


@pattern_rule(meaning="conflicted if either party is, friendly if both are trustful, else polite")
def either(client: str, keyworker: str) -> str:
    """As Skårner & Billquist (2016) compared both accounts, in a first, simple reading.

    Parameters
    ----------
    client, keyworker
        Their own classes: "trustful", "neutral" or "conflicted".
    """
    if "conflicted" in (client, keyworker):
        return CONFLICTED
    return FRIENDLY if client == keyworker == "trustful" else POLITE


@pattern_rule(meaning="conflicted only if both parties are, friendly if both are trustful, else polite")
def both(client: str, keyworker: str) -> str:
    """A stricter reading: one party's conflict alone makes no conflicted dyad.

    Parameters
    ----------
    client, keyworker
        Their own classes: "trustful", "neutral" or "conflicted".
    """
    if client == keyworker == "conflicted":
        return CONFLICTED
    return FRIENDLY if client == keyworker == "trustful" else POLITE


DEFAULT_RULE = PATTERN_RULES[Analysis().rule]
"""The rule unless a scenario says otherwise."""


def rule_of(scenario: Scenario, extensions: Iterable[Extension] = ()) -> PatternRule:
    """The pattern rule that a scenario declares.

    Parameters
    ----------
    scenario
        The scenario; its extensions may declare the rule.
    extensions
        Further extensions that may.

    Raises
    ------
    InputError
        If there is no such rule; the message names the nearest.
    """
    chosen = scenario.analysis
    own = {one.sha256: one for one in [*map(load_extension, scenario.extensions), *extensions]}
    rule = PATTERN_RULES.extended(own.values())[chosen.rule]
    return replace(rule, thresholds=Thresholds(chosen.trusted_from, chosen.mistrusted_above))


def interviews_sentence(interviewed: tuple[int, int], rule: PatternRule) -> str:
    """What is meant by how a dyad is: when both parties were interviewed, and by which rule its pattern is told.

    Parameters
    ----------
    interviewed
        First and last day of the interviews.
    rule
        Pattern rule.
    """
    return (
        f"Patterns, and all that is not counted over the whole stay, are means of what both parties say "
        f"{on_days(interviewed)}; where the order has ended by then, the last day goes on counting. {rule.sentence}"
    )


def party_class(positivity: pd.Series, negativity: pd.Series, rule: PatternRule = DEFAULT_RULE) -> pd.Series:
    """Each party's own class.

    Parameters
    ----------
    positivity, negativity
        Good and bad tone, EPA units, one value per party.
    rule
        Pattern rule.

    Returns
    -------
    Series
        Words of ``CLASSES``, categorical; as ``PatternRule.classes`` says.
    """
    codes = rule.classes(positivity.to_numpy(), negativity.to_numpy())
    return pd.Series(pd.Categorical.from_codes(codes, categories=list(CLASSES)), index=positivity.index)


def pattern(client: pd.Series, keyworker: pd.Series, rule: PatternRule = DEFAULT_RULE) -> pd.Series:
    """The dyad's pattern from the classes of both, in words.

    Parameters
    ----------
    client, keyworker
        Each party's own class, words of ``CLASSES``, a value per dyad in the same order.
    rule
        Pattern rule.

    Returns
    -------
    Series
        Words of ``PATTERNS``, categorical, with the index of *client*.
    """
    codes = rule.patterns(*(pd.Categorical(own, categories=list(CLASSES)).codes for own in (client, keyworker)))
    return pd.Series(pd.Categorical.from_codes(codes, categories=list(PATTERNS)), index=client.index)


def with_patterns(dyads: pd.DataFrame, rule: PatternRule = DEFAULT_RULE) -> pd.DataFrame:
    """The dyads table with the columns ``client_class``, ``keyworker_class`` and ``pattern``.

    And with ``pattern_before`` if it holds the tones of earlier interviews, missing where nobody was asked.

    Parameters
    ----------
    dyads
        Tone of both parties, a row per dyad.
    rule
        Pattern rule.
    """
    client, keyworker = (party_class(dyads[f"{role}_positivity"], dyads[f"{role}_negativity"], rule) for role in ROLES)
    told = dyads.assign(client_class=client, keyworker_class=keyworker, pattern=pattern(client, keyworker, rule))
    names = [f"{name}{BEFORE}" for name in TONES]
    if f"{ROLES[0]}_{names[0]}" not in dyads:
        return told
    earlier = {name: dyads[[f"{role}_{name}" for role in ROLES]].to_numpy() for name in names}
    codes = rule.of_accounts(earlier, BEFORE)
    return told.assign(pattern_before=pd.Categorical.from_codes(codes, categories=list(PATTERNS)))


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


def _closeness(dyads: pd.DataFrame, rule: PatternRule) -> NDArray[np.float64]:
    """Distance of each dyad from each pattern, shape (dyads, 3), EPA units of tone; 0 for its own pattern.

    The distance is the least change of the two parties' tones, summed, that would bring it there: for every pair of
    classes that make the pattern, good tone up to the threshold or below it, bad tone down to it or up. Infinite for a
    pattern that the rule never gives. Needs the columns ``client_positivity`` and so on.
    """
    to_class = []
    for role in ROLES:
        good = dyads[f"{role}_positivity"].to_numpy() - rule.thresholds.positivity
        bad = dyads[f"{role}_negativity"].to_numpy() - rule.thresholds.negativity
        to_class.append([_far(bad) + _far(-good), _far(bad) + _far(good), _far(-bad)])
    far = np.full((len(dyads), len(PATTERNS)), np.inf)
    for client, row in enumerate(rule.table):
        for keyworker, pattern in enumerate(row):
            far[:, pattern] = np.minimum(far[:, pattern], to_class[0][client] + to_class[1][keyworker])
    return far


def reasoned(dyads: pd.DataFrame, rule: PatternRule = DEFAULT_RULE) -> pd.DataFrame:
    """Each dyad's pattern as a researcher would defend it.

    Parameters
    ----------
    dyads
        Tone of both parties, a row per dyad.
    rule
        Pattern rule.

    Returns
    -------
    DataFrame
        Columns of ``with_patterns``, and ``agree`` (whether the two parties' own classes do), ``nearest`` (the other
        pattern it is nearest to), ``margin`` (how far that is: the least change of the parties' tones, summed, EPA
        units) and ``reason`` (a sentence).
    """
    table = with_patterns(dyads, rule)
    far = _closeness(table, rule)
    codes = table["pattern"].cat.codes.to_numpy()
    far[np.arange(len(far)), codes] = np.inf
    nearest = far.argmin(axis=1) if len(far) else codes
    return table.assign(
        agree=(table["client_class"].astype(str) == table["keyworker_class"].astype(str)).to_numpy(),
        nearest=pd.Categorical.from_codes(nearest, categories=list(PATTERNS)),
        margin=far.min(axis=1) if len(far) else np.empty(0),
        reason=[_reason(row, rule.thresholds) for row in table.to_dict("records")],
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


def by_day(days: pd.DataFrame, rule: PatternRule = DEFAULT_RULE) -> pd.DataFrame:
    """Each dyad's pattern at the end of each day.

    Parameters
    ----------
    days
        Both parties of any number of dyads at the end of each day.
    rule
        Pattern rule.

    Returns
    -------
    DataFrame
        Columns replicate, centre, dyad, day, pattern.
    """
    keys = [*DYAD, "day"]
    own = days[[*keys, "party"]].assign(own=party_class(days["positivity"], days["negativity"], rule))
    client, keyworker = (own[own["party"] == role].set_index(keys)["own"] for role in ROLES)
    return pattern(client, keyworker.loc[client.index], rule).rename("pattern").reset_index()


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
