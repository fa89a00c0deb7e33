"""The page on installing without internet: its lines can be typed as they stand, in every shell it names."""

import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "docs" / "offline-install.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.S)
LINES = [line for _, block in BLOCKS for line in block.splitlines()]


def test_no_line_needs_a_shell_that_joins_commands():
    assert not [line for line in LINES if re.search(r"&&|\|\||;|\\$", line)]


def test_the_model_is_taken_from_its_folder_where_there_is_internet_and_by_its_name_where_there_is_none():
    for line in LINES:
        if "pip wheel" in line or "pip download" in line:
            assert " . " in f"{line} "
            assert "two-way-process" not in line
        if "pip install" in line:
            assert "--no-index --find-links" in line


def test_a_folder_for_another_machine_holds_the_model_itself():
    filled = set(re.findall(r"pip wheel .*?--wheel-dir (\S+)", "\n".join(LINES)))
    assert set(re.findall(r"pip download .*?--dest (\S+)", "\n".join(LINES))) <= filled


def test_lines_for_windows_and_for_others_do_the_same():
    first, others = (
        next(block for kind, block in BLOCKS if kind == wanted and "pip install" in block) for wanted in ("sh", "bat")
    )
    assert others.replace("\\", "/").replace("Scripts", "bin") == first
