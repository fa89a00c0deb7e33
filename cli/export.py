"""The command ``twoway export``: tables for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path

from twoway.cli._options import Commands, command


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    new = command(
        commands,
        "export",
        export,
        "write the tables of a run or a study as CSV, with scripts that label them in SPSS, R and Stata",
        "The CSV files are UTF-8 and open in Excel, which reads 1,048,576 rows at most. Each script (.sps, .R, .do) "
        "reads the table beside it and labels variables and words. `twoway study export` writes one file instead.",
        "twoway export runs/four-centres --out exported",
    )
    new.add_argument("folder", type=Path, help="folder of a run or a study")
    new.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="output folder, which must not exist")
    new.add_argument(
        "--decimal-comma", action="store_true", help="write decimal commas, and semicolons between the fields"
    )


def export(options: argparse.Namespace) -> int:
    """Write the tables."""
    from twoway.experiments.reports.exported import export as write

    for path in write(options.folder, options.out, options.decimal_comma, progress=True):
        print(path)
    return 0
