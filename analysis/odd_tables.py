"""The tables of the ODD protocol for a scenario, in Markdown: numbers, rules, frames, situations, columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from types import FunctionType
from typing import cast

import twoway.simulation.rules
from twoway.simulation.affect_control.equations import EMOTION_INPUTS, INPUTS
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, KINDS, ROLES
from twoway.simulation.columns import Column
from twoway.simulation.data_files import data_file
from twoway.simulation.matters import load_matters
from twoway.simulation.parameters.scenario import Resolved, all_declarations
from twoway.simulation.rules import RULES
from twoway.simulation.situations import ENCOUNTER_KINDS, OPENERS, POSITIONS, EncounterKind
from twoway.simulation.tables import columns_of, words_of

RATES = {
    EncounterKind.EVERYDAY: "`context.everyday` x contact",
    EncounterKind.CONTROL: "`context.control`",
    EncounterKind.REQUEST: "`context.requests`",
    EncounterKind.PLANNED: "`context.planned` x contact, unless a repair talk is due",
    EncounterKind.REPAIR: "agreed the evening before, in the place of a planned talk",
}
MANY = 12
"""Words of a column up to which all are listed."""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""A table in Markdown.

    >>> print(_table(["a", "b"], [[1, "x|y"]]))
    | a | b |
    | --- | --- |
    | 1 | x\|y |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _numbers(resolved: Resolved, section: str) -> str:
    """Every number of a section: what it means, its value in this scenario, range, unit and source."""
    values = getattr(resolved.scenario, section)
    return _table(
        ["Number", "Meaning", "Value", "Range", "Unit", "Source"],
        (
            [
                f"`{d.section}.{d.name}`",
                d.meaning,
                f"{getattr(values, d.name):g}",
                f"{d.low:g}..{d.high:g}",
                d.unit,
                d.source,
            ]
            for d in all_declarations(resolved.scenario)
            if d.section == section
        ),
    )


def rules() -> str:
    """Every rule: name, what it says, and where it stands."""
    for module in iter_modules(twoway.simulation.rules.__path__):
        import_module(f"twoway.simulation.rules.{module.name}")
    plain = {name: cast(FunctionType, rule) for name, rule in RULES.items()}
    written = sorted(plain.items(), key=lambda item: (item[1].__module__, item[1].__code__.co_firstlineno))
    return _table(
        ["Rule", "What it says", "Module"],
        ([f"`{name}`", first_line(rule), f"`{rule.__module__}`"] for name, rule in written),
    )


def coping_ways(resolved: Resolved) -> str:
    """The coping ways, in the order of their codes."""
    return _table(
        ["Way", "Who takes it", "Log-odds", "Effect", "Proposes a talk"],
        (
            [
                f"`{way.name}`",
                way.meaning,
                first_line(way.log_odds),
                first_line(way.effect),
                "yes" if way.proposes_talk else "no",
            ]
            for way in resolved.coping_ways.values()
        ),
    )


def event_kinds(resolved: Resolved) -> str:
    """The kinds of event, in the order of their codes."""
    return _table(
        ["Event", "Meaning", "By chance"],
        ([f"`{kind.name}`", kind.meaning, "yes" if kind.chance else "no"] for kind in resolved.events.values()),
    )


def first_line(function: Callable[..., object]) -> str:
    """The first line of what a function says of itself."""
    return (function.__doc__ or "").strip().partition("\n")[0]


def frames(resolved: Resolved) -> str:
    """The repertoire of frames, in its order."""
    f = resolved.frames
    head = ["Frame", "The keyworker as", "The client as", "Kind", "Benignity", "Clients' weight", "Keyworkers' weight"]
    return _table(
        head,
        (
            [
                f"`{name}`",
                ", ".join(f.identities[k][KEYWORKER]),
                ", ".join(f.identities[k][CLIENT]),
                KINDS[f.kind[k]],
                f"{f.benign[k]:g}",
                *(f"{f.expected[role, k]:g}" for role in (CLIENT, KEYWORKER)),
            ]
            for k, name in enumerate(f.names)
        ),
    )


def encounters(resolved: Resolved) -> str:
    """The kinds of encounter, in the order in which they come on a day."""
    s = resolved.situations
    return _table(
        ["Kind", "Opened by", "Exchanges", "How often, per week"],
        (
            [f"`{ENCOUNTER_KINDS[kind]}`", OPENERS[s.opened_by[kind]], _length(resolved, kind), RATES[kind]]
            for kind in EncounterKind
        ),
    )


def _length(resolved: Resolved, kind: int) -> str:
    """How many exchanges a kind of encounter has, and has at most."""
    usual, most = resolved.situations.exchanges[kind], resolved.situations.longest[kind]
    return str(usual) if usual == most else f"{usual}, up to {most}"


def facts(resolved: Resolved) -> str:
    """The acts that everybody sees for what they are."""
    return _table(["Fact", "Acts"], ([name, ", ".join(acts)] for name, acts in resolved.situations.facts.items()))


def matters(resolved: Resolved) -> str:
    """The matters of the shipped file, or of the scenario's own."""
    own = resolved.matters if resolved.matters.matters else load_matters(data_file("matters", "residential"))
    titles = "Matter, Raised in, Weight, From day, Rests, Insists, Stake, Hardness, Takes effect, Days away"
    rows = []
    for m in own.matters:
        numbers = (m.weight, m.from_day, m.rests, m.insists, m.stake, m.hardness, m.takes_effect)
        away = f"{m.lasts[0]} to {m.lasts[1]}" if m.lasts[1] else ""
        record = ", ".join(f"{change:g}" for change in m.record) if any(m.record) else ""
        follows = f"`{m.follows}`" if m.follows else ""
        rows.append([f"`{m.name}`", m.raised_in, *(f"{x:g}" for x in numbers), away, record, follows])
    return _table([*titles.split(", "), "Record: kept, late, failed", "Followed by"], rows)


