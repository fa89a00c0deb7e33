"""Do the patterns emerge? Clusters of accounts found without the pattern rule, and how far they agree with it.

The rule of ``twoway.analysis.patterns`` finds three patterns wherever it is applied, as it has three names. Whether the
accounts fall into groups at all, into how many, and into which, is asked here of a Gaussian mixture that knows
neither rule nor names.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.ambivalence import INDEX, ambivalence_index, outcomes_of_matched, same_balance
from twoway.analysis.measures.estimates import Measure, estimated, estimated_means, units_of
from twoway.analysis.measures.panel import OF_DAYS, panel
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import (
    CLASSES,
    DEFAULT_RULE,
    PATTERNS,
    THRESHOLDS,
    PatternRule,
    Thresholds,
    on_days,
    rule_of,
)
from twoway.analysis.tables import DYAD, kind_shares, require_columns
from twoway.simulation.affect_control.frames import CLIENT, KINDS, ROLES
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
MOST = 6
"""Largest number of clusters that is tried."""
SPLITS = 8
"""How often the dyads are split in halves to see whether both halves give the same clusters."""
STARTS, STARTS_OF_HALVES = 6, 2
"""From how many starting points a mixture is fitted; the best fit is kept. Halves are many, and have fewer."""
STABLE = 0.8
"""Agreement of halves (adjusted Rand index) from which on clusters count as stable; assumed, to be swept .6..0.9."""
LEAST_DYADS = 100
"""Fewest dyads that are clustered: a cluster of nine features has 54 numbers of its own."""
LEAST_SHARE = 0.01
"""Share of a definition below which a kind of frame counts as this much, so that its log-ratio stays finite."""
RIDGE = 1e-3
"""Added to the variances of a cluster's standardised features, so that a cluster cannot shrink to a point."""
SWEPT = (0.75, 0.875, 1.0, 1.125, 1.25)
"""Factors by which either threshold of the rule is swept: a quarter either way, declared beforehand."""
GRID = tuple(Thresholds(*(np.array(THRESHOLDS) * (good, bad)).tolist()) for good in SWEPT for bad in SWEPT)
"""Thresholds of the rule over which agreement is looked at."""
AGREEMENT = Measure(
    "agreement_with_rule", "adjusted Rand index", "of clusters with patterns: 0 as by chance, 1 the same groups"
)
SEED = 0
"""Seed of mixtures, halves and intervals: the same table gives the same result."""
NAMES = tuple(f"cluster {k + 1}" for k in range(MOST))
"""Names of clusters: the higher the mean of both parties' ratings, the lower the number."""


class Emergence(NamedTuple):
    """What the accounts show without the rule."""

    interviewed: tuple[int, int]
    numbers: pd.DataFrame
    """By number of clusters: ``bic`` (lower is better), ``stability`` (mean agreement of halves, adjusted Rand), its
    ``lowest``, ``certainty`` (mean probability of the cluster a dyad is put in), ``smallest`` (share of the smallest
    cluster) and ``agreement`` with the rule (adjusted Rand)."""
    best: int
    """Number of clusters with the lowest BIC."""
    chosen: int
    """Number of clusters with the lowest BIC among those that are stable; 1 if no division is."""
    dyads: pd.DataFrame
    """Columns replicate, centre, dyad, ``pattern`` (by the rule), ``cluster`` (of as many as there are patterns) and
    ``best_cluster`` (of ``best`` clusters)."""
    profiles: pd.DataFrame
    """Mean account of each cluster, of as many as there are patterns, in the units of the tables; and its ``share``."""
    confusion: pd.DataFrame
    """Dyads by pattern (rows) and cluster (columns)."""
    thresholds: pd.DataFrame
    """Agreement of clusters (three, and ``best``) with the rule at other thresholds, and the shares the rule gives."""
    parties: pd.DataFrame
    """Each party's account by itself, a row per role: ``best`` number of clusters (lowest BIC), and for three their
    ``stability``, its ``lowest``, and ``agreement`` with the party's own class by the rule."""
    measures: pd.DataFrame
    """In the columns of ``twoway.analysis.measures``: agreement with the rule; the client's ambivalence by cluster; the
    clusters, in the interviews and at the end, of clients with the same balance of tone who feel much or little of
    both."""


