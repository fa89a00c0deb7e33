"""Files are read whole or refused in words: pipes, devices, links in a circle, nesting and numbers without end."""

from __future__ import annotations

import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.experiments.studies.designs import Listed
from twoway.simulation.data_files import DEEPEST, read_file, read_toml
from twoway.simulation.errors import LONGEST, InputError, visible
from twoway.simulation.extensions import load_extension
from twoway.simulation.parameters.scenario import load

READERS = {".toml": read_toml, ".csv": Listed.of, ".py": load_extension, ".txt": read_file}


@pytest.fixture
def pipe(tmp_path):
    def make(ending):
        path = tmp_path / f"pipe{ending}"
        os.mkfifo(path)
        return path

    return make


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("ending", READERS)
def test_nobody_waits_for_a_pipe(pipe, ending):
    with pytest.raises(InputError, match="is a pipe, not a file"):
        READERS[ending](pipe(ending))


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no /dev/zero here")
@pytest.mark.parametrize("ending", READERS)
def test_a_device_is_not_read_though_a_link_hides_it(tmp_path, ending):
    path = tmp_path / f"zero{ending}"
    path.symlink_to("/dev/zero")
    with pytest.raises(InputError, match=r"is a device|there is none"):
        READERS[ending](path)


@pytest.mark.parametrize("ending", READERS)
def test_links_in_a_circle_and_folders_are_refused_with_their_name(tmp_path, ending):
    loop, folder = tmp_path / f"loop{ending}", tmp_path / f"folder{ending}"
    loop.symlink_to(loop.name)
    folder.mkdir()
    for path in (loop, folder):
        with pytest.raises(InputError, match=path.name):
            READERS[ending](path)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no such sockets here")
def test_a_socket_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("here.toml")
        with pytest.raises(InputError, match="is a socket"):
            read_toml(tmp_path / "here.toml")


def test_a_file_larger_than_any_can_be_meant_to_be_is_not_read_into_memory(tmp_path):
    path = tmp_path / "large.toml"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(InputError, match="is larger than"):
        read_toml(path)


@pytest.mark.parametrize(
    "text",
    [
        f"[{'.'.join('a' * 500)}]",
        f"{'.'.join('a' * 500)} = 1",
        f"a = {'[' * 500}{']' * 500}",
        f"a = {'[' * 5000}{']' * 5000}",
        f"a = {'{b = ' * 500}1{'}' * 500}",
    ],
)
def test_what_is_nested_without_end_is_refused(tmp_path, text):
    path = tmp_path / "deep.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=f"nested more than {DEEPEST} deep"):
        read_toml(path)


@pytest.mark.parametrize("number", ["9" * 4301, "9" * 4300, f"0x{'f' * 9000}", str(2**63), str(-(2**63) - 1)])
def test_a_whole_number_that_no_field_can_hold_is_refused(tmp_path, number):
    path = tmp_path / "large.toml"
    path.write_text(f'question = "?"\n[design]\ndays = {number}\n')
    with pytest.raises(InputError, match="whole number of more than 64 bits"):
        load(path)


@pytest.mark.parametrize("content", ["import sys\nsys.exit(3)", "x = 1\0", f"x = {'(' * 3000}{')' * 3000}"])
def test_an_extension_that_leaves_or_is_no_python_is_refused(tmp_path, content):
    path = tmp_path / "mine.py"
    path.write_text(content)
    with pytest.raises(InputError, match=r"mine\.py"):
        load_extension(path)


@given(st.text())
def test_no_message_steers_a_terminal(text):
    for shown in (visible(text), str(InputError(text))):
        assert visible(shown) == shown
        assert not {"\x1b", "\n", "\r", "\x9b", "\u202e"} & set(shown)


def test_a_message_that_quotes_too_much_is_cut_in_the_middle():
    message = str(InputError("field: " + "x" * 100_000 + " is wrong"))
    assert len(message) < LONGEST + 100
    assert message.startswith("field: x")
    assert message.endswith("x is wrong")
