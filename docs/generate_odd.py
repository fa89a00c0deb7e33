"""The tables of ``simulation/ODD.md``, written from the code, so that text and model cannot part.

``python -m docs.generate_odd`` rewrites what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``;
with ``--check`` nothing is written, and it is an error if something would be.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from twoway.analysis.odd_tables import odd_tables
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.parameters.scenario import Resolved, Scenario

ODD = Path(__file__).parents[1] / "simulation" / "ODD.md"
BLOCK = re.compile(r"(<!-- generated: (.+?) -->\n).*?(\n?<!-- end -->)", re.DOTALL)


def renewed(text: str) -> str:
    """The *text* with every generated block written anew; a block unknown or missing is refused."""
    known = odd_tables(Resolved(Scenario()))
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
