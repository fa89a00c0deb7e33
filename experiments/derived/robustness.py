"""Robustness: each claim about context with other sentiments, equations, frames, pattern rules and parameters.

The claims stand in ``claims.toml``. A *variant* is the model with one thing about it that could as well be
otherwise: the sample of raters that gave the sentiments, the published set of equations, the repertoire of frames, the
thresholds of the pattern rule, another such rule, or a draw from the posterior of its parameters. In each, the same
people with the same random draws are in both contexts of every claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from twoway.analysis.clustering import GRID, LEAST_DYADS, best_number, clusters_of, rule_on
from twoway.analysis.figures.robustness import UNCHANGED, VARIANTS, claims_figure, mix_figure
from twoway.analysis.measures.coercion import HIGH
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import DEFAULT_RULE, PATTERN_RULES, PATTERNS, PatternRule, rule_of
from twoway.analysis.statistics.intervals import Floats, student_interval
from twoway.experiments.calibration.posterior import MOSTLY
from twoway.experiments.results.result import Result, check_replicates, derived
from twoway.experiments.results.tables import read_csv, read_declarations
from twoway.experiments.studies.outcomes import PATTERN_SHARES
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.data_files import DATA
from twoway.simulation.errors import InputError, listed
from twoway.simulation.parameters.scenario import FOLDERS, Scenario, changed, load, with_defaults
from twoway.simulation.run import Detail, PreparedScenario, simulate

TABLE = Path(__file__).with_name("claims.toml")
COERCED = "coerced"
TONES = ("positivity", "negativity")
ACCOUNT = (
    *(f"{role}_{tone}" for role in ROLES for tone in TONES),
    *(f"{role}_{kind}" for role in ROLES for kind in KINDS),
    "client_felt_coercion",
)
"""Numbers of both parties' accounts in the interviews: columns of ``analysis.clustering.accounts_in``."""
Changes = Mapping[str, float | str]


class Claim(BaseModel):
    """One thing that is claimed about context."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: str
    """The claim, as one would say it."""
    first: str = "ordinary"
    """Scenario of the context it begins from."""
    then: str = ""
    """Scenario of the other context; empty: the same."""
    from_: dict[str, float] = Field(default={}, alias="from")
    """Numbers changed in the first context."""
    to: dict[str, float] = {}
    """Numbers changed in the other context."""
    outcome: Literal["friendly", "polite", "conflicted", "coerced"]
    """Outcome that should change."""
    direction: Literal["more", "fewer"]
    """In which direction."""

    @property
    def contexts(self) -> tuple[tuple[str, Changes], tuple[str, Changes]]:
        """Scenario and changes of both contexts."""
        return (self.first, self.from_), (self.then or self.first, self.to)


class Claims(BaseModel):
    """The table of claims."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: tuple[Claim, ...]


@lru_cache
def claims() -> tuple[Claim, ...]:
    """The claims of ``claims.toml``, read once."""
    return read_declarations(TABLE, Claims).claim


class Variant(NamedTuple):
    """The model with something about it that could be otherwise."""

    kind: str
    name: str
    changes: Changes
    rule: PatternRule = DEFAULT_RULE


def variants(scenario: Scenario, resamples: int, posterior: Mapping[str, Any] | None) -> list[Variant]:
    """The model as it is, and every variant of it.

    Parameters
    ----------
    scenario
        Scenario of the unchanged model; equations and frames that it uses are no variants of it.
    resamples
        Number of resamples of the raters of the lexicon, from 0.
    posterior
        Draws of a posterior sample: ``names`` of numbers (``section.field``) and ``rows`` of values. None for no such
        variants.

    Returns
    -------
    The unchanged model, then its variants by kind: sentiments, equations, frames, thresholds, rules, posterior.
    """
    meaning = scenario.meaning
    found = [Variant(UNCHANGED, UNCHANGED, {}, rule_of(scenario))]
    found += [Variant("sentiments", f"sample {k}", {"meaning.resample": k}) for k in range(1, resamples + 1)]
    for field in ("equations", "frames"):
        shipped = sorted(path.stem for path in (DATA / FOLDERS[field]).glob("*.toml"))
        others = [name for name in shipped if name != getattr(meaning, field)]
        found += [Variant(field, name, {f"meaning.{field}": name}) for name in others]
    rule = rule_of(scenario)
    found += [
        Variant("thresholds", f"good {t.positivity:g}, bad {t.negativity:g}", {}, replace(rule, thresholds=t))
        for t in GRID
        if t != rule.thresholds
    ]
    found += [
        Variant("rules", one.name, {}, replace(one, thresholds=rule.thresholds))
        for one in PATTERN_RULES.values()
        if one.name != rule.name
    ]
    if posterior is not None:
        draws = [dict(zip(posterior["names"], row, strict=True)) for row in posterior["rows"]]
        found += [Variant("posterior", f"draw {k}", draw) for k, draw in enumerate(draws)]
    return found


