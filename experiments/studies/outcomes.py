"""Outcomes: the named numbers that a study keeps of one run, that is of all centres of one replicate at one point.

Most are computed from records, without tables, so that a study of a hundred thousand runs keeps as many short rows and
nothing else. Others need every day, or every event, which are then kept of a run until its outcomes are computed. A
mean or a share is over all dyads of the run; how a dyad is, is the mean of the days of the scenario's interviews.

Each outcome is one function. A user declares more of them in a file of her own; a study names them with the file, as
in ``outcomes = ["friendly", "mine.py:refusals"]``:

    import twoway

    @twoway.outcome(unit="share of dyads", meaning="dyads whose keyworker has changed")
    def had_a_new_keyworker(run: twoway.OutcomeInput) -> float:
        return float((run.dyads["changes"] > 0).mean())

    @twoway.outcome(unit="EPA units", meaning="mean of the clients' good tone, days 60 to 90", needs="days")
    def good_tone_then(run: twoway.OutcomeInput) -> float:
        return float(run.days["positivity"][:, 59:90, 0].mean())

    @twoway.outcome(unit="refusals per dyad", meaning="requests refused in the whole stay", needs="events")
    def refusals(run: twoway.OutcomeInput) -> float:
        return float((run.tables.events["act"] == "refuse").sum() / run.n)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoway.analysis.measures.panel import Panel, panel_of_records
from twoway.analysis.measures.ruptures import find_ruptures
from twoway.analysis.patterns import SHORT_NAMES, PatternRule, rule_of
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.arrays import RecordArray
from twoway.simulation.columns import BEFORE, Column
from twoway.simulation.coping import CONFRONT, COPING_WAYS, WITHDRAW
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.extensions import Registry, load_extension
from twoway.simulation.parameters.scenario import RETEST, Resolved
from twoway.simulation.run import CentreRecords, Detail
from twoway.simulation.tables import TableBuilder, Tables

Floats = NDArray[np.float64]
PATTERN_SHARES = SHORT_NAMES
"""The outcomes that are the share of a pattern, in the order of ``twoway.analysis.patterns.PATTERNS``."""
SHARE, TONE = "share of dyads", "EPA units"
TAKEN = ("point", "name", "replicate", "run", "key", "seed", "failed", "trouble", "scenario")
"""Columns of a study's tables, which no outcome can be called."""
NEEDS = {detail.name.lower(): detail for detail in Detail}
"""What an outcome may need, in words."""
TONE_COLUMN, NEGATIVITY, TENSION, DISTANCE, FRAMES = range(5)
"""Columns of ``OutcomeInput.means``; frames are the last."""


