"""What landscapes say, in sentences that hold whatever the numbers are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from twoway.analysis.landscape.drift import LandscapeView
from twoway.analysis.landscape.fixed_points import HOLDS, PASS, SURE, RestPoints
from twoway.analysis.landscape.markov_checks import MarkovCheck
from twoway.analysis.narrative.words.grammar import counted, percent
from twoway.simulation.errors import listed

MOSTLY = 1.0
"""Log-odds from which a definition is called personal or adversarial rather than formal or mixed: 73 % against 27 %."""


def landscape_sentences(
    view: LandscapeView,
    lag: int,
    found: Mapping[str, RestPoints],
    basins: Mapping[str, pd.DataFrame],
    tested: Mapping[str, MarkovCheck],
    shifts: pd.DataFrame,
    candidates: pd.DataFrame,
) -> Iterator[str]:
    """Sentences on the landscapes by scenario, what the context moves, and how far to trust two variables.

    Parameters
    ----------
    view
        The view of the landscapes.
    lag
        Days of a movement.
    found
        Points of rest by scenario; the later scenarios are compared with the first.
    basins
        By scenario, a row per certain point that holds: ``point`` (its row in the table of points), and the shares
        ``of_pair_days``, ``by_the_picture_alone`` and ``in_the_end`` in its basin.
    tested
        By scenario, how far the two variables explain their own movement.
    shifts
        ``rest_point_shifts`` of each later scenario, with its name in ``scenario``.
    candidates
        A row per scenario and view: ``scenario``, ``view``, ``foresees``, ``memory`` and ``certain_points``.
    """
    yield (
        f"Each dyad is a point: the client's and the keyworker's {view.name} ({view.axis}). The drift is its mean "
        f"movement over {counted(lag, 'day')} from a place; a point of rest is where the drift vanishes."
    )
    for name, rest in found.items():
        yield from _points(name, view, rest, basins[name])
    yield from _moved(view, shifts, next(iter(found)))
    for name, autonomy in tested.items():
        yield _trust(name, autonomy, basins[name])
    yield from _views(view, candidates)


def place_in_words(view: LandscapeView, client: float, keyworker: float) -> str:
    """Where a point lies, in a phrase.

    Parameters
    ----------
    view
        The view.
    client, keyworker
        Coordinates of the point, in the view's unit.
    """
    numbers = f"client {client:+.2f}, keyworker {keyworker:+.2f}"
    if view.name != "leaning":
        return numbers
    sides = [
        "adversarial" if v < -MOSTLY else "personal" if v > MOSTLY else "formal or mixed" for v in (client, keyworker)
    ]
    both = (
        f"{sides[0]} for both" if sides[0] == sides[1] else f"{sides[0]} for the client, {sides[1]} for the keyworker"
    )
    return f"{both} ({numbers})"


def _points(name: str, view: LandscapeView, rest: RestPoints, basins: pd.DataFrame) -> Iterator[str]:
    holds = rest.table[(rest.table["kind"] == HOLDS)]
    certain = holds[holds["certain"]]
    if certain.empty:
        yield f"{name}: no point that holds dyads is certain (found in {SURE:.0%} of draws of the replicates)."
    else:
        shares = basins.set_index("point")["of_pair_days"]
        parts = [
            f"{place_in_words(view, row['client'], row['keyworker'])}, with {percent(float(shares[index]))} of all "
            f"pair-days after the first month in its basin and half of a small distance from it gone in "
            f"{_half(row['slowest'])} days ({_half(row['slowest_low'])} to {_half(row['slowest_high'])})"
            for index, row in certain.iterrows()
        ]
        yield f"{name}: dyads are held at {counted(len(certain), 'point')}: {'; '.join(parts)}."
    for row in holds[~holds["certain"]].to_dict("records"):
        yield (
            f"{name}: another point, {place_in_words(view, row['client'], row['keyworker'])}, is not certain: it is "
            f"found in {percent(row['found_in'])} of draws."
        )
    passes = rest.table[(rest.table["kind"] == PASS) & rest.table["certain"]]
    for row in passes.to_dict("records"):
        yield (
            f"{name}: the pass between basins lies at {place_in_words(view, row['client'], row['keyworker'])}; there "
            "the drift leads away to either side."
        )


def _half(rate: float) -> str:
    """Days in which half of a distance is gone that shrinks at this rate per day."""
    return f"{math.log(2) / -rate:.0f}"


def _moved(view: LandscapeView, shifts: pd.DataFrame, first: str) -> Iterator[str]:
    for row in shifts.to_dict("records"):
        where = place_in_words(view, row["client"], row["keyworker"])
        if not row["there"]:
            yield f"With {row['scenario']} instead of {first} no certain point holds near {where}."
            continue
        parts = [
            f"for the {role} by {row[f'{role}_moved']:+.2f} ({row[f'{role}_low']:+.2f} to {row[f'{role}_high']:+.2f})"
            for role in ("client", "keyworker")
        ]
        sure = any(row[f"{role}_low"] > 0 or row[f"{role}_high"] < 0 for role in ("client", "keyworker"))
        verb = "lies elsewhere" if sure else "does not surely move"
        yield f"With {row['scenario']} instead of {first} the point {where} {verb}: {listed(parts)}."


def _trust(name: str, tested: MarkovCheck, basins: pd.DataFrame) -> str:
    """How far the picture explains itself."""
    clear = tested.memory_low > 0 or tested.memory_high < 0
    memory = "there is memory" if clear else "no memory can be told from none"
    text = (
        f"{name}: how far to trust two variables: drift is {percent(tested.explained)} of the variance of "
        f"movements, the rest is noise. {memory.capitalize()}: what is left of a movement correlates "
        f"{tested.memory:+.2f} ({tested.memory_low:+.2f} to {tested.memory_high:+.2f}) with what was left of the one "
        "before. "
    )
    if not math.isnan(tested.early_late):
        text += (
            f"From the same place dyads drift otherwise early than late in the stay, by {percent(tested.early_late)} "
            f"of the drift's size, beyond chance at {percent(tested.early_late_places)} of places (by chance, 5 %). "
        )
    text += (
        f"{percent(tested.own)} of the variance of what is left of a movement is the dyad's own all through its stay: "
        "next to nothing in one movement, but it adds up over many. "
    )
    if len(basins) > 1:
        rows: list[dict[Any, Any]] = basins.to_dict("records")
        alone, real = ([percent(row[c]) for row in rows] for c in ("by_the_picture_alone", "in_the_end"))
        text += (
            f"Left to the two variables alone from the second month on, {listed(alone)} of the dyads would be in the "
            f"basins in the end; {listed(real)} are. "
        )
    return text.strip()


def _views(view: LandscapeView, candidates: pd.DataFrame) -> Iterator[str]:
    """How other views do: what they foresee, their memory, and how many points of rest they show."""
    for name, rows in candidates.groupby("scenario", sort=False):
        parts = [
            f"{row['view']} {percent(max(row['foresees'], 0.0))}, {row['memory']:+.2f} and {row['certain_points']}"
            for row in rows.to_dict("records")
        ]
        yield (
            f"{name}: what the place tells of the pattern in the end, its memory, and certain points that hold, by "
            f"view: {'; '.join(parts)}."
        )
    yield (
        f"Where a drift vanishes depends on the scale, so the number of points is one of the view {view.name}, not of "
        "dyads as such. People, expectations and the crisis at admission are not in the picture, and drift themselves. "
        "Intervals are of sampling error alone; smoothing draws points together a little as well."
    )
