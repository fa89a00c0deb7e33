"""What a virtual field study found, in sentences that hold whatever the numbers are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from twoway.analysis.field_study.power import CONFLICTED, GOALS, RULE, UNALIKE, FieldStudy, PairsNeeded, pairs_needed
from twoway.analysis.narrative.words.grammar import UNBROKEN, capitalised, counted, percent
from twoway.analysis.patterns import PATTERNS
from twoway.simulation.errors import listed


def field_study_sentences(
    found: FieldStudy, contrasts: Mapping[str, str], first_day: int, last_day: int, later: int
) -> Iterator[str]:
    """Sentences on what the studies would find, one question after the other.

    Parameters
    ----------
    found
        Conclusions of the studies.
    contrasts
        By factor of the contrasts: a phrase with its two values, such as "control (1 against 5)".
    first_day, last_day
        Days of the stay between which the first interview takes place.
    later
        Days from the first to the second interview.
    """
    when = f"on day {first_day}" if first_day == last_day else f"once, on a day from {first_day} to {last_day}"
    yield (
        f"{found.studies:,} studies of {counted(found.pairs, 'pair')} at {counted(found.centres, 'centre')}, each with "
        f"people of its own; every pair is interviewed {when}, both parties, and put into a pattern by the rule."
    )
    yield from _seen(found)
    yield from _order(found)
    yield from _spread(found)
    yield from _centres(found)
    yield from _contexts(found, contrasts)
    yield from _second(found, later)
    yield from _one_party(found)
    yield from _how_many(found)
    largest = max(float((t["high"] - t["low"]).max()) / 2 for t in (found.conclusions, found.missed, found.twice))
    yield (
        f"Shares of studies are known to within ±{100 * largest:.1f} points (95 %, Wilson; those of contexts and of "
        "larger studies less well, see the tables): no pair is in two studies, so studies are independent."
    )
    yield (
        "These studies hear both parties without error and classify by a rule; real interviews do neither. What is "
        "said of them is the least that chance alone does to a study of this size."
    )


def _told(row: Mapping[Any, Any], name: str = "share", low: str = "low", high: str = "high") -> str:
    """A share with its interval."""
    return f"{percent(float(row[name]))} ({percent(float(row[low]))} to {percent(float(row[high]))})"


def _verdict(found: FieldStudy, question: str, conclusion: str) -> Mapping[Any, Any]:
    table = found.conclusions
    some: Mapping[Any, Any] = table[(table["question"] == question) & (table["conclusion"] == conclusion)].iloc[0]
    return some


def _seen(found: FieldStudy) -> Iterator[str]:
    absent = [row["pattern"] for row in found.truth.to_dict("records") if row["share"] == 0]
    if absent:
        yield f"No pair of all studies is {listed(absent)}: only the other patterns could be seen."
    seen = _verdict(found, "how many patterns there are", "right")
    yield (
        f"{'All three patterns' if not absent else 'All patterns that there are'} are seen in {_told(seen)} of the "
        f"studies of {found.pairs}."
    )
    missed = found.missed[~found.missed["pattern"].isin(absent)].sort_values("share", ascending=False)
    if missed["share"].max() > 0:
        parts = [f"{row['pattern']} in {percent(row['share'])}" for row in missed.to_dict("records")]
        yield f"A pattern is missed: {listed(parts)} of the studies."


def _order(found: FieldStudy) -> Iterator[str]:
    truth = found.truth.sort_values("share", ascending=False, kind="stable")
    shares = [f"{row['pattern']} {percent(row['share'])}" for row in truth.to_dict("records")]
    settled = "" if found.order_settled else " (neighbours too close for the pool itself to tell them apart)"
    yield f"In truth, that is among all pairs of all studies, the shares are: {listed(shares)}{settled}."
    for question, what in (
        ("which pattern is the most frequent", "The most frequent pattern"),
        ("in which order of frequency they are", "The order of all three"),
    ):
        right, wrong = (_verdict(found, question, c) for c in ("right", "wrong"))
        yield f"{what} comes out right in {_told(right)} of studies and wrong in {_told(wrong)}; in the rest it ties."


def _spread(found: FieldStudy) -> Iterator[str]:
    parts = []
    for row in found.truth.to_dict("records"):
        low, high = (round(float(row[end]) * found.pairs) for end in ("studies_low", "studies_high"))
        parts.append(f"{low} to {high} {row['pattern']}")
    yield f"Of {found.pairs} pairs 95 % of the studies find {listed(parts)}."
    worst = found.truth.assign(more=(found.truth["sd"] / found.truth["sd_unrelated"]) ** 2)
    worst = worst[worst["more"].notna()].sort_values("more")
    if len(worst):
        row = worst.iloc[-1]
        yield (
            f"Pairs of a centre resemble each other (most in whether they are {row['pattern']}, correlation "
            f"{row['alike_in_a_centre']:.2f}): the variance of that share is {row['more']:.1f} times that of as many "
            "pairs that share no centre."
            if row["more"] > 1.05
            else "Pairs of a centre resemble each other hardly more than pairs of different centres."
        )


def _centres(found: FieldStudy) -> Iterator[str]:
    table = found.centres_unlike[found.centres_unlike["from_difference"] == UNALIKE[-1]]
    if table.empty:
        return
    parts = []
    for pattern in PATTERNS:
        rows = table[table["pattern"] == pattern].set_index("pairs")["share"]
        if len(rows) == 2:
            parts.append(
                f"{pattern} {percent(rows['as they are'])} against {percent(rows['pairs of different centres'])}"
            )
    yield (
        f"Two centres differ by {UNALIKE[-1]:.0%} of their pairs or more, so that a study might call them unlike, as "
        "often as this, against studies whose “centres” are pairs of different centres thrown together, which have "
        f"no centre in common: {listed(parts)}."
    )


def _contexts(found: FieldStudy, contrasts: Mapping[str, str]) -> Iterator[str]:
    table = found.contexts[found.contexts["named_from"] == RULE]
    half = found.pairs // 2
    least = math.ceil(RULE * half)
    if table.empty:
        return
    yield (
        f"If half of a study's centres have less and half more of a factor, and a difference of at least "
        f"{least} of {half} pairs is named:"
    )
    for factor, told in contrasts.items():
        rows = table[table["factor"] == factor]
        for row in rows.to_dict("records"):
            if row["pattern"] not in (PATTERNS[0], PATTERNS[CONFLICTED]):
                continue
            what = f"{capitalised(told)}, how many are {row['pattern']}"
            if row["low"] <= 0 <= row["high"]:
                yield (
                    f"{what}: in truth there is no difference that could be told from none"
                    + (f" ({_points(row)})" if row["high"] > row["low"] else "")
                    + f", yet {percent(row['wrong'])} of the studies name one."
                )
            else:
                yield (
                    f"{what}: in truth {_points(row)}; {percent(row['right'])} of the studies name it, "
                    f"{percent(row['wrong'])} name the opposite, {percent(row['open'])} name nothing."
                )


def _points(row: Mapping[Any, Any]) -> str:
    return f"{100 * row['difference']:+.1f} points, {100 * row['low']:+.1f} to {100 * row['high']:+.1f}"


def _second(found: FieldStudy, later: int) -> Iterator[str]:
    rows = found.twice.set_index("what").to_dict("index")
    moved, once, either, differ = rows.values()
    yield (
        f"One interview leaves out that relationships move: {_told(moved)} of the pairs are in another pattern "
        f"{counted(later, 'day')} later, and in {_told(differ)} of the studies another pattern is the most frequent "
        f"then. All three patterns are seen at the first interview in {percent(once['share'])}, at one of the two in "
        f"{percent(either['share'])} of the studies."
    )


def _one_party(found: FieldStudy) -> Iterator[str]:
    both, client, keyworker = found.one_sided.to_dict("records")
    yield (
        f"Asking one party alone: the two are of different classes in {percent(both['disagree'])} of the pairs, which "
        "no single account can show. From the client's account alone "
        f"{_told(client, 'otherwise', 'otherwise_low', 'otherwise_high')} of the pairs would be named otherwise, from "
        f"the keyworker's alone {_told(keyworker, 'otherwise', 'otherwise_low', 'otherwise_high')}."
    )
    if not math.isnan(client["conflict_missed"]):
        yield (
            f"Of the conflicted pairs the client's account alone misses {percent(client['conflict_missed'])}, the "
            f"keyworker's {percent(keyworker['conflict_missed'])}. The true order of the patterns comes out in "
            f"{percent(client['order'])} of the studies that ask clients, {percent(keyworker['order'])} of those that "
            f"ask keyworkers, in {percent(both['order'])} of those that ask both."
        )


def _how_many(found: FieldStudy) -> Iterator[str]:
    three, order = GOALS["all three patterns"], GOALS["order of frequency"]
    enough = _pairs(pairs_needed(found.needed, "all_three", three))
    yield f"To see all three patterns in {three:.0%} of studies takes {enough}."
    needs = pairs_needed(found.needed, "order", order)
    sentence = f"To get their order right in {order:.0%} takes {_pairs(needs)}"
    if needs.pairs is None and math.isfinite(found.order_pairs):
        sentence += f", some {_rounded(found.order_pairs):,} by a normal approximation"
    if not found.order_settled:
        sentence += "; but the pool itself does not settle the order, so that this may be chance"
    yield f"{sentence}. More pairs are more centres of {counted(found.pairs // found.centres, 'pair')}."


def _rounded(pairs: float) -> int:
    """A number of pairs with two digits that matter."""
    size = 10 ** max(math.floor(math.log10(pairs)) - 1, 0)
    return round(pairs / size) * size


def _pairs(needs: PairsNeeded) -> str:
    if needs.pairs is None:
        return f"more than {needs.tried} pairs"
    if needs.least == needs.surely:
        return f"{needs.pairs}{UNBROKEN}pairs"
    most = f"{needs.surely}" if needs.surely is not None else f"more than {needs.tried}"
    return f"about {needs.pairs} pairs ({needs.least} to {most})"
