"""Docstrings tell what goes in: a reader of ``help()`` needs no source."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("simulation", "analysis", "experiments", "seminar", "cli", "src")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def public_functions(tree):
    """Functions and methods without an underscore that take two arguments or more, each with their names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            given = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
            names = [argument.arg for argument in given if argument.arg not in ("self", "cls")]
            if len(names) >= 2:
                yield node, names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_argument_of_a_public_function_is_described(path):
    for node, names in public_functions(ast.parse(path.read_text("utf-8"))):
        _, found, section = (ast.get_docstring(node) or "").partition("Parameters\n----------\n")
        assert found, f"{node.name} has no section Parameters"
        described = {
            name.strip(" *")
            for line in re.split(r"\n\n.*\n---", section)[0].splitlines()
            if not line.startswith(" ")
            for name in line.partition(" : ")[0].split(",")
        }
        missing = [name for name in names if name not in described]
        assert not missing, f"{node.name} does not describe {', '.join(missing)}"
