"""Export of a result's tables for other programs: CSV, and beside it scripts for SPSS, R and Stata with all labels.

A script reads its table, labels every variable with unit and meaning, and gives words their labels. The CSV holds
words, not codes, so that it reads by itself in a spreadsheet; UTF-8 with a byte-order mark, by which Excel knows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api import types
from tqdm import tqdm

from twoway.experiments.results.folder import atomic_folder
from twoway.simulation.columns import Column
from twoway.simulation.data_files import open_file
from twoway.simulation.errors import InputError

READS = "Reads the CSV beside this file: run it with that folder as the working directory."
"""The remark with which every script begins."""
ROWS = 100_000
"""Rows that are written at a time."""
SPSS_LABEL, STATA_LABEL, STATA_NAME = 220, 80, 32
"""Characters that SPSS reads in a line beside a name, and that Stata keeps of a label and of a name."""
STATA_WORDS = frozenset(("byte", "double", "float", "if", "in", "int", "long", "using", "with"))
"""Words that no variable of Stata can have as its name."""
LINE_ENDS = r"\s*[\r\n]+\s*"
WORD, WHOLE, NUMBER, TEXT = "word", "whole", "number", "text"


class Variable(NamedTuple):
    """A column as the scripts need it: its name, its meaning with the unit, what it holds, and its words by code.

    ``short`` is the name as Stata allows it.
    """

    name: str
    label: str
    holds: str
    words: tuple[str, ...]
    short: str


class Dialect(NamedTuple):
    """How numbers and fields are separated: as most programs expect it, or as spreadsheets of much of Europe do."""

    decimal: str = "."
    separator: str = ","


COMMA = Dialect(",", ";")
"""Decimal comma and semicolon."""


def variables(columns: Iterable[Column], rows: pd.DataFrame) -> tuple[Variable, ...]:
    """The columns of a table with what they hold.

    Parameters
    ----------
    columns
        What is declared of them.
    rows
        Some of its rows, which tell what it holds.
    """
    described = {column.name: f"{column.meaning} ({column.unit})" for column in columns}
    found: list[Variable] = []
    for name, values in rows.items():
        short = _short(str(name), [other.short for other in found])
        found.append(Variable(str(name), described.get(str(name), ""), *_held(values), short))
    return tuple(found)


def _short(name: str, taken: Sequence[str]) -> str:
    """A name as Stata allows it: letters, digits and _, 32 at most, none of its own words, and no other's."""
    plain = re.sub(r"[^0-9A-Za-z_]", "_", name)[:STATA_NAME]
    if plain in STATA_WORDS or plain[:1].isdigit():
        plain = f"_{plain}"[:STATA_NAME]
    number, free = 1, plain
    while free in taken:
        number += 1
        free = f"{plain[: STATA_NAME - len(str(number)) - 1]}_{number}"
    return free


def _held(values: pd.Series) -> tuple[str, tuple[str, ...]]:
    """What a column holds, and its words if it holds words."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return WORD, tuple(map(str, values.cat.categories))
    if types.is_bool_dtype(values.dtype):
        return WORD, ("False", "True")
    if types.is_integer_dtype(values.dtype):
        return WHOLE, ()
    return (NUMBER if types.is_numeric_dtype(values.dtype) else TEXT), ()


def parquet_rows(path: Path) -> Iterator[pd.DataFrame]:
    """The rows of a Parquet table, some at a time; ``InputError`` if it cannot be read."""
    try:
        with open_file(path) as content, pq.ParquetFile(content) as file:
            if not file.metadata.num_rows:
                yield file.read().to_pandas()
            for batch in file.iter_batches(ROWS):
                yield pa.Table.from_batches([batch]).replace_schema_metadata(file.schema_arrow.metadata).to_pandas()
    except (pa.ArrowException, OSError):
        raise InputError(f"{path}: cannot be read as Parquet") from None


def export_tables(
    out: Path,
    tables: Mapping[str, tuple[Sequence[Column], Callable[[], Iterable[pd.DataFrame]]]],
    dialect: Dialect,
    progress: bool = False,
) -> list[Path]:
    """Write tables and their scripts to a new folder, which appears whole or not at all.

    Parameters
    ----------
    out
        Folder that does not exist yet.
    tables
        By name the declared columns, and a function that gives the rows, some at a time.
    dialect
        How numbers and fields are separated.
    progress
        Whether to show a bar of rows.

    Returns
    -------
    The files, in order.

    Raises
    ------
    InputError
        If the folder exists or cannot be written, or a table cannot be read.
    """
    names: list[str] = []
    with atomic_folder(out) as partial:
        codebook = []
        for name, (columns, rows) in tables.items():
            described = _write_csv(partial / f"{name}.csv", columns, rows(), dialect, progress)
            for ending, script in SCRIPTS.items():
                text = script(name, described, dialect)
                (partial / f"{name}.{ending}").write_text(text, encoding="utf-8-sig" if ending == "sps" else "utf-8")
            names += [f"{name}.{ending}" for ending in ("csv", *SCRIPTS)]
            codebook += [(name, v.name, v.label, v.holds, ", ".join(v.words)) for v in described]
        table = pd.DataFrame(codebook, columns=["table", "column", "meaning", "holds", "words"])
        table.to_csv(partial / "codebook.csv", index=False, sep=dialect.separator, encoding="utf-8-sig")
    return [out / name for name in (*names, "codebook.csv")]


def _write_csv(
    path: Path, columns: Sequence[Column], rows: Iterable[pd.DataFrame], dialect: Dialect, progress: bool
) -> tuple[Variable, ...]:
    described: tuple[Variable, ...] = ()
    with (
        path.open("w", encoding="utf-8-sig", newline="") as file,
        tqdm(unit="row", unit_scale=True, desc=path.name, disable=None if progress else True) as bar,
    ):
        for some in rows:
            _one_line(some).to_csv(
                file, header=not described, index=False, sep=dialect.separator, decimal=dialect.decimal
            )
            described = described or variables(columns, some)
            bar.update(len(some))
    return described


def _one_line(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with texts of several lines in one: SPSS knows no line end within a text."""
    texts = [str(name) for name, values in rows.items() if _held(values)[0] == TEXT]
    return rows.assign(**{name: rows[name].astype(object).replace(LINE_ENDS, " | ", regex=True) for name in texts})


