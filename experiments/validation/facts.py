"""Computation of each published fact: one small function a fact, from simulated conditions to its parts.

What is accepted, what counts as wrong, and where a fact is from stands in ``facts.toml``, a row per part. To add a fact
is to write a row there and a function here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures import (
    ambivalence,
    attribution,
    beginnings,
    change,
    climate,
    coercion,
    contact,
    criticism,
    deeds,
    exits,
    growth,
    hostility,
    keyworkers,
    lasting,
    negativity,
    ratings,
    replies,
    ruptures,
    variance,
    warmth,
)
from twoway.analysis.measures.estimates import DRAWS, Measure, correlation, estimated, moments
from twoway.analysis.measures.grievances import felt_ruptures
from twoway.analysis.measures.pattern_mix import all_three, classes_in, members, patterns_in
from twoway.analysis.measures.tracking import pooled_correlation, tracking_sums
from twoway.analysis.patterns import PATTERNS, SHORT_NAMES
from twoway.analysis.statistics.intervals import student_interval
from twoway.analysis.tables import evaluation_of_deeds
from twoway.experiments.validation.fact_conditions import SimulatedCondition
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES

Floats = NDArray[np.float64]
DAY = 60
"""Day of ratings and of felt coercion."""
LATER = 90
"""Day on which interventions are judged."""
ASKED_INVOLUNTARY = 0.89
"""Share of involuntary patients with high felt coercion (Sheehan & Burns 2011, read): sets the cut of the scale."""
VARIANCE_PARTS = (
    "client's: keyworkers", "the same less keyworker's: keyworkers", "client's: centres", "client's: pairs and days"
)  # fmt: skip
"""Parts of the fact about where ratings vary that come from shares of variance."""
CERTAIN = 0.9
"""Weight from which on one frame counts as all but certain (assumed)."""
ABOUT_AS_GOOD = 0.5
"""EPA units of evaluation up to which one act may be taken for another and still be about as good (assumed)."""
ASKED_CRITICAL = 0.25
"""Share of keyworkers in voluntary care who are critical (Moore et al. 1992, abstract): sets the cut of the scale."""
STEPS_OF_CUT = 200
"""Steps between which the cut is interpolated."""


class Part(NamedTuple):
    """One number of a fact, with its interval (missing where none is made)."""

    estimate: float
    low: float
    high: float


Parts = Mapping[str, Part]
Worked = Callable[[Mapping[str, SimulatedCondition]], Parts]


class Fact(NamedTuple):
    """Computation of a fact: the conditions that it needs, its function, and whether that looks at events."""

    conditions: tuple[str, ...]
    work: Worked
    events: bool = True


FACTS: dict[str, Fact] = {}
"""Every fact by its id in ``facts.toml``."""


def fact(name: str, *conditions: str, events: bool = True) -> Callable[[Worked], Worked]:
    """Register a function as the way a fact is computed from some conditions.

    Parameters
    ----------
    name
        Id of the fact in ``facts.toml``.
    conditions
        Names of the conditions that it needs.
    events
        Whether it looks at events; where no fact that is wanted does, those of a condition are not kept.
    """

    def register(work: Worked) -> Worked:
        FACTS[name] = Fact(conditions, work, events)
        return work

    return register


def _of(table: pd.DataFrame, measure: Measure, names: Mapping[str, str]) -> dict[str, Part]:
    """Parts by name from a table of measures; *names* says under which group each stands."""
    own = table[table["measure"] == measure.name].set_index("group")
    return {part: _part(own.loc[group]) for part, group in names.items()}


def _part(row: pd.Series) -> Part:
    return Part(*(float(row[name]) for name in ("estimate", "low", "high")))


def _estimate(
    parts: Floats, statistic: Callable[[Floats], Floats], names: tuple[str, ...], condition: SimulatedCondition
) -> Parts:
    """Parts of a fact as functions of sums over dyads; see ``twoway.analysis.measures.estimates``."""
    table = estimated(Measure("", "", ""), names, parts, statistic, [len(parts)] * len(names), condition.units)
    return {name: _part(row) for name, (_, row) in zip(names, table.iterrows(), strict=True)}


def _difference(first: Floats, other: Floats, condition: SimulatedCondition) -> Part:
    """Mean of *other* less *first*, numbers of the same dyads with common random numbers, over replicates."""
    dyads = condition.panel.dyads["replicate"].to_numpy()
    paired = pd.Series(other - first).groupby(dyads).mean().to_numpy()[:, None]
    if not condition.intervals or len(paired) < 2:
        return Part(float(paired.mean()), np.nan, np.nan)
    return Part(*(float(x[0]) for x in student_interval(paired)))


def _share_above(reference: Floats, other: Floats, asked: float, one: SimulatedCondition, name: str) -> Parts:
    """Share of dyads whose *other* number is above a cut that an *asked* share of the *reference* numbers is above.

    For intervals the cut is set anew among the dyads drawn again, between steps that hold as many each.
    """
    steps = np.quantile(reference, np.linspace(0, 1, STEPS_OF_CUT + 1)[:-1])
    above = np.hstack([each[:, None] >= steps for each in (reference, other)]).astype(float)

    def share(sums: Floats) -> Floats:
        held, found = np.split(sums[..., :-1] / sums[..., -1:], 2, axis=-1)
        last = np.minimum((held >= asked).sum(axis=-1, keepdims=True), STEPS_OF_CUT - 1) - 1
        (high, low), (more, fewer) = (
            (np.take_along_axis(one, last, -1), np.take_along_axis(one, last + 1, -1)) for one in (held, found)
        )
        return more - (more - fewer) * (high - asked) / np.maximum(high - low, 1e-12)

    return _estimate(_means(above), share, (name,), one)


def _standardised(first: Floats, other: Floats, condition: SimulatedCondition) -> Part:
    """Mean of *other* less *first* as ``_difference``, in standard deviations of *first* over dyads."""
    spread = float(first.std())
    part = _difference(first, other, condition)
    return Part(*(value / spread if spread > 0 else np.nan for value in part))


def _means(values: Floats) -> Floats:
    """Sums of numbers and a count, as what each dyad contributes to means."""
    return np.hstack([values, np.ones((len(values), 1))])


@fact("T1", "four centres")
def three_patterns(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of each pattern in the middle of the stay, and whether sixteen pairs show all three."""
    one = simulated["four centres"]
    names = (*SHORT_NAMES, "all three in sixteen")

    def shares(sums: Floats) -> Floats:
        own = sums[..., :3] / sums[..., 3:]
        return np.concatenate([own, all_three(sums[..., :3])[..., None]], axis=-1)

    return _estimate(_means(members(patterns_in(one.panel, one.interviewed))), shares, names, one)


