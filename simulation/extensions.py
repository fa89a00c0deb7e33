"""Extensions: a user's Python file that declares coping ways, event kinds, outcomes or figures of its own.

A scenario or study names the file; whatever the file declares takes part, beside what comes with the package. The
file's content is part of the identity of every run that uses it, and a copy of it is saved with the run.

Loading an extension runs its code: load only files you would run yourself.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any, Generic, Protocol, TypeVar

from twoway.simulation.data_files import absolute, read_file
from twoway.simulation.errors import InputError, nearest

PACKAGE = __name__.partition(".")[0] + "."
"""How the names of the package's own modules begin."""


class Named(Protocol):
    """Anything that is declared under a name."""

    @property
    def name(self) -> str:
        """Name in tables, files and commands."""
        ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Mapping[str, Entry], Generic[Entry]):
    """Entries of one kind by name, in the order in which they were declared.

    Parameters
    ----------
    kind
        What an entry is called in messages, such as "figure".

    Examples
    --------
    >>> ways = Registry("coping way")
    >>> ways["endur"]
    Traceback (most recent call last):
    ...
    twoway.simulation.errors.InputError: there is no coping way 'endur'; there is none to choose from
    """

    def __init__(self, kind: str, entries: Iterable[Entry] = ()) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> Entry:
        """Add an *entry* that comes with the package, even while an extension is being loaded."""
        if entry.name in self._entries:
            raise InputError(f"there are two entries of the kind '{self.kind}' with the name '{entry.name}'")
        self._entries[entry.name] = entry
        return entry

    def declare(self, entry: Entry, made_of: Callable[..., Any] | None = None) -> Entry:
        """Add *entry* to the extension that is being loaded, or else to this registry; returns it.

        Parameters
        ----------
        entry
            What is declared.
        made_of
            The function that it is made of. One of the package's own goes to this registry, even if its module is first
            imported while an extension is being loaded.

        Raises
        ------
        InputError
            If an entry of that name exists already.
        """
        packaged = made_of is not None and made_of.__module__.startswith(PACKAGE)
        if _LOADING and not packaged:
            if entry.name in self._entries:
                raise InputError(f"the {self.kind} '{entry.name}' comes with the package; choose another name")
            _LOADING[-1].append((self.kind, entry))
        else:
            self.add(entry)
        return entry

    def declare_in_file(self, entry: Entry) -> Entry:
        """Add *entry* to the extension that is being loaded; elsewhere nothing happens. Returns it."""
        return self.declare(entry) if _LOADING else entry

    def extended(self, extensions: Iterable[Extension]) -> Registry[Entry]:
        """A registry with the entries of this one, then those of the *extensions*."""
        entries = [
            *self.values(),
            *(e for extension in extensions for kind, e in extension.entries if kind == self.kind),
        ]
        return Registry(self.kind, entries)  # type: ignore[arg-type]

    def find(self, name: str) -> Entry:
        """The entry of a name here or, else, in the extension that was loaded last among those that have it.

        For words and marks, where a table of some run is at hand but not its scenario.
        """
        if name in self._entries:
            return self._entries[name]
        for extension in reversed(_LOADED.values()):
            for entry in extension.of(self):
                if entry.name == name:
                    return entry
        return self[name]

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            raise InputError(f"there is no {self.kind} '{name}'; {nearest(name, self._entries)}")
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


@dataclass(frozen=True)
class Extension:
    """A loaded file: its path, the SHA-256 of its content, what it declares, each with its kind, and its module."""

    path: Path = field(compare=False)
    sha256: str
    entries: tuple[tuple[str, Named], ...] = field(compare=False)
    module: ModuleType = field(compare=False, repr=False)

    def of(self, registry: Registry[Entry]) -> tuple[Entry, ...]:
        """What the file declares of the kind that a registry holds."""
        return tuple(entry for kind, entry in self.entries if kind == registry.kind)  # type: ignore[misc]


_LOADING: list[list[tuple[str, Named]]] = []
"""Declarations of the extensions that are being loaded, innermost last."""
_LOADED: dict[str, Extension] = {}
"""Extensions by the digest of their content: a copy of a file is the same extension."""


def loaded_extensions() -> tuple[Extension, ...]:
    """All extensions that this process has loaded."""
    return tuple(_LOADED.values())


def load_extension(path: str | Path) -> Extension:
    """Run a Python file of declarations, once per content, and return what it declares.

    Parameters
    ----------
    path
        A ``.py`` file.

    Raises
    ------
    InputError
        If the file cannot be read, fails, or declares nothing.
    """
    path = absolute(path)
    if path.suffix != ".py" or not os.path.lexists(path):
        raise InputError(f"{path}: an extension is a Python file (.py); there is none")
    content = read_file(path)
    digest = hashlib.sha256(content).hexdigest()
    if digest in _LOADED:
        return replace(_LOADED[digest], path=path)
    _refuse_neighbours(path, content)
    name = (
        f"twoway_extension_{digest[:16]}"  # compiled code that is loaded from disk looks its functions up by this name
    )
    module = module_from_spec(spec_from_loader(name, None, origin=str(path)))  # type: ignore[arg-type]
    module.__file__ = str(path)
    sys.modules[name] = module
    declared: list[tuple[str, Named]] = []
    _LOADING.append(declared)
    try:
        exec(compile(content, str(path), "exec"), module.__dict__)
    except InputError as error:
        del sys.modules[name]
        raise InputError(f"{path}: {error}") from None
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise InputError(f"{path}: fails when it is loaded ({type(error).__name__}: {error})") from error
    finally:
        _LOADING.pop()
    if not declared:
        raise InputError(f"{path}: declares nothing; see `twoway list` for what a file can declare")
    _LOADED[digest] = Extension(path, digest, tuple(declared), module)
    return _LOADED[digest]


def _refuse_neighbours(path: Path, content: bytes) -> None:
    """Refuse a file that imports files beside it: edits there would go unnoticed, and no run would save them."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # also bytes of zero, and deep nesting
        raise InputError(f"{path}: is not valid Python ({error})") from None
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = ["." if node.level else str(node.module)]
        for name in names:
            top = name.partition(".")[0]
            if not top or (path.parent / top).is_dir() or (path.parent / f"{top}.py").is_file():
                raise InputError(f"{path}: imports '{name}' from beside it; an extension is one file, so put it there")


def refuse_words(kind: str, name: str, text: str, *placeholders: str) -> None:
    """Refuse a name that cannot be a word of a table, and a text that has other placeholders than may be filled in.

    Parameters
    ----------
    kind
        What is declared, such as "coping way"; for the message.
    name
        Its name.
    text
        Its sentence, or another text of it.
    placeholders
        Words that may stand in braces in the text.

    Raises
    ------
    InputError
        Names what is declared and what may be written.
    """
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        raise InputError(f"the {kind} '{name}': a name has lower-case letters, digits and underscores only")
    allowed = " and ".join(f"{{{placeholder}}}" for placeholder in placeholders)
    try:
        found = {part[1] for part in Formatter().parse(text) if part[1] is not None}
    except ValueError as error:
        raise InputError(f"the {kind} '{name}': {text!r} cannot be told ({error})") from None
    for other in sorted(found - set(placeholders)):
        raise InputError(f"the {kind} '{name}': {text!r} has {{{other}}}; only {allowed} can be filled in")
