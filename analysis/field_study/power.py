"""A virtual field study: what a study of a few pairs could have seen, missed or wrongly concluded.

A *pool* is many made-up studies of the same design, each with its own centres and pairs, every pair interviewed once
(and, to see what one interview leaves out, a second time). No pair is in two studies, so studies are independent and
the Monte-Carlo error of a share of studies is that of a binomial count: Wilson's interval. What is true is what holds
for all pairs of the pool together, with Student's interval over studies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS
from twoway.analysis.statistics.intervals import (
    Interval,
    percentile_interval,
    student_interval,
    wilson_interval_of_count,
)
from twoway.simulation.affect_control.frames import ROLES

Codes = NDArray[np.int8]
Floats = NDArray[np.float64]
Hits = Any
"""Whether something holds, an array of bools; of each study unless another shape is given."""
CONFLICTED = PATTERNS.index("ambivalent and conflicted")
KINDS = len(PATTERNS)
RIGHT, OPEN, WRONG = "right", "left open", "wrong"
NAMED_FROM = (0.001, 0.25, 0.5)
"""Difference between the shares of two halves of a study from which it would name it: any, 2 of 8 pairs, 4 of 8.
Assumed: how large a difference a qualitative study calls one is not known, so three rules are looked at."""
RULE = 0.25
"""The rule that sentences and figure use; assumed, the others of ``NAMED_FROM`` stand in the table."""
UNALIKE = (0.5, 0.75)
"""Difference between the shares of two single centres from which they would be called unlike: 2 of 4 pairs, 3 of 4."""
GOALS = {"all three patterns": 0.95, "order of frequency": 0.8}
"""How sure one would want to be of what a study shows; the question behind the number of pairs it takes."""
LEAST_STUDIES = 200
"""Studies below which larger ones are not looked at: the larger, the fewer can be put together from a pool."""
STEPS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 160, 200, 256)
"""Numbers of centres that are tried, with as many pairs each as in the pool."""


class StudyPool(NamedTuple):
    """The classes of both parties of every pair on the day of its interview, and some time later.

    All of shape (studies, centres, pairs at a centre), indices into ``twoway.analysis.patterns.CLASSES``.
    """

    client: Codes
    keyworker: Codes
    later_client: Codes
    later_keyworker: Codes

    @property
    def pattern(self) -> Codes:
        """The pattern a researcher assigns who has heard both, indices into ``PATTERNS``."""
        return DEFAULT_RULE.patterns(self.client, self.keyworker)

    @property
    def later(self) -> Codes:
        """The same at the second interview."""
        return DEFAULT_RULE.patterns(self.later_client, self.later_keyworker)


class Contrast(NamedTuple):
    """The same people and random draws in two contexts: patterns on the day of the interview, shaped as a pool's."""

    factor: str
    """What differs, in words, such as "control"."""
    low: Codes
    high: Codes


class FieldStudy(NamedTuple):
    """What was found: a table per question, every share of studies with its Monte-Carlo interval (95 %)."""

    studies: int
    centres: int
    pairs: int
    """Pairs in a study."""
    truth: pd.DataFrame
    """By pattern: its share in the pool with its interval, and how a study's share spreads around it."""
    order_settled: bool
    """Whether the pool itself tells all three shares apart."""
    conclusions: pd.DataFrame
    """Columns question, conclusion (right, left open, wrong), share, low, high."""
    missed: pd.DataFrame
    """Columns pattern, share, low, high: studies in which no pair is in the pattern."""
    centres_unlike: pd.DataFrame
    """How often centres would be called unlike, in studies as they are and if pairs had nothing of their centre."""
    contexts: pd.DataFrame
    """For each factor, pattern and rule: the true difference, and what halves of a study would say of it."""
    again: pd.DataFrame
    """By pattern at the first interview: share of pairs still in it, and in each other pattern, at the second."""
    twice: pd.DataFrame
    """What a second interview changes for a study: columns what, share, low, high."""
    one_sided: pd.DataFrame
    """What is lost by asking one party alone: a row for both, the client, the keyworker."""
    needed: pd.DataFrame
    """By number of pairs: share of studies that see all three patterns, and that get their order right."""
    order_pairs: float
    """Pairs it takes to get the order right as surely as ``GOALS`` asks, by a normal approximation; infinite for shares
    that are the same. For numbers beyond those that can be tried."""


