"""The command ``twoway study`` and its actions."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twoway.cli._options import (
    Action,
    Commands,
    changes_of,
    command,
    folder_argument,
    number,
    set_argument,
    whole_number,
)
from twoway.cli._output import answer, answer_with, rows_of

if TYPE_CHECKING:
    from twoway.experiments.results.result import Result
    from twoway.experiments.studies.result import StudyResult
    from twoway.experiments.studies.store import Status, Store

INTERRUPTED = 130
WIDTH = 100


def add(commands: Commands) -> None:
    """Add ``study`` and its actions to the command line."""
    group = commands.add_parser(
        "study",
        help="run a study: many runs that answer a question",
        description="A study varies inputs of a scenario, repeats every point, saves every run in a folder, and "
        "answers its question in figures and sentences.",
        epilog="`twoway list studies` lists the studies; `twoway study ACTION --help` explains an action.",
    )
    actions = group.add_subparsers(dest="study action", metavar="ACTION", required=True)

    new = command(
        actions,
        "run",
        _run,
        "run a study in a new folder",
        example="twoway study run strictness-and-transparency --workers 4",
    )
    new.add_argument("study", help="name of a study (see `twoway list studies`), or path of a .toml file")
    folder_argument(new, "runs/NAME")
    new.add_argument("--replicates", metavar="N", help="number of replicates of each point (default: as in the study)")
    new.add_argument("--seed", metavar="N", help="random seed, an integer from 0 (default: as in the study)")
    set_argument(new, "the base scenario")
    _add_work(new)

    new = _folder_command(actions, "status", _status, "print how many runs there are, and what they give so far")

    new = _folder_command(
        actions,
        "resume",
        _resume,
        "run whatever a study still lacks",
        "Use it after an interruption, or after `extend --only-plan`.",
    )
    _add_work(new)
    new.add_argument("--failed", action="store_true", help="also repeat the runs that failed")

    new = _folder_command(
        actions,
        "extend",
        _extend,
        "add replicates, points or outcomes to a study, keep the finished runs, and run the new ones",
        example="twoway study extend runs/peers --replicates 300",
    )
    new.add_argument("--replicates", metavar="N", help="new number of replicates of each point")
    new.add_argument("--size", metavar="N", help="new size of a Latin hypercube, Sobol' or Morris design")
    new.add_argument("--points", type=Path, metavar="FILE", help="CSV file with more points, one column per input")
    new.add_argument(
        "--outcome",
        metavar="NAME",
        action="append",
        default=[],
        help="an outcome to be asked about as well (see `twoway list outcomes`); one of your own as mine.py:name",
    )
    new.add_argument("--only-plan", action="store_true", help="plan the new runs, but do not run them yet")
    _add_work(new)

    new = command(
        actions,
        "merge",
        _merge,
        "join folders that hold parts of one study into a new folder",
        example="twoway study merge runs/peers-1 runs/peers-2 --out runs/peers",
    )
    new.add_argument("folders", type=Path, nargs="+", metavar="folder", help="folders with parts of the study")
    new.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="output folder, which must not exist")

    _folder_command(
        actions, "answer", _answer, "answer the question from the finished runs: effects, figures, sentences"
    )

    new = _folder_command(
        actions,
        "sensitivity",
        _sensitivity,
        "rank the inputs by how much an outcome depends on them, with intervals",
        example="twoway study sensitivity runs/what-keeps-conflict-alive --outcome conflicted",
    )
    _outcome_arguments(new)
    new.add_argument(
        "--group",
        action="append",
        default=[],
        metavar="NAME=INPUT,INPUT",
        help="also say what these inputs do together, such as rules=context.control,context.formality; may be repeated",
    )

    new = _folder_command(
        actions,
        "conditions",
        _conditions,
        "find the ranges of inputs in which an outcome is high or low (PRIM)",
        example="twoway study conditions runs/what-keeps-conflict-alive --outcome conflicted --above 0.5",
    )
    _outcome_arguments(new)
    new.add_argument(
        "--above", metavar="NUMBER", help="find where the mean outcome is above this number, for example 0.5"
    )
    new.add_argument("--below", metavar="NUMBER", help="find where the mean outcome is below this number")

    new = _folder_command(
        actions,
        "export",
        _export,
        "write the table of all runs to one file, with a codebook",
        example="twoway study export runs/peers --out peers.csv",
    )
    new.add_argument("--out", type=Path, metavar="FILE", required=True, help="new .csv or .parquet file")

    new = _folder_command(actions, "replay", _replay, "repeat one run and compare it with the saved one")
    new.add_argument("run", help="identifier of the run, from the column `run` of the table")

    command(actions, "sbatch", _sbatch, "print a script that runs a study as an array of SLURM jobs", answers=False)


def _folder_command(
    actions: Commands, name: str, action: Action, summary: str, more: str = "", example: str = ""
) -> argparse.ArgumentParser:
    """Add an action on the folder of a study."""
    new = command(actions, name, action, summary, more, example)
    new.add_argument("folder", type=Path, help="folder of the study")
    return new


def _outcome_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--outcome", metavar="NAME", help="name of an outcome (see `twoway list outcomes`; default: the study's first)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="output folder, which must not exist (default: in the folder of the study)",
    )


def _add_work(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", metavar="N", help="number of runs at a time (default: number of processors)")
    parser.add_argument("--executor", choices=("threads", "processes"), help="kind of workers (default: as fits)")
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="use the workers of the Dask scheduler at this address, or `local` ones"
    )
    parser.add_argument(
        "--shard", metavar="I/N", default="1/1", help="run only the I-th of N parts, to split a study over machines"
    )


def _shard(text: str) -> tuple[int, int]:
    from twoway.simulation.errors import InputError

    first, slash, second = text.partition("/")
    if not (slash and first.isdecimal() and second.isdecimal() and 1 <= int(first) <= int(second)):
        raise InputError(f"--shard {text}: write it as i/n, with i from 1 to n, for example 2/10")
    return int(first), int(second)


def _work(options: argparse.Namespace) -> dict[str, Any]:
    from twoway.experiments.studies.run import check_workers
    from twoway.simulation.errors import InputError

    workers = None if options.workers is None else whole_number("workers", options.workers)
    check_workers(workers)
    if options.dask is not None and options.executor is not None:
        raise InputError("--dask and --executor exclude each other: use one of them")
    return {"workers": workers, "executor": options.executor, "shard": _shard(options.shard), "progress": True}


@contextmanager
def _at(dask: str | None, work: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The settings of the work, on this machine or with the workers of Dask."""
    if dask is None:
        yield work
        return
    from twoway.experiments.executors.dask import dask_workers

    with dask_workers(dask, work["workers"]) as (executor, workers):
        yield work | {"executor": executor, "workers": workers}


