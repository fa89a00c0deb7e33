"""The tables of ``simulation/ODD.md``, written from the code, so that text and model cannot part.

``python -m docs.generate_odd`` rewrites what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``;
with ``--check`` nothing is written, and it is an error if something would be.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import twoway.simulation.rules
from twoway.simulation.affect_control.equations import EMOTION_INPUTS, INPUTS
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, KINDS, ROLES
from twoway.simulation.columns import Column
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.parameters.scenario import Resolved, Scenario, all_declarations
from twoway.simulation.rules import RULES
from twoway.simulation.situations import ENCOUNTER_KINDS, OPENERS, POSITIONS, EncounterKind
from twoway.simulation.tables import columns_of, words_of

ODD = Path(__file__).parents[1] / "simulation" / "ODD.md"
BLOCK = re.compile(r"(<!-- generated: (.+?) -->\n).*?(\n?<!-- end -->)", re.DOTALL)
RATES = {
    EncounterKind.EVERYDAY: "`context.everyday` x contact",
    EncounterKind.CONTROL: "`context.control`",
    EncounterKind.REQUEST: "`context.requests`",
    EncounterKind.PLANNED: "`context.planned` x contact, unless a repair talk is due",
    EncounterKind.REPAIR: "agreed the evening before, in the place of a planned talk",
}
MANY = 12
"""Words of a column up to which all are listed."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""A table in Markdown.

    >>> print(table(["a", "b"], [[1, "x|y"]]))
    | a | b |
    | --- | --- |
    | 1 | x\|y |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def numbers(section: str) -> str:
    """Every number of a section: what it means, its default, range, unit and source."""
    return table(
        ["Number", "Meaning", "Default", "Range", "Unit", "Source"],
        (
            [f"`{d.section}.{d.name}`", d.meaning, f"{d.default:g}", f"{d.low:g}..{d.high:g}", d.unit, d.source]
            for d in all_declarations()
            if d.section == section
        ),
    )


def rules() -> str:
    """Every rule: name, what it says, and where it stands."""
    for module in iter_modules(twoway.simulation.rules.__path__):
        import_module(f"twoway.simulation.rules.{module.name}")
    written = sorted(RULES.items(), key=lambda item: (item[1].__module__, item[1].__code__.co_firstlineno))
    return table(
        ["Rule", "What it says", "Module"],
        ([f"`{name}`", (rule.__doc__ or "").strip().splitlines()[0], f"`{rule.__module__}`"] for name, rule in written),
    )


def frames(resolved: Resolved) -> str:
    """The repertoire of frames, in its order."""
    f = resolved.frames
    head = ["Frame", "The keyworker as", "The client as", "Kind", "Benignity", "Clients' weight", "Keyworkers' weight"]
    return table(
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
    return table(
        ["Kind", "Opened by", "Exchanges", "How often, per week"],
        (
            [f"`{ENCOUNTER_KINDS[kind]}`", OPENERS[s.opened_by[kind]], s.exchanges[kind], RATES[kind]]
            for kind in EncounterKind
        ),
    )


def _sets(resolved: Resolved) -> list[tuple[str, ...]]:
    """The different sets of feasible acts, in the order of the turns."""
    return list(dict.fromkeys(turn.feasible for turn in resolved.situations.turns))


def feasible(resolved: Resolved) -> str:
    """The sets of feasible acts; the order within a set is the order of all cumulative sums."""
    return table(["Set", "Acts, in order"], ([f"F{i}", ", ".join(acts)] for i, acts in enumerate(_sets(resolved), 1)))


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
    return table(["Kind", "Who acts", "Position", "Mandated", "Feasible", "Script, weights"], rows)


def strain(resolved: Resolved) -> str:
    """The acts that come from strain."""
    weights: list[dict[str, float]] = [{}, {}]
    for turn in resolved.situations.turns:
        weights[turn.role] |= turn.strain
    return table(
        ["Who", "Acts from strain, weights"],
        ([role, ", ".join(f"{act} {w:g}" for act, w in weights[i].items())] for i, role in enumerate(ROLES)),
    )


def sentiments(resolved: Resolved, component: str) -> str:
    """Mean sentiments of the acts or identities that the model uses."""
    terms = resolved.situations.acts
    if component == "identities":
        terms = tuple(sorted({word for pair in resolved.frames.identities for words in pair for word in words}))
    rows = ([term, *(f"{x:g}" for x in resolved.lexicon.sentiment(component, term))] for term in terms)
    return table([component.capitalize(), "Evaluation", "Potency", "Activity"], rows)


def impressions(resolved: Resolved) -> str:
    """Coefficients of the impressions that an event leaves."""
    e = resolved.equations
    rows = zip(e.impression_terms, e.impression_coefficients, strict=True)
    return table(
        ["Term", *(f"{name}'" for name in INPUTS)],
        ([" x ".join(INPUTS[i] for i in term) or "1", *(f"{c:g}" for c in line)] for term, line in rows),
    )


def amalgam(resolved: Resolved) -> str:
    """Coefficients of what someone looks like who is in an emotion."""
    e = resolved.equations
    rows = zip(e.emotion_terms, e.emotion_coefficients, strict=True)
    return table(
        ["Term", "Evaluation", "Potency", "Activity"],
        ([" x ".join(EMOTION_INPUTS[i] for i in term) or "1", *(f"{c:g}" for c in line)] for term, line in rows),
    )


def columns(resolved: Resolved, name: str) -> str:
    """Columns of a table of the run."""

    def meaning(column: Column) -> str:
        words = words_of(column, resolved)
        return f"{column.meaning}: {', '.join(words)}" if 0 < len(words) <= MANY else column.meaning

    rows = ([f"`{c.name}`", c.unit, meaning(c)] for c in columns_of(name, resolved))
    return table(["Column", "Unit", "Meaning"], rows)


def blocks() -> dict[str, Callable[[], str]]:
    """Every generated block of the text, by name."""
    resolved = Resolved(Scenario())
    about = (frames, encounters, feasible, turns, strain, impressions, amalgam)
    return {
        **{name: partial(numbers, name) for name in dict.fromkeys(d.section for d in all_declarations())},
        "rules": rules,
        **{function.__name__: partial(function, resolved) for function in about},
        **{name: partial(sentiments, resolved, name) for name in ("acts", "identities")},
        **{name: partial(columns, resolved, name) for name in ("events", "days", "dyads")},
    }


def renewed(text: str) -> str:
    """The *text* with every generated block written anew; a block unknown or missing is refused."""
    known = blocks()
    named = [match[2] for match in BLOCK.finditer(text)]
    for name in named:
        if name not in known:
            raise InputError(f"{ODD.name}: there is no generated block '{name}'; {nearest(name, known)}")
    for name in known:
        if named.count(name) != 1:
            raise InputError(
                f"{ODD.name}: the generated block '{name}' must be there once, not {named.count(name)} times"
            )
    return BLOCK.sub(lambda match: f"{match[1]}\n{known[match[2]]()}\n\n<!-- end -->", text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the tables of the ODD anew, or check that they are up to date."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate_odd", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something would change")
    check = parser.parse_args(arguments).check
    text = ODD.read_text(encoding="utf-8")
    try:
        new = renewed(text)
    except InputError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    if new == text:
        return 0
    if check:
        print(f"{ODD.name} is out of date: run `python -m docs.generate_odd`, look at what changed.", file=sys.stderr)
        return 1
    ODD.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