def columns_of_accounts(resolved: Resolved) -> list[str]:
    """Columns of the days table that accounts are made of."""
    return [*OF_DAYS, *(f"{SHARE_OF}{name}" for name in resolved.frames.names)]


def accounts_in(days: pd.DataFrame, resolved: Resolved, interviewed: tuple[int, int]) -> pd.DataFrame:
    """Both parties' accounts in the mean of some days, a row per dyad in the order of replicate, centre and dyad.

    Parameters
    ----------
    days
        Both parties of any number of dyads at the end of each day.
    resolved
        The scenario with its data files.
    interviewed
        First and last of the days, which the table holds.

    Returns
    -------
    DataFrame
        Columns ``replicate``, ``centre``, ``dyad``; for either role good and bad tone (EPA units) and the shares of
        personal, formal and adversarial frames, named such as ``client_positivity``; and ``client_felt_coercion``.

    Raises
    ------
    InputError
        If a column is missing, the table does not hold the days, or a dyad has not one row for either party on each.
    """
    require_columns(days, "days", columns_of_accounts(resolved))
    first, last = interviewed
    least, most = days["day"].min(), days["day"].max()
    if not least <= first <= last <= most:
        day = first if first < least else last
        raise InputError(f"day = {day}; the table of days holds day {least} to {most}")
    some = days[days["day"].between(first, last)]
    dyads = panel(some).dyads
    data: dict[str, Any] = {}
    for role in ROLES:
        own = some[some["party"] == role].groupby(DYAD, sort=True).mean(numeric_only=True)
        for name in ("positivity", "negativity"):
            data[f"{role}_{name}"] = own[name].to_numpy()
        shares = kind_shares(own, resolved)
        data |= {f"{role}_{kind}": shares[:, k] for k, kind in enumerate(KINDS)}
        if role == ROLES[CLIENT]:
            data["client_felt_coercion"] = own["felt_coercion"].to_numpy()
    return dyads.assign(**data)


def account_features(accounts: pd.DataFrame) -> Floats:
    """Standardised features of accounts, shape (dyads, up to 9); what does not vary is left out.

    Shares become log-ratios to the formal share (they sum to 1, so one is redundant); what piles up at nothing, bad
    tone and felt coercion, enters by its square root. Both bring the features nearer to the normal curve that a
    mixture presupposes.
    """
    return _standardised([column for role in ROLES for column in _features_of(accounts, role)])


def _features_of(accounts: pd.DataFrame, role: str) -> list[Floats]:
    """What one party's account enters with."""
    shares = np.maximum(accounts[[f"{role}_{kind}" for kind in KINDS]].to_numpy(), LEAST_SHARE)
    formal = shares[:, KINDS.index("formal")]
    felt = [np.sqrt(accounts["client_felt_coercion"].to_numpy())] if role == ROLES[CLIENT] else []
    return [
        *felt,
        accounts[f"{role}_positivity"].to_numpy(),
        np.sqrt(accounts[f"{role}_negativity"].to_numpy()),
        *(np.log(shares[:, k] / formal) for k, kind in enumerate(KINDS) if kind != "formal"),
    ]


def _standardised(columns: list[Floats]) -> Floats:
    table = np.column_stack(columns)
    spread = table.std(axis=0)
    varies = spread > 1e-9
    standardised: Floats = (table[:, varies] - table[:, varies].mean(axis=0)) / spread[varies]
    return standardised


def _mixture(values: Floats, clusters: int, starts: int = STARTS) -> Any:
    """A fitted Gaussian mixture; that it has not settled after its iterations is no reason for a warning here."""
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - scikit-learn takes long to import
    from sklearn.mixture import GaussianMixture  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    mixture = GaussianMixture(clusters, n_init=starts, reg_covar=RIDGE, max_iter=300, random_state=SEED)
    # Several threads on so small a task wait for each other, the more so on a busy machine: one is faster.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return mixture.fit(values)


