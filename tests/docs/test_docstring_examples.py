"""Every example in a docstring of the package does what it says; the public names have one."""

from __future__ import annotations

import ast
import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import twoway
from twoway.simulation import extensions

ROOT = Path(__file__).parents[2]
HOMES = {"src/twoway": "twoway"} | {
    folder: f"twoway.{folder}" for folder in ("simulation", "analysis", "experiments", "seminar", "cli")
}
MODULES = {
    ".".join(
        [name, *(part for part in path.relative_to(ROOT / folder).with_suffix("").parts if part != "__init__")]
    ): path
    for folder, name in HOMES.items()
    for path in sorted((ROOT / folder).rglob("*.py"))
}
WITHOUT = {"SCOPE", "Client", "Keyworker", "Comparison", "OutcomeInput", "ParameterGroup", "Result", "Tables"}
"""Public names whose examples are those of what makes or takes them."""


def examples_of(path):
    """The docstrings of a file that hold examples: their text and line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ">>>" in (ast.get_docstring(node) or ""):
            yield getattr(node, "name", "module"), ast.get_docstring(node), node.body[0].lineno


WITH = [name for name, path in MODULES.items() if list(examples_of(path))]


@pytest.mark.parametrize("name", WITH)
def test_the_examples_of_a_module_do_what_they_say(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module, runner = import_module(name), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for number, (what, text, line) in enumerate(examples_of(MODULES[name])):
        (tmp_path / str(number)).mkdir()
        monkeypatch.chdir(tmp_path / str(number))
        monkeypatch.setattr(extensions, "_LOADING", [[]])  # what an example declares is gone afterwards
        test = doctest.DocTestParser().get_doctest(text, dict(vars(module)), what, str(MODULES[name]), line)
        said = []
        assert runner.run(test, out=said.append).failed == 0, "".join(said)


def test_no_example_is_skipped():
    assert [name for name, path in MODULES.items() if "+SKIP" in path.read_text("utf-8")] == []


@pytest.mark.parametrize("name", sorted(set(twoway.__all__) - WITHOUT))
def test_a_public_name_shows_how_it_is_used(name):
    assert ">>>" in (inspect.getdoc(getattr(twoway, name)) or "")
