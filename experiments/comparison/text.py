"""A comparison in words: first the answer, then how sure it is and why, then tables for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from twoway.analysis.divergence import side_by_side_lines
from twoway.analysis.measures.reliability import from_table, reliability_sentences
from twoway.analysis.patterns import PATTERNS, interviews_sentence, on_days, rule_of
from twoway.analysis.rounding import significant
from twoway.experiments.comparison.paired_outcomes import outcome_lines
from twoway.experiments.comparison.schedule import common_parts

if TYPE_CHECKING:
    from twoway.experiments.comparison.comparison import Comparison

LEAST_REPLICATES = 40
"""Replicates before which no comparison stops by itself: below, the spread between replicates is poorly known."""


def answer_sentences(result: Comparison) -> Iterator[str]:
    """The answer in sentences: first what differs, then how sure that is and why."""
    first = result.schedules[0].name
    then = on_days(result.schedules[0].scenario.design.interviewed())
    for schedule in result.schedules[1:]:
        rows = result.differences[result.differences["scenario"] == schedule.name].set_index("pattern")
        clear = [p for p in PATTERNS if rows.loc[p, "low"] > 0 or rows.loc[p, "high"] < 0]
        clear.sort(key=lambda pattern: -abs(rows.loc[pattern, "difference"]))
        moved = result.moves[result.moves["scenario"] == schedule.name]
        stayed = float(moved.loc[moved["first"] == moved["then"], "share"].sum())
        if moved.loc[moved["first"] != moved["then"], "dyads"].sum() == 0:
            yield f"With {schedule.name} instead of {first}, every dyad is in the same pattern {then}."
            continue
        parts = [
            f"{rows.loc[p, 'share']:.1%} instead of {rows.loc[p, 'share_first']:.1%} of the dyads are {p} "
            f"({_points(rows.loc[p, 'difference'])} points, {_points(rows.loc[p, 'low'])} to "
            f"{_points(rows.loc[p, 'high'])})"
            for p in clear
        ]
        what = "; ".join(parts) if parts else "no difference in the patterns' shares can be told from none"
        yield (
            f"With {schedule.name} instead of {first}, {then}: {what}. {1 - stayed:.0%} of the dyads are in another "
            f"pattern than with {first}."
        )
    yield from _how_sure(result)


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _nothing_varies(result: Comparison) -> bool:
    """Whether a difference between contexts that are not the same came out alike in every replicate."""
    first = result.schedules[0]
    for schedule in result.schedules[1:]:
        rows = result.differences[result.differences["scenario"] == schedule.name]
        if (schedule.scenario, schedule.policy_changes) != (first.scenario, first.policy_changes) and (
            rows["low"] == rows["high"]
        ).any():
            return True
    return False


def _how_sure(result: Comparison) -> Iterator[str]:
    wide = f"±{significant(100 * result.half_width)} points"
    half = f"the widest interval is {wide}"
    made = f"{result.replicates} replicates, seed {result.seed}"
    if result.precision is None:
        yield f"{made}, as many as were asked for: {half}."
    elif result.reached:
        least = ", the fewest allowed" if result.replicates == LEAST_REPLICATES else ""
        yield (
            f"{made}{least}: replicates were added until every interval was within ±{100 * result.precision:g} points; "
            f"{half}. Only the width decided when to stop, not the result."
        )
    else:
        yield (
            f"{made}, the most allowed: {half}, wider than the ±{100 * result.precision:g} that were wanted; "
            "allow more with --most."
        )
    if _nothing_varies(result):
        yield (
            "Where a difference came out the same in every replicate, its interval has no width. That is no certainty: "
            f"up to {min(1.0, 3 / result.replicates):.0%} of replicates may still differ (95 %, rule of three)."
        )
    first, last = interviewed = result.schedules[0].scenario.design.interviewed()
    during = {c.day for one in result.schedules for c in one.policy_changes if first < c.day <= last}
    for day in sorted(during):
        before = f"{day - first} of {last - first + 1} days precede it"
        yield f"The change on day {day} falls within the interviews: {before}."
    yield interviews_sentence(interviewed, rule_of(result.schedules[0].scenario))
    yield from reliability_sentences(from_table(result.tables["reliability"]))
    yield "Intervals: 95 %, paired t over replicates, with the same people and common random numbers in all contexts."
    yield (
        "One dyad may move for other reasons than the context: after any change, later random events differ, and "
        "relationships depend on their path. The differences in shares are due to the context."
    )
    yield from common_parts(result.schedules)


def divergence_sentences(result: Comparison) -> Iterator[str]:
    """A sentence for each later schedule on the day and event from which the stories of a dyad differ."""
    for schedule in result.schedules[1:]:
        rows = result.partings[result.partings["scenario"] == schedule.name]
        days = rows["day"].dropna().astype(int)
        if days.empty:
            yield f"{schedule.name}: the stories of all {len(rows)} dyads that were followed are the same throughout."
            continue
        early, middle, late = (math.floor(q) for q in days.quantile([0.25, 0.5, 0.75]))
        kinds = (rows["what"] + ", " + rows["event"].str.replace("_", " ")).value_counts()
        yield (
            f"{schedule.name}: the stories of {len(days)} of the {len(rows)} dyads that were followed part, on day "
            f"{middle} (median; the middle half on days {early} to {late}), most often over: {kinds.index[0]} "
            f"({kinds.iloc[0] / len(days):.0%})."
        )


def table_lines(result: Comparison) -> Iterator[str]:
    """Differences and moves as text for a terminal, and of each later schedule the dyad whose outcomes differ most."""
    first = result.schedules[0].name
    for schedule in result.schedules[1:]:
        yield f"{schedule.name} compared with {first}"
        yield f"  {'pattern':<27}{'first':>7}{'here':>7}{'difference':>12}   95 % interval     variance ratio"
        for row in result.differences[result.differences["scenario"] == schedule.name].itertuples():
            span = f"{_points(row.low)} to {_points(row.high)}"
            ratio = f"{row.variance_ratio:.1f} ({row.ratio_low:.1f} to {row.ratio_high:.1f})"
            yield (
                f"  {row.pattern:<27}{row.share_first:>7.1%}{row.share:>7.1%}{_points(row.difference):>12}"
                f"   {span:<17} {ratio if math.isfinite(row.variance_ratio) else 'no spread'}"
            )
        yield ""
        yield f"  {'dyads, from the first (down) to here':<40}" + "".join(f"{_short(name):>12}" for name in PATTERNS)
        moved = result.moves[result.moves["scenario"] == schedule.name].set_index(["first", "then"])["dyads"]
        for here in PATTERNS:
            yield f"  {here:<40}" + "".join(f"{moved[here, there]:>12}" for there in PATTERNS)
        yield ""
        yield from outcome_lines(result.outcomes[result.outcomes["scenario"] == schedule.name])
        chains = result.chains[result.chains["scenario"] == schedule.name]
        if not chains.empty:
            one = chains.iloc[0]
            dyad = ["replicate", "centre", "dyad"]
            shown = chains[(chains[dyad] == one[dyad]).all(axis=1)]
            yield ""
            yield (
                f"  Dyad {one['dyad']} of centre {one['centre']}, replicate {one['replicate']}: "
                f"{one['pattern_first']} | {one['pattern_then']}"
            )
            yield from (f"  {line}" for line in side_by_side_lines(shown))
        yield ""
    yield (
        "Points are percentage points. Variance ratio: how many times more replicates would be needed with independent "
        "random numbers."
    )


def _short(pattern: str) -> str:
    return pattern.partition(" ")[0]