def _stability(values: Floats, clusters: int) -> Floats:
    """Agreement of the clusters that either half of the dyads suggests for all of them, one value per split."""
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415

    if clusters == 1:
        return np.ones(SPLITS)
    agreement = []
    for split in range(SPLITS):
        order = np.random.default_rng([SEED, split]).permutation(len(values))
        halves = np.array_split(order, 2)
        one, other = (_mixture(values[half], clusters, STARTS_OF_HALVES).predict(values) for half in halves)
        agreement.append(adjusted_rand_score(one, other))
    return np.array(agreement)


def _ordered(labels: Codes, accounts: pd.DataFrame, clusters: int) -> Codes:
    """Labels renumbered so that the cluster whose parties rate each other highest comes first."""
    rating = sum(accounts[f"{role}_positivity"] - accounts[f"{role}_negativity"] for role in ROLES)
    mean = pd.Series(np.asarray(rating)).groupby(labels).mean().reindex(range(clusters), fill_value=-np.inf)
    rank = np.empty(clusters, np.intp)
    rank[np.argsort(-mean.to_numpy(), kind="stable")] = np.arange(clusters)
    return rank[labels]


def clusters_of(accounts: pd.DataFrame, clusters: int) -> Codes:
    """Clusters of dyads by their accounts, found without the classification rule.

    Parameters
    ----------
    accounts
        Both parties' accounts, a row per dyad.
    clusters
        Number of clusters.

    Returns
    -------
    array of int
        Cluster of each dyad, shape (dyads,); 0 is the one in which both parties are rated highest.
    """
    values = account_features(accounts)
    return _ordered(_mixture(values, clusters).predict(values), accounts, clusters)


def best_number(accounts: pd.DataFrame) -> int:
    """Number of clusters, of 1 to ``MOST``, that describes the accounts best (lowest BIC)."""
    return _best_number(account_features(accounts))


def _best_number(values: Floats) -> int:
    fits = {k: _mixture(values, k, STARTS_OF_HALVES).bic(values) for k in range(1, MOST + 1)}
    return min(fits, key=lambda k: fits[k])


def rule_on(accounts: pd.DataFrame, rule: PatternRule = DEFAULT_RULE) -> NDArray[np.int8]:
    """Pattern of each dyad by the rule, from its accounts.

    Parameters
    ----------
    accounts
        Tone of both parties, a row per dyad, in columns such as ``client_positivity`` (EPA units).
    rule
        Pattern rule.

    Returns
    -------
    array of int
        Indices into ``PATTERNS``, shape (dyads,).
    """
    return rule.patterns(
        *(rule.classes(accounts[f"{r}_positivity"].to_numpy(), accounts[f"{r}_negativity"].to_numpy()) for r in ROLES)
    )


def emergence(days: pd.DataFrame, resolved: Resolved, day: int | None = None) -> Emergence:
    """Clusters of the accounts in the interviews, found without the rule, and their agreement with it.

    Parameters
    ----------
    days
        Table of days of one scenario with at least 100 dyads, better 400.
    resolved
        The scenario with its data files.
    day
        Day of the interviews, by default the days of the scenario's.

    Raises
    ------
    InputError
        If dyads are too few, a column is missing, or the table does not hold the day.
    """
    last = int(days["day"].max())
    interviewed = resolved.scenario.design.interviewed(last, day)
    asked, at_the_end = (accounts_in(days, resolved, some) for some in (interviewed, (last, last)))
    return emergence_of(asked, at_the_end, interviewed, rule_of(resolved.scenario))


