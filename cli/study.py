"""The commands about studies, ``twoway studies`` and ``twoway study``: each calls the library and says what came."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twoway.cli._options import Action, whole_number

if TYPE_CHECKING:
    from twoway.experiments.studies.analyse import Examined
    from twoway.experiments.studies.run import Result
    from twoway.experiments.studies.store import Status, Store

INTERRUPTED = 130
WIDTH = 100


def add(commands: Any) -> None:
    """Add what concerns studies to the commands."""
    commands.add_parser("studies", help="list the studies with their questions")
    study = commands.add_parser("study", help="run many runs that answer a question, and keep them")
    actions = study.add_subparsers(dest="action", metavar="action", required=True)

    run = actions.add_parser("run", help="run a study into a new folder")
    run.add_argument("study", help="name of a study, or path of your own .toml file")
    run.add_argument("--out", type=Path, metavar="FOLDER", help="a folder that does not exist yet (default runs/NAME)")
    run.add_argument("--replicates", help="how often each point is repeated, instead of what the study says")
    _add_work(run)

    status = actions.add_parser("status", help="say how far a study has come")
    resume = actions.add_parser("resume", help="make the runs that a study lacks")
    _add_work(resume)
    resume.add_argument("--failed", action="store_true", help="make those that failed again as well")

    extend = actions.add_parser("extend", help="plan more of a study, keeping what was run, and run it")
    extend.add_argument("--replicates", help="how often each point is repeated from now on")
    extend.add_argument("--size", help="new size of a Latin hypercube, Sobol' or Morris design")
    extend.add_argument("--points", type=Path, metavar="FILE", help="a CSV file of more points, a column per input")
    extend.add_argument("--only-plan", action="store_true", help="run nothing yet")
    _add_work(extend)

    merge = actions.add_parser("merge", help="join folders of one study into a new folder")
    merge.add_argument("folders", type=Path, nargs="+", metavar="folder")
    merge.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="a folder that does not exist yet")

    answer = actions.add_parser("answer", help="write effects, figures and sentences from the runs there are")
    sensitivity = actions.add_parser("sensitivity", help="say which inputs an outcome depends on, and how surely")
    conditions = actions.add_parser("conditions", help="say under which conditions an outcome is high or low")
    for action in (sensitivity, conditions):
        action.add_argument("--outcome", help="name of an outcome (default the study's first)")
        action.add_argument("--out", type=Path, metavar="FOLDER", help="a new folder (default inside the study's)")
    conditions.add_argument("--above", help="the outcome's mean shall be above this, for example 0.5")
    conditions.add_argument("--below", help="or below this")
    export = actions.add_parser("export", help="write the table to one file, with a codebook")
    export.add_argument("--out", type=Path, metavar="FILE", required=True, help="a new .csv or .parquet file")
    replay = actions.add_parser("replay", help="make one run again")
    for action in (status, resume, extend, answer, sensitivity, conditions, export, replay):
        action.add_argument("folder", type=Path, help="the folder of a study")
    replay.add_argument("run", help="the run, as in the table's column run")
    actions.add_parser("sbatch", help="print a script that runs a study as an array of SLURM jobs")


def _add_work(command: argparse.ArgumentParser) -> None:
    command.add_argument("--workers", help="how many work at once (default: one per processor)")
    command.add_argument("--executor", choices=("threads", "processes"), help="what the workers are")
    command.add_argument("--dask", metavar="ADDRESS", help="work on this Dask scheduler's workers, or on 'local' ones")
    command.add_argument("--shard", metavar="I/N", default="1/1", help="only the I-th of N parts, for job arrays")


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
        raise InputError("--dask and --executor both say what the workers are; leave one out")
    return {"workers": workers, "executor": options.executor, "shard": _shard(options.shard), "progress": True}


@contextmanager
def _at(dask: str | None, work: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The work as it is to be done here, or on the workers of Dask for as long as it lasts."""
    if dask is None:
        yield work
        return
    from twoway.experiments.executors.dask import dask_workers

    with dask_workers(dask, work["workers"]) as (executor, workers):
        yield work | {"executor": executor, "workers": workers}