def posterior_draws(path: Path, most: int) -> dict[str, Any]:
    """Rows of a CSV of draws, evenly spaced: ``names`` of parameters and ``rows`` of numbers.

    Columns without a point in their name, such as a distance, are no parameters. Draws are taken as equally probable.

    Parameters
    ----------
    path
        CSV file with a row per draw and a column per parameter, such as ``learning.perceptual_noise``.
    most
        Largest number of draws, from 1.

    Raises
    ------
    InputError
        If the file cannot be read or holds no draws, or a chosen draw does not fit the declared numbers.
    """
    table = read_csv(path)
    table = table[[name for name in table.columns if "." in name]]
    if table.empty:
        raise InputError(
            f"{path}: holds no draws; a column is a parameter such as learning.perceptual_noise, a row is a draw"
        )
    chosen = np.unique(np.linspace(0, len(table) - 1, min(most, len(table))).round().astype(int))
    for row in table.iloc[chosen].to_dict("records"):
        changed(Scenario(), {str(name): value for name, value in row.items()})
    return {"names": list(table.columns), "rows": table.iloc[chosen].to_numpy(float).tolist()}


@derived("robustness")
def robustness(
    scenario: str,
    seed: int,
    replicates: int,
    resamples: int,
    posterior: Mapping[str, Any] | None = None,
    days: int | None = None,
    threads: int = 2,
    progress: bool = False,
) -> Result:
    """Every claim, the mix of patterns and its agreement with clusters, in every variant of the model.

    Parameters
    ----------
    scenario
        Name or path of a scenario.
    seed
        Random seed, from 0.
    replicates
        Replicates of each context and variant, at least 5.
    resamples
        Number of resamples of the raters of the lexicon.
    posterior
        Draws of a posterior sample: ``names`` of numbers and ``rows`` of values.
    days
        Length of every stay; by default that of the scenario.
    threads
        Number of threads.
    progress
        Whether to show a bar.

    Returns
    -------
    A result with the tables ``claims`` (a row per claim and variant: paired difference and whether it holds),
    ``summary`` (a row per claim and kind of variant) and ``mix`` (a row per variant: patterns of the scenario and
    agreement with clusters).
    """
    check_replicates(seed, replicates)
    long = {} if days is None else {"design.days": float(days)}
    every = variants(load(scenario), resamples, posterior)
    claimed, mixes = [], []
    unchanged: SimulatedVariant | None = None
    for variant in tqdm(every, unit="variant", desc="Trying", disable=None if progress else True):
        if unchanged is None or variant.changes:
            lived = SimulatedVariant(scenario, variant.changes, long, seed, replicates, threads)
        else:
            lived = unchanged  # the rule is the researcher's: the same dyads, judged otherwise
        unchanged = unchanged or lived
        who = {"kind": variant.kind, "variant": variant.name}
        claimed += [who | row for row in _claims_in(lived, variant.rule)]
        mixes.append(who | lived.mix(variant.rule))
    table, mix = pd.DataFrame(claimed), pd.DataFrame(mixes)
    summary = _summary(table)
    design = load(scenario).design
    dyads = replicates * design.centres * design.clients
    rests_on = f"{counted(dyads, 'dyad')} in each context of each variant, {replicates} replicates, seed {seed}."
    return Result(
        {"claims": table, "summary": summary, "mix": mix},
        {"claims": lambda: claims_figure(table, summary, rests_on), "mix": lambda: mix_figure(mix, scenario, rests_on)},
        tuple(_sentences(table, summary, mix, scenario, rests_on)),
    )