class OutcomeInput:
    """One run, as outcomes read it: records of all its centres joined, and numbers that outcomes share.

    Attributes
    ----------
    accounts
        RecordArray of what both parties would say, means of the days of the interviews, shape (n, 2), client first, by
        the names of ``simulation.columns.ACCOUNT_COLUMNS`` and ``definition``: ``run.accounts["tension"][:, 0]``.
    clients, keyworkers
        RecordArray of both parties of each dyad in the last evening, shape (n,), by the field names of
        ``simulation.state.Party``: ``run.clients["tension"]``.
    dyads
        RecordArray of the dyads, shape (n,), by the field names of ``simulation.state.Dyad``.
    n
        Number of dyads.
    rule
        Pattern rule.
    frame_kinds
        Kind of each frame, an index into ``simulation.affect_control.frames.KINDS``, shape (frames,).
    classes
        Each client's and each keyworker's own class, as the pattern rule gives it, twice (n,).
    pattern_shares
        Share of dyads by pattern, shape (3,).
    means
        Means over the dyads by party (client, keyworker): tone, negativity, tension, distance and the weight of each
        frame, shape (2, 4 + frames).
    kind_shares
        Mean weight of each kind of frame in the definitions by party, twice (kinds,).
    tone_products
        Sums of products of both parties' tone about its mean, shape (2, 2).
    frame_names
        Names of the frames.

    Parameters
    ----------
    centres
        What the centres of the run left.
    resolved
        The scenario with its data files.
    builder
        Gives a builder of tables, if there is one already for these data files.
    rule
        Pattern rule; by default the scenario's.
    """

    def __init__(
        self,
        centres: Iterable[CentreRecords],
        resolved: Resolved,
        builder: Callable[[], TableBuilder] | None = None,
        rule: PatternRule | None = None,
    ) -> None:
        some = list(centres)
        self._centres, self._builder = some, builder or (lambda: TableBuilder(resolved))
        self.frame_names, frame_kinds = resolved.frames.names, resolved.frames.kind
        self.clients = _joined([centre.clients for centre in some])
        self.keyworkers = _joined([centre.keyworkers for centre in some])
        self.dyads = _joined([centre.dyads for centre in some])
        self.accounts = _joined([centre.accounts for centre in some])
        self.frame_kinds, self.n = frame_kinds, len(self.dyads)
        told = self.accounts.T
        good, bad = told["positivity"], told["negativity"]
        state = np.empty((2, self.n, FRAMES + len(frame_kinds)))
        state[:, :, TONE_COLUMN], state[:, :, NEGATIVITY] = good - bad, bad
        state[:, :, TENSION], state[:, :, DISTANCE] = told["tension"], told["distance"]
        state[:, :, FRAMES:] = told["definition"]
        self.rule = rule or rule_of(resolved.scenario)
        client, keyworker = self.rule.classes(good, bad)
        self.classes = client, keyworker
        self.pattern_shares: Floats = np.bincount(self.rule.patterns(client, keyworker), minlength=3) / self.n
        self.means: Floats = state.sum(axis=1) / self.n
        self.kind_shares = [np.bincount(frame_kinds, means[FRAMES:], len(KINDS)) for means in self.means]
        tone = state[:, :, TONE_COLUMN] - self.means[:, :1]
        self.tone_products: Floats = tone @ tone.T

    def per_dyad(self, count: str) -> float:
        """Mean of a count in the dyads' records, such as "talks"."""
        return self.dyads[count].sum() / self.n

    @cached_property
    def days(self) -> RecordArray:
        """How everyone was at the end of each day, shape (n, days, 2): by dyad, day and party, the client first.

        Its fields are the columns of the days table: ``run.days["positivity"]``. For outcomes that need "days".
        """
        some = [centre.days.reshape(-1, len(centre.dyads), 2).swapaxes(0, 1) for centre in self._centres]
        if not some[0].shape[1]:
            raise InputError(f'the days were not kept; declare the outcome with needs="{Detail.DAYS.name.lower()}"')
        return np.asarray(np.concatenate(some))

    @cached_property
    def panel(self) -> Panel:
        """The same as ``analysis.measures.panel`` has it, for the measures there."""
        return panel_of_records(self.days)

    @cached_property
    def day_patterns(self) -> NDArray[np.int8]:
        """The pattern of each dyad in the evening of each day, indices into ``PATTERNS``, shape (n, days)."""
        return self.rule.of_accounts(self.days)

    @cached_property
    def tables(self) -> Tables:
        """The tables of the run; events and days are empty unless the outcome needs them. Slower than records."""
        return self._builder().tables(self._centres)

    @cached_property
    def evenings(self) -> Floats:
        """Evenings per dyad by way of handling tension, both parties together, shape (ways,)."""
        return self.dyads["handled"].sum(axis=(0, 1)) / self.n


def _joined(records: list[RecordArray]) -> RecordArray:
    """The records of all centres in one plain array."""
    return np.asarray(records[0] if len(records) == 1 else np.concatenate(records))


@dataclass(frozen=True)
class Outcome:
    """A number that is computed from each run of a study.

    Parameters
    ----------
    name
        Name of the column in the study's table: letters, digits and ``_``.
    unit
        Its unit.
    meaning
        Its meaning, for codebooks and titles.
    compute
        Function from an ``OutcomeInput`` to the number.
    optional
        Whether it may be missing (NaN) where there is nothing to say. A run in which any other outcome is no finite
        number counts as failed.
    needs
        What has to be kept of a run for it: "dyads" (how both parties were in the interviews), "days" (how everyone
        was every day as well) or "events" (and all that happened).
    """

    name: str
    unit: str
    meaning: str
    compute: Callable[[OutcomeInput], float]
    optional: bool = False
    needs: str = "dyads"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z]\w*", self.name) or self.name in TAKEN:
            raise InputError(
                f"outcome '{self.name}': a name has letters, digits and _, begins with a letter, and is none of "
                f"{', '.join(TAKEN)}"
            )
        for field in ("unit", "meaning"):
            if not getattr(self, field).strip():
                raise InputError(f"outcome '{self.name}': {field} is empty")
        if self.needs not in NEEDS:
            raise InputError(f"outcome '{self.name}': needs = {self.needs!r}; {nearest(str(self.needs), NEEDS)}")

    @property
    def column(self) -> Column:
        """The outcome as a column of the study's table."""
        return Column(self.name, self.unit, self.meaning, optional=self.optional)


