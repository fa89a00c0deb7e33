"""The verdict of a sensitivity analysis in sentences: inputs that matter, order that is settled, runs to make next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from twoway.experiments.sensitivity.error_budget import INPUTS, OWN
from twoway.experiments.sensitivity.morris import MorrisIndices
from twoway.experiments.sensitivity.resampling import ENOUGH_REPLICATES, Spread, errors
from twoway.experiments.sensitivity.sobol import SobolIndices
from twoway.simulation.errors import listed

NEGLIGIBLE = 0.05
"""Total index below which an input is negligible: a twentieth of the variance (assumed)."""
WEAK = 0.1
"""Share of the largest mu_star below which an input is negligible in a screening (assumed)."""
HOPELESS = 50
"""Times the runs beyond which nobody is sent to run more (assumed)."""


def ranking(
    names: list[str], estimates: pd.Series, anew: Spread, blocks: int, replicates: int, unit: str, confidence: float
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

    Returns
    -------
    A row per two neighbours with the columns ``rank`` (of the first, from 1), ``first``, ``second``, ``difference``,
    ``half`` (of its interval), ``settled``, ``times`` (how many times the runs it would take) and ``more`` (the *unit*,
    or "replicates", whichever the uncertainty comes from).
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
        gap = f"they differ by {row.difference:.2g} ± {row.half:.2g}"
        if row.times > HOPELESS:
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


def _with(names: pd.Series, values: pd.DataFrame) -> str:
    return listed(
        f"{name} ({max(0.0, row.estimate):.2f}; {max(0.0, row.low):.2f} to {min(1.0, row.high):.2f})"
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
    "sample": "it blurs what the inputs do, and is still in what is said about the whole distribution.",
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
    matter, none = total[total["low"] > NEGLIGIBLE], total[total["high"] < NEGLIGIBLE]
    unclear = total.drop(matter.index).drop(none.index)
    runs = result.points * result.replicates
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
            f"{_with(unclear['input'], unclear)}.{need if factor > 1 else ''}"
        )
    yield from _interactions(result)
    yield from _what_next(total, result.replicates)
    beyond = result.indices[(result.indices["low"] > 1) | (result.indices["high"] < 0)]
    if len(beyond):
        yield (
            f"Do not trust {listed(beyond['index'] + ' index of ' + beyond['input'])}: even the interval lies outside "
            "0 to 1, where an index must be. More base samples are needed."
        )


def _interactions(result: SobolIndices) -> Iterator[str]:
    beyond = result.beyond[result.beyond["shown"]].sort_values("estimate", ascending=False)
    alone, low, high = (min(max(share, 0.0), 1.0) for share in result.alone)
    yield f"What inputs do each by itself adds up to {alone:.0%} of the variance ({low:.0%} to {high:.0%})."
    if beyond.empty:
        yield "No input is shown to act differently depending on where the others stand."
        return
    yield f"What these do depends on other inputs (total minus first index): {_with(beyond['input'], beyond)}."
    pairs = result.pairs[result.pairs["shown"]].sort_values("estimate", ascending=False)
    if len(pairs):
        yield f"Pairs that act together: {_with(pairs['one'] + ' with ' + pairs['other'], pairs)}."
    elif len(result.pairs):
        yield "Which inputs they act together with is not settled: no single pair stands out among so many."


def _what_next(total: pd.DataFrame, replicates: int) -> Iterator[str]:
    if replicates < ENOUGH_REPLICATES:
        return
    design, draws = float((total["se_design"] ** 2).sum()), float((total["se_replicates"] ** 2).sum())
    share = draws / (design + draws)
    better = "More replicates would sharpen" if share > 0.5 else "More base samples would sharpen"
    yield (
        f"{better} the indices most: {1 - share:.0%} of the total indices' squared error comes from the choice of "
        f"points, {share:.0%} from having {replicates} replicates."
    )


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
        sizes = listed(f"{row.input} ({row.mu_star:.2g})" for row in matter.itertuples())
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
