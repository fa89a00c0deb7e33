"""The verdict of a sensitivity analysis in sentences: inputs that matter, order that is settled, runs to make next."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from twoway.analysis.rounding import significant
from twoway.experiments.sensitivity.error_budget import INPUTS, OWN
from twoway.experiments.sensitivity.given_data import WELL, GivenData
from twoway.experiments.sensitivity.morris import MorrisIndices
from twoway.experiments.sensitivity.point_pattern import Correlated
from twoway.experiments.sensitivity.resampling import ENOUGH_REPLICATES, Spread, errors
from twoway.experiments.sensitivity.sobol import SobolIndices
from twoway.simulation.errors import listed

NEGLIGIBLE = 0.05
"""Total index below which an input is negligible: a twentieth of the variance (assumed)."""
WEAK = 0.1
"""Share of the largest mu_star below which an input is negligible in a screening (assumed)."""
SURROGATE = "a better surrogate"
"""What an order waits for where neither points nor replicates are most of its uncertainty."""
HOPELESS = 50
"""Times the runs beyond which nobody is sent to run more (assumed)."""


def ranking(
    names: list[str],
    estimates: pd.Series,
    anew: Spread,
    blocks: int,
    replicates: int,
    unit: str,
    confidence: float,
    allowed: float = 0.0,
) -> pd.DataFrame:
    """Neighbours in the order of importance: is it settled which comes first?

    Parameters
    ----------
    names
        Names of the D inputs.
    estimates
        Importance of each input in the same order: its total index or its mu_star.
    anew
        The same estimates resampled.
    blocks, replicates
        Numbers of base samples or trajectories and of replicates that were analysed.
    unit
        Name of the blocks: "base samples" or "trajectories".
    confidence
        Level of the intervals.
    allowed
        Error of a difference that is not one of sampling: what a surrogate does not explain.

    Returns
    -------
    A row per two neighbours with the columns ``rank`` (of the first, from 1), ``first``, ``second``, ``difference``,
    ``half`` (of its interval), ``settled``, ``times`` (how many times the runs it would take) and ``more`` (the *unit*,
    "replicates", or SURROGATE, whichever the uncertainty comes from).
    """
    order = np.argsort(-estimates.to_numpy(), kind="stable")
    rows = []
    for rank, (first, second) in enumerate(pairwise(order), 1):
        one, other = slice(first, first + 1), slice(second, second + 1)
        about = errors(anew.of(one).minus(anew.of(other)), blocks, replicates, confidence)
        difference, half = float(estimates.iloc[first] - estimates.iloc[second]), float(about.half[0])
        times = (half / difference) ** 2 if difference > 0 else np.inf
        unsure = np.nan_to_num(about.replicates[0])
        more = "replicates" if unsure > about.design[0] else unit
        if allowed > half:
            more, times = SURROGATE, np.inf
        half += allowed
        rows.append((rank, names[first], names[second], difference, half, difference > half, times, more))
    head = ["rank", "first", "second", "difference", "half", "settled", "times", "more"]
    return pd.DataFrame(rows, columns=head)


def _order(order: pd.DataFrame, which: set[str], runs: int, what: str) -> Iterator[str]:
    """Sentences on the order of the inputs that matter."""
    order = order[order["first"].isin(which) & order["second"].isin(which)]
    if order.empty:
        return
    open_ = order[~order["settled"]]
    if open_.empty:
        yield f"The order of the inputs that matter is settled by their {what}."
    for row in open_.itertuples():
        said = f"Which of {row.first} and {row.second} comes first (rank {row.rank} and {row.rank + 1}) is not settled"
        gap = f"they differ by {significant(row.difference)} ± {significant(row.half)}"
        if row.more == SURROGATE:
            yield f"{said}: {gap}, mostly for what the surrogate does not explain."
        elif row.times > HOPELESS:
            yield f"{said}: {gap}. Not even {HOPELESS} times the runs would show a gap so small."
        else:
            more = runs * (row.times - 1)
            yield f"{said}: {gap}. If the gap is real, about {_round(more)} more runs ({row.more}) would show it."


def _round(number: float) -> str:
    """A number of runs with two digits that mean something.

    >>> _round(12345.0), _round(7.2)
    ('12,000', '7')
    """
    digits = max(0, len(str(int(number))) - 2)
    return f"{int(round(number, -digits)):,}"


def _within(share: float) -> str:
    """An index as a sentence gives it: within 0 to 1, where it must be."""
    return f"{min(max(share, 0.0), 1.0):.2f}"


def _with(names: pd.Series, values: pd.DataFrame) -> str:
    return listed(
        f"{name} ({_within(row.estimate)}; {_within(row.low)} to {_within(row.high)})"
        for name, row in zip(names, values.itertuples(), strict=True)
    )


TAKEN_OUT = {
    "sobol": (
        "uncorrected, an input that does nothing would get a total index of about {left:.2f}. That has been taken out: "
        "the indices are about the outcome one can expect, over all random draws."
    ),
    "morris": (
        "uncorrected, every effect would look larger and more varied than it is. That has been taken out: mu_star and "
        "sigma are about the outcome one can expect, over all random draws."
    ),
    "sample": (
        "uncorrected, they would look like something that the inputs do. That has been taken out of first-order and "
        "total indices, which are about the outcome one can expect; it is still in what is said of the whole "
        "distribution (PAWN)."
    ),
}
"""Sentence on the correction for random draws, by kind of analysis."""


def random_draw_sentences(budget: pd.DataFrame, replicates: int, kind: str) -> Iterator[str]:
    """Sentences on the inputs' share of the variance, and that of random draws.

    Parameters
    ----------
    budget
        The error budget of the outcome.
    replicates
        Replicates per point.
    kind
        Kind of analysis: "sobol", "morris" or "sample".
    """
    if replicates == 1 and kind == "sample":
        yield (
            "There is one replicate per point, so effects of the inputs and of random draws cannot be told apart: what "
            "the surrogate does not explain may be either. Run at least 3 replicates."
        )
        return
    if replicates == 1:
        yield (
            "There is one replicate per point, so effects of the inputs and of random draws cannot be told apart: what "
            "draws do is counted as an effect of every input. Run at least 3 replicates."
        )
        return
    by = budget.set_index("source")
    inputs, own = by.loc[INPUTS], by.loc[OWN]
    among = inputs["variance"] + own["variance"]
    if among == 0:
        yield "The outcome differs between replicates, and not between points: inputs do nothing to it."
        return
    left = own["in_means"] / (inputs["variance"] + own["in_means"]) if own["in_means"] else 0.0
    yield (
        f"Between single runs that differ in their inputs, {inputs['variance'] / among:.0%} of the variance of the "
        f"outcome is the inputs' doing and {own['variance'] / among:.0%} is random draws. In means over {replicates} "
        f"replicates draws make up {left:.0%}; {TAKEN_OUT[kind].format(left=left)}"
    )
    if replicates < ENOUGH_REPLICATES:
        yield (
            "With 2 replicates the intervals hold for the draws of these two only, if points share draws; with 3 or "
            "more they would cover other draws as well."
        )


def sobol_sentences(result: SobolIndices, order: pd.DataFrame) -> Iterator[str]:
    """The verdict on Sobol' indices.

    Parameters
    ----------
    result
        Indices of one outcome.
    order
        Ranking of the inputs by their total indices.
    """
    total = result.indices[result.indices["index"] == "total"].sort_values("estimate", ascending=False)
    yield from _importance(total, order, result.points * result.replicates)
    yield from _interactions(result.alone, result.beyond, result.pairs)
    yield from _what_next(total, result.replicates, "base samples")
    beyond = result.indices[(result.indices["low"] > 1) | (result.indices["high"] < 0)]
    if len(beyond):
        yield (
            f"Do not trust {listed(beyond['index'] + ' index of ' + beyond['input'])}: even the interval lies outside "
            "0 to 1, where an index must be. More base samples are needed."
        )


def _importance(total: pd.DataFrame, order: pd.DataFrame, runs: int, by_sampling: bool = True) -> Iterator[str]:
    """Inputs that matter, are negligible, or neither; *by_sampling*: whether more points alone narrow the intervals."""
    matter, none = total[total["low"] > NEGLIGIBLE], total[total["high"] < NEGLIGIBLE]
    unclear = total.drop(matter.index).drop(none.index)
    if len(matter):
        yield (
            f"These inputs matter (total index, the share of the variance that would remain if all others were known, "
            f"with its interval): {_with(matter['input'], matter)}."
        )
    else:
        yield f"No input is shown to be answerable for more than {NEGLIGIBLE:.0%} of the variance."
    yield from _order(order, set(matter["input"]), runs, "total indices")
    if len(none):
        yield (
            f"Negligible, each below {NEGLIGIBLE:.0%} of the variance all interactions included: "
            f"{listed(none['input'])}. For this outcome they may be kept at one value."
        )
    if len(unclear):
        factor = float(((unclear["high"] - unclear["estimate"]) / NEGLIGIBLE).max() ** 2)
        need = f" About {_round(runs * (factor - 1))} more runs would narrow the widest to ± {NEGLIGIBLE:g}."
        if factor > HOPELESS:
            need = f" Not even {HOPELESS} times the runs would narrow the widest to ± {NEGLIGIBLE:g}."
        yield (
            f"Whether they are negligible is not settled, since the interval lies on both sides of {NEGLIGIBLE:g}: "
            f"{_with(unclear['input'], unclear)}.{need if factor > 1 and by_sampling else ''}"
        )


def _interactions(alone: tuple[float, float, float], beyond: pd.DataFrame, pairs: pd.DataFrame) -> Iterator[str]:
    """What inputs do by themselves and with each other."""
    acting = beyond[beyond["shown"]].sort_values("estimate", ascending=False)
    by_itself, low, high = (min(max(share, 0.0), 1.0) for share in alone)
    yield f"What inputs do each by itself adds up to {by_itself:.0%} of the variance ({low:.0%} to {high:.0%})."
    if acting.empty:
        yield "No input is shown to act differently depending on where the others stand."
        return
    yield f"What these do depends on other inputs (total minus first index): {_with(acting['input'], acting)}."
    together = pairs[pairs["shown"]].sort_values("estimate", ascending=False) if len(pairs) else pairs
    if len(together):
        yield f"Pairs that act together: {_with(together['one'] + ' with ' + together['other'], together)}."
    elif len(pairs):
        yield "Which inputs they act together with is not settled: no single pair stands out among so many."


def _what_next(total: pd.DataFrame, replicates: int, unit: str) -> Iterator[str]:
    """Whether more *unit* or more replicates would sharpen the indices."""
    design, draws = float((total["se_design"] ** 2).sum()), float((total["se_replicates"] ** 2).sum())
    if replicates < ENOUGH_REPLICATES or design + draws == 0:
        return
    share = draws / (design + draws)
    yield (
        f"More {'replicates' if share > 0.5 else unit} would sharpen the indices most: {1 - share:.0%} of the total "
        f"indices' squared error comes from the choice of points, {share:.0%} from having {replicates} replicates."
    )


def surrogate_sentences(result: GivenData) -> Iterator[str]:
    """How well the surrogate knows the outcome, and the points that it would take to know it well.

    Parameters
    ----------
    result
        Indices of one outcome from given data.
    """
    at, low, high = (min(max(share, 0.0), 1.0) for share in result.explained)
    what = "the inputs' part of the variance" if result.replicates > 1 else "the variance, random draws included"
    yield (
        f"First-order and total indices are those of a surrogate, a polynomial fitted to the {result.points:,} points. "
        f"At points it does not know it explains {at:.0%} of {what} ({low:.0%} to {high:.0%}); what it does "
        "not explain widens each interval."
    )
    if at >= WELL:
        return
    said = f"That is too little to rely on: {WELL:.0%} should be explained."
    if result.replicates == 1:
        yield f"{said} With one replicate nobody can say whether more points or more replicates would help."
        return
    times = _times_for(1 - WELL, result)
    by_half = f"with half of the points it explains {max(0.0, result.explained_by_half):.0%}"
    if times > HOPELESS:
        yield f"{said} More points would hardly help, as {by_half}: rely on PAWN, or on a Sobol' design."
    else:
        yield f"{said} It would take about {_round(result.points * times)} points, as {by_half}."


def _times_for(share: float, result: GivenData) -> float:
    """How many times the points would leave no more than this *share* unexplained, if it goes on as from half to all.

    What is not explained falls with a power of the number of points.
    """
    gained = float(np.log2(max(1 - result.explained_by_half, 1e-9) / max(result.unexplained, 1e-9)))
    return max(1.0, result.unexplained / share) ** (1 / gained) if gained > 0.05 else np.inf


def given_sentences(result: GivenData, order: pd.DataFrame | None) -> Iterator[str]:
    """The verdict on indices from given data.

    Parameters
    ----------
    result
        Indices of one outcome.
    order
        Ranking of the inputs by their total indices; None where inputs are correlated.
    """
    total = result.indices[result.indices["index"] == "total"].sort_values("estimate", ascending=False)
    if order is not None:
        by_sampling = result.unexplained < NEGLIGIBLE / 2
        yield from _importance(total, order, result.points * result.replicates, by_sampling)
        open_ = total[(total["low"] <= NEGLIGIBLE) & (total["high"] >= NEGLIGIBLE)]
        if len(open_) and not by_sampling and result.replicates > 1 and result.explained[0] >= WELL:
            times = _times_for(NEGLIGIBLE / 2, result)
            left = f"{significant(50 * NEGLIGIBLE)}%"
            yield (
                f"That is mostly because the surrogate leaves open {result.unexplained:.0%} of the inputs' part of the "
                "variance, in which any input may have a share; "
                + (
                    f"about {_round(result.points * times)} points would leave {left}."
                    if times <= HOPELESS
                    else f"not even {HOPELESS} times the points would leave {left}. A Sobol' design needs no surrogate."
                )
            )
        yield from _interactions(result.alone, result.beyond, result.beyond[:0])
        yield from _what_next(total, result.replicates, "points")
        return
    first = result.indices[result.indices["index"] == "first"].sort_values("estimate", ascending=False)
    telling, own = first[first["low"] > NEGLIGIBLE], total[total["low"] > NEGLIGIBLE]
    if len(telling):
        yield (
            "By itself each of these tells of the outcome (first-order index, with what it shares with other inputs): "
            f"{_with(telling['input'], telling)}."
        )
    if len(own):
        yield f"Each of these tells what no other input does (total index): {_with(own['input'], own)}."
    small = set(first.loc[first["high"] < NEGLIGIBLE, "input"]) & set(total.loc[total["high"] < NEGLIGIBLE, "input"])
    none = [name for name in first["input"] if name in small]
    if none:
        yield f"Negligible, by themselves and beside the others: {listed(none)}."
    if not len(telling) and not len(own):
        yield f"No input is shown to tell of more than {NEGLIGIBLE:.0%} of the variance."


def correlation_sentences(pairs: Sequence[Correlated], groups: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Which inputs are correlated in the points, and what indices mean then.

    Parameters
    ----------
    pairs
        Correlated inputs.
    groups
        Groups of inputs that are analysed.
    """
    if not pairs:
        return
    named = listed(f"{pair.one} with {pair.other} ({pair.correlation:+.2f})" for pair in pairs)
    yield (
        f"Inputs are correlated in these points (rank correlation): {named}. First-order and total indices then no "
        "longer add up: the first-order index of an input holds what it shares with others, its total index only what "
        "no other input tells, so that the first can be the larger. Which of the inputs is the cause the points cannot "
        "say. PAWN holds what is shared, too."
    )
    unions: list[set[str]] = []
    for pair in pairs:
        hit = [union for union in unions if union & {pair.one, pair.other}]
        unions = [union for union in unions if union not in hit] + [set().union(*hit, {pair.one, pair.other})]
    for union in unions:
        if not any(union <= set(members) for members in groups.values()):
            yield (
                "What they do together can be told: ask for them as a group, with `--group "
                f"together={','.join(sorted(union))}`."
            )