def share_of_studies(hits: Hits) -> tuple[float, float, float]:
    """Share of studies of which something holds, with Wilson's interval: the Monte-Carlo error.

    >>> [round(x, 3) for x in share_of_studies(np.array([True] * 50 + [False] * 50))]
    [0.5, 0.404, 0.596]
    """
    return float(hits.mean()), *wilson_interval_of_count(int(hits.sum()), len(hits))


def pattern_counts(codes: Codes) -> NDArray[np.int64]:
    """Pairs in each pattern, shape (studies, 3), from patterns of shape (studies, …)."""
    flat = codes.reshape(len(codes), -1)
    return np.stack([(flat == p).sum(axis=1) for p in range(KINDS)], axis=1)


def simulate_field_studies(pool: StudyPool, contrasts: Sequence[Contrast] = ()) -> FieldStudy:
    """What studies of the pool's design would conclude, compared with what is true in the pool.

    Parameters
    ----------
    pool
        Patterns of every pair of every study at both interviews.
    contrasts
        Contrasts of two contexts; half of a study's centres are taken from each.
    """
    pattern = pool.pattern
    studies, centres, at_each = pattern.shape
    counts = pattern_counts(pattern)
    shares = counts / counts.sum(axis=1, keepdims=True)
    means = student_interval(shares)
    order = np.argsort(-means.mean, kind="stable")
    return FieldStudy(
        studies,
        centres,
        centres * at_each,
        _truth(pattern, shares, means),
        _settled(shares, order),
        _conclusions(counts, order),
        _shares_table("pattern", {name: counts[:, p] == 0 for p, name in enumerate(PATTERNS)}),
        _centres_unlike(pattern),
        _contexts(contrasts),
        _again(pattern, pool.later),
        _twice(pattern, pool.later),
        _one_sided(pool, order),
        conclusions_by_pairs(pattern, order),
        pairs_for_the_order(pattern, order, GOALS["order of frequency"]),
    )


def _shares_table(name: str, hits: dict[str, Hits]) -> pd.DataFrame:
    return pd.DataFrame(
        [(what, *share_of_studies(some)) for what, some in hits.items()], columns=[name, "share", "low", "high"]
    )


def _truth(pattern: Codes, shares: Floats, means: Interval) -> pd.DataFrame:
    """True shares, and the spread of a study's: ``unrelated`` is what it would be if pairs had no centre in common."""
    pairs = pattern[0].size
    low, high = percentile_interval(shares, 0.025)
    unrelated = np.sqrt(means.mean * (1 - means.mean) / pairs)
    return pd.DataFrame(
        {
            "pattern": PATTERNS,
            "share": means.mean,
            "low": means.low,
            "high": means.high,
            "studies_low": low,
            "studies_high": high,
            "sd": shares.std(axis=0, ddof=1),
            "sd_unrelated": unrelated,
            "alike_in_a_centre": [intraclass_correlation(pattern == p) for p in range(KINDS)],
        }
    )


def intraclass_correlation(hits: Hits) -> float:
    """Correlation of two pairs of one centre (analysis of variance), shape (studies, centres, pairs); NaN for one pair.

    Near 0: pairs of a centre have no more in common than pairs of different centres.
    """
    values = hits.reshape(-1, hits.shape[-1]).astype(float)
    many, each = values.shape
    if each < 2 or values.std() == 0:
        return float("nan")
    between = each * values.mean(axis=1).var(ddof=1)
    within = values.var(axis=1, ddof=1).mean()
    return float((between - within) / (between + (each - 1) * within)) if many > 1 else float("nan")


def _settled(shares: Floats, order: NDArray[np.intp]) -> bool:
    """Whether neighbours in the true order differ by more than the pool's own error."""
    gaps = student_interval(shares[:, order[:-1]] - shares[:, order[1:]])
    return bool((gaps.low > 0).all())


