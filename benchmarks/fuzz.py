"""What damaged and hostile input does: ``python benchmarks/fuzz.py``; README.md.

Scenarios, studies, recipes and courses (schedules of scenarios, as ``twoway compare`` reads them) are mutated, and
folders of results damaged. Each must be read, or refused in a sentence (``InputError``); nothing may fail otherwise,
take long or much memory. And what was changed in a folder must never be read as if it were true.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from tqdm import tqdm

from twoway.experiments.comparison.compare import compare
from twoway.experiments.comparison.schedule import parse_schedule
from twoway.experiments.derived.landscape import landscape
from twoway.experiments.results.figures import png_of
from twoway.experiments.results.manifest import MANIFEST, save_manifest
from twoway.experiments.results.result import Result, open_result
from twoway.experiments.runs.run import run_and_save
from twoway.experiments.studies.run import run_study
from twoway.experiments.studies.study import SHIPPED as STUDIES
from twoway.experiments.studies.study import Study, load_study
from twoway.seminar.lessons import HERE as LESSONS
from twoway.seminar.recipe import parse_recipe
from twoway.simulation.errors import InputError, visible
from twoway.simulation.parameters.scenario import SHIPPED, Resolved, Scenario, changed, load

COUNTS = {"scenario": 10_000, "study": 3_000, "course": 1_500, "recipe": 1_500, "folder": 2_000}
"""Mutated inputs of each kind in the whole benchmark."""
PATIENCE = 20
"""Seconds after which an input counts as one that hangs."""
MEMORY = 1_000
"""MB by which an input may make the process grow."""
EVIL = (
    *("1e400", "-1e400", "nan", "-inf", "1e-320", "0x" + "f" * 8000, "9" * 4301, "9" * 4300, "9223372036854775808"),
    *("-0", "[" * 400 + "]" * 400, "{a=" * 300 + "1" + "}" * 300, '""', '"\\u001b[2J\\u0007"', "true", "[]", "{}"),
    *('"' + "x" * 5000 + '"', '"/dev/zero.toml"', '"../../../etc/passwd.toml"', '"\\u0000.toml"', '"a/\\u0000"'),
    *("1979-05-27T07:32:00Z", '"\\ud7ff\\U0010ffff\\u202e"', "[1, 'a', {}]", '"pipe.toml"', '"loop.toml"'),
    *("'''\n'''", '"' + "y" * 300 + '.toml"'),
)
"""Values that programs stumble over, as TOML."""
LINES = (
    *("[" + ".".join("a" * 500) + "]", ".".join("b" * 500) + " = 1", "[[design]]", "[context]", "[meaning]"),
    *('extensions = ["pipe.py"]', 'extensions = ["loop.py"]', "extensions = [3]", 'extensions = ["\\u0000.py"]'),
    *('extensions = ["leaves.py"]', 'extensions = ["deep.py"]', 'extensions = ["zero.py"]', "lexicon = 3", "\x00"),
    *('kind = "list"\nfile = "pipe.csv"', 'scenario = "pipe.toml"', 'lexicon = "zero-device.toml"', "\x1b[31m"),
    *('kind = "list"\nfile = "zero-device.csv"', 'lexicon = "loop.toml"', "\ufeff"),
)
"""Lines that are put between others."""
CHARACTERS = (0, 7, 27, 34, 61, 91, 123, 0x202E, 0x1F600)
"""Characters that are put anywhere."""
BITS = (
    *EVIL[:10],
    "\x1b[2J",
    "\n",
    "",
    "/",
    "@",
    "@5:",
    ":",
    "..",
    "~",
    "\x00",
    "p9",
    "d400",
    "loop.toml",
    "pipe.toml",
)
"""Parts of recipes and courses."""
FIELDS: tuple[object, ...] = (
    *(None, -1, 10**30, 1e308, float("nan"), "", "x" * 2000, "\x1b[2J"),
    *([], {}, [3], {"a": 1}, True, "../x", "0"),
)
"""Values of fields of manifests."""
FAULTS = (
    *("flip", "flip", "cut", "missing", "pipe", "folder", "loop", "device", "number", "swap"),
    *("field", "sealed", "sealed"),
)
"""What is done to folders; "sealed" changes a field and makes the digests fit, as an attacker would."""


class Outcome(NamedTuple):
    """What became of an input: "read", "refused", or a fault, and what shows it."""

    kind: str
    told: str = ""


class TooLongError(Exception):
    """An input took longer than ``PATIENCE``."""


@contextmanager
def patience(seconds: int = PATIENCE) -> Iterator[None]:
    """Raise ``TooLongError`` in the block when its time is over."""

    def ring(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def tried(read: Callable[[], object]) -> Outcome:
    """What becomes of an input that *read* reads."""
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with patience():
            read()
        outcome = Outcome("read")
    except InputError as refusal:
        said = str(refusal)
        outcome = Outcome("refused", said) if len(said) > 15 and visible(said) == said else Outcome("no sentence", said)
    except TooLongError:
        outcome = Outcome("hangs")
    except BaseException:  # whatever comes through is what is looked for
        outcome = Outcome("traceback", traceback.format_exc())
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown > MEMORY * 1024:
        return Outcome("memory", outcome.told)
    return outcome


# ------------------------------------------------------------------------------------------------------------- texts


def mutated(text: str, dice: random.Random) -> str:
    """A text with some faults: values, lines, words and characters that do not belong there."""
    for _ in range(dice.choice((1, 1, 1, 2, 3, 6))):
        lines = text.split("\n")
        place = dice.randrange(len(lines))
        fault = dice.randrange(9)
        if fault == 0:
            numbers = [n for n, line in enumerate(lines) if "=" in line]
            if numbers:
                place = dice.choice(numbers)
                lines[place] = f"{lines[place].partition('=')[0]}= {dice.choice(EVIL)}"
        elif fault == 1:
            lines.insert(place, dice.choice(LINES))
        elif fault == 2:
            del lines[place]
        elif fault == 3:
            lines.insert(place, dice.choice(lines))
        elif fault == 4:
            lines[place] = lines[place][: dice.randrange(len(lines[place]) + 1)]
        elif fault == 5:
            lines[place] = re.sub(r"\d+(\.\d+)?", lambda _: dice.choice(EVIL[:10]), lines[place], count=1)
        elif fault == 6 and lines[place]:
            at = dice.randrange(len(lines[place]))
            lines[place] = lines[place][:at] + chr(dice.choice(CHARACTERS)) + lines[place][at:]
        elif fault == 7:
            lines = lines[:place]
        else:
            words = re.findall(r"\w+", text)
            if words:
                lines[place] = lines[place].replace(dice.choice(words), dice.choice(words), 1)
        text = "\n".join(lines)
    return text


def mutated_bytes(text: str, dice: random.Random) -> bytes:
    """The bytes of a mutated text, now and then with some flipped."""
    content = bytearray(mutated(text, dice).encode("utf-8", "surrogatepass"))
    if content and dice.random() < 0.1:
        for _ in range(dice.randrange(1, 20)):
            content[dice.randrange(len(content))] = dice.randrange(256)
    return bytes(content)


def mutated_line(text: str, dice: random.Random) -> str:
    """A recipe or schedule with some faults in its one line."""
    parts = re.split(r"([/@:,=.])", text)
    for _ in range(dice.choice((1, 1, 2, 4))):
        place = dice.randrange(len(parts))
        parts[place] = dice.choice((parts[place][::-1], dice.choice(parts), *BITS))
    return "".join(parts)


def place_traps(folder: Path) -> None:
    """Put files beside the mutated ones that must not be read: pipes, links in a circle, hostile extensions."""
    for ending in ("toml", "py", "csv"):
        os.mkfifo(folder / f"pipe.{ending}")
        (folder / f"loop.{ending}").symlink_to(f"loop.{ending}")
        (folder / f"zero-device.{ending}").symlink_to("/dev/zero")
    (folder / "leaves.py").write_text("import sys\nsys.exit(3)\n")
    (folder / "deep.py").write_text("x = " + "(" * 3000 + ")" * 3000)
    (folder / "zero.py").write_bytes(b"x = 1\0")


def try_text(kind: str, dice: random.Random, folder: Path) -> Outcome:
    """Mutate one input of a *kind* and read it."""
    if kind == "recipe":
        line = mutated_line(dice.choice(RECIPES), dice)
        return tried(lambda: str(parse_recipe(line)))
    if kind == "course":
        line = mutated_line(dice.choice(COURSES), dice)
        return tried(lambda: parse_schedule(line).prepared)
    source, read = {"scenario": (SHIPPED, _read_scenario), "study": (STUDIES, _read_study)}[kind]
    path = folder / f"{kind}.toml"
    path.write_bytes(mutated_bytes(dice.choice(sorted(source.glob("*.toml"))).read_text(encoding="utf-8"), dice))
    return tried(lambda: read(path))


def _read_scenario(path: Path) -> None:
    Resolved(load(path))


def _read_study(path: Path) -> None:
    study = load_study(path)
    if study.design.kind not in (
        "sobol",
        "morris",
        "latin-hypercube",
    ):  # whose thousands of points are not the question
        study.points()


RECIPES = (
    "ordinary/42/p3/d12.2",
    "ordinary/42/d30/d5:context.control=4,context.formality=0.6",
    "strict-and-opaque/7/vs:strict-but-fair/lesson:explained",
    *re.findall('recipe = "(.*)"', "\n".join(path.read_text("utf-8") for path in sorted(LESSONS.glob("*.toml")))),
)
COURSES = (
    "strict-and-opaque@60:strict-but-fair",
    "ordinary:context.formality=0.6",
    "ordinary@60:context.control=5,context.formality=0.6",
    "ordinary@60:strict-and-opaque@120:ordinary",
)

# ----------------------------------------------------------------------------------------------------------- folders


def write_folders(folder: Path, names: Sequence[str]) -> list[Path]:
    """Small results of some of the kinds in ``WRITERS``."""
    for name in names:
        WRITERS[name](folder / name)
    return [folder / name for name in names]


def _tiny() -> Scenario:
    return changed("ordinary", {"design.clients": 3, "design.days": 6})


def _write_study(folder: Path) -> None:
    varied = {"context.control": (1, 3)}
    run_study(Study(title="Tiny", question="?", scenario=_tiny(), inputs=varied, replicates=2), folder, workers=1)


def _write_comparison(folder: Path) -> None:
    compare([_tiny(), changed(_tiny(), {"context.control": 5})], replicates=2).save(folder)


WRITERS: dict[str, Callable[[Path], object]] = {
    "run": lambda folder: run_and_save(_tiny(), "tiny", folder, replicates=2, csv=True),
    "comparison": _write_comparison,
    "study": _write_study,
    "landscape": lambda folder: landscape(scenarios=["ordinary"], seed=1, replicates=20).save(folder),
    "calibration": lambda folder: shutil.copytree(Path(__file__).parents[1] / "docs/results/calibration", folder),
}
"""Functions that write a result of each kind; a calibration, which takes an hour, is that of the documents."""


def everything(folder: Path) -> dict[str, Any]:
    """All that can be read of a result, for comparison: tables, sentences, figures, arguments and provenance."""
    result: Result = open_result(folder)
    found: dict[str, Any] = {"kind": result.kind, "arguments": result.arguments, "provenance": result.provenance}
    for name in result.tables:
        found[f"table {name}"] = pd.DataFrame(result.tables[name]).to_csv(index=False)
    found["sentences"] = result.sentences
    if result.kind != "study":
        for name in result.figures:
            found[f"figure {name}"] = png_of(result.figures[name], {"model": ""}, dpi=20)
    for name in ("name", "seed", "replicates", "detail", "scenario", "precision"):
        if hasattr(result, name):
            found[name] = str(getattr(result, name)).replace(str(folder.absolute()), "")
    return found


def damage(folder: Path, dice: random.Random) -> str:
    """Damage something in a folder; returns what was done, with "sealed" if digests were made to fit."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path = dice.choice([*files, *[folder / MANIFEST] * 5])
    name = path.relative_to(folder).as_posix()
    fault = dice.choice(FAULTS)
    content = path.read_bytes()
    if fault == "flip" and content:
        at = dice.randrange(len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << dice.randrange(8))]) + content[at + 1 :])
    elif fault == "cut":
        path.write_bytes(content[: dice.randrange(len(content) + 1)])
    elif fault == "missing":
        path.unlink()
    elif fault in ("pipe", "folder", "loop", "device"):
        path.unlink()
        if fault == "pipe":
            os.mkfifo(path)
        elif fault == "folder":
            path.mkdir()
        else:
            path.symlink_to("/dev/zero" if fault == "device" else path.name)
    elif fault == "number":
        places = list(re.finditer(rb"\d", content))
        if places:
            at = dice.choice(places).start()
            path.write_bytes(content[:at] + str(dice.randrange(10)).encode() + content[at + 1 :])
    elif fault == "swap":
        _swap(path, content, dice)
    else:
        path, name = folder / MANIFEST, MANIFEST
        _change_field(folder, dice, sealed=fault == "sealed")
    return f"{fault} {name}"


