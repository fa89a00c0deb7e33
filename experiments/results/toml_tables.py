"""Tables of declared rows in TOML, such as facts, removals and claims: read, checked, refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from twoway.simulation.affect_control.equations import read_toml
from twoway.simulation.errors import InputError

Table = TypeVar("Table", bound=BaseModel)


def read_table(path: Path, table: type[Table]) -> Table:
    """What the file at *path* holds, as a *table*; ``InputError`` with file and field if it is not one."""
    try:
        return table.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
