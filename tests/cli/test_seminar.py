from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest
from tests.support.served import Client

from twoway.cli.main import main
from twoway.cli.seminar import announced
from twoway.seminar.bind import is_loopback, listen

START = "from twoway.cli.main import main; raise SystemExit(main())"


def test_the_command_serves_the_page_until_it_is_stopped() -> None:
    theirs = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", START, "seminar", "--no-browser", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, theirs)
    assert process.stdout is not None
    where = re.fullmatch(r"The page: http://127\.0\.0\.1:(\d+)/\n", process.stdout.readline())
    assert where
    assert "Two-way process" in Client(int(where[1])).get("/").text
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert out.endswith("Stopped.\n")


@pytest.mark.parametrize("port", ["x", "-1", "70000"])
def test_a_port_that_cannot_be_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["seminar", "--no-browser", "--port", port]) == 2
    assert "--port" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as taken:
        number = str(taken.getsockname()[1])
        assert main(["seminar", "--no-browser", "--port", number]) == 2
    assert f"port {number} of 127.0.0.1" in capsys.readouterr().err


def test_an_address_that_is_not_ours_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["seminar", "--no-browser", "--host", "203.0.113.5"]) == 2
    assert "203.0.113.5" in capsys.readouterr().err


def test_the_command_is_one_with_all_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios"]) == 0
    assert "ordinary" in capsys.readouterr().out
    with pytest.raises(SystemExit) as left:
        main(["seminr"])
    assert left.value.code == 2
    assert "did you mean 'seminar'?" in capsys.readouterr().err


def test_letting_others_in_is_said_to_be_what_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twoway.cli.seminar.serve", lambda ours, host, alone: ours.close())
    assert main(["seminar", "--no-browser", "--port", "0", "--host", "0.0.0.0"]) == 0
    assert "without a password" in capsys.readouterr().out
    assert main(["seminar", "--no-browser", "--port", "0"]) == 0
    assert "password" not in capsys.readouterr().out


class NoWay:
    """A probe on a machine from which no way leads out."""

    def __init__(self, *_: object) -> None: ...
    def __enter__(self) -> NoWay:
        return self

    def __exit__(self, *_: object) -> None: ...
    def connect(self, _: object) -> None:
        raise OSError("Network is unreachable")


class OneWay(NoWay):
    """A probe on a machine that would send from 10.0.0.7."""

    def connect(self, _: object) -> None: ...
    def getsockname(self) -> tuple[str, int]:
        return ("10.0.0.7", 9)


def test_an_address_that_others_cannot_use_is_not_announced_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket", NoWay)
    where, told = announced("0.0.0.0", 8600)
    assert where == "http://127.0.0.1:8600/"
    assert "could not be determined" in told
    assert "http://ADDRESS:8600/" in told
    monkeypatch.setattr("socket.socket", OneWay)
    assert announced("0.0.0.0", 8600) == ("http://10.0.0.7:8600/", "The page: http://10.0.0.7:8600/")


@pytest.mark.parametrize(
    ("host", "where"),
    [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "[2001:db8::7]")],
)
def test_an_address_that_was_asked_for_is_announced_as_a_browser_writes_it(host: str, where: str) -> None:
    assert announced(host, 8600) == (f"http://{where}:8600/", f"The page: http://{where}:8600/")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "LOCALHOST", "::1", "0:0:0:0:0:0:0:1"])
def test_who_listens_to_this_machine_alone_is_not_warned_of_others(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "2001:db8::7", "lectern", "127.0.0.1.evil.example"])
def test_who_listens_to_others_is(host: str) -> None:
    assert not is_loopback(host)