def order_found(counts: NDArray[np.int64], order: NDArray[np.intp]) -> tuple[Hits, Hits]:
    """Studies in which the order of frequency comes out right, and those in which it comes out wrong.

    Parameters
    ----------
    counts
        Pairs in each pattern, shape (studies, patterns).
    order
        Patterns from the most to the least frequent in truth, shape (patterns,).

    Returns
    -------
    Two arrays of bool, shape (studies,): right and wrong. A study with a tie that contradicts nothing is in neither.
    """
    sorted_ = counts[:, order]
    steps = sorted_[:, :-1] - sorted_[:, 1:]
    wrong = (steps < 0).any(axis=1) | (sorted_[:, 0] < sorted_[:, -1])
    return (steps > 0).all(axis=1), wrong


def most_frequent(counts: NDArray[np.int64]) -> Hits:
    """Which patterns are the most frequent of each study, shape (studies, patterns): more than one where they tie."""
    return counts == counts.max(axis=1, keepdims=True)


def _conclusions(counts: NDArray[np.int64], order: NDArray[np.intp]) -> pd.DataFrame:
    """What studies conclude on how many patterns there are, which is the most frequent, and their order."""
    there = counts.sum(axis=0) > 0
    seen = (counts > 0)[:, there].all(axis=1)
    most, others = counts[:, order[0]], counts[:, order[1:]].max(axis=1)
    right, wrong = order_found(counts, order)
    rows = []
    for question, yes, no in (
        ("how many patterns there are", seen, ~seen),
        ("which pattern is the most frequent", most > others, most < others),
        ("in which order of frequency they are", right, wrong),
    ):
        rows += [(question, *row) for row in _verdicts(yes, no)]
    return pd.DataFrame(rows, columns=["question", "conclusion", "share", "low", "high"])


def _verdicts(right: Hits, wrong: Hits) -> Iterator[tuple[str, float, float, float]]:
    for name, hits in ((RIGHT, right), (OPEN, ~right & ~wrong), (WRONG, wrong)):
        yield name, *share_of_studies(hits)


def _centres_unlike(pattern: Codes) -> pd.DataFrame:
    """How often a study would call its centres unlike in a pattern; and studies whose pairs share no centre.

    Those are put together from one pair of each of as many different centres as a study has pairs.
    """
    studies, centres, at_each = pattern.shape
    many = studies * centres // (centres * at_each)
    strangers = pattern.reshape(-1, at_each)[: many * centres * at_each, 0].reshape(many, centres, at_each)
    rows = []
    for p, name in enumerate(PATTERNS):
        for least in UNALIKE:
            for which, some in (("as they are", pattern), ("pairs of different centres", strangers)):
                at_centres = (some == p).mean(axis=2)
                hits = at_centres.max(axis=1) - at_centres.min(axis=1) >= least
                if len(hits):
                    rows.append((name, least, which, *share_of_studies(hits), len(hits)))
    return pd.DataFrame(rows, columns=["pattern", "from_difference", "pairs", "share", "low", "high", "studies"])


def split_by_context(contrast: Contrast) -> tuple[Codes, Codes]:
    """Studies of which half the centres are of the one context and half of the other, with different people.

    Study k takes the first half of its centres from the low context and the second from the high; every other study
    the other way round. Both of shape (studies, centres / 2, pairs).
    """
    half = contrast.low.shape[1] // 2
    low, high = contrast.low[:, :half].copy(), contrast.high[:, half : 2 * half].copy()
    low[1::2], high[1::2] = contrast.low[1::2, half : 2 * half], contrast.high[1::2, :half]
    return low, high