OUTCOMES: Registry[Outcome] = Registry("outcome")
"""The outcomes that come with the package, by name."""


def outcome(
    *, unit: str, meaning: str, name: str | None = None, optional: bool = False, needs: str = "dyads"
) -> Callable[[Callable[[OutcomeInput], float]], Callable[[OutcomeInput], float]]:
    """Declare a function as an outcome of studies.

    Parameters
    ----------
    unit, meaning, optional, needs
        See ``Outcome``.
    name
        Name of the outcome; by default that of the function.

    Examples
    --------
    In a file of one's own, ``mine.py``, whose outcome a study names ``mine.py:had_a_new_keyworker``:

    >>> @outcome(unit="share of dyads", meaning="dyads whose keyworker has changed")
    ... def had_a_new_keyworker(run):
    ...     return float((run.dyads["changes"] > 0).mean())
    """

    def declare(compute: Callable[[OutcomeInput], float]) -> Callable[[OutcomeInput], float]:
        OUTCOMES.declare(Outcome(name or compute.__name__, unit, meaning, compute, optional, needs), compute)
        return compute

    return declare


def file_and_name(outcome: str) -> tuple[str | None, str]:
    """The file that declares an outcome, if it is named with one, and the outcome's name.

    Parameters
    ----------
    outcome
        Name of an outcome, or a Python file, a colon, and the name.

    Examples
    --------
    >>> file_and_name("mine.py:refusals"), file_and_name("friendly")
    (('mine.py', 'refusals'), (None, 'friendly'))
    """
    file, colon, name = outcome.rpartition(":")
    return (file, name) if colon else (None, outcome)


def outcomes_with(extensions: Iterable[str | Path]) -> Registry[Outcome]:
    """The outcomes of the package, then those that the files of *extensions* declare."""
    return OUTCOMES.extended({one.sha256: one for one in map(load_extension, extensions)}.values())


def detail_for(outcomes: Iterable[Outcome]) -> Detail:
    """What has to be kept of a run so that some outcomes can be computed.

    Examples
    --------
    >>> detail_for(OUTCOMES.values()).name
    'DAYS'
    """
    return max((NEEDS[one.needs] for one in outcomes), default=Detail.DYADS)


def compute_outcomes(outcomes: Iterable[Outcome], run: OutcomeInput) -> list[float]:
    """The outcomes of one run, in their order.

    Parameters
    ----------
    outcomes
        Outcomes that are wanted.
    run
        The run.

    Raises
    ------
    ArithmeticError
        If an outcome that is not optional is not a finite number.
    """
    values = []
    for declared in outcomes:
        value = float(declared.compute(run))
        if not (declared.optional or math.isfinite(value)):
            raise ArithmeticError(f"the outcome {declared.name} is {value}")
        values.append(value)
    return values


@outcome(unit=SHARE, meaning="dyads that are friendly and trustful")
def friendly(run: OutcomeInput) -> float:
    return run.pattern_shares[0]


@outcome(unit=SHARE, meaning="dyads that are polite and neutral")
def polite(run: OutcomeInput) -> float:
    return run.pattern_shares[1]


@outcome(unit=SHARE, meaning="dyads that are ambivalent and conflicted")
def conflicted(run: OutcomeInput) -> float:
    return run.pattern_shares[2]


@outcome(unit=SHARE, meaning="dyads whose two parties are themselves in the same class")
def same_class(run: OutcomeInput) -> float:
    client, keyworker = run.classes
    return (client == keyworker).sum() / run.n


@outcome(
    unit="correlation",
    meaning="of both parties' tone over the dyads; missing with fewer than three dyads or no variation",
    optional=True,
)
def tone_correlation(run: OutcomeInput) -> float:
    products = run.tone_products
    varied = run.n > 2 and products[0, 0] > 0 and products[1, 1] > 0
    return products[0, 1] / math.sqrt(products[0, 0] * products[1, 1]) if varied else math.nan


