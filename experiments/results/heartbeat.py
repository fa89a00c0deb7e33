"""Signs of life of processes: who is at work on a file or folder, and what was left behind by one that is gone.

A process at work renews the time of its file every ``BEAT`` seconds. One whose file has not been renewed for ``GONE``
seconds is gone, whatever machine it ran on. Both times are those of the disk's own clock: the clocks of the machines of
a cluster may differ by more. On this machine a process that no longer exists is known to be gone at once.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

BEAT, GONE = 60.0, 600.0
"""Seconds after which a process renews its sign of life, and after which one that has not is gone."""


@contextmanager
def beating(path: Path) -> Iterator[None]:
    """Renew the time of a file or folder until the block ends."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            with suppress(OSError):  # a disk that is away for a moment; the next beat may reach it
                os.utime(path)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def disk_time(folder: Path) -> float:
    """The time by the clock of the disk that holds *folder*; by this machine's if nothing can be written there."""
    probe = folder / f".time-{uuid4().hex}"
    try:
        probe.touch()
        return probe.stat().st_mtime
    except OSError:
        return time.time()
    finally:
        with suppress(OSError):
            probe.unlink()


def is_gone(path: Path, host: str, process: int, now: float) -> bool:
    """Whether the process that renews the time of a file or folder is gone.

    Parameters
    ----------
    path
        The file or folder.
    host, process
        Machine and number of the process.
    now
        Time by the disk's clock, as ``disk_time`` gives it.
    """
    if host in (socket.gethostname(), _host()) and not _alive(process):
        return True
    try:
        return now - path.stat().st_mtime > GONE
    except OSError:
        return True


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return process > 0


def _host() -> str:
    """Name of this machine, as names of files hold it."""
    return re.sub(r"[^\w.]", "_", socket.gethostname())


def partial_path(target: Path) -> Path:
    """A path beside *target* for what is being written, with the name of this machine and process in it."""
    return target.with_name(f".{target.name}.partial-{_host()}-{os.getpid()}-{uuid4().hex[:12]}")


def remove_leftovers(folder: Path, name: str = "*") -> list[str]:
    """Remove what killed processes have left half-written, and say so.

    Parameters
    ----------
    folder
        Folder in which to look.
    name
        Name of the file or folder that was to be written; by default any.

    Returns
    -------
    A sentence about each thing removed.
    """
    parts = re.compile(r"\..*\.partial-(?P<host>[\w.]+)-(?P<process>\d{1,9})-[0-9a-f]{12}", re.DOTALL)
    pattern = "." + ("*" if name == "*" else re.sub(r"([*?[])", r"[\1]", name)) + ".partial-*"
    found = [(path, parts.fullmatch(path.name)) for path in sorted(folder.glob(pattern))] if folder.is_dir() else []
    said: list[str] = []
    now = disk_time(folder) if found else 0.0
    for path, match in found:
        if match is None or not is_gone(path, match["host"], int(match["process"]), now):
            continue
        with suppress(OSError):  # another process was faster, or it may not be removed
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            said.append(f"{path}: was left half-written by a process that is gone; it was removed.")
    return said


def remove_leftovers_of(target: Path) -> None:
    """Remove what killed processes have left of a file or folder, with a warning about each."""
    for sentence in remove_leftovers(target.parent, target.name):
        warnings.warn(sentence, stacklevel=3)