def studies(_: argparse.Namespace) -> int:
    """List the shipped studies."""
    from twoway.experiments.studies.study import load_study, shipped_studies

    names = shipped_studies()
    width = max(len(name) for name in names)
    for name in names:
        print(
            f"{name:<{width}}  {textwrap.fill(load_study(name).question, WIDTH, subsequent_indent=' ' * (width + 2))}"
        )
    print("\nRun one with `twoway study run NAME`.")
    return 0


def study(options: argparse.Namespace) -> int:
    """Do what is to be done with a study."""
    return ACTIONS[str(options.action)](options)


def _run(options: argparse.Namespace) -> int:
    from twoway.experiments.results.folder import free_folder
    from twoway.experiments.studies.run import check_shard, run_study
    from twoway.experiments.studies.study import Study, load_study

    found, work = load_study(options.study), _work(options)
    if options.replicates is not None:
        replicates = whole_number("replicates", options.replicates)
        found = Study(**(dict(found) | {"replicates": replicates, "precision": None}))
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
    numbers = {
        name: None if getattr(options, name) is None else whole_number(name, getattr(options, name))
        for name in ("replicates", "size")
    }
    if options.only_plan:
        store = extend(options.folder, points=options.points, **numbers)
        _say_status(store.folder, store.status())
        return 0
    check_shard(work["shard"], Store(options.folder).study)

    def extend_and_run(**work: Any) -> Result:
        extend(options.folder, points=options.points, **numbers)
        return resume(options.folder, **work)

    return _finish(options.folder, options.dask, work, extend_and_run)


def _finish(folder: Path, dask: str | None, work: dict[str, Any], do: Callable[..., Result]) -> int:
    """Do the work, answer the question if all is there, and say what is missing."""
    from twoway.experiments.studies.store import Store, is_study

    try:
        with _at(dask, work) as settled:
            result = do(**settled)
    except KeyboardInterrupt:
        if not is_study(folder):
            raise
        print()
        _say_status(folder, Store(folder).status())
        print(f"Interrupted; go on with `twoway study resume {folder}`.")
        return INTERRUPTED
    for sentence in result.said:
        print(textwrap.fill(sentence, WIDTH))
    _say_status(folder, result.status)
    store = Store(folder)
    if not result.status.missing:
        _conclude(store)
    else:
        print(
            f"The answer can be written when all parts are run (or from what there is: `twoway study answer {folder}`)."
        )
    return 0


def _conclude(store: Store) -> None:
    from twoway.experiments.studies.answer import conclude, has_answer
    from twoway.simulation import SCOPE

    if has_answer(store):
        print()
        for sentence in conclude(store).sentences:
            print(textwrap.fill(sentence, WIDTH))
        print(f"\nAnswer, effects, figures, runs and manifest: {store.folder}")
        print(SCOPE)


def _say_status(folder: Path, status: Status) -> None:
    replicates = f"{status.replicates:,} replicate{'s' * (status.replicates != 1)}"
    print(
        f"{status.points:,} points, {replicates}: {status.done:,} of {status.planned:,} runs "
        f"finished, {status.failed:,} failed, {status.missing:,} missing."
    )
    if status.failed:
        from twoway.experiments.studies.store import Store

        table = Store(folder).table()
        first = table[table["failed"]].iloc[0]
        print(f"The first that failed: {str(first['trouble']).strip().splitlines()[-1]}")
        print(f"See it with `twoway study replay {folder} {first['run']}`; try all again with `resume --failed`.")
    for name in status.damaged:
        print(f"The shard {name} is damaged; `twoway study resume {folder}` sets it aside and makes its runs again.")
    if status.contradicted:
        print(
            f"{status.contradicted:,} runs were made twice and came out differently: check them with `twoway verify`."
        )
    for who in status.working:
        print(f"At work: {who}.")
    if not status.same_model:
        print("The study was run with other sources than these, and can only be read.")


