"""Numbers in sentences: a few digits, no powers of ten, no dust of rounding."""

import ast
import doctest
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.analysis import rounding
from twoway.analysis.rounding import significant

ROOT = Path(__file__).parents[2]
EXACT = {"cli/_describe.py": "the numbers of a scenario as they are, to be copied"}
"""Files that write numbers for other ends than to be read in a sentence."""


@given(st.floats(allow_nan=True, allow_infinity=True), st.integers(1, 15), st.booleans())
def test_no_number_is_written_with_a_power_of_ten(value, digits, sign):
    assert re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?|unknown|-?infinite", significant(value, digits, sign))


@given(st.floats(1e-9, 1e12), st.integers(1, 12))
def test_a_number_is_off_by_half_of_its_last_digit_at_most(value, digits):
    assert float(significant(value, digits).replace(",", "")) == pytest.approx(
        value, rel=0.5000001 * 10 ** (1 - digits)
    )


@given(st.floats(-1e-9, 1e-9, exclude_min=True, exclude_max=True))
def test_what_rounding_has_left_of_a_zero_is_a_zero(value):
    assert significant(value) == "0"


def general_formats(file):
    """The f-string formats of a file that may give a power of ten after rounding, such as ``.3g``."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            parts = node.format_spec.values
            spec = "".join(part.value if isinstance(part, ast.Constant) else "#" for part in parts)
            if re.search(r"\.\d+[ge]$", spec):
                yield f"{file.relative_to(ROOT)}:{node.lineno}: {spec}"


def test_every_computed_number_in_words_is_written_by_this_one_function():
    files = [file for folder in ("analysis", "experiments", "cli", "seminar") for file in (ROOT / folder).rglob("*.py")]
    asked = [file for file in files if str(file.relative_to(ROOT)) not in {*EXACT, "analysis/rounding.py"}]
    assert len(asked) > 100
    assert [line for file in asked for line in general_formats(file)] == []


def test_the_examples_in_the_docstring_hold():
    assert doctest.testmod(rounding).failed == 0