def emergence_of(
    accounts: pd.DataFrame, at_the_end: pd.DataFrame, interviewed: tuple[int, int], rule: PatternRule = DEFAULT_RULE
) -> Emergence:
    """What ``emergence`` finds, from the accounts themselves.

    Parameters
    ----------
    accounts
        Accounts of all dyads in the interviews, from ``accounts_in``.
    at_the_end
        Their accounts on the last day of the stay.
    interviewed
        First and last day of the interviews.
    rule
        Pattern rule.

    Raises
    ------
    InputError
        If dyads are too few.
    """
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415

    if len(accounts) < LEAST_DYADS:
        raise InputError(
            f"days: {len(accounts)} dyads; clusters take at least {LEAST_DYADS}, ask for more with --replicates"
        )
    values, by_rule, kinds = account_features(accounts), rule_on(accounts, rule), len(PATTERNS)
    labels, rows = {}, []
    for clusters in range(1, MOST + 1):
        mixture = _mixture(values, clusters)
        labels[clusters] = _ordered(mixture.predict(values), accounts, clusters)
        stability = _stability(values, clusters)
        rows.append(
            {
                "clusters": clusters,
                "bic": mixture.bic(values),
                "stability": stability.mean(),
                "lowest": stability.min(),
                "certainty": mixture.predict_proba(values).max(axis=1).mean(),
                "smallest": np.bincount(labels[clusters], minlength=clusters).min() / len(values),
                "agreement": adjusted_rand_score(by_rule, labels[clusters]),
            }
        )
    numbers = pd.DataFrame(rows).set_index("clusters")
    best = int(numbers["bic"].idxmin())
    chosen = int(numbers.loc[numbers["stability"] >= STABLE, "bic"].idxmin())
    table = accounts[DYAD].assign(
        pattern=pd.Categorical.from_codes(by_rule, categories=list(PATTERNS)),
        cluster=pd.Categorical.from_codes(labels[kinds], categories=list(NAMES[:kinds])),
        best_cluster=pd.Categorical.from_codes(labels[best], categories=list(NAMES[:best])),
    )
    profiles = accounts.drop(columns=DYAD).groupby(table["cluster"], observed=False).mean()
    grid = []
    for thresholds in GRID:
        other = rule_on(accounts, replace(rule, thresholds=thresholds))
        shares = np.bincount(other, minlength=kinds) / len(other)
        agreement = {f"agreement_{k}": adjusted_rand_score(other, labels[k]) for k in sorted({kinds, best})}
        grid.append(thresholds._asdict() | agreement | dict(zip(PATTERNS, shares, strict=True)))
    return Emergence(
        interviewed,
        numbers,
        best,
        chosen,
        table,
        profiles.assign(share=np.bincount(labels[kinds], minlength=kinds) / len(values)),
        pd.crosstab(table["pattern"], table["cluster"], dropna=False),
        pd.DataFrame(grid),
        pd.DataFrame([_party_alone(accounts, role, rule) for role in ROLES], index=pd.Index(ROLES, name="party")),
        _measures(accounts, at_the_end, by_rule, labels[kinds]),
    )


def _party_alone(accounts: pd.DataFrame, role: str, rule: PatternRule) -> dict[str, float]:
    """How one party's account divides, whatever the other's says: a row of ``Emergence.parties``."""
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415

    kinds = len(CLASSES)
    values = _standardised(_features_of(accounts, role))
    stability = _stability(values, kinds)
    own = rule.classes(accounts[f"{role}_positivity"].to_numpy(), accounts[f"{role}_negativity"].to_numpy())
    return {
        "best": _best_number(values),
        "stability": stability.mean(),
        "lowest": stability.min(),
        "agreement": adjusted_rand_score(own, _mixture(values, kinds).predict(values)),
    }


def _measures(now: pd.DataFrame, last: pd.DataFrame, by_rule: NDArray[np.int8], labels: Codes) -> pd.DataFrame:
    """Agreement of rule and clusters, and both statements about ambivalence with clusters in the place of patterns."""
    kinds, units = len(PATTERNS), units_of(now, SEED)
    groups = NAMES[:kinds]
    member = np.equal.outer(labels, np.arange(kinds)).astype(np.float64)
    cells = np.equal.outer(by_rule * kinds + labels, np.arange(kinds**2)).astype(np.float64)
    tone = now["client_positivity"].to_numpy(), now["client_negativity"].to_numpy()
    matched, values = same_balance(*tone), account_features(last)
    end = _ordered(_mixture(values, kinds).predict(values), last, kinds)
    return pd.concat(
        [
            estimated(AGREEMENT, [f"{kinds} clusters"], cells, _adjusted_rand, [len(now)], units),
            estimated_means(INDEX, groups, ambivalence_index(*tone)[:, None] * member, member, units),
            outcomes_of_matched(matched, member, groups, "in the interviews", SEED),
            outcomes_of_matched(
                matched, np.equal.outer(end, np.arange(kinds)).astype(np.float64), groups, "at the end", SEED
            ),
        ],
        ignore_index=True,
    )