def _status(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.store import Store

    store = Store(options.folder)
    print(f"{store.study.title}: {store.study.question}")
    _say_status(options.folder, store.status())
    return 0


def _merge(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.manage import merge

    store = merge(options.folders, options.out)
    status = store.status()
    _say_status(options.out, status)
    if not status.missing:
        _conclude(store)
    return 0


def _answer(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.answer import has_answer
    from twoway.experiments.studies.store import Store
    from twoway.simulation.errors import InputError

    store = Store(options.folder)
    if not has_answer(store):
        raise InputError(f"{options.folder}: is asked for its points and ends with who asks; see `twoway study export`")
    _conclude(store)
    return 0


def _outcome(options: argparse.Namespace, store: Store) -> str:
    from twoway.experiments.studies.outcomes import outcome

    return outcome(options.outcome if options.outcome is not None else store.study.outcomes[0]).name


def _sensitivity(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.analyse import examine
    from twoway.experiments.studies.store import Store

    store = Store(options.folder)
    name = _outcome(options, store)
    return _examined(store, examine(store, name), options.out, f"sensitivity-{name}")


def _conditions(options: argparse.Namespace) -> int:
    from twoway.experiments.studies.analyse import look_for
    from twoway.experiments.studies.store import Store

    store = Store(options.folder)
    name = _outcome(options, store)
    bounds = [None if text is None else _bound(text) for text in (options.above, options.below)]
    return _examined(store, look_for(store, name, *bounds), options.out, f"conditions-{name}")


def _bound(text: str) -> float:
    from twoway.simulation.errors import InputError

    try:
        return float(text)
    except ValueError:
        raise InputError(f"{text}: must be a number, for example 0.5") from None


def _examined(store: Store, found: Examined, out: Path | None, name: str) -> int:
    """Keep what was found, and say it."""
    from twoway.experiments.studies.analyse import free_place, keep
    from twoway.simulation import SCOPE

    folder = out if out is not None else free_place(store, name)
    keep(found, store, folder)
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
    from twoway.experiments.studies.manage import replay

    again = replay(options.folder, options.run)
    for name, value in again.point.items():
        print(f"{name} = {value}")
    print(f"replicate {again.replicate}\n")
    for name, number in again.now.items():
        print(f"{name:<24}{number:.6g}")
    if again.kept is None:
        print("\nThis run was not kept, so there is nothing to compare with.")
        return 0
    print(f"\n{'Equal to' if again.equal else 'DIFFERENT from'} what was kept.")
    return 0 if again.equal else 1


def verify(folder: Path, sample: int | None) -> int:
    """Make a sample of a study's runs again, or all, and say whether they are equal; status 1 if not."""
    from tqdm import tqdm

    from twoway.experiments.studies.manage import changed_since, check
    from twoway.experiments.studies.store import Store

    store = Store(folder)
    status = store.status()
    for change in changed_since(store):
        print(f"Changed since: {change}.")
    total = status.done if sample is None else min(sample, status.done)
    different = [a for a in tqdm(check(folder, sample), total=total, unit="run", disable=None) if not a.equal]
    for again in different[:10]:
        print(f"{again.run}: DIFFERENT")
    equal = f"{total - len(different):,} of {total:,} runs made again are equal"
    print(f"{equal}; the study has {status.done:,} finished runs.")
    return 1 if different else 0


def _sbatch(_: argparse.Namespace) -> int:
    from twoway.experiments.executors import SBATCH

    print(SBATCH.read_text(encoding="utf-8"), end="")
    return 0


ACTIONS: dict[str, Action] = {
    "run": _run,
    "status": _status,
    "resume": _resume,
    "extend": _extend,
    "merge": _merge,
    "answer": _answer,
    "sensitivity": _sensitivity,
    "conditions": _conditions,
    "export": _export,
    "replay": _replay,
    "sbatch": _sbatch,
}
DO: dict[str, Action] = {"studies": studies, "study": study}
