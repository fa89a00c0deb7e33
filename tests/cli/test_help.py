"""Help where it is looked for: in the errors of every command, in its own help, and when Tab is pressed."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys

import pytest

from twoway.cli.completion import SHELLS
from twoway.cli.main import parser
from twoway.experiments.studies.study import shipped_studies
from twoway.simulation.parameters.scenario import shipped_names


def every_command(one=None):
    """The parsers of all commands and of the actions of commands."""
    for action in (one or parser())._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield below
                yield from every_command(below)


COMMANDS = {one.prog.removeprefix("twoway "): one for one in every_command()}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_misspelt_option_is_answered_with_the_nearest_one_and_the_commands_own_help(refused, command):
    sentence = refused(*command.split(), "--hlp")
    assert f"there is no option --hlp; did you mean '--help'? (see `twoway {command} --help`)" in sentence


def test_of_options_that_resemble_none_all_are_named(refused):
    assert "valid are '--csv', '--days'" in refused("run", "--zzzzzz", "ordinary")


def test_a_word_that_an_option_does_not_take_is_answered_with_the_nearest_one(refused):
    assert "--executor: 'thread'; did you mean 'threads'?" in refused("study", "run", "peers", "--executor", "thread")


@pytest.mark.parametrize("command", COMMANDS)
def test_whoever_reads_the_help_of_a_command_learns_where_its_output_goes(command):
    for action in COMMANDS[command]._actions:
        if action.dest == "out" and not action.required:
            assert "(default" in action.help


# When Tab is pressed


def offered(line, tmp_path):
    """What a shell is told to offer at the end of a line."""
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "COMP_LINE": line, "COMP_POINT": str(len(line))}
    said = tmp_path / "offered"
    subprocess.run(
        [sys.executable, "-m", "twoway"],
        env=os.environ | asked | {"_ARGCOMPLETE_STDOUT_FILENAME": str(said)},
        cwd=tmp_path,
        check=False,
    )
    return [word.strip() for word in said.read_text().splitlines()]


@pytest.mark.slow
def test_a_shell_is_offered_commands_options_and_names(tmp_path):
    (tmp_path / "strict.toml").touch()
    assert offered("twoway rob", tmp_path) == ["robustness"]
    assert offered("twoway study sens", tmp_path) == ["sensitivity"]
    assert "--replicates" in offered("twoway run ordinary --rep", tmp_path)
    strict = [name for name in shipped_names() if name.startswith("strict")]
    assert sorted(offered("twoway compare ordinary strict", tmp_path)) == sorted([*strict, "strict.toml"])
    assert sorted(offered("twoway study run what", tmp_path)) == [n for n in shipped_studies() if n.startswith("what")]
    assert offered("twoway run ordinary --set context.contr", tmp_path) == ["context.control="]
    assert "conflicted" in offered("twoway study sensitivity . --outcome conf", tmp_path)
    assert offered("twoway list out", tmp_path) == ["outcomes"]
    assert "the-same-refusal" in offered("twoway lesson the", tmp_path)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_is_printed_and_says_nothing_else(twoway, shell):
    status, out, err = twoway("completion", shell)
    assert (status, err) == (0, "")
    assert re.search(r"\bcomplet\w+ .*twoway", out)


def test_another_shell_is_refused(refused):
    assert "valid are 'bash', 'fish' and 'zsh'" in refused("completion", "tcsh")
