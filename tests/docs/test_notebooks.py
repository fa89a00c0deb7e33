"""The notebooks are short, hold no outputs, and are found; `nox -s notebooks` runs them."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_outputs_and_begins_with_what_it_is_about(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    assert "".join(cells[0]["source"]).startswith("# ")
    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []
    assert len(cells) <= 25


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_reader_of_the_readme_and_of_the_page_on_python_finds_a_notebook(path):
    assert f"docs/notebooks/{path.name}" in (ROOT / "README.md").read_text("utf-8")
    assert f"../notebooks/{path.name}" in (ROOT / "docs" / "how-to" / "python.md").read_text("utf-8")