def _swap(path: Path, content: bytes, dice: random.Random) -> None:
    """Swap two columns of a table, names staying in place; or two lines of another file."""
    if path.suffix == ".parquet":
        table = pd.read_parquet(path)
        one, other = dice.sample(range(table.shape[1]), 2)
        columns = list(table.columns)
        columns[one], columns[other] = columns[other], columns[one]
        table.set_axis(columns, axis=1).to_parquet(path)
        return
    lines = content.split(b"\n")
    if len(lines) > 1:
        one, other = dice.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]
        path.write_bytes(b"\n".join(lines))


def _change_field(folder: Path, dice: random.Random, sealed: bool) -> None:
    """Give a field of the manifest, at any depth, another value."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    files = [folder / name for name in manifest["digests"]["files"]]
    value: Any = manifest
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = dice.choice(keys)
        if isinstance(value[key], dict | list) and value[key] and dice.random() < 0.8:
            value = value[key]
            continue
        value[key] = dice.choice((*FIELDS, deep))
        break
    if sealed:
        save_manifest(folder, manifest, files)
    else:
        (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def try_folder(dice: random.Random, originals: list[Path], truth: dict[str, dict[str, Any]], folder: Path) -> Outcome:
    """Damage a copy of one of the folders and open it."""
    original = dice.choice(originals)
    copy = folder / "copy"
    shutil.copytree(original, copy)
    try:
        done = damage(copy, dice)
        found: dict[str, Any] = {}
        outcome = tried(lambda: found.update(everything(copy)))
        if outcome.kind == "read" and not done.startswith("sealed"):
            changed_parts = [key for key, value in truth[original.name].items() if found.get(key) != value]
            incomplete = original.name == "study" and _only_fewer_runs(truth["study"], found)
            if changed_parts and not incomplete:
                return Outcome("changed but read", f"{original.name}, {done}: {changed_parts}")
        return outcome._replace(told=f"{original.name}, {done}: {outcome.told}")
    finally:
        shutil.rmtree(copy)


def _only_fewer_runs(true: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether a study lacks runs, which its status says and ``resume`` makes again, and is else the same."""
    lines = [one["table runs"].splitlines() for one in (true, found)]
    same = all(found[key] == true[key] for key in ("kind", "arguments"))
    return same and len(lines[1]) < len(lines[0]) and set(lines[1]) <= set(lines[0])


