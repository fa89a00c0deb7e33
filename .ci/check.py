"""Checks of the whole package: ``python .ci/check.py types | contracts | untyped``.

setuptools maps folders of the checkout to packages (``twoway.simulation`` lies in ``simulation``). mypy and
import-linter do not follow that mapping, and report success after they have seen one file. So each check runs on a
temporary folder in which ``twoway`` has the installed layout, and fails unless its tool has seen every file.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "pyproject.toml"
FOLDERS: dict[str, str] = tomllib.loads(SETTINGS.read_text("utf-8"))["tool"]["setuptools"]["package-dir"]
UNTYPED_AT_MOST = 0.02
"""Largest share of parameters that may be annotated ``Any`` or ``object``. Only lower it."""


def modules() -> dict[str, Path]:
    """Every module of the package and its file."""
    found = {}
    for package, folder in FOLDERS.items():
        for file in (ROOT / folder).rglob("*.py"):
            parts = file.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join([package, *(part for part in parts if part != "__init__")])] = file
    return found


@contextmanager
def installed_layout() -> Iterator[Path]:
    """A temporary folder in which ``twoway`` is a folder of links to where its parts lie in the checkout."""
    with tempfile.TemporaryDirectory() as name:
        package = Path(name) / "twoway"
        package.mkdir()
        for target in (ROOT / FOLDERS["twoway"]).iterdir():
            if target.name != "__pycache__":
                (package / target.name).symlink_to(target)
        for module, folder in FOLDERS.items():
            if module != "twoway":
                (package / module.partition(".")[2]).symlink_to(ROOT / folder)
        yield Path(name)


def in_checkout(text: str) -> str:
    """The text with the paths that a reader can open: those of the checkout."""
    for module, folder in FOLDERS.items():
        if module != "twoway":
            text = re.sub(rf"^{module.replace('.', '/')}/", f"{folder}/", text, flags=re.M)
    return re.sub(r"^twoway/", f"{FOLDERS['twoway']}/", text, flags=re.M)


SCRIPTS = ("benchmarks", "docs")
"""Folders of scripts, in which mypy looks for names that are not there; libraries without types may be used."""
LENIENT = ("--disable-error-code=misc", "--no-warn-unused-ignores")


def types() -> str:
    """Run mypy on the package and on the scripts beside it; returns what is wrong, or an empty text."""
    command = [sys.executable, "-m", "mypy", f"--config-file={SETTINGS}", f"--cache-dir={ROOT / '.mypy_cache'}"]
    with installed_layout() as folder:
        done = subprocess.run([*command, "-p", "twoway"], cwd=folder, capture_output=True, text=True, check=False)
        wrong = done.returncode
        print(in_checkout(done.stdout + done.stderr), end="")
        for name in SCRIPTS:
            files = [str(file) for file in sorted((ROOT / name).glob("*.py"))]
            found = os.environ | {"MYPYPATH": os.pathsep.join(map(str, (folder, ROOT / name, ROOT)))}
            wrong |= subprocess.run([*command, *LENIENT, *files], cwd=folder, env=found, check=False).returncode
    if wrong:
        return "mypy found errors (above)"
    seen, there = int(re.findall(r"(\d+) source files?", done.stdout)[-1]), len(modules())
    if seen != there:
        return f"mypy has checked {seen} of {there} files: does each lie in a package that pyproject.toml lists?"
    return ""


def contracts() -> str:
    """Run import-linter; returns what is wrong, or an empty text."""
    graph = "import grimp; print(*grimp.build_graph('twoway', cache_dir=None).modules)"
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    with installed_layout() as folder:

        def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
            start = f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"
            command = [sys.executable, "-P", "-c", start, *arguments]
            return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

        seen = run(graph)
        done = run(linter, "--no-logo", "--no-cache", str(SETTINGS))
    print(done.stdout + done.stderr, end="")
    if done.returncode:
        return "an import is forbidden by the contracts in pyproject.toml (above)"
    unseen = sorted(set(modules()) - set(seen.stdout.split()))
    if unseen:
        return f"import-linter has not seen {len(unseen)} of {len(modules())} modules, {unseen[0]} first {seen.stderr}"
    print(f"All {len(modules())} modules were seen.")
    return ""


def untyped() -> str:
    """Count the parameters annotated ``Any`` or ``object``; returns what is wrong, or an empty text."""
    loose: dict[Path, int] = {}
    count = 0
    for file in modules().values():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            # methods such as __eq__ take an object because Python says so
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("__"):
                parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                parameters += [extra for extra in (node.args.vararg, node.args.kwarg) if extra is not None]
                annotated = [ast.unparse(one.annotation) for one in parameters if one.annotation is not None]
                count += len(annotated)
                loose[file] = loose.get(file, 0) + sum(text in ("Any", "object") for text in annotated)
    total = sum(loose.values())
    print(f"{total} of {count} parameters ({total / count:.1%}) are annotated Any or object.")
    if total > UNTYPED_AT_MOST * count:
        worst = sorted(loose, key=lambda file: -loose[file])[:5]
        where = ", ".join(f"{file.relative_to(ROOT)} ({loose[file]})" for file in worst)
        return f"more than {UNTYPED_AT_MOST:.1%} are: give types to the parameters you added; most are in {where}"
    return ""


if __name__ == "__main__":
    checks = {"types": types, "contracts": contracts, "untyped": untyped}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("check", choices=checks)
    wrong = checks[parser.parse_args().check]()
    sys.exit(f"check.py: {wrong}" if wrong else 0)