def _contexts(contrasts: Sequence[Contrast]) -> pd.DataFrame:
    """True effect of each factor (same people and random draws), and conclusions of studies that compare halves.

    Where the true difference cannot be told from none, there is nothing to name: naming it either way is wrong.
    """
    rows = []
    for contrast in contrasts:
        low, high = (pattern_counts(some) / some[0].size for some in (contrast.low, contrast.high))
        true = student_interval(high - low)
        seen = [pattern_counts(some) / some[0].size for some in split_by_context(contrast)]
        for p, name in enumerate(PATTERNS):
            sign = 1 if true.low[p] > 0 else -1 if true.high[p] < 0 else 0
            difference = seen[1][:, p] - seen[0][:, p]
            for least in NAMED_FROM:
                named = np.sign(difference) * (np.abs(difference) >= least - 1e-9)
                right = named == sign if sign else named == 0
                wrong = named == -sign if sign else named != 0
                verdicts = list(_verdicts(right, wrong))
                rows.append(
                    (contrast.factor, name, low[:, p].mean(), high[:, p].mean(), *(float(end[p]) for end in true),
                     least, *(value for _, *some in verdicts for value in some), len(difference))
                )  # fmt: skip
    verdict_columns = [f"{n}{end}" for n in ("right", "open", "wrong") for end in ("", "_low", "_high")]
    return pd.DataFrame(
        rows,
        columns=["factor", "pattern", "share_low", "share_high", "difference", "low", "high", "named_from",
                 *verdict_columns, "studies"],
    )  # fmt: skip


def _again(first: Codes, later: Codes) -> pd.DataFrame:
    """From each pattern at the first interview to each at the second; shares of the pairs that began in it."""
    counts = np.bincount(first.ravel().astype(int) * KINDS + later.ravel(), minlength=KINDS**2).reshape(KINDS, KINDS)
    rows = [
        (PATTERNS[i], PATTERNS[j], counts[i, j] / total if (total := counts[i].sum()) else np.nan)
        for i in range(KINDS)
        for j in range(KINDS)
    ]
    return pd.DataFrame(rows, columns=["first", "later", "of_first"])


def _twice(first: Codes, later: Codes) -> pd.DataFrame:
    """Pairs in another pattern at the second interview, and what the two interviews give a study."""
    flat = first.reshape(len(first), -1), later.reshape(len(later), -1)
    moved = student_interval((flat[0] != flat[1]).mean(axis=1)[:, None])
    rows = [("pairs in another pattern at the second interview", *(float(end[0]) for end in moved))]
    once, then = pattern_counts(first), pattern_counts(later)
    for what, hits in (
        ("studies that see all three patterns at the first interview", (once > 0).all(axis=1)),
        ("studies that see all three patterns at either interview", ((once > 0) | (then > 0)).all(axis=1)),
        (
            "studies whose two interviews differ in the most frequent pattern",
            ~(most_frequent(once) & most_frequent(then)).any(axis=1),
        ),
    ):
        rows.append((what, *share_of_studies(hits)))
    return pd.DataFrame(rows, columns=["what", "share", "low", "high"])


def _one_sided(pool: StudyPool, order: NDArray[np.intp]) -> pd.DataFrame:
    """What is named from one account alone, held against what is named from both.

    ``otherwise``: pairs named otherwise than from both; ``conflict_missed``: of the pairs that are conflicted by both
    accounts, those that this account alone does not show to be; ``disagree``: pairs whose parties are of different
    classes, which one account alone cannot show; ``all_three`` and ``order``: studies that see all three patterns and
    get their true order right. A class is taken for the pattern of its place (trustful for friendly, and so on).
    """
    both = pool.pattern
    disagree = float((pool.client != pool.keyworker).mean())
    rows = []
    for who, codes in (("both", both), *zip(ROLES, (pool.client, pool.keyworker), strict=True)):
        otherwise = student_interval((codes != both).reshape(len(both), -1).mean(axis=1)[:, None])
        conflicted = both == CONFLICTED
        missed = float((codes[conflicted] != CONFLICTED).mean()) if conflicted.any() else float("nan")
        counts = pattern_counts(codes)
        rows.append(
            (who, *(float(end[0]) for end in otherwise), missed, disagree if who == "both" else np.nan,
             *share_of_studies((counts > 0).all(axis=1)), *share_of_studies(order_found(counts, order)[0]))
        )  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=["asked", "otherwise", "otherwise_low", "otherwise_high", "conflict_missed", "disagree", "all_three",
                 "all_three_low", "all_three_high", "order", "order_low", "order_high"],
    )  # fmt: skip