def manners(resolved: Resolved) -> str:
    """The manners, their shifts, and the acts that can be done in them."""
    situations = resolved.situations
    rows = [[name, *(f"{value:g}" for value in shift)] for name, shift in situations.manners.items()]
    both = zip(ROLES, situations.mannered, strict=True)
    deeds = [f"Acts of the {role} that have manners: {', '.join(acts)}." for role, acts in both if acts]
    return "\n\n".join([_table(["Manner", "Evaluation", "Potency", "Activity"], rows), *deeds])


def pairs(resolved: Resolved) -> str:
    """The adjacency pairs."""
    return _table(
        ["Pair", "After", "Fits", "Offered", "Out of place"],
        (
            [pair.name, *(", ".join(acts) for acts in (pair.after, pair.fits, pair.offers, pair.unfit))]
            for pair in resolved.situations.pairs
        ),
    )


def _sets(resolved: Resolved) -> list[tuple[str, ...]]:
    """The different sets of feasible acts, in the order of the turns."""
    return list(dict.fromkeys(turn.feasible for turn in resolved.situations.turns))


def feasible(resolved: Resolved) -> str:
    """The sets of feasible acts; the order within a set is the order of all cumulative sums."""
    return _table(["Set", "Acts, in order"], ([f"F{i}", ", ".join(acts)] for i, acts in enumerate(_sets(resolved), 1)))


def turns(resolved: Resolved) -> str:
    """Every turn: what is feasible, whether it is mandated, and the weights of its script."""
    sets, rows = _sets(resolved), []
    for t in resolved.situations.turns:
        script = [f"{act} {weight:g}" for act, weight in t.script.items()]
        if t.decided:
            script += [f"{t.refused} {t.decided:g} x strictness", f"{t.granted} {t.decided:g} x (1 - strictness)"]
        place = f"F{sets.index(t.feasible) + 1}"
        mandated = "yes" if t.mandated else "no"
        rows.append([ENCOUNTER_KINDS[t.kind], ROLES[t.role], POSITIONS[t.position], mandated, place, ", ".join(script)])
    return _table(["Kind", "Who acts", "Position", "Mandated", "Feasible", "Script, weights"], rows)


