"""The checks of this project, one session each: ``nox`` runs the quick ones, ``nox -s NAME`` any, ``.ci/run`` all.

Sessions run in the environment in which nox itself is installed (``python -m pip install -e '.[dev]'``), so that
nothing is installed twice; only ``users`` makes an environment of its own, as a user would.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import nox
from nbclient import NotebookClient

ROOT = Path(__file__).parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
"""Pages whose commands and Python blocks must work as they stand."""
NOT_TRIED = ("twoway seminar", "twoway calibrate")
"""Beginnings of commands that run until they are stopped, or for an hour."""
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "contracts", "fast"]


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test but those in a browser; further arguments go to pytest."""
    session.run("python", "-m", "pytest", "-q", *session.posargs)


@nox.session
def fast(session: nox.Session) -> None:
    """Run the tests that are not marked slow: less than a minute on two cores."""
    session.run("python", "-m", "pytest", "-q", "-m", "not slow and not browser and not hostile", *session.posargs)


@nox.session
def plain(session: nox.Session) -> None:
    """Run the tests of the rules without the compiler: compiled and plain Python must agree."""
    paths = ("tests/simulation/rules", "tests/simulation/dynamics/test_encounter.py")
    session.run("python", "-m", "pytest", "-q", *paths, env={"NUMBA_DISABLE_JIT": "1"})


@nox.session
def browser(session: nox.Session) -> None:
    """Test the seminar page and the handout in a real browser."""
    session.log("needs Chromium: `apt-get install chromium fonts-dejavu-core`, or `playwright install chromium`")
    command = ("python", "-m", "pytest", "-q", "tests/seminar", "-m", "browser", "--dist", "worksteal")
    session.run(*command, *session.posargs, env={"TWOWAY_BROWSER": "required"})


@nox.session
def statistics(session: nox.Session) -> None:
    """Read an exported run with R."""
    session.log("needs R: `apt-get install r-base-core`")
    session.run(
        "python", "-m", "pytest", "-q", "tests/experiments/reports", "-k", "r_reads", env={"TWOWAY_R": "required"}
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.log("`ruff check --fix . && ruff format .` mends most of what is found")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types in every file of the package, and that few parameters have none."""
    session.run("python", ".ci/check.py", "types")
    session.run("python", ".ci/check.py", "untyped")


@nox.session
def contracts(session: nox.Session) -> None:
    """Check which folders and files may import which."""
    session.run("python", ".ci/check.py", "contracts")


@nox.session
def docs(session: nox.Session) -> None:
    """Check that the ODD says what the code does."""
    session.log("`python -m docs.generate_odd` renews the tables of simulation/ODD.md")
    session.run("python", "-m", "docs.generate_odd", "--check")


def _try_page(page: Path) -> list[str]:
    """Run the commands and Python blocks of a page in a new folder; what failed, in words."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, text in re.findall(r"```(sh|python)\n(.*?)```", page.read_text("utf-8"), re.S):
            found = [re.search(r"(?:^|&& )(twoway .*)", line) for line in text.splitlines()]
            commands = [shlex.split(one[1], comments=True) for one in found if one and not one[1].startswith(NOT_TRIED)]
            for command in [[sys.executable, "-c", text]] if kind == "python" else commands:
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
                if done.returncode:
                    said = "\n".join(command) if kind == "python" else shlex.join(command)
                    failed.append(f"{page.relative_to(ROOT)}: {said}\n{done.stdout}{done.stderr}")
    return failed


@nox.session
def examples(session: nox.Session) -> None:
    """Run the commands and Python blocks of README.md and of the pages in docs/, two pages at a time."""
    with ThreadPoolExecutor(2) as two:
        for page, failed in zip(PAGES, two.map(_try_page, PAGES), strict=True):
            if failed:
                session.error("\n\n".join(failed))
            session.log(f"{page.relative_to(ROOT)}: all its commands and Python blocks work")


@nox.session
def notebooks(session: nox.Session) -> None:
    """Run the notebooks in docs/notebooks/, each in a folder of its own."""
    for path in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
        with tempfile.TemporaryDirectory() as folder:
            place = {"metadata": {"path": folder}}
            NotebookClient(nbformat.read(path, 4), timeout=300, kernel_name="python3", resources=place).execute()
        session.log(f"{path.relative_to(ROOT)}: all its cells work")


@nox.session
def hostile(session: nox.Session) -> None:
    """Try what README.md shows on machines that get in the way: another user, other encodings, no room, no memory."""
    session.log("needs root, and util-linux: `apt-get install util-linux`")
    command = ("python", "-m", "pytest", "-q", "-m", "hostile", "tests/test_hostile_machines.py", "--dist", "worksteal")
    session.run(*command, *session.posargs, env={"TWOWAY_HOSTILE": "required"})


@nox.session(venv_backend="venv", reuse_venv=False)
def users(session: nox.Session) -> None:
    """Install the wheel as a user does; use it in projects with an ``analysis`` and a ``simulation`` of their own.

    Python finds a folder beside a script before it finds what is installed: only one name, ``twoway``, may be taken.
    """
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # setuptools would pack what an earlier build left there
    with tempfile.TemporaryDirectory() as folder:
        session.run("python", "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", folder, str(ROOT))
        session.install(str(next(Path(folder).glob("*.whl"))))
        readme = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
        for own in ("analysis/plots.py", "simulation/__init__.py"):
            project = Path(folder) / own.partition("/")[0]
            module = project / own
            module.parent.mkdir(parents=True)
            module.write_text("MINE = 42\n", "utf-8")
            name = own.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            for number, block in enumerate(readme):
                script = project / f"readme_{number}.py"
                script.write_text(
                    f"from {name} import MINE\n\n{block}\nassert MINE == 42 and 'site-packages' in "
                    "__import__('twoway').__file__\n",
                    "utf-8",
                )
                with session.chdir(project):
                    session.run("python", script.name, silent=True)
