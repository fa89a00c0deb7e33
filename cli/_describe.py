"""A scenario in words: what would be run, with units and sources, before anything runs."""

from __future__ import annotations

import textwrap
from typing import Any

from twoway.analysis.patterns import rule_of
from twoway.simulation.parameters.declare import declarations
from twoway.simulation.parameters.scenario import FOLDERS, Resolved, Scenario, sections_of


def described(resolved: Resolved, only_differences: bool = False) -> str:
    """The resolved scenario as text, every number with unit and source; ``*`` marks what differs from the default.

    Parameters
    ----------
    resolved
        The scenario with its data files.
    only_differences
        Whether only what differs from the default is described.
    """
    scenario = resolved.scenario
    lines = [scenario.title, textwrap.fill(scenario.question, 110), ""]
    for source in scenario.sources:
        lines.append(textwrap.fill(f"- {source}", 110, subsequent_indent="  "))
    above = len(lines)
    for section, group in sections_of(scenario).items():
        shown: list[str] = []
        for d in declarations(section, group):
            value: Any = getattr(getattr(scenario, section), d.name)
            if value != d.default or not only_differences:
                mark = f"  * (default {d.default:g})" if value != d.default else ""
                shown.append(f"{d.name} = {value:.15g}  {d.unit}{mark}")
            if not only_differences:
                shown.append(textwrap.fill(d.meaning, 106, initial_indent="    ", subsequent_indent="    "))
                shown.append(f"    range {d.low:g} to {d.high:g}; {d.source}")
        for field, about in _named(resolved, section).items():
            given, default = (getattr(getattr(one, section), field) for one in (scenario, Scenario()))
            if given != default or not only_differences:
                mark = f"  * (default {default})" if given != default else ""
                shown.append(textwrap.fill(f'{field} = "{given}"{mark}  ({about})', 110, subsequent_indent="    "))
        lines += ["", f"[{section}]", *shown] if shown else []
    if only_differences:
        return "\n".join(lines if len(lines) > above else [*lines, "", "Nothing differs from the default."])
    numbers = {"frames": len(resolved.frames.names), "acts in use": len(resolved.situations.acts)}
    lines += ["", ", ".join(f"{value} {name}" for name, value in numbers.items()) + "."]
    return "\n".join(lines)


def _named(resolved: Resolved, section: str) -> dict[str, str]:
    """What a section names instead of giving a number, by field, with what that is: data files, the pattern rule."""
    if section == "analysis":
        return {"rule": rule_of(resolved.scenario).meaning}
    if section != "meaning":
        return {}
    sources = {field: getattr(resolved, field).source for field in FOLDERS}
    return {
        field: f"{field}: {source.get('collected') or source.get('note') or 'no source given'}"
        for field, source in sources.items()
    }