def strain(resolved: Resolved) -> str:
    """The acts that come from strain."""
    weights: list[dict[str, float]] = [{}, {}]
    for turn in resolved.situations.turns:
        weights[turn.role] |= turn.strain
    return _table(
        ["Who", "Acts from strain, weights"],
        ([role, ", ".join(f"{act} {w:g}" for act, w in weights[i].items())] for i, role in enumerate(ROLES)),
    )


def _sentiments(resolved: Resolved, component: str) -> str:
    """Mean sentiments of the acts or identities that the model uses."""
    terms = resolved.situations.acts
    if component == "identities":
        terms = tuple(sorted({word for pair in resolved.frames.identities for words in pair for word in words}))
    rows = ([term, *(f"{x:g}" for x in resolved.lexicon.sentiment(component, term))] for term in terms)
    return _table([component.capitalize(), "Evaluation", "Potency", "Activity"], rows)


def impressions(resolved: Resolved) -> str:
    """Coefficients of the impressions that an event leaves."""
    e = resolved.equations
    rows = zip(e.impression_terms, e.impression_coefficients, strict=True)
    return _table(
        ["Term", *(f"{name}'" for name in INPUTS)],
        ([" x ".join(INPUTS[i] for i in term) or "1", *(f"{c:g}" for c in line)] for term, line in rows),
    )


def amalgam(resolved: Resolved) -> str:
    """Coefficients of what someone looks like who is in an emotion."""
    e = resolved.equations
    rows = zip(e.emotion_terms, e.emotion_coefficients, strict=True)
    return _table(
        ["Term", "Evaluation", "Potency", "Activity"],
        ([" x ".join(EMOTION_INPUTS[i] for i in term) or "1", *(f"{c:g}" for c in line)] for term, line in rows),
    )


def _columns(resolved: Resolved, name: str) -> str:
    """Columns of a table of the run."""

    def meaning(column: Column) -> str:
        words = words_of(column, resolved)
        return f"{column.meaning}: {', '.join(words)}" if 0 < len(words) <= MANY else column.meaning

    rows = ([f"`{c.name}`", c.unit, meaning(c)] for c in columns_of(name, resolved))
    return _table(["Column", "Unit", "Meaning"], rows)


def odd_tables(resolved: Resolved) -> dict[str, Callable[[], str]]:
    """Every table of the ODD protocol by name.

    Parameters
    ----------
    resolved
        The scenario, whose extensions, frames and situations the tables show.

    Returns
    -------
    Functions without arguments, each of which writes one table in Markdown.
    """
    of_turns = (encounters, feasible, turns, strain, facts, pairs, manners)
    about = (coping_ways, event_kinds, frames, *of_turns, matters, impressions, amalgam)
    sections = dict.fromkeys(d.section for d in all_declarations(resolved.scenario))
    return {
        **{f"numbers: {section}": partial(_numbers, resolved, section) for section in sections},
        "rules": rules,
        **{function.__name__: partial(function, resolved) for function in about},
        **{name: partial(_sentiments, resolved, name) for name in ("acts", "identities")},
        **{f"columns: {name}": partial(_columns, resolved, name) for name in ("events", "days", "dyads")},
    }


def odd_text(resolved: Resolved) -> str:
    """All tables one after the other, each below a heading."""
    title = f"# {resolved.scenario.title}: tables of the ODD protocol"
    written = (f"## {name.replace('_', ' ').capitalize()}\n\n{write()}" for name, write in odd_tables(resolved).items())
    return "\n\n".join([title, *written]) + "\n"
