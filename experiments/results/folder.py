"""Folders and files that appear whole or not at all, and never in the place of others."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from twoway.experiments.results.heartbeat import beating, partial_path, remove_leftovers_of
from twoway.simulation.errors import InputError


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """A new folder that takes its place at *target* only when all is written; a partial one is removed."""
    if os.path.lexists(target):
        raise InputError(f"{target}: exists already and is not overwritten; choose another folder with --out")
    remove_leftovers_of(target)
    partial = partial_path(target)
    new = [parent for parent in target.parents if not parent.exists()]
    try:
        partial.mkdir(parents=True)
        with beating(partial):
            yield partial
        partial.rename(target)
    except OSError as error:
        reasons = {
            errno.ENOSPC: "the disk is full",
            errno.EACCES: "it may not be written there",
            errno.EROFS: "the disk is read-only",
            errno.ENOTDIR: "a file is in the place of a folder",
            errno.ENOTEMPTY: "another run has written there meanwhile",
        }
        reason = reasons.get(error.errno or 0, error.strerror or str(error))
        raise InputError(f"{target}: nothing was written, {reason}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        for parent in new:
            with suppress(OSError):  # something stands in it: the run
                parent.rmdir()


def free_folder(name: str, parent: Path = Path("runs")) -> Path:
    """A folder below *parent* that is not taken yet: the name itself, or with the next number.

    Parameters
    ----------
    name
        Name that the folder should have.
    parent
        Folder in which it is to lie.
    """
    free, number = parent / name, 1
    while os.path.lexists(free):
        number += 1
        free = parent / f"{name}-{number}"
    return free


def refuse_existing(path: Path) -> None:
    """Refuse to write where something is already."""
    if os.path.lexists(path):
        raise InputError(f"{path}: exists already and is not overwritten; choose another file with --out")


def replace_file(path: Path, text: str) -> None:
    """Write a text file in the place of an older one: it is the old or the new one, never half of either.

    Parameters
    ----------
    path
        File to write.
    text
        Its whole content.
    """
    partial = partial_path(path)
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_new_file(path: Path, text: str) -> None:
    """Write a text file that appears whole or not at all, and never in the place of another.

    Parameters
    ----------
    path
        File that does not exist yet.
    text
        Its whole content.

    Raises
    ------
    InputError
        If the file exists or cannot be written.
    """
    refuse_existing(path)
    remove_leftovers_of(path)
    partial = partial_path(path)
    try:
        partial.write_text(text, encoding="utf-8")
        try:
            os.link(partial, path)
        except FileExistsError:
            raise
        except OSError:  # this disk has no hard links
            path.touch(exist_ok=False)
            partial.replace(path)
    except FileExistsError:
        raise InputError(f"{path}: another process has written it meanwhile; it is not overwritten") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from None
    finally:
        with suppress(OSError):
            partial.unlink()
