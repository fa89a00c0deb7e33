"""Shards: files of finished runs, one per task of a worker, written once and never changed.

A row holds the key of the run's scenario and seed, the replicate, and the outcomes, or why the run failed. The name of
a file is the digest of its content: a shard that was changed is known by its name, and so that a store can grow in many
places at once, nothing else needs to list them. (Checksums of Parquet would protect neither schema nor metadata.)
Light to import: this is what a worker needs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from twoway.experiments.results.digests import digest_of
from twoway.experiments.results.heartbeat import partial_path
from twoway.simulation.data_files import read_file
from twoway.simulation.errors import InputError

LARGEST_SHARD = 2**30
"""Bytes of the largest shard that is read: a task of some seconds makes a file of some kilobytes."""


def schema_of(names: Sequence[str]) -> pa.Schema:
    """Columns of a shard that holds the outcomes of these *names*."""
    return pa.schema(
        [
            ("key", pa.dictionary(pa.int32(), pa.string())),
            ("replicate", pa.int32()),
            *((name, pa.float32()) for name in names),
            ("trouble", pa.string()),
        ]
    )


class Rows(NamedTuple):
    """Finished runs: ``names`` of the K outcomes, ``keys`` and ``replicate`` (n,), ``outcomes`` (n, K), ``trouble``.

    ``trouble`` is a traceback where a run failed.
    """

    names: Sequence[str]
    keys: Sequence[str]
    replicate: Sequence[int]
    outcomes: NDArray[np.float64]
    trouble: Sequence[str | None]


class DamagedShardError(Exception):
    """A shard that cannot be read, or whose rows are not what they should be."""


def write_shard(folder: Path, rows: Rows, note: Mapping[str, str]) -> str:
    """Write the rows as a new file, which appears whole or not at all.

    Parameters
    ----------
    folder
        Folder of the shards.
    rows
        Finished runs.
    note
        Provenance by name, which the file carries.

    Returns
    -------
    Name of the file.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left then.
    """
    columns = [
        pa.array(rows.keys, pa.string()).dictionary_encode(),
        pa.array(rows.replicate, pa.int32()),
        *(pa.array(values.astype(np.float32), from_pandas=True) for values in rows.outcomes.T),
        pa.array(rows.trouble, pa.string()),
    ]
    table = pa.Table.from_arrays(columns, schema=schema_of(rows.names))
    table = table.replace_schema_metadata({f"twoway.{name}": value for name, value in note.items()})
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    name = f"{digest_of(buffer.getvalue())}.parquet"
    partial = partial_path(folder / name)
    try:
        with partial.open("wb") as file:
            file.write(buffer.getvalue())
            file.flush()
            os.fsync(file.fileno())
        partial.rename(folder / name)
    except OSError:
        with suppress(OSError):
            partial.unlink()
        raise
    return name


def read_shard(path: Path, names: Sequence[str]) -> pa.Table:
    """The rows of a shard.

    Parameters
    ----------
    path
        File of the shard.
    names
        Names of the study's outcomes, in their order. A shard may lack some that were asked for later.

    Returns
    -------
    A table with the columns of ``schema_of(names)``, empty where the shard lacks an outcome, and ``complete``, which
    says of every row whether the shard lacks none.

    Raises
    ------
    DamagedShardError
        If the file was cut short or changed, or has other columns.
    """
    try:
        content = read_file(path, LARGEST_SHARD)
        if digest_of(content) != path.stem:
            raise DamagedShardError("its content is not what its name says")
        table = pq.read_table(pa.BufferReader(content)).replace_schema_metadata(None)
    except (pa.ArrowException, OSError, InputError) as error:
        raise DamagedShardError(str(error)) from None
    held = [name for name in names if name in table.column_names]
    if table.schema != schema_of([name for name in table.column_names if name in held]):
        raise DamagedShardError("its columns are not those of a study")
    for name in set(names) - set(held):
        table = table.append_column(pa.field(name, pa.float32()), pa.nulls(len(table), pa.float32()))
    complete = pa.repeat(len(held) == len(names), len(table))
    return table.select(schema_of(names).names).append_column("complete", complete)
