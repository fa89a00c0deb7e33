"""An installed copy has all that a checkout has: every package is named, and every data file that code reads."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
FOLDERS = sorted(set(SETUP["package-dir"].values()))
WRITTEN_FOR_DEVELOPERS = {"README.md"}


def folder_of(package):
    """The folder of the checkout in which a package lies."""
    mapped = max((name for name in SETUP["package-dir"] if f"{package}.".startswith(f"{name}.")), key=len)
    return ROOT / SETUP["package-dir"][mapped] / package.removeprefix(mapped).strip(".").replace(".", "/")


PACKAGES = {folder_of(package): package for package in SETUP["packages"]}


def files_of(folder):
    return [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def is_installed(path):
    """Whether a file lies in a named package, and is code or data that the package names."""
    package = PACKAGES.get(path.parent, "")
    data = any(path.match(pattern) for pattern in SETUP["package-data"].get(package, []))
    return package != "" and (path.suffix == ".py" or data)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_a_package_is_installed_with_it(folder):
    left_out = [path for path in files_of(folder) if not is_installed(path)]
    assert [path for path in left_out if path.name not in WRITTEN_FOR_DEVELOPERS] == []


def test_every_package_that_is_named_is_there():
    assert [str(folder) for folder in PACKAGES if not folder.is_dir()] == []


def test_only_one_name_is_installed_for_import():
    assert {package.partition(".")[0] for package in SETUP["packages"]} == {"twoway"}
