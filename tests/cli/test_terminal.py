"""What files, names and tables hold is shown on a terminal, and does not steer it."""

from __future__ import annotations

import pytest

STEERING = "\x1b]0;owned\x07"
SCENARIO = """title = "A title\\u001b]0;owned\\u0007"
question = "What\\u001b[2J if?"
sources = ["a \\u009b1mbook\\u202e"]
[design]
clients = 2
days = 3
"""


@pytest.fixture
def scenario(tmp_path):
    (tmp_path / "mine.toml").write_text(SCENARIO, encoding="utf-8")
    return "mine.toml"


@pytest.mark.parametrize("command", [("show",), ("run", "--detail", "dyads"), ("odd",)])
def test_titles_and_questions_do_not_steer_the_terminal(twoway, scenario, command):
    status, out, err = twoway(command[0], scenario, *command[1:])
    assert status == 0, err
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(out + err)


def test_a_title_is_shown_with_what_it_holds(twoway, scenario):
    assert r"A title\x1b]0;owned\x07" in twoway("show", scenario)[1]


@pytest.mark.parametrize(
    "arguments", [("show", STEERING), ("run", "ordinary", "--set", f"{STEERING}=1"), (STEERING,), ("verify", STEERING)]
)
def test_names_in_messages_do_not_steer_the_terminal(twoway, arguments):
    status, out, err = twoway(*arguments)
    assert status == 2
    assert "\x1b" not in out + err
    assert r"\x1b]0;owned\x07" in err
    assert err.count("\n") == 1


def test_a_number_that_has_too_many_digits_is_no_number(twoway):
    for option in ("--seed", "--replicates", "--days"):
        status, _, err = twoway("run", "ordinary", option, "9" * 5000)
        assert status == 2
        assert len(err) < 3000


def test_a_name_in_bytes_that_are_no_text_is_told(twoway):
    status, _, err = twoway("show", "mine\udcff.toml")
    assert (status, "Traceback" in err) == (2, False)
    assert r"mine\udcff.toml" in err
