"""Editions of the model: the same compiled functions with some parts exchanged for others.

numba builds the code of every function that a compiled function calls into it. So a function from which an exchanged
part can be reached is compiled anew, from the same code with other globals, under a name of its own: numba tells
compiled code apart by names, on disk and in memory. A function that reaches no exchanged part is shared. The edition
that exchanges nothing is the model itself.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar, cast

from twoway.simulation.compilation import compiled, is_compiled, plain_function

Function = TypeVar("Function", bound=Callable[..., Any])
Part = Callable[..., Any]
"""A compiled function, or a plain one where compiling is switched off."""


class Edition:
    """An edition of the model; ``edition(function)`` is a compiled function as it is in this edition.

    Parameters
    ----------
    parts
        Which compiled functions are exchanged for which.
    digest
        Tells this edition from others, in hexadecimal; empty for the model itself.
    """

    def __init__(self, parts: Mapping[Part, Part], digest: str) -> None:
        self.digest = digest
        self._known = dict(parts)

    def __call__(self, function: Function) -> Function:
        """Return the function in this edition."""
        if self._known and function not in self._known:
            old = plain_function(function)
            calls = {
                name: old.__globals__[name]
                for name in global_names(old.__code__)
                if is_compiled(old.__globals__.get(name))
            }
            new = {name: self(called) for name, called in calls.items()}
            self._known[function] = function if new == calls else compiled(_renamed(old, new, self.digest))
        return cast(Function, self._known.get(function, function))


def global_names(code: CodeType) -> set[str]:
    """All global names that some code looks up, in its comprehensions as well."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    own = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return own.union(*(global_names(one) for one in inner))


def _renamed(old: FunctionType, new: Mapping[str, object], digest: str) -> FunctionType:
    """The same function with some *new* globals, under the name it has in the edition of a *digest*."""
    function = FunctionType(old.__code__, {**old.__globals__, **new}, old.__name__, old.__defaults__, old.__closure__)
    if digest:
        function.__qualname__ = f"{old.__qualname__}@{digest[:16]}"
    function.__module__, function.__doc__ = old.__module__, old.__doc__
    return function


def compiled_from(function: Part, module: ModuleType, digest: str) -> Part:
    """A user's function compiled, with the plain functions of her *module* that it calls.

    Parameters
    ----------
    function
        Function that an extension declares, plain or compiled.
    module
        The extension as a module; of the plain functions that are called, those defined in it are compiled, too.
    digest
        As in ``Edition``.

    Returns
    -------
    The compiled function; *function* itself where it is no plain function.
    """
    if is_compiled(function) or not isinstance(function, FunctionType):
        return function
    helpers = {
        name: compiled_from(helper, module, digest)
        for name in global_names(function.__code__)
        if isinstance(helper := function.__globals__.get(name), FunctionType)
        and helper.__module__ == module.__name__
        and helper is not function
    }
    return compiled(_renamed(function, helpers, digest))


def switch(name: str, arguments: str, parts: Sequence[Part], digest: str = "", default: str = "None") -> Part:
    """One compiled function ``name(code, arguments)`` that calls the part of that code: numba cannot pick from a list.

    Parameters
    ----------
    name
        Name of the function.
    arguments
        Names of the arguments of every part, such as "party, day, parameters".
    parts
        Compiled functions, by code.
    digest
        As in ``Edition``.
    default
        What is returned where there are no parts.
    """
    calls = [f"return part_{code}({arguments})" for code in range(len(parts))] or [f"return {default}"]
    lines = [f"    if code == {code}:\n        {call}" for code, call in enumerate(calls[:-1])]
    namespace: dict[str, Any] = {"__name__": __name__, **{f"part_{code}": part for code, part in enumerate(parts)}}
    source = "\n".join([f"def {name}(code, {arguments}):", *lines, f"    {calls[-1]}"])
    exec(compile(source, __file__, "exec"), namespace)  # numba's cache wants a file there is
    return compiled(_renamed(namespace[name], {}, digest))
