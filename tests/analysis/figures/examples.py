"""What every declared figure is drawn from in tests: made-up tables of three sizes, and runs of three sizes."""

from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd

from twoway.analysis.field_study.power import Contrast, StudyPool, simulate_field_studies
from twoway.analysis.figures.landscape import LandscapePanel
from twoway.analysis.figures.robustness import SHARES, UNCHANGED, VARIANTS
from twoway.analysis.landscape.drift import VIEWS, DyadPaths, drift_field, landscape_grid, movements_of, sum_movements
from twoway.analysis.landscape.fixed_points import HOLDS, basins, find_rest_points, node_places
from twoway.analysis.measures.paired_patterns import pattern_differences, pattern_moves
from twoway.analysis.patterns import PATTERNS
from twoway.simulation.columns import Column
from twoway.simulation.network import friendships
from twoway.simulation.parameters.scenario import all_declarations, load
from twoway.simulation.tables import run

NAMES = sorted((f"{d.section}.{d.name}" for d in all_declarations()), key=lambda n: -len(n.partition(".")[2]))
"""All inputs, the longest names first: what fits them fits any."""
SIZES = ("small", "middle", "large")
RESTS_ON = "20 inputs, 512 base samples, 53,248 runs (4 per point). Intervals: 95%, 1,000 bootstrap draws of both."
OUTCOME = "the share of conflicted dyads"
CONDITION = f"{OUTCOME} above 0.5"
DIMENSIONS = ("expectation", "meaning", "context", "handling")
LONG = "keyworkers differ in what they expect"
LONG_SCHEDULE = "ordinary@30:context.control=5,context.formality=0.6@60:strict-but-fair"
SAYS = "both parties rate the relationship alike when they are asked apart, as three studies found"
STUDIED = ((0.4, 0.3, 0.3), (0.98, 0.02, 0.0), (0.2, 0.5, 0.3))
"""True shares of the patterns in field studies."""
OUTCOMES = [Column(name, "share of dyads", name) for name in ("friendly", "polite", "conflicted")]

# Runs