def conclusions_by_pairs(pattern: Codes, order: NDArray[np.intp]) -> pd.DataFrame:
    """Conclusions of studies of more centres, or fewer, put together from the pool's, each centre used once.

    Parameters
    ----------
    pattern
        Pattern of every pair, indices into ``PATTERNS``, shape (studies, centres, pairs at a centre).
    order
        Patterns from the most to the least frequent in truth, shape (patterns,).

    Returns
    -------
    DataFrame
        A row per size: ``pairs``, ``studies`` (their number), and the shares of studies that see all three patterns
        (``all_three``) and get their order right (``order``), each with ``_low`` and ``_high``.
    """
    at_each = pattern.shape[2]
    centres = pattern.reshape(-1, at_each)
    rows: list[tuple[float, ...]] = []
    for many in STEPS:
        studies = len(centres) // many
        if rows and studies < LEAST_STUDIES:
            break
        counts = pattern_counts(centres[: studies * many].reshape(studies, many * at_each))
        rows.append(
            (many * at_each, studies, *share_of_studies((counts > 0).all(axis=1)),
             *share_of_studies(order_found(counts, order)[0]))
        )  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=[
            "pairs",
            "studies",
            "all_three",
            "all_three_low",
            "all_three_high",
            "order",
            "order_low",
            "order_high",
        ],
    )


def pairs_for_the_order(pattern: Codes, order: NDArray[np.intp], goal: float) -> float:
    """Number of pairs with which a study gets the order of frequency right as surely as asked.

    By a normal approximation: the differences between neighbours in the order, over many centres, are normal with
    the mean and covariance they have among the pool's centres.

    Parameters
    ----------
    pattern
        Pattern of every pair, indices into ``PATTERNS``, shape (studies, centres, pairs at a centre).
    order
        Patterns from the most to the least frequent in truth, shape (patterns,).
    goal
        Probability with which the order shall be right.

    Returns
    -------
    float
        Pairs, those of a single centre at least; infinite where a difference between neighbours is not above zero.
    """
    from scipy.optimize import brentq  # noqa: PLC0415 - scipy takes long to import
    from scipy.stats import multivariate_normal  # noqa: PLC0415

    at_each = pattern.shape[2]
    shares = pattern_counts(pattern.reshape(-1, at_each))[:, order] / at_each
    gaps = shares[:, :-1] - shares[:, 1:]
    mean, spread = gaps.mean(axis=0), np.cov(gaps.T) + 1e-12 * np.eye(KINDS - 1)
    if (mean <= 0).any():
        return float("inf")

    def lacks(log_centres: float) -> float:
        of_means = multivariate_normal(np.zeros(len(mean)), spread / np.exp(log_centres), allow_singular=True)
        return goal - float(of_means.cdf(mean))

    most = np.log(1e9)
    if lacks(0.0) <= 0:
        return float(at_each)
    return float(at_each * np.exp(brentq(lacks, 0.0, most, xtol=1e-3))) if lacks(most) < 0 else float("inf")


class PairsNeeded(NamedTuple):
    """How many pairs it takes: from how many on the goal is reached, and between which numbers that lies.

    None: not with as many as were tried.
    """

    pairs: int | None
    least: int | None
    """Fewer are not enough, whatever the Monte-Carlo error."""
    surely: int | None
    """So many are enough, whatever the Monte-Carlo error."""
    tried: int


def pairs_needed(table: pd.DataFrame, what: str, goal: float) -> PairsNeeded:
    """Number of pairs from which on studies reach a goal.

    Parameters
    ----------
    table
        The table of ``conclusions_by_pairs``.
    what
        Its column: "all_three" or "order".
    goal
        Share of studies that shall reach it.
    """

    def first(column: str) -> int | None:
        below = np.flatnonzero(table[column].to_numpy() < goal)
        after = int(below[-1]) + 1 if len(below) else 0
        return int(table["pairs"].iloc[after]) if after < len(table) else None

    return PairsNeeded(first(what), first(f"{what}_high"), first(f"{what}_low"), int(table["pairs"].iloc[-1]))