def group_sentences(result: GivenData) -> Iterator[str]:
    """What groups of inputs do together.

    Parameters
    ----------
    result
        Indices of one outcome from given data.
    """
    if result.groups.empty:
        return
    by_index = {index: table.set_index("group") for index, table in result.groups.groupby("index")}
    for group, first in by_index["first"].iterrows():
        total = by_index["total"].loc[group]
        yield (
            f"The inputs of the group {group} ({listed(str(first['inputs']).split(', '))}), known together, explain "
            f"{_share(first)} of the variance (closed first-order index); with what they do together with other inputs "
            f"it is {_share(total)} (total index)."
        )


def _share(row: pd.Series) -> str:
    """An index with its interval."""
    return f"{_within(row['estimate'])} ({_within(row['low'])} to {_within(row['high'])})"


def agreement_sentences(indices: pd.DataFrame, given: GivenData) -> Iterator[str]:
    """Whether indices from given data agree with Sobol' indices of the same runs.

    Parameters
    ----------
    indices
        Sobol' indices.
    given
        Indices from the same runs, taken as any sample.
    """
    both = indices.merge(given.indices, on=["input", "index"], suffixes=("", "_given"))
    apart = both[(both["low"] > both["high_given"]) | (both["high"] < both["low_given"])]
    most = float((both["estimate"] - both["estimate_given"]).abs().max())
    known = min(max(0.0, given.explained[0]), 1.0)
    how = f"A surrogate of the same runs, which explains {known:.0%} of what the inputs do,"
    if apart.empty:
        yield f"{how} gives indices that agree within their intervals; they differ by up to {significant(most)}."
    else:
        named = listed(apart["index"] + " index of " + apart["input"])
        yield f"{how} disagrees on {named}: the intervals do not meet. See `given_data.csv` before you rely on these."