def _adjusted_rand(counts: Floats) -> Floats:
    """Adjusted Rand index (Hubert & Arabie 1985, recalled) of tables of counts, shape (..., kinds · kinds)."""
    kinds = len(PATTERNS)
    table = counts.reshape(*counts.shape[:-1], kinds, kinds)

    def pairs(n: Floats) -> Floats:
        return n * (n - 1) / 2

    both = pairs(table).sum(axis=(-2, -1))
    rows, columns = (pairs(table.sum(axis=axis)).sum(axis=-1) for axis in (-1, -2))
    expected = rows * columns / pairs(counts.sum(axis=-1))
    index: Floats = (both - expected) / ((rows + columns) / 2 - expected)
    return index


def emergence_sentences(found: Emergence) -> Iterator[str]:
    """What the clusters say about the patterns, in a few sentences; plainly, if three is not what the data show."""
    kinds, numbers = len(PATTERNS), found.numbers
    accounts = f"the accounts of {len(found.dyads)} dyads {on_days(found.interviewed)}"
    best, divided = numbers.loc[found.best], numbers.drop(index=1, errors="ignore")
    stable = divided[divided["stability"] >= STABLE]
    if found.best == 1:
        yield (
            f"Of 1 to {MOST} clusters in {accounts}, a single one describes them best (lowest BIC): the accounts show "
            "no groups."
        )
    else:
        yield (
            f"Of 1 to {MOST} clusters in {accounts}, {found.best} describe them best (lowest BIC); halves of the dyads "
            f"agree on them to {best['stability']:.2f} (adjusted Rand index)."
        )
    if stable.empty:
        yield (
            f"No division into two or more clusters is stable (from {STABLE:g} on): the accounts shade into each "
            "other, and every number of groups is a way of cutting them."
        )
    elif found.best not in stable.index:
        yield (
            f"Of the divisions that are stable (from {STABLE:g} on), the one into {stable['bic'].idxmin()} clusters "
            f"describes them best, though less well than {found.best}."
        )
    if found.best == kinds and kinds in stable.index:
        yield "Three is what the data show: three clusters describe the accounts best, and they are stable."
    elif found.best == kinds:
        yield "Three is not what the data show plainly: three clusters describe them best, but are no separate groups."
    else:
        yield (
            f"Three is not what the data show: three clusters have a BIC higher by "
            f"{numbers.loc[kinds, 'bic'] - best['bic']:.0f} and a stability of {numbers.loc[kinds, 'stability']:.2f}."
        )
    row = found.measures[found.measures["measure"] == AGREEMENT.name].iloc[0]
    grid = found.thresholds[f"agreement_{kinds}"]
    yield (
        f"Three clusters agree with the rule to {row['estimate']:.2f} ({row['low']:.2f} to {row['high']:.2f}; 0 as by "
        f"chance, 1 the same groups), and to {grid.min():.2f} to {grid.max():.2f} over other thresholds of the rule."
    )
    for role, alone in found.parties.iterrows():
        yield (
            f"The {role}'s account by itself is best described by {counted(int(alone['best']), 'cluster')}; halves "
            f"agree on three to {alone['stability']:.2f}, and these three agree with the {role}'s class by the rule "
            f"to {alone['agreement']:.2f}."
        )
    for name, share in found.profiles["share"].items():
        by_rule = found.confusion[name]
        if by_rule.sum():
            most = by_rule.max() / by_rule.sum()
            yield f"{str(name).capitalize()} ({share:.0%} of dyads): {most:.0%} are {by_rule.idxmax()} by the rule."
