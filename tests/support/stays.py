"""Centres whose days a test lets pass one by one, and matters of its own."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from twoway.simulation.columns import DAY_COLUMNS, row_type
from twoway.simulation.data_files import data_file
from twoway.simulation.dynamics.admission import open_centre
from twoway.simulation.event_log import EventLog
from twoway.simulation.events import EVENTS
from twoway.simulation.matters import load_matters
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import Draws, draws_of
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, simulate_days
from twoway.simulation.state import CentreState, Pair, empty_records

RESIDENTIAL = load_matters(data_file("matters", "residential"))
NUMBER = {name: m for m, name in enumerate(RESIDENTIAL.names)}
"""Numbers of the shipped matters."""
FITTED = {
    "stay.placing": 0.047, "stay.plan_step": 0.12, "stay.no_place": 0.24, "stay.breaking": 0.021, "stay.ending": 0.031,
    "stay.running": 0.0037,
}  # fmt: skip
"""Numbers with which clients come and go about as often as they do in publications."""
LIVELY = {
    "stay.placing": 0.15, "stay.placing_from": 10, "stay.plan_step": 0.5, "stay.no_place": 0.1, "stay.breaking": 0.06,
    "stay.ending": 0.03, "stay.running": 0.02, "stay.follow_up": 3, "context.planned": 2,
}  # fmt: skip
"""Numbers with which they come and go much."""


@cache
def _prepared(changes):
    return PreparedScenario(changed(Scenario(), dict(changes)))


def prepared(changes=()):
    """The default scenario with some fields changed, made ready once."""
    return _prepared(tuple(dict(changes).items()))


@dataclass
class Ward:
    """A centre on its way through the days."""

    prepared: PreparedScenario
    draws: Draws
    state: CentreState
    log: EventLog
    day: int = 0

    def __post_init__(self):
        self.conditions = self.prepared.conditions(self.draws)

    def pair(self, i=0):
        """A dyad with both parties and the post."""
        dyad = self.state.dyads[i]
        return Pair(i, dyad, self.state.clients[i], self.state.keyworkers[i], self.state.posts[dyad.post])

    def with_numbers(self, **numbers):
        """The conditions with other numbers, within their ranges or not."""
        parameters = self.conditions.parameters.copy()
        for name, value in numbers.items():
            assert name in parameters.dtype.names
            parameters[name] = value
        return self.conditions._replace(parameters=parameters)

    def pass_day(self):
        """Let a day pass; returns the rows of its events."""
        before, self.day = int(self.log.written[0]), self.day + 1
        none = empty_records(0, row_type(DAY_COLUMNS, self.state.clients[0].definition.shape[0]))
        simulate_days(self.day, self.day + 1, self.state, self.conditions, self.draws, self.log, none)
        return self.rows()[before:]

    def rows(self):
        """All rows of events so far."""
        return self.log.rows[: self.log.written[0]]


def ward(changes=(), draws=None):
    """A centre on its first morning."""
    ready, draws = prepared(changes), draws_of(1) if draws is None else draws
    state = ready.new_state()
    open_centre(state, ready.conditions(draws), draws)
    return Ward(ready, draws, state, ready.new_log(Detail.EVENTS))


def happened(rows):
    """Names of the events of some rows."""
    names = list(EVENTS)
    return [names[code] for code in rows["event"]]


def matters_file(path, **others):
    """Write the shipped matters to a file, with some fields of all of them changed; returns its name.

    A field that is None is left out, and one that is a function is that of the matter.
    """
    lines = []
    for matter in RESIDENTIAL.matters:
        leave = matter.lasts[1] > 0
        fields = {
            "raised_in": repr(matter.raised_in).replace("'", '"'), "weight": matter.weight,
            "from_day": matter.from_day, "rests": matter.rests, "insists": matter.insists, "stake": matter.stake,
            "hardness": matter.hardness, "takes_effect": matter.takes_effect,
            "lasts": list(matter.lasts) if leave else None, "follows": f'"{matter.follows}"' if leave else None,
            "record": "{{ kept = {}, late = {}, failed = {} }}".format(*matter.record) if leave else None,
        }  # fmt: skip
        for field, value in others.items():
            fields[field] = value(matter) if callable(value) else value
        lines += [f"[matters.{matter.name}]", *(f"{k} = {v}" for k, v in fields.items() if v is not None), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def assert_identical(one, other):
    """Assert that two centres have left the same records, to the last bit."""
    for name, a, b in zip(CentreRecords._fields, one, other, strict=True):
        if isinstance(a, int):
            assert a == b
            continue
        assert a.dtype == b.dtype
        for field in a.dtype.names:
            np.testing.assert_array_equal(a[field], b[field], err_msg=f"{name}.{field}")