def _run(options: argparse.Namespace) -> int:
    from twoway.experiments.results.folder import free_folder
    from twoway.experiments.studies.run import check_shard, run_study
    from twoway.experiments.studies.study import Study, load_study

    found, work = load_study(options.study), _work(options)
    asked: dict[str, Any] = {}
    if options.replicates is not None:
        asked |= {"replicates": whole_number("replicates", options.replicates), "precision": None}
    if options.seed is not None:
        asked["seed"] = whole_number("seed", options.seed)
    if options.set:
        asked["changes"] = found.changes | changes_of(options)
    if asked:
        found = Study(**(dict(found) | asked))
    check_shard(work["shard"], found)
    folder = options.out if options.out is not None else free_folder(found.name)
    print(f"{found.title}: {found.question}")
    return _finish(folder, options.dask, work, partial(run_study, found, folder))


def _resume(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.run import resume

    work = _work(options)
    return _finish(options.folder, options.dask, work, partial(resume, options.folder, failed_too=options.failed))


def _extend(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.manage import extend
    from twoway.experiments.studies.run import check_shard, resume
    from twoway.experiments.studies.store import Store

    work = _work(options)
    more: dict[str, Any] = {
        name: None if getattr(options, name) is None else whole_number(name, getattr(options, name))
        for name in ("replicates", "size")
    } | {"points": options.points, "outcomes": options.outcome}
    if options.only_plan:
        store = extend(options.folder, **more)
        _say_status(store.folder, store.status())
        return 0
    check_shard(work["shard"], Store(options.folder).study)

    def extend_and_run(**work: Any) -> StudyResult:
        store = extend(options.folder, **more)
        if options.outcome:
            _say_status(store.folder, store.status())
        return resume(options.folder, **work)

    return _finish(options.folder, options.dask, work, extend_and_run)


def _finish(folder: Path, dask: str | None, work: dict[str, Any], do: Callable[..., StudyResult]) -> int:
    """Do the work, then answer the question, or say which runs are missing."""
    from twoway.experiments.results.manifest import saved_kind
    from twoway.experiments.studies.store import Store

    try:
        with _at(dask, work) as settled:
            result = do(**settled)
    except KeyboardInterrupt:
        if saved_kind(folder) != "study":
            raise
        print()
        _say_status(folder, Store(folder).status())
        print(f"Interrupted; continue with `twoway study resume {folder}`.")
        return INTERRUPTED
    for sentence in result.messages:
        print(textwrap.fill(sentence, WIDTH))
    _say_status(folder, result.status)
    store = Store(folder)
    if not result.status.missing:
        _answer_and_print(store)
    else:
        print(
            f"The question can be answered when all parts are run (`twoway study answer {folder}` answers it now, from "
            "the finished runs)."
        )
    return 0


def _answer_and_print(store: Store) -> None:
    from twoway.experiments.studies.answer import has_answer, save_answer
    from twoway.simulation import SCOPE

    if has_answer(store):
        print()
        found = save_answer(store)
        answer_with(found, store.folder)
        for sentence in found.sentences:
            print(textwrap.fill(sentence, WIDTH))
        print(f"\nAnswer, effects, figures, runs and manifest: {store.folder}")
        print(SCOPE)


def _say_status(folder: Path, status: Status) -> None:
    replicates = f"{status.replicates:,} replicate{'s' * (status.replicates != 1)}"
    print(
        f"{status.points:,} points, {replicates}: {status.done:,} of {status.planned:,} runs "
        f"finished, {status.failed:,} failed, {status.missing:,} missing."
    )
    if status.made_again:
        print(
            f"{status.made_again:,} of the missing were made before an outcome was asked for, and are made again for "
            "it."
        )
    if status.failed:
        from twoway.experiments.studies.store import Store

        table = Store(folder).table()
        first = table[table["failed"]].iloc[0]
        print(f"The first failure: {str(first['trouble']).strip().splitlines()[-1]}")
        print(f"Repeat it with `twoway study replay {folder} {first['run']}`, or all with `resume --failed`.")
    for name in status.damaged:
        print(f"The shard {name} is damaged; `twoway study resume {folder}` sets it aside and repeats its runs.")
    if status.contradicted:
        print(f"{status.contradicted:,} runs were made twice with different results: check them with `twoway verify`.")
    for who in status.working:
        print(f"At work: {who}.")
    if not status.same_model:
        print("The study was run with another version of the model and can only be read.")


def _status(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.store import Store

    store = Store(options.folder)
    status, so_far = store.status(), store.statistics()
    progress = {"folder": str(store.folder), **status._asdict(), "missing": status.missing, "bytes": store.size()}
    answer(lambda: progress | {"outcomes": rows_of(so_far)})
    print(f"{store.study.title}: {store.study.question}")
    _say_status(options.folder, status)
    print(f"On the disk: {store.size() / 1e6:,.2f} MB. The finished runs so far, points and replicates alike:\n")
    print(so_far.to_string(index=False, float_format="{:.3g}".format, na_rep="-"))
    return 0


def _merge(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.manage import merge

    store = merge(options.folders, options.out)
    status = store.status()
    _say_status(options.out, status)
    if not status.missing:
        _answer_and_print(store)
    return 0


def _answer(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.answer import has_answer
    from twoway.experiments.studies.store import Store
    from twoway.simulation.errors import InputError

    store = Store(options.folder)
    if not has_answer(store):
        raise InputError(
            f"{options.folder}: was driven by an optimiser or sampler, which has the answer; see `twoway study export`"
        )
    _answer_and_print(store)
    return 0


def _outcome(options: argparse.Namespace, store: Store) -> str:
    from twoway.experiments.studies.outcomes import outcomes_with
    from twoway.simulation.errors import InputError

    name = options.outcome if options.outcome is not None else store.study.outcomes[0]
    every = outcomes_with(str(file.path) for file in store.resolved.extensions)
    if name in every and name not in store.outcomes:
        raise InputError(
            f"{store.folder}: '{name}' was not kept; it needs the {every[name].needs} of a run, so that a study must "
            "name it in its outcomes"
        )
    return store.outcomes[name].name


def _sensitivity(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.analyse import analyse_sensitivity
    from twoway.experiments.studies.store import Store

    store = Store(options.folder)
    name = _outcome(options, store)
    return _save_analysis(store, analyse_sensitivity(store, name, _groups(options)), options.out, f"sensitivity-{name}")


def _groups(options: argparse.Namespace) -> dict[str, list[str]]:
    """The groups of inputs that ``--group`` asks for, by name."""
    from twoway.simulation.errors import InputError

    groups: dict[str, list[str]] = {}
    for text in options.group:
        name, equals, members = text.partition("=")
        if not (equals and name.strip() and members.strip()):
            raise InputError(
                f"--group {text}: write it as NAME=INPUT,INPUT, such as rules=context.control,context.formality"
            )
        if name.strip() in groups:
            raise InputError(f"--group {text}: there are two groups of the name {name.strip()}")
        groups[name.strip()] = [member.strip() for member in members.split(",") if member.strip()]
    return groups


def _conditions(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.analyse import find_conditions
    from twoway.experiments.studies.store import Store

    store = Store(options.folder)
    name = _outcome(options, store)
    given = {"above": options.above, "below": options.below}
    bounds = [None if text is None else number(name, text, "0.5") for name, text in given.items()]
    return _save_analysis(store, find_conditions(store, name, *bounds), options.out, f"conditions-{name}")


def _save_analysis(store: Store, found: Result, out: Path | None, name: str) -> int:
    """Save and print the finding."""
    from twoway.experiments.studies.analyse import free_place, save_analysis
    from twoway.simulation import SCOPE

    folder = out if out is not None else free_place(store, name)
    save_analysis(found, store, folder)
    answer_with(found, folder)
    for sentence in found.sentences:
        print(textwrap.fill(sentence, WIDTH))
    print(f"\nVerdict, tables and figures: {folder}")
    print(SCOPE)
    return 0


def _export(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.manage import export

    table, codebook = export(options.folder, options.out)
    print(f"Written: {table} and {codebook}")
    return 0


def _replay(options: argparse.Namespace) -> int:
    from twoway.analysis.rounding import significant
    from twoway.experiments.studies.manage import replay

    again = replay(options.folder, options.run)
    answer(again._asdict)
    for name, value in again.point.items():
        print(f"{name} = {value}")
    print(f"replicate {again.replicate}\n")
    for name, outcome in again.now.items():
        print(f"{name:<24}{significant(outcome, 6)}")
    if again.saved is None:
        print("\nThis run was not saved, so there is nothing to compare it with.")
        return 0
    print(f"\n{'Equal to' if again.equal else 'DIFFERENT from'} the saved run.")
    return 0 if again.equal else 1


def _sbatch(_: argparse.Namespace) -> int:
    from twoway.experiments.executors import SBATCH

    print(SBATCH.read_text(encoding="utf-8"), end="")
    return 0