def morris_sentences(result: MorrisIndices, order: pd.DataFrame) -> Iterator[str]:
    """The verdict on a screening.

    Parameters
    ----------
    result
        Screening of one outcome.
    order
        Ranking of the inputs by their mu_star.
    """
    table = result.effects.sort_values("mu_star", ascending=False)
    limit = WEAK * float(table["mu_star"].max())
    matter, none = table[table["mu_star_low"] > limit], table[table["mu_star_high"] < limit]
    unclear = table.drop(matter.index).drop(none.index)
    runs = result.points * result.replicates
    if len(matter):
        sizes = listed(f"{row.input} ({significant(row.mu_star)})" for row in matter.itertuples())
        yield f"These inputs move the outcome (mean size of the change over the whole range): {sizes}."
    else:
        yield "No input is shown to move the outcome."
    yield from _order(order, set(matter["input"]), runs, "mean sizes")
    if len(none):
        yield (
            f"Negligible, less than {WEAK:.0%} of the largest: {listed(none['input'])}. They may be left out of a "
            "closer study of this outcome."
        )
    if len(unclear):
        yield f"Undecided: {listed(unclear['input'])}. Keep them, or run more trajectories."
    bent = matter[(matter["sigma_low"] > 0.5 * matter["mu_star"])]
    if len(bent):
        yield (
            f"The effect of {listed(bent['input'])} differs a good deal from place to place: it is not linear, or it "
            "depends on other inputs. A screening cannot say which; Sobol' indices can."
        )
    turning = matter[(matter["mu_low"] < 0) & (matter["mu_high"] > 0)]
    if len(turning):
        yield f"{listed(turning['input'])} raises the outcome in some places and lowers it in others."


def pawn_sentences(table: pd.DataFrame) -> Iterator[str]:
    """The verdict on the whole distribution."""
    out = table[table["stands_out"]].sort_values("estimate", ascending=False)
    if out.empty:
        yield "Looking at the whole distribution of the outcome (PAWN), no input does more than chance would."
        return
    yield (
        "Looking at the whole distribution of the outcome (PAWN), more than an input without influence would by "
        f"chance do: {listed(f'{row.input} ({row.estimate:.2f})' for row in out.itertuples())}."
    )