@cache
def a_run(size):
    """Tables of a run, with the friends of its first centre and a day before its last."""
    name, changes, replicates = {
        "small": ("ordinary", {"design.days": 2, "design.clients": 1}, 1),
        "middle": ("four-centres", {"design.days": 24, "context.turnover": 4}, 2),
        "large": ("four-centres", {"design.days": 200, "design.clients": 40, "design.centres": 5}, 3),
    }[size]
    scenario = load(name, changes)
    tables = run(scenario, replicates=replicates)
    return {**tables._asdict(), "friends": friendships(scenario), "day": scenario.design.days // 2}


# Studies


def indices(count, seed=1):
    """Sobol' indices of inputs."""
    rng = np.random.default_rng(seed)
    size = np.sort(rng.dirichlet(np.full(count, 0.4)))
    tables = [
        pd.DataFrame(
            {
                "input": NAMES[:count], "index": index, "estimate": estimate, "low": estimate - 0.05,
                "high": estimate + 0.05, "se": 0.025, "se_design": 0.02, "se_replicates": 0.01, "salib": estimate + 0.1,
            }
        )
        for index, estimate in (("first", size - 0.01), ("total", size * 1.2))
    ]  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def groups(count):
    """Indices of groups of inputs."""
    table = indices(count).rename(columns={"input": "group"}).drop(columns="salib")
    table["group"] = [f"group {i % count + 1}" for i in range(2 * count)]
    return table.assign(inputs=[", ".join(NAMES[: 1 + 4 * (i % 3)]) for i in range(2 * count)])


def convergence(count):
    """Sobol' indices of growing parts of a design."""
    return pd.concat(
        [indices(count, seed).assign(base_samples=2 ** (4 + seed), runs=1000) for seed in range(5)], ignore_index=True
    )


def morris(count):
    """Elementary effects of inputs."""
    rng = np.random.default_rng(1)
    mu_star, sigma = rng.exponential(1, count), rng.exponential(0.5, count)
    return pd.DataFrame(
        {
            "input": NAMES[:count], "mu_star": mu_star, "mu_star_low": mu_star * 0.8, "mu_star_high": mu_star * 1.2,
            "sigma": sigma, "sigma_low": sigma * 0.8, "sigma_high": sigma * 1.2,
        }
    )  # fmt: skip


def error_budget():
    """Sources of an outcome's variance."""
    sources = ["inputs", "random draws, point by point", "random draws, common to all points"]
    return pd.DataFrame({"source": sources, "variance": [5.0, 3.0, 2.0], "in_means": [5.0, 0.7, 0.5]})


def pairs(count):
    """Second-order indices of inputs."""
    two = list(combinations(NAMES[:count], 2))
    estimate = np.linspace(-0.02, 0.2, len(two))
    return pd.DataFrame(two, columns=["one", "other"]).assign(
        estimate=estimate, low=estimate - 0.05, high=estimate + 0.05, shown=estimate > 0.06
    )


def discovered(count):
    """Points, box and trajectory of PRIM, with this number of limits."""
    rng = np.random.default_rng(1)
    points = pd.DataFrame(rng.random((300, max(count, 2))), columns=NAMES[: max(count, 2)])
    box = pd.DataFrame(
        {
            "input": NAMES[:count], "low": [0.2, np.nan, 0.1, 0.3][:count], "high": [np.nan, 0.7, 0.9, np.nan][:count],
            "lowest": 0.0, "highest": 1.0, "unit": "share of the distance per talk",
        }
    )  # fmt: skip
    path = pd.DataFrame({"coverage": [1, 0.8, 0.5], "density": [0.3, 0.6, 0.9], "chosen": False})
    told = pd.DataFrame({"coverage": [0.8], "density": [0.62], "chosen": True})
    points = points.assign(case=rng.random(300) < 0.3, inside=False)
    return {"points": points, "box": box, "trajectory": pd.concat([path, told], ignore_index=True)}


def runs_of(levels, inputs):
    """Outcomes of six replicates at each point of a study."""
    generator = np.random.default_rng(0)
    rows = [
        (point, replicate, *level, *generator.dirichlet((4, 4, 2)))
        for point, level in enumerate(levels)
        for replicate in range(6)
    ]
    return pd.DataFrame(rows, columns=["point", "replicate", *inputs, *(column.name for column in OUTCOMES)])


def effects_of(count):
    """Effects of inputs on the outcomes."""
    rng = np.random.default_rng(3)
    value = rng.normal(0, 0.1, (len(OUTCOMES), count))
    return pd.DataFrame(
        [
            (column.name, name, "from 0 to 1", value[o, i], value[o, i] - 0.05, value[o, i] + 0.05)
            for o, column in enumerate(OUTCOMES) for i, name in enumerate(NAMES[:count])
        ],
        columns=["outcome", "input", "change", "effect", "low", "high"],
    )  # fmt: skip


# Comparisons


def codes(seed=0):
    """Patterns of the same dyads in two contexts, each of shape (replicates, dyads)."""
    return tuple(np.random.default_rng(seed).integers(0, 3, (2, 10, 16)).astype(np.int8))


def of_comparison(function, pair, scenario="there"):
    """A table of a comparison with a column of its later scenario."""
    table = function(*pair)
    table.insert(0, "scenario", scenario)
    return table


def days_of_both(names=("here", "there"), length=20):
    """Shares of the patterns by day in two contexts."""
    shares = np.random.default_rng(1).dirichlet((1, 1, 1), (len(names), length))
    tables = [
        pd.DataFrame(share, columns=list(PATTERNS)).assign(scenario=name, day=range(1, length + 1), dyads=32)
        for name, share in zip(names, shares, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


# Other results


def ablated(rows):
    """Tables of rules and patterns from rows of scenario, dimension, rule and whether mix and measures change."""
    rng = np.random.default_rng(0)
    rules, patterns = [], []
    for scenario, dimension, rule, mix, measured in rows:
        change = rng.normal(0, 0.2, 3)
        change -= change.mean()
        who = {"scenario": scenario, "dimension": dimension, "rule": rule}
        for name, difference in zip(PATTERNS, change, strict=True):
            patterns.append(who | {"pattern": name, "difference": difference, "low": difference - 0.05,
                                   "high": difference + 0.05})  # fmt: skip
        most = int(np.abs(change).argmax())
        rules.append(who | {"difference": change[most], "most_moved": PATTERNS[most], "moves_patterns": mix,
                            "moves_measures": measured, "neutral_already": False})  # fmt: skip
    return pd.DataFrame(rules), pd.DataFrame(patterns)


def ablated_rules(count):
    """Tables of rules and patterns with this number of rules in each dimension."""
    rows = [("ordinary", d, f"{LONG} {i} {d[0]}", i > 1, i == 0) for d in DIMENSIONS for i in range(count)]
    rules, patterns = ablated(
        [*rows, ("understaffed", "context", f"{LONG} 1 c", True, True)][: len(rows) + (count > 1)]
    )
    return {"rules": rules, "patterns": patterns}


def ablated_measures(count):
    """Changes of measures without each dimension."""
    return pd.DataFrame(
        {"scenario": "ordinary", "dimension": d, "rule": "the whole dimension", "group": "all",
         "measure": f"measure_{m}", "first": 0.5, "difference": 0.1, "low": 0.0, "high": 0.2, "unit": "share",
         "detectable": (m + k) % 3 == 0}
        for m in range(count) for k, d in enumerate(DIMENSIONS)
    )  # fmt: skip


def tried(claims, counts):
    """Tables of claims, their summary and the mix, with a number of variants of each kind."""
    rng = np.random.default_rng(1)
    rows, mixes = [], []
    for kind, count in counts.items():
        for v in range(count):
            for claim in claims:
                x = rng.normal(0.1, 0.1)
                rows.append({"kind": kind, "variant": str(v), "claim": claim, "as_claimed": x, "holds": x > 0,
                             "clearly": x > 0.1, "against": x < -0.1})  # fmt: skip
            shares = dict(zip(SHARES, rng.dirichlet((4, 4, 2)), strict=True))
            mixes.append({"kind": kind, "variant": str(v), "agreement": rng.uniform(), **shares})
    table = pd.DataFrame(rows)
    summary = table.groupby(["claim", "kind"], sort=False).agg(variants=("holds", "size"), holds=("holds", "mean"))
    return table, summary.reset_index(), pd.DataFrame(mixes)


def claims_of(count, kinds):
    """Claims tried in variants of some kinds."""
    names = [f"Strict rules that are explained leave fewer conflicted dyads {i}" for i in range(count)]
    claims, summary, mix = tried(names, {UNCHANGED: 1, **dict.fromkeys(kinds, 9)})
    return {"claims": claims, "summary": summary, "mix": mix}


def facts_of(count):
    """A scoreboard of facts, each with two parts, and the same over draws of a posterior sample."""
    verdicts = ("met", "between", "missed", "too small to matter", "not yet measurable")
    rows = [
        {"fact": f"F{f}", "part": part, "says": SAYS, "used": "held out" if f % 2 else "calibration", "unit": unit,
         "estimate": estimate,
         "low": estimate - 0.05, "high": estimate + 0.1, "accept_low": 0.2, "accept_high": 0.5, "wrong_low": 0.1,
         "wrong_high": np.inf, "verdict": verdicts[f % 5], "worth": 0.3 if f % 5 == 3 else np.nan,
         "needs": "exits" if f % 5 == 4 else "", "certain": f % 4 > 0, "met": 0.3 + 0.1 * (f % 7),
         "met_in_every_part": 0.9}
        for f in range(count)
        for part, unit, estimate in (("of clients who are in crisis", "share", 0.4), ("ratio", "odds ratio", 0.3 * f))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def calibrated(count):
    """Free numbers after calibration, and the accepted points."""
    rng = np.random.default_rng(2)
    sample = pd.DataFrame(rng.beta(4, 6, (50, count)), columns=NAMES[:count])
    quantiles = {f"q{round(100 * q):02d}": sample.quantile(q).to_numpy() for q in (0.05, 0.25, 0.75, 0.95)}
    numbers = pd.DataFrame({"number": NAMES[:count], "low": 0.0, "high": 1.0, **quantiles})
    return {
        "numbers": numbers.assign(median=0.4, representative=0.45, narrowed=(numbers["q95"] - numbers["q05"]) / 0.9),
        "sample": sample,
    }


def studied(shares, pairs=4):
    """Simulated field studies, and the codes of the patterns that they saw."""
    generator = np.random.default_rng(0)
    seen = generator.choice(3, p=shares, size=(300, 4, pairs)).astype(np.int8)
    pool = StudyPool(seen, seen, seen, seen)
    return simulate_field_studies(pool, [Contrast("nothing", seen, seen), Contrast("control", seen, seen[::-1])]), seen


@cache
def landscape_panel(wells, name="somewhere"):
    """A landscape with one well or two along the client's axis, in the range of the leaning view."""
    grid, generator = landscape_grid(VIEWS["leaning"]), np.random.default_rng(1)
    start = generator.uniform((-6, -6), (3, 3), (4000, 2))
    x, y = start.T + 1.5
    pull = np.stack([(x - x**3 / 6) if wells == 2 else -x, -y], axis=1)
    path = np.stack([start, start + 0.3 * pull + generator.normal(0, 0.3, start.shape)], axis=1)
    sums = sum_movements(movements_of(DyadPaths(path, np.arange(4000) // 200), 1), grid, 20)
    whole, rest = drift_field(sums.sum(axis=0), grid, 1), find_rest_points(sums, grid, 1, draws=40)
    holds = rest.table[(rest.table["kind"] == HOLDS) & rest.table["certain"]]
    goal = basins(whole, grid, holds[["client", "keyworker"]].to_numpy(), node_places(grid))
    shares = tuple(1 / len(holds) for _ in holds.index)
    size = len(grid.nodes)
    return LandscapePanel(name, grid, whole, rest, goal.reshape(size, -1), sums[:, 0].sum(axis=0), shares, 4000)


def example(name, size):
    """Tables and options from which the figure of this name is drawn, at one of ``SIZES``."""
    step = SIZES.index(size)
    count = (2, 6, 20)[step]
    study = {"outcome": OUTCOME, "rests_on": RESTS_ON}
    asked = {"heading": f"What {OUTCOME} depends on", "rests_on": RESTS_ON}
    schedule = ("there", "strict-but-fair", LONG_SCHEDULE)[step]
    two = ["context.control", "context.formality"]
    grid = [(a, b) for a in np.linspace(0, 5, 2 + step) for b in np.linspace(0, 1, 1 + 3 * step)]
    kinds = (("frames",), ("frames", "posterior"), tuple(VARIANTS))[step]
    made = {
        "indices": lambda: ({"indices": indices(count)}, study),
        "groups": lambda: ({"groups": groups((1, 2, 6)[step])}, study),
        "convergence": lambda: ({"convergence": convergence(count)}, study),
        "pairs": lambda: ({"pairs": pairs((3, 8, 20)[step])}, study),
        "screening": lambda: ({"morris": morris(count)}, study),
        "error-budget": lambda: (
            {"error_budget": error_budget()},
            study | {"indices": indices(count) if step else None},
        ),
        "conditions": lambda: (discovered((0, 1, 4)[step]), {"condition": CONDITION, "rests_on": RESTS_ON}),
        "study-patterns": lambda: (
            {"runs": runs_of([(v,) for v in np.linspace(0, 5, 2 + 3 * step)], two[:1])},
            asked | {"inputs": two[:1], "field": two[0], "shares": OUTCOMES, "common_random_numbers": True},
        ),
        "study-outcomes": lambda: (
            {"runs": runs_of(grid, two)}, asked | {"inputs": two, "outcomes": OUTCOMES[: 1 + step]},
        ),
        "study-effects": lambda: ({"effects": effects_of(count)}, asked | {"outcomes": OUTCOMES[: 1 + step]}),
        "who-moves": lambda: ({"moves": of_comparison(pattern_moves, codes(), schedule)}, {"first": schedule}),
        "differences-between-contexts": lambda: (
            {
                "differences": pd.concat(
                    [of_comparison(pattern_differences, codes(i), f"{schedule} {i}") for i in range(1 + step)]
                )
            },
            {"first": schedule, "replicates": 10},
        ),
        "both-by-day": lambda: (
            {"days_of_both": days_of_both((schedule, f"{schedule} "), (1, 20, 180)[step])}, {"policy_changes": [5, 9]},
        ),
        "dimensions": lambda: (
            {"patterns": ablated([("ordinary", d, "whole", True, True) for d in DIMENSIONS[: 1 + 2 * step]])[1]},
            {"rests_on": RESTS_ON},
        ),
        "rules": lambda: (ablated_rules((1, 3, 14)[step]), {"scenario": "ordinary", "rests_on": RESTS_ON}),
        "measures": lambda: ({"measures": ablated_measures((1, 7, 20)[step])}, {"rests_on": RESTS_ON}),
        "claims": lambda: (claims_of((1, 4, 12)[step], kinds), {"rests_on": RESTS_ON}),
        "mix": lambda: (claims_of(1, kinds), {"scenario": "ordinary", "rests_on": RESTS_ON}),
        "scoreboard": lambda: ({"scoreboard": facts_of((1, 4, 17)[step])}, {"rests_on": "64 dyads per condition"}),
        "predictive": lambda: ({"predictive": facts_of((1, 4, 17)[step])}, {"rests_on": "64 dyads per condition"}),
        "trade-offs": lambda: (traded_off((1, 2, 5)[step]), {"rests_on": "50 points, 640 dyads per condition"}),
        "identifiability": lambda: (calibrated((1, 6, 20)[step]), {"rests_on": "50 points"}),
        "what-a-study-could-see": lambda: _study_example(STUDIED[step], count),
        "landscapes": lambda: (
            {"landscape": [landscape_panel(1 + place % 2, f"place {place}") for place in range((1, 2, 5)[step])]},
            {"view": VIEWS["leaning"], "lag": 1},
        ),
    }  # fmt: skip
    return made[name]()


def traded_off(count):
    """Parts that are seldom met, each against another, and their values at some points."""
    chance = np.random.default_rng(1)
    names = [f"T{k}: what is seldom met of it" for k in range(2 * count)]
    points = pd.DataFrame(chance.normal(size=(51, 2 * count)), columns=names)
    pairs = pd.DataFrame(
        {
            "part": names[:count], "unit": "days", "other_unit": "share", "low": 1.0, "high": np.inf, "met": 0.15,
            "other": names[count:], "other_low": -np.inf, "other_high": 0.0, "correlation": -0.4, "met_with": 0.2,
            "met_without": 0.6,
        }
    )  # fmt: skip
    return {"pairs": pairs, "points": points}


def _study_example(shares, pairs):
    found, seen = studied(shares, pairs)
    return {"field_study": found}, {"pattern": seen, "when": "once on a day from 30 to 150"}