# ---------------------------------------------------------------------------------------------------------- the whole


def fuzz(
    counts: dict[str, int], seed: int = 1, progress: bool = False, results: Sequence[str] = tuple(WRITERS)
) -> dict[str, Counter[str]]:
    """Try mutated inputs of each kind.

    Parameters
    ----------
    counts
        How many of each kind in ``COUNTS``.
    seed
        Random seed.
    progress
        Whether to show a bar.
    results
        Kinds of results whose folders are damaged.

    Returns
    -------
    How many were read, refused, or a fault, by kind; what shows a fault is printed.
    """
    found: dict[str, Counter[str]] = {}
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place_traps(folder)
        originals = write_folders(folder / "results", results) if counts.get("folder") else []
        truth = {original.name: everything(original) for original in originals}
        os.chdir(folder)
        try:
            for kind, count in counts.items():
                found[kind] = Counter()
                for number in tqdm(range(count), kind, disable=not progress):
                    dice = random.Random(f"{seed} {kind} {number}")
                    one = (
                        try_folder(dice, originals, truth, folder) if kind == "folder" else try_text(kind, dice, folder)
                    )
                    found[kind][one.kind] += 1
                    if one.kind not in ("read", "refused"):
                        print(f"{kind} {number}: {one.kind}\n{one.told[-1500:]}", flush=True)
        finally:
            os.chdir(before)
    return found