@fact("T2a", "four centres")
def views_are_mostly_concordant(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of dyads whose parties are of the same class in the middle of the stay."""
    one = simulated["four centres"]
    same: Floats = np.equal(*classes_in(one.panel, one.interviewed)).astype(np.float64)
    return _estimate(_means(same[:, None]), lambda s: s[..., :1] / s[..., 1:], ("same class",), one)


@fact("T2b", "ordinary")
def ratings_correlate_weakly(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Correlation of both ratings as a questionnaire would catch them, and how much it rises from the first week."""
    one = simulated["ordinary"]
    table = ratings.ratings(one.panel, DAY, one.units, seed=one.seed)
    return {
        **_of(table, ratings.CORRELATION, {"observed": "observed"}),
        **_of(table, ratings.CHANGE, {"rise since day 7": "observed"}),
    }


@fact("T4", "ordinary", "voluntary")
def felt_coercion_matters(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Felt coercion and formal control against the client's rating, and felt coercion of voluntary clients.

    The scale of felt coercion has no zero that a questionnaire shares. So the cut from which it counts as high is the
    one above which as many clients under compulsion are as in the source; the test is how many voluntary ones are. For
    intervals it is set anew among the dyads drawn again, between steps that hold as many clients each.
    """
    one, other = simulated["ordinary"], simulated["voluntary"]
    table = coercion.coercion(
        one.panel, coercion.formal_control(one.panel, one.events, one.resolved, DAY), DAY, one.units, seed=one.seed
    )
    felt, voluntary = (each.panel.felt_coercion[:, each.panel.at(DAY)] for each in (one, other))
    free = _share_above(felt, voluntary, ASKED_INVOLUNTARY, one, "felt")["felt"]
    names = {"formal control, given felt": "formal, observed", "felt coercion, given formal": "felt, observed"}
    return {
        **_of(table, coercion.VIEW, {"felt coercion and rating": "observed"}),
        **_of(table, coercion.SLOPE, names),
        "more felt under compulsion": Part(*(ASKED_INVOLUNTARY - x for x in (free.estimate, free.high, free.low))),
        "felt by voluntary clients": free,
    }


@fact("T7", "ordinary", "voluntary")
def growth_has_shapes(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Shapes of the client's rating over the stay, of voluntary clients and under compulsion."""
    free, held = simulated["voluntary"], simulated["ordinary"]
    tables = [growth.growth(one.panel, growth.shapes(one.panel, DAY, one.ruptures), one.units) for one in (free, held)]
    return {
        **_of(tables[0], growth.SHAPE, {"voluntary: improving": "client: improving"}),
        **_of(tables[0], growth.GLOBAL_U, {"voluntary: global U": "client"}),
        **_of(tables[1], growth.SHAPE, {f"compulsory: {shape}": f"client: {shape}" for shape in growth.SHAPES}),
    }


@fact("T9a", "ordinary")
def control_and_warmth_are_not_opposites(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Control and warmth over keyworkers, and by how much conflicted is more frequent than the most frequent other."""
    one = simulated["ordinary"]
    table = keyworkers.control_and_warmth(keyworkers.acts_by_keyworker(one.panel, one.events, one.resolved), one.units)

    def lead(sums: Floats) -> Floats:
        share = sums[..., :3] / sums[..., 3:]
        return share[..., 2:] - share[..., :2].max(axis=-1, keepdims=True)

    return {
        **_of(table, keyworkers.CONTROL_AND_WARMTH, {"control and warmth": "all"}),
        **_estimate(_means(members(patterns_in(one.panel, one.interviewed))), lead, ("lead of conflicted",), one),
    }


@fact("T9c", "ordinary")
def losing_a_keyworker_costs_trust(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Fall of the client's rating in the month after the keyworker has changed."""
    one = simulated["ordinary"]
    changes, spread = keyworkers.changes_of_keyworker(one.panel), one.panel.rating[CLIENT].std(axis=0)
    table = keyworkers.fall_after_change(changes, spread, one.units)
    return _of(table, keyworkers.FALL, {"fall within 30 days": "all"})


@fact("T9d", "ordinary")
def rules_first_erodes_trust(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Odds of deterioration with the most against the least reserved third of keyworkers."""
    one = simulated["ordinary"]
    shapes = growth.shapes(one.panel, DAY, one.ruptures)
    table = keyworkers.deterioration_and_reserve(one.panel, one.tables.dyads, shapes, one.units)
    return _of(table, keyworkers.RESERVE, {"odds of deterioration": "all"})


@fact("T10", "ordinary")
def staff_blame_the_person(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of trouble that each party attributes to the other's person, and the dyads in which most."""
    one = simulated["ordinary"]
    table = attribution.attribution(one.panel, one.events, one.resolved, patterns_in(one.panel, (DAY, DAY)), one.units)
    order = {"conflicted less polite": attribution.STEPS[0], "polite less friendly": attribution.STEPS[1]}
    return {
        **_of(table, attribution.ASYMMETRY, {"keyworker more than client": "all"}),
        **_of(table, attribution.ORDER, order),
    }


@fact("T12", "ordinary")
def bad_is_stronger_than_good(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Ratio of the effects of an unfair and a fair act on the client, by the client's view before."""
    one = simulated["ordinary"]
    table = negativity.negativity(negativity.readings_of(one.panel, one.events, one.resolved), one.units)
    return _of(
        table, negativity.RATIO, {"near neutral": negativity.GROUPS[0], "nearer 1 in the top tenth": negativity.NEARER}
    )


@fact("T14", "ordinary")
def everyday_contact_is_neutral(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Shares of warm, neutral and hostile acts in everyday contact with staff."""
    one = simulated["ordinary"]
    table = contact.contact(one.panel, one.events, one.resolved, one.units)
    return _of(table, contact.CONTACT, {name: name for name in contact.TONES})


def _acts_of_clients(one: SimulatedCondition) -> Floats:
    """Mean evaluation of what each client did over the stay, shape (dyads,)."""
    acts = one.events[(one.events["actor"] == ROLES[CLIENT]).to_numpy() & one.events["act"].notna().to_numpy()]
    rows, n = one.panel.rows_of(acts, "events"), len(one.panel.dyads)
    good = evaluation_of_deeds(acts, "act", one.resolved)
    return np.bincount(rows, good, minlength=n) / np.maximum(np.bincount(rows, minlength=n), 1)


def _rating(one: SimulatedCondition, side: int) -> Floats:
    rating: Floats = one.panel.rating[side, :, one.panel.at(LATER)]
    return rating


@fact("I1", "ordinary", "raised expectations")
def raised_expectations_come_true(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Changes in view and behaviour of the same dyads when keyworkers expect more."""
    before, after = simulated["ordinary"], simulated["raised expectations"]
    return {
        "keyworker's view": _standardised(_rating(before, KEYWORKER), _rating(after, KEYWORKER), before),
        "client's acts": _standardised(_acts_of_clients(before), _acts_of_clients(after), before),
    }


@fact("I2", "opaque rules", "explained rules", events=False)
def explanation_lowers_felt_coercion(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Change of felt coercion of the same clients when the same rules are explained."""
    opaque, explained = (one.panel.felt_coercion[:, one.panel.at(LATER)] for one in simulated.values())
    return {"felt coercion": _standardised(opaque, explained, simulated["opaque rules"])}


@fact("I4", "ordinary", "twice the contact")
def contact_makes_views_track_each_other(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Rise of the tracking of both views with twice the contact, and its comparison with the rise of the mean.

    Tracking is compared as Fisher's z, the mean as standard deviations of the client's rating: both are effect sizes.
    """
    before, after = simulated.values()
    ratings_ = np.column_stack([_rating(before, CLIENT), _rating(after, CLIENT)])
    parts = np.hstack([tracking_sums(before.panel), tracking_sums(after.panel), _means(ratings_), ratings_[:, :1] ** 2])

    def gains(sums: Floats) -> Floats:
        first, then = pooled_correlation(sums[..., :3]), pooled_correlation(sums[..., 3:6])
        low, high, n, square = np.moveaxis(sums[..., 6:], -1, 0)
        spread = np.sqrt(square / n - (low / n) ** 2)
        rise = np.arctanh(then) - np.arctanh(first)
        return np.stack([then - first, rise - (high - low) / n / spread], axis=-1)

    return _estimate(parts, gains, ("tracking", "tracking rises more than the mean"), before)


@fact("I5", "ordinary", "reflexive keyworkers")
def reflexive_keyworkers_have_fewer_conflicts(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Change of the share of conflicted dyads in the middle of the stay."""
    before, after = (members(patterns_in(one.panel, one.interviewed))[:, 2] for one in simulated.values())
    return {"conflicted dyads": _difference(before, after, simulated["ordinary"])}


@fact("I6", "ordinary", "without expectation", "without meaning", "without context", "without handling")
def each_dimension_matters(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Change of the mix of patterns when a dimension is removed: share of dyads that would have to move."""
    before, *others = (members(patterns_in(one.panel, one.interviewed)) for one in simulated.values())
    names = tuple(name.removeprefix("without ") for name in simulated if name.startswith("without "))

    def moved(sums: Floats) -> Floats:
        share = sums[..., :-1].reshape(*sums.shape[:-1], len(simulated), 3) / sums[..., -1, None, None]
        return np.abs(share[..., 1:, :] - share[..., :1, :]).sum(axis=-1) / 2

    return _estimate(_means(np.hstack([before, *others])), moved, names, simulated["ordinary"])


@fact("P1", "ordinary")
def views_differ_in_level(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Client's less keyworker's rating, in standard deviations of the client's."""
    return _gap(simulated["ordinary"], "client's less keyworker's")


def _gap(one: SimulatedCondition, name: str) -> Parts:
    """How much higher the client's mean rating is than the keyworker's, in standard deviations of the client's."""
    client, keyworker = one.panel.rating[:, :, one.panel.at(DAY)]

    def gap(sums: Floats) -> Floats:
        his, hers, square, n = np.moveaxis(sums, -1, 0)
        return ((his - hers) / n / np.sqrt(square / n - (his / n) ** 2))[..., None]

    return _estimate(_means(np.column_stack([client, keyworker, client**2])), gap, (name,), one)


@fact("P2", "ordinary")
def ruptures_are_common_and_mostly_repaired(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Ruptures of the client's rating, how many are repaired, and how many more the keyworker has."""
    one = simulated["ordinary"]
    table = ruptures.ruptures(one.panel, one.ruptures, one.units)
    place = one.panel.rows_of(one.ruptures, "ruptures")
    side = (one.ruptures["party"] == ROLES[KEYWORKER]).to_numpy()
    n = len(one.panel.dyads)
    more = np.bincount(place[side], minlength=n) - np.bincount(place[~side], minlength=n)
    months = len(one.panel.days) / 30
    return {
        **_of(table, ruptures.SHARE, {"clients with a rupture": ROLES[CLIENT]}),
        **_of(table, ruptures.REPAIRED, {"repaired": ROLES[CLIENT]}),
        **_estimate(
            _means(more[:, None] / months), lambda s: s[..., :1] / s[..., 1:], ("keyworker's more, a month",), one
        ),
    }


@fact("P3", "ordinary")
def ratings_vary_most_between_pairs_and_days(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Shares of the variance of the client's rating by level."""
    one = simulated["ordinary"]
    table = variance.variance(one.panel, one.units)
    return _of(table, variance.SHARE, {level: f"client: {level}" for level in ("keyworkers", "pairs", "days")})


@fact("P4", "ordinary")
def people_mostly_see_what_is_done(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of acts taken for something about as good as what was done."""
    one = simulated["ordinary"]
    acts = one.events[one.events["act"].notna().to_numpy()]
    seen, done = (evaluation_of_deeds(acts, column, one.resolved) for column in ("seen", "act"))
    off = np.abs(seen - done) > ABOUT_AS_GOOD
    rows, n = one.panel.rows_of(acts, "events"), len(one.panel.dyads)
    near = np.column_stack([np.bincount(rows, ~off, minlength=n), np.bincount(rows, minlength=n)]).astype(np.float64)
    return _estimate(near, lambda s: s[..., :1] / s[..., 1:], ("taken for about as good",), one)


@fact("P5", "ordinary")
def definitions_are_seldom_settled(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of parties, in the middle of the stay, to whom one frame is all but certain."""
    one = simulated["ordinary"]
    days = one.tables.days[one.tables.days["day"] == DAY]
    shares = days[[c for c in days if c.startswith("share_of_")]].to_numpy().max(axis=1) >= CERTAIN
    rows = one.panel.rows_of(days, "days")
    n = len(one.panel.dyads)
    parts = np.column_stack([np.bincount(rows, shares, minlength=n), np.bincount(rows, minlength=n)]).astype(np.float64)
    return _estimate(parts, lambda s: s[..., :1] / s[..., 1:], ("certain of one frame",), one)


@fact("T3", "ordinary", "voluntary")
def the_clients_view_is_not_the_lower(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Client's less keyworker's rating under compulsion and in voluntary care."""
    return {**_gap(simulated["ordinary"], "ordinary"), **_gap(simulated["voluntary"], "voluntary")}


def _repairs(one: SimulatedCondition) -> tuple[Floats, Floats, Floats]:
    """Of each client: whether a rupture was felt by day 90, ruptures that had their time, and those repaired."""
    found = felt_ruptures(one.panel, one.events, one.ruptures)
    own = found[(found["party"] == ROLES[CLIENT]).to_numpy()]
    row, n = one.panel.rows_of(own, "ruptures"), len(one.panel.dyads)
    known = own["repaired"].notna().to_numpy(bool)
    repaired = known & own["repaired"].fillna(False).to_numpy(bool)
    early = (own["start"] <= LATER).to_numpy()
    counts = [np.bincount(row[which], minlength=n).astype(np.float64) for which in (early, known, repaired)]
    return np.minimum(counts[0], 1.0), counts[1], counts[2]


@fact("T8", "ordinary")
def ruptures_are_felt_and_repair_helps(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Clients with a rupture, repaired ones, and repair against the rating at the end."""
    one = simulated["ordinary"]
    felt, known, repaired = _repairs(one)
    had = known > 0
    parts = np.zeros((len(felt), 7))
    if had.any():
        parts[had] = moments(repaired[had] / known[had], one.panel.rating[CLIENT, had, -1])
    return {
        **_estimate(_means(felt[:, None]), lambda s: s[..., :1] / s[..., 1:], ("ruptured by day 90",), one),
        **_estimate(np.column_stack([repaired, known]), lambda s: s[..., :1] / s[..., 1:], ("repaired",), one),
        **_estimate(parts, lambda s: correlation(s)[..., None], ("repair and last rating",), one),
    }


@fact("T13", "ordinary")
def ratings_differ_between_pairs_not_keyworkers(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Shares of variance by level for either party, and correlation of pair effects."""
    one = simulated["ordinary"]
    return {
        **_shares_of_variance(one),
        **_of(variance.reciprocity(one.panel, one.units), variance.RECIPROCITY, {"pair effects of both": "all"}),
    }


def _shares_of_variance(one: SimulatedCondition) -> Parts:
    """Shares of the variance of the client's rating, and that of keyworkers less the same of hers."""
    parts, shares, names = variance.shares_of_both(one.panel)

    def wanted(sums: Floats) -> Floats:
        found = dict(zip(names, np.moveaxis(shares(sums), -1, 0), strict=True))
        nothing = np.full(sums.shape[:-1], np.nan)
        levels = ("centres", "keyworkers", "pairs", "days")
        centres, his, pairs, days = (found.get(f"client: {level}", nothing) for level in levels)
        hers = found.get("keyworker: keyworkers", nothing)
        return np.stack([his, his - hers, centres, pairs + days], axis=-1)

    return _estimate(parts, wanted, VARIANCE_PARTS, one)


@fact("I3", "ordinary", "nobody notices")
def repair_needs_recognition(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of ruptures repaired when nobody notices, over the usual share."""
    usual, blind = (_repairs(one)[1:] for one in simulated.values())
    return _estimate(
        np.column_stack([*usual, *blind]),
        lambda s: (s[..., 3] / s[..., 2] / (s[..., 1] / s[..., 0]))[..., None],
        ("repaired when nobody notices",),
        simulated["ordinary"],
    )


@fact("T15", "ordinary")
def replies_answer(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Replies against the acts they answer, by evaluation and by dominance."""
    one = simulated["ordinary"]
    answers = replies.replies(one.panel, one.events, one.resolved)
    table = replies.answering(one.panel, answers, one.resolved, one.units)
    return _of(table, replies.ANSWER, {name: name for name in replies.DIMENSIONS})


@fact("T16", "ordinary")
def hostile_acts_come_in_clusters(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Clustering of clients' hostile acts by centre and day."""
    one = simulated["ordinary"]
    counts = hostility.hostile_acts(one.panel, one.events, one.resolved)
    return _of(hostility.clustering(one.panel, counts, one.units), hostility.CLUSTERING, {"clustering": "all"})


@fact("T17", "ordinary")
def ratings_rise_toward_discharge(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Rise of both mean ratings toward the end of the stay, and the larger of the two."""
    one = simulated["ordinary"]

    def all_rises(sums: Floats) -> Floats:
        both = change.rises(sums)
        return np.concatenate([both, both.max(axis=-1, keepdims=True)], axis=-1)

    return _estimate(change.rise_parts(one.panel), all_rises, ("client's", "keyworker's", "larger of the two"), one)


@fact("T18", "ordinary")
def warm_staff_have_a_warm_view(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Late ratings of clients against the warmth and control of their keyworkers."""
    one = simulated["ordinary"]
    acted = warmth.warm_and_controlling(one.panel, one.events, one.resolved, warmth.late_day(one.panel))
    table = warmth.warm_staff(one.panel, *acted, one.units, one.seed)
    return _of(table, warmth.WARMTH, {"rating and her warmth": "warmth", "rating and her control": "control"})


@fact("T19", "ordinary")
def critical_keyworkers_blame_the_person(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """The bad that keyworkers hold against what they put it down to."""
    one = simulated["ordinary"]
    put_down = criticism.put_down_to_person(one.panel, one.events, one.resolved, LATER)
    table = criticism.blame(one.panel, put_down, LATER, one.units)
    return _of(table, criticism.BLAME, {"bad held and person blamed": "all"})


@fact("T20", "ordinary")
def critical_keyworkers_act_worse_later(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Differences of what critical keyworkers and others do a month later."""
    one = simulated["ordinary"]

    def differences(sums: Floats) -> Floats:
        both = criticism.acts_later(sums)
        return np.concatenate([both, np.maximum(both[..., :1], -both[..., 1:])], axis=-1)

    later = criticism.acts_a_month_later(one.panel, one.events, one.resolved, DAY)
    names = ("more bad acts", "fewer supportive acts", "either, in its direction")
    return _estimate(criticism.acts_of_critical(one.panel, later, DAY), differences, names, one)


@fact("T21", "voluntary", "opaque rules", events=False)
def more_are_critical_where_it_is_secure(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of keyworkers above a cut of criticism that is set in voluntary care."""
    free, strict = (criticism.bad_held(one.panel, LATER) for one in simulated.values())
    return _share_above(free, strict, ASKED_CRITICAL, simulated["voluntary"], "critical in strict-and-opaque")


@fact("T22", "ordinary")
def criticism_lies_in_the_keyworker(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Variance of the bad held that lies between keyworkers less what the client's distress explains."""
    one = simulated["ordinary"]
    distress = criticism.distress_at_admission(one.panel, one.tables.days)

    def more(sums: Floats) -> Floats:
        shares = criticism.shares_of_criticism(sums)
        return shares[..., :1] - shares[..., 1:]

    return _estimate(
        criticism.variance_of_criticism(one.panel, LATER, distress), more, ("keyworker less distress",), one
    )


@fact("T23", "ordinary")
def what_is_brought_explains_little(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Variance of the early rating that the client's characteristics explain."""
    one = simulated["ordinary"]
    distress = criticism.distress_at_admission(one.panel, one.tables.days)
    table = beginnings.brought(one.panel, one.tables.dyads, distress, one.units, one.seed)
    return _of(table, beginnings.BROUGHT, {"explained by what is brought": "all"})


@fact("T11", "ordinary", events=False)
def most_are_placed_and_half_go(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Shares placed outside and gone, and how long the order lasts."""
    one = simulated["ordinary"]
    table = exits.exits(one.panel, one.tables.dyads, one.units)
    names = ("ever placed", "placed twice or more", "ever dropped out")
    return {
        **_of(table, exits.WAY, dict(zip(names, exits.WAYS, strict=True))),
        **_of(table, exits.ORDER, {"under the order": "all"}),
    }


@fact("T5", "voluntary", events=False)
def alliance_goes_with_staying_on(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Correlation of voluntary clients' ratings in the middle of the stay with not running away later."""
    one = simulated["voluntary"]
    table = exits.staying_on(one.panel, one.tables.days, DAY, one.units, one.seed)
    return _of(table, exits.STAYING_ON, {"rating and staying on": "all"})


@fact("T6", "ordinary", events=False)
def leavers_had_a_worse_alliance(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Early ratings of stayers less those of leavers, by keyworkers, and how much more than by clients."""
    one = simulated["ordinary"]
    table = exits.early_ratings(one.panel, one.tables.days, one.units)
    return _of(
        table,
        exits.EARLY_RATING,
        {"stayers less leavers": ROLES[KEYWORKER], "keyworker's less client's effect": exits.DIFFERENCE},
    )


@fact("T24", "opaque rules", "explained rules")
def fair_handling_lowers_conflict(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Relative change of clients' hostile acts when the same rules are explained."""
    counts = [hostility.hostile_acts(one.panel, one.events, one.resolved).sum(axis=1) for one in simulated.values()]
    return _estimate(
        np.stack(counts, axis=1).astype(np.float64),
        lambda s: s[..., 1:] / s[..., :1] - 1,
        ("clients' hostile acts",),
        simulated["opaque rules"],
    )


@fact("T25", "opaque rules", events=False)
def many_ratings_fall_under_strict_rules(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of clients whose rating falls over the first months."""
    one = simulated["opaque rules"]
    return _of(change.change(one.panel, one.units), change.FALLING, {"falling ratings": ROLES[CLIENT]})


@fact("T26", "opaque rules", "explained rules")
def pressure_works_only_where_it_is_fair(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Slope of resistance on formal control where rules are explained less where they are not."""
    parts = [hostility.resistance(one.panel, one.events, one.resolved, LATER) for one in simulated.values()]
    return _estimate(
        np.hstack(parts),
        lambda s: (hostility.slope(s[..., 5:]) - hostility.slope(s[..., :5]))[..., None],
        ("slope, explained less unexplained",),
        simulated["opaque rules"],
    )


@fact("T27", "four centres")
def a_house_has_one_climate(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Correlation over centres of both mean ratings."""
    one = simulated["four centres"]
    table = climate.climate(one.panel, DAY, one.seed, DRAWS if one.intervals else 0)
    return _of(table, climate.CLIMATE, {"centre means of both": "all"})


@fact("P6", "ordinary")
def a_pattern_is_mostly_the_same_next_month(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Kappa of a pattern with itself a month later."""
    one = simulated["ordinary"]
    table = lasting.retest(lasting.daily_patterns(one.panel), one.units)
    return _of(table, lasting.KAPPA, {"kappa after 30 days": "all"})


@fact("P7", "ordinary")
def a_pattern_lasts(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Median length of the spells of each pattern."""
    one = simulated["ordinary"]
    table = lasting.spell_lengths(lasting.daily_patterns(one.panel), one.units)
    return _of(table, lasting.SPELL, dict(zip(SHORT_NAMES, PATTERNS, strict=True)))


@fact("P8", "ordinary")
def much_good_and_much_bad_go_together(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of clients' days with much good and much bad."""
    one = simulated["ordinary"]
    return _of(ambivalence.much_of_both(one.panel, one.units), ambivalence.BOTH, {"client days with both": "all"})


@fact("P9", "ordinary")
def what_was_plainly_done_is_seen(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """Share of searches, refusals and grants that are seen as such."""
    one = simulated["ordinary"]
    table = deeds.deeds(one.panel, one.events, patterns_in(one.panel, (DAY, DAY)), one.units)
    return _of(table, deeds.SEEN, {name: name for name in deeds.DEEDS})


@fact("P10", "ordinary")
def explanations_are_heard_as_talking_down_in_conflict(simulated: Mapping[str, SimulatedCondition]) -> Parts:
    """How much more often an explanation is heard as talking down in conflicted than in friendly dyads."""
    one = simulated["ordinary"]
    table = deeds.deeds(one.panel, one.events, patterns_in(one.panel, (DAY, DAY)), one.units)
    return _of(table, deeds.MORE, {"conflicted less friendly": deeds.CONFLICTED_LESS_FRIENDLY})
