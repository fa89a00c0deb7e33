"""A scenario in words: what would be run, with units and sources, before anything runs."""

from __future__ import annotations

import textwrap
from typing import Any

from twoway.simulation.parameters.scenario import Resolved, Scenario, all_declarations

DATA = {
    "lexicon": "sentiments",
    "equations": "equations",
    "frames": "frames",
    "situations": "situations",
}


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
    section = ""
    for d in all_declarations(scenario):
        value: Any = getattr(getattr(scenario, d.section), d.name)
        differs = value != d.default
        if only_differences and not differs:
            continue
        if d.section != section:
            section = d.section
            lines += ["", f"[{section}]"]
        mark = f"* (default {d.default:g})" if differs else ""
        lines.append(f"{d.name} = {value:.15g}  {d.unit}{'  ' + mark if mark else ''}")
        if not only_differences:
            lines.append(textwrap.fill(d.meaning, 106, initial_indent="    ", subsequent_indent="    "))
            lines.append(f"    range {d.low:g} to {d.high:g}; {d.source}")
    default = Scenario().meaning
    for field, what in DATA.items():
        data = getattr(resolved, field)
        given = getattr(scenario.meaning, field)
        differs = given != getattr(default, field)
        if only_differences and not differs:
            continue
        if section != "meaning":
            section = "meaning"
            lines += ["", "[meaning]"]
        mark = f"  * (default {getattr(default, field)})" if differs else ""
        source = data.source.get("collected") or data.source.get("note") or "no source given"
        lines.append(textwrap.fill(f'{field} = "{given}"{mark}  ({what}: {source})', 110, subsequent_indent="    "))
    if only_differences:
        return "\n".join(lines if section else [*lines, "", "Nothing differs from the default."])
    numbers = {"frames": len(resolved.frames.names), "acts in use": len(resolved.situations.acts)}
    lines += ["", ", ".join(f"{value} {name}" for name, value in numbers.items()) + "."]
    return "\n".join(lines)