def _declare_outcomes_of(side: int, role: str) -> None:
    """Declare the outcomes that both parties have."""

    @outcome(name=f"{role}_tone", unit=TONE, meaning=f"mean of the {role}s' good tone minus bad tone")
    def tone(run: OutcomeInput) -> float:
        return run.means[side, TONE_COLUMN]

    @outcome(
        name=f"{role}_tone_sd",
        unit=TONE,
        meaning=f"SD of the {role}s' tone over the dyads; missing with one",
        optional=True,
    )
    def tone_sd(run: OutcomeInput) -> float:
        return math.sqrt(run.tone_products[side, side] / (run.n - 1)) if run.n > 1 else math.nan

    @outcome(name=f"{role}_negativity", unit=TONE, meaning=f"mean of the {role}s' bad tone, weighted as in the model")
    def negativity(run: OutcomeInput) -> float:
        return run.means[side, NEGATIVITY]

    @outcome(
        name=f"{role}_tension",
        unit="multiples of the tolerance",
        meaning=f"mean tension the {role}s have not dealt with",
    )
    def tension(run: OutcomeInput) -> float:
        return run.means[side, TENSION]

    @outcome(
        name=f"{role}_distance",
        unit="share",
        meaning=f"mean distance the {role}s keep beyond their usual reserve",
    )
    def distance(run: OutcomeInput) -> float:
        return run.means[side, DISTANCE]

    for kind, frames in enumerate(KINDS):

        @outcome(
            name=f"{role}_{frames}",
            unit="share",
            meaning=f"mean weight of {frames} frames in the {role}s' definitions",
        )
        def _kind_share(run: OutcomeInput, kind: int = kind) -> float:
            return run.kind_shares[side][kind]


for _side, _role in enumerate(ROLES):
    _declare_outcomes_of(_side, _role)


@outcome(unit="squared EPA units", meaning="mean of how coerced the clients feel")
def felt_coercion(run: OutcomeInput) -> float:
    return run.accounts["felt_coercion"][:, 0].sum() / run.n


@outcome(unit="exchanges per dyad", meaning="mean over the dyads, whole stay")
def exchanges(run: OutcomeInput) -> float:
    return run.per_dyad("exchanges")


@outcome(unit="talks per dyad", meaning="repair talks that took place, whole stay")
def talks(run: OutcomeInput) -> float:
    return run.per_dyad("talks")


@outcome(unit="talks per dyad", meaning="repair talks that succeeded, whole stay")
def repairs(run: OutcomeInput) -> float:
    return run.per_dyad("repairs")


@outcome(unit="evenings per dyad", meaning="evenings on which either decided to confront, whole stay")
def confronts(run: OutcomeInput) -> float:
    return run.evenings[list(COPING_WAYS).index(CONFRONT.name)]


@outcome(unit="evenings per dyad", meaning="evenings on which either decided to withdraw, whole stay")
def withdraws(run: OutcomeInput) -> float:
    return run.evenings[list(COPING_WAYS).index(WITHDRAW.name)]


@outcome(unit="keyworkers per dyad", meaning="changes of keyworker, whole stay")
def changes(run: OutcomeInput) -> float:
    return run.per_dyad("changes")


CARE = "care"


@outcome(
    unit="share of dyads",
    meaning="keyworkers to whom the relationship is mostly care; missing where no frame has that name",
    optional=True,
)
def keyworkers_who_see_care(run: OutcomeInput) -> float:
    if CARE not in run.frame_names:
        return math.nan
    return float((run.accounts["definition"][:, 1].argmax(axis=1) == run.frame_names.index(CARE)).mean())


@outcome(
    unit="share of dyads",
    meaning=f"dyads told the same pattern from what both said {RETEST} days before; missing if nobody was asked then",
    optional=True,
)
def same_pattern_before(run: OutcomeInput) -> float:
    now, before = (run.rule.of_accounts(run.accounts, when) for when in ("", BEFORE))
    return float((now == before).mean()) if (before >= 0).all() else math.nan


@outcome(unit="share of days", meaning="mean over the dyads of the days on which they are conflicted", needs="days")
def time_conflicted(run: OutcomeInput) -> float:
    return float((run.day_patterns == PATTERN_SHARES.index("conflicted")).mean())


@outcome(
    unit="days",
    meaning="mean day of the client's first rupture, of the clients who have one; missing if none has",
    optional=True,
    needs="days",
)
def days_to_first_rupture(run: OutcomeInput) -> float:
    found = find_ruptures(run.panel)
    first = found[found["party"] == ROLES[0]].groupby(["centre", "dyad"])["start"].min()
    return float(first.mean()) if len(first) else math.nan