class SimulatedVariant:
    """One variant of the model: how its dyads are in each context, simulated when it is first asked for."""

    def __init__(self, base: str, changes: Changes, always: Changes, seed: int, replicates: int, threads: int) -> None:
        self.base, self.changes, self.always = base, changes, always
        self.seed, self.replicates, self.threads = seed, replicates, threads
        self.prepared = PreparedScenario(self._scenario(base, {}))
        self._accounts: dict[tuple[Any, ...], dict[str, Floats]] = {}
        self._clusters: Any = None
        self._best = np.nan

    def _scenario(self, name: str, more: Changes) -> Scenario:
        """A scenario in this variant; numbers of the scenario's own file count even where a draw differs."""
        meaning = {field: value for field, value in self.changes.items() if field.startswith("meaning.")}
        return changed(with_defaults(name, self.changes), {**meaning, **self.always, **more})

    def accounts(self, name: str, more: Changes) -> dict[str, Floats]:
        """Both parties' accounts in a context, by name, shape (replicates, dyads) each.

        Parameters
        ----------
        name
            Name or path of the scenario of the context.
        more
            Numbers changed in the context, by ``section.field``.

        Returns
        -------
        An array per name of ``ACCOUNT``: tones in EPA units, weights of the kinds of frame from 0 to 1, and felt
        coercion in squared EPA units.
        """
        key = (name, *more.items())
        if key not in self._accounts:
            scenario = self._scenario(name, more)
            same = scenario.meaning == self.prepared.scenario.meaning
            prepared = self.prepared.with_scenario(scenario) if same else PreparedScenario(scenario)
            kinds = np.equal.outer(prepared.resolved.frames.kind, np.arange(len(KINDS))).astype(float)
            rows = []
            for stay in simulate(prepared, self.seed, range(self.replicates), Detail.DYADS, self.threads):
                parties = stay.accounts.T
                good_and_bad = [party[tone] for party in parties for tone in ("positivity", "negativity")]
                shares = [share for party in parties for share in (party["definition"] @ kinds).T]
                rows.append(np.array([*good_and_bad, *shares, parties[0]["felt_coercion"]]))
            values = np.concatenate(rows, axis=1).reshape(len(ACCOUNT), self.replicates, -1)
            self._accounts[key] = dict(zip(ACCOUNT, values, strict=True))
        return self._accounts[key]

    def shares(self, name: str, more: Changes, rule: PatternRule) -> dict[str, Floats]:
        """Each outcome in each replicate of a context, shape (replicates,).

        Parameters
        ----------
        name
            Name or path of the scenario of the context.
        more
            Numbers changed in the context, by ``section.field``.
        rule
            Pattern rule.

        Returns
        -------
        Shares of dyads, from 0 to 1: one per pattern of ``PATTERN_SHARES``, and ``coerced``, of those whose client
        feels highly coerced.
        """
        told = self.accounts(name, more)
        own = (rule.classes(told[f"{role}_positivity"], told[f"{role}_negativity"]) for role in ROLES)
        codes = rule.patterns(*own)
        by_pattern = {outcome: (codes == p).mean(axis=1) for p, outcome in enumerate(PATTERN_SHARES)}
        return by_pattern | {COERCED: (told["client_felt_coercion"] > HIGH).mean(axis=1)}

    def mix(self, rule: PatternRule) -> dict[str, float]:
        """Share of each pattern with its interval, and how far the rule agrees with clusters.

        ``agreement`` is the adjusted Rand index of rule and three clusters, ``best_number`` how many clusters describe
        the accounts best; both are missing where dyads are too few.
        """
        from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - scikit-learn takes long to import

        row: dict[str, float] = {}
        shares = self.shares(self.base, {}, rule)
        for name in PATTERN_SHARES:
            mean, low, high = (float(x) for x in student_interval(shares[name]))
            row |= {name: mean, f"{name}_low": low, f"{name}_high": high}
        accounts = pd.DataFrame({name: values.ravel() for name, values in self.accounts(self.base, {}).items()})
        if len(accounts) < LEAST_DYADS:
            return row | {"agreement": np.nan, "best_number": np.nan}
        if self._clusters is None:
            self._clusters, self._best = clusters_of(accounts, len(PATTERNS)), float(best_number(accounts))
        agreement = float(adjusted_rand_score(rule_on(accounts, rule), self._clusters))
        return row | {"agreement": agreement, "best_number": self._best}