def _quoted(text: str, mark: str = '"') -> str:
    """A text in quotation marks, those inside doubled (SPSS), control characters left out."""
    return mark + "".join(c for c in text if c.isprintable()).replace(mark, mark * 2) + mark


def _for_r(text: str) -> str:
    return '"' + "".join(c for c in text if c.isprintable()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _for_stata(text: str, most: int = 10_000) -> str:
    """A text in Stata's compound quotation marks; what Stata would take for a macro or an end is left out."""
    plain = "".join(c for c in text if c.isprintable() and c not in '`$"')
    return f'`"{plain[:most]}"\''


def _spss_script(table: str, described: Sequence[Variable], dialect: Dialect) -> str:
    """SPSS syntax that reads a table and labels it; every word variable gets a numeric one, with the ending _code."""
    formats = {TEXT: "A2000", WHOLE: "F10.0", NUMBER: "F18.8"}

    def longest(words: Sequence[str]) -> int:
        return max((len(word.encode()) for word in words), default=1)

    lines = [
        f"* {READS}",
        "SET UNICODE=ON.",
        f"SET DECIMAL={'COMMA' if dialect.decimal == ',' else 'DOT'}.",
        "GET DATA /TYPE=TXT",
        f"  /FILE={_quoted(f'{table}.csv')}",
        "  /ENCODING='UTF8'",
        f'  /DELIMITERS="{dialect.separator}" /QUALIFIER=\'"\' /ARRANGEMENT=DELIMITED /FIRSTCASE=2',
        "  /VARIABLES=",
        *(f"    {v.name} {formats.get(v.holds) or f'A{longest(v.words)}'}" for v in described),
        "  .",
        "EXECUTE.",
        "VARIABLE LABELS",
        *(f"  {v.name} {_quoted(v.label[:SPSS_LABEL])}" for v in described),
        "  .",
    ]
    for v in described:
        if v.words:
            lines += [
                f"RECODE {v.name}",
                *(f"  ({_quoted(word)}={code})" for code, word in enumerate(v.words, 1)),
                f"  INTO {v.name}_code.",
                f"VARIABLE LABELS {v.name}_code {_quoted(v.label[:SPSS_LABEL])}.",
                f"VALUE LABELS {v.name}_code",
                *(f"  {code} {_quoted(word[:110])}" for code, word in enumerate(v.words, 1)),
                "  .",
                f"FORMATS {v.name}_code (F8.0).",
            ]
    return "\n".join([*lines, "EXECUTE.", ""])


def _r_script(table: str, described: Sequence[Variable], dialect: Dialect) -> str:
    """R code that reads a table into a data frame of that name; words become factors, meanings the attribute label."""
    lines = [
        f"# {READS}",
        f"{table} <- read.csv({_for_r(f'{table}.csv')}, sep = {_for_r(dialect.separator)}, "
        f'dec = {_for_r(dialect.decimal)}, na.strings = "", fileEncoding = "UTF-8-BOM", check.names = FALSE)',
    ]
    for v in described:
        at = f"{table}[[{_for_r(v.name)}]]"
        if v.words:
            levels = ", ".join(map(_for_r, v.words))
            lines.append(f"{at} <- factor({at}, levels = c({levels}))")
        lines.append(f'attr({at}, "label") <- {_for_r(v.label)}')
    return "\n".join([*lines, ""])


def _stata_script(table: str, described: Sequence[Variable], dialect: Dialect) -> str:
    """Stata code that reads a table and labels it; words become numbers with value labels."""
    lines = [
        f"* {READS}",
        "version 14",
        f'import delimited using "{table}.csv", delimiters("{dialect.separator}") varnames(nonames) '
        'rowrange(2) encoding("utf-8") bindquote(strict) asdouble clear',
        *(f"rename v{number} {v.short}" for number, v in enumerate(described, 1)),
    ]
    numbers = [v.short for v in described if v.holds == NUMBER]
    if dialect.decimal == "," and numbers:
        lines.append(f"destring {' '.join(numbers)}, dpcomma replace")
    for number, v in enumerate(described):
        name = v.short
        if v.words:
            defined = " ".join(f"{code} {_for_stata(word)}" for code, word in enumerate(v.words, 1))
            lines += [
                f"label define words{number} {defined}",
                f"capture confirm string variable {name}",
                "if _rc == 0 {",
                f"    encode {name}, generate(coded{number}) label(words{number})",
                f"    order coded{number}, after({name})",
                f"    drop {name}",
                f"    rename coded{number} {name}",
                "}",
            ]
        lines.append(f"label variable {name} {_for_stata(v.label, STATA_LABEL)}")
    return "\n".join([*lines, ""])


SCRIPTS: dict[str, Callable[[str, Sequence[Variable], Dialect], str]] = {
    "sps": _spss_script,
    "R": _r_script,
    "do": _stata_script,
}
"""The script of each program, by the ending of its file."""