def through_the_command_line(count: int, seed: int) -> Counter[str]:
    """What the command says of some mutated scenarios and schedules."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place_traps(folder)
        for number in range(count):
            dice = random.Random(f"{seed} command {number}")
            path = folder / "scenario.toml"
            path.write_bytes(mutated_bytes((SHIPPED / "ordinary.toml").read_text(encoding="utf-8"), dice))
            command = [sys.executable, "-m", "twoway", "show", str(path)]
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, cwd=folder)
            sentence = done.stderr.startswith("twoway: ") and done.stderr.count("\n") == 1
            fault = "traceback" if "Traceback" in done.stderr else "no sentence"
            found["read" if done.returncode == 0 else "refused" if done.returncode == 2 and sentence else fault] += 1
    return found


def main() -> None:
    """Print how many inputs were read, refused, or showed a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="share of the inputs to try")
    parser.add_argument("--kinds", nargs="+", default=list(COUNTS), choices=list(COUNTS))
    options = parser.parse_args()
    began = time.perf_counter()
    found = fuzz({kind: round(COUNTS[kind] * options.share) for kind in options.kinds}, options.seed, progress=True)
    found["command line"] = through_the_command_line(round(20 * options.share), options.seed)
    columns = ["read", "refused", "traceback", "no sentence", "changed but read", "hangs", "memory"]
    table = pd.DataFrame(found).T.reindex(columns=columns).fillna(0).astype(int)
    table.insert(0, "inputs", table.sum(axis=1))
    print(table.to_string())
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{time.perf_counter() - began:.0f} seconds, at most {most} MB")


if __name__ == "__main__":
    main()