def _claims_in(lived: SimulatedVariant, rule: PatternRule) -> Iterator[dict[str, Any]]:
    """Each claim in one variant: the change in the direction that is claimed, and whether it holds."""
    for claim in claims():
        first, then = (lived.shares(name, more, rule)[claim.outcome] for name, more in claim.contexts)
        sign = 1.0 if claim.direction == "more" else -1.0
        mean, low, high = (float(x) for x in student_interval(sign * (then - first)))
        yield {
            "claim": claim.words,
            "outcome": claim.outcome,
            "direction": claim.direction,
            "first": float(first.mean()),
            "then": float(then.mean()),
            "as_claimed": mean,
            "low": low,
            "high": high,
            "holds": mean > 0,
            "clearly": low > 0,
            "against": high < 0,
        }


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    """By claim and kind: how many variants, and the share in which the claim holds, clearly holds, clearly fails."""
    groups = table.groupby(["claim", "kind"], sort=False)
    found = groups.agg(
        variants=("holds", "size"),
        holds=("holds", "mean"),
        clearly=("clearly", "mean"),
        against=("against", "mean"),
        least=("as_claimed", "min"),
        most=("as_claimed", "max"),
    )
    return found.reset_index()


def _sentences(
    table: pd.DataFrame, summary: pd.DataFrame, mix: pd.DataFrame, scenario: str, rests_on: str
) -> Iterator[str]:
    """Sentences on the claims that stand in each kind of variant, and on those that do not, with their share."""
    count = table["claim"].nunique()
    unchanged = table[table["kind"] == UNCHANGED]
    unclear = unchanged[~unchanged["clearly"]]
    yield (
        f"In the model as it is {int(unchanged['clearly'].sum())} of {count} claims about context hold beyond "
        "their interval" + (f"; not so: {_quoted(unclear['claim'])}." if len(unclear) else ".")
    )
    for kind, (one, many) in VARIANTS.items():
        some = summary[summary["kind"] == kind]
        if some.empty:
            continue
        number = int(some["variants"].iloc[0])
        standing, falling = some[some["holds"] >= MOSTLY], some[some["holds"] < MOSTLY]
        how_many = f"{number} {one if number == 1 else many}"
        clear = f"beyond their interval {int((some['clearly'] >= MOSTLY).sum())} of {count} do"
        if falling.empty:
            yield f"Over {how_many}: every claim holds in at least {MOSTLY:.0%} of them; {clear}."
        else:
            told = [f"“{row.claim}” in {row.holds:.0%}" for row in falling.itertuples()]
            yield (
                f"Over {how_many}: {len(standing)} of {count} claims hold in at least {MOSTLY:.0%} of them "
                f"({clear}); less often: {listed(told)}."
            )
        against = some[some["against"] > 0]
        if len(against):
            told = [f"“{row.claim}” in {row.against:.0%}" for row in against.itertuples()]
            yield f"There the opposite holds beyond its interval for {listed(told)}."
    if "posterior" not in set(summary["kind"]):
        yield "No draws from a posterior of the parameters were given, so nothing is said about them."
    for kind, (one, many) in VARIANTS.items():
        some = mix[mix["kind"] == kind]
        if some.empty:
            continue
        spans = [f"{name} {_span(some[name], '.0%')}" for name in PATTERN_SHARES]
        agreement = some["agreement"].dropna()
        agreed = ""
        if len(agreement):
            three = int((some["best_number"] == len(PATTERNS)).sum())
            agreed = (
                f"; three clusters agree with the rule to {_span(agreement, '.2f')} (adjusted "
                f"Rand index), and describe the accounts better than any other number in {three}"
            )
        yield f"The mix in {scenario} over {len(some)} {one if len(some) == 1 else many}: {listed(spans)}{agreed}."
    yield (
        f"{rests_on} The same people with common random numbers in both contexts; intervals are 95 %, paired over "
        "replicates."
    )


def _span(values: pd.Series, how: str) -> str:
    """From the least to the most of some values, or the one that all are."""
    return " to ".join(dict.fromkeys(format(value, how) for value in (values.min(), values.max())))


def _quoted(words: Sequence[str] | pd.Series) -> str:
    return listed([f"“{word}”" for word in words])
