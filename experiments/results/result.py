"""Results: tables, figures and sentences that came of some inputs; saved in a folder, opened again, and verified.

    result = twoway.compare(["strict-and-opaque", "strict-but-fair"])
    result.tables["differences"]
    result.save("runs/mine")
    open_result("runs/mine").sentences
    verify("runs/mine").same

A run, a comparison, a study and every derived result (ablation, robustness, landscape, field study, scoreboard,
calibration, posterior check) is a ``Result``. Each kind is one entry of ``RESULT_KINDS``.
"""

from __future__ import annotations

import html
import importlib
import inspect
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from pathlib import Path
from typing import Any, Generic, NamedTuple, ParamSpec, TypeAlias, TypeVar

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure
from pydantic import JsonValue

from twoway.analysis.figures.layout import alt_text
from twoway.analysis.render.document import Block, Piece, Table
from twoway.analysis.render.html import as_html, embedded_image
from twoway.experiments.results.digests import checked, is_as_written, saved_files
from twoway.experiments.results.figures import figure_html, png_of, save_figure, saved_figure
from twoway.experiments.results.folder import atomic_folder
from twoway.experiments.results.manifest import (
    MANIFEST,
    Manifest,
    read_manifest,
    save_manifest,
    write_manifest,
)
from twoway.experiments.results.provenance import data_used, provenance, sources_digest
from twoway.experiments.results.tables import LARGEST_CSV, saved_csv
from twoway.simulation.data_files import read_file
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.extensions import Registry
from twoway.simulation.parameters.scenario import FOLDERS, load, shipped_names
from twoway.simulation.tables import check_seed

SENTENCES, PAGE = "answer.txt", "page.html"
SCENARIO_ARGUMENTS = ("scenario", "scenarios")
"""Arguments that name scenarios: shipped ones, or files of one's own."""
WITHOUT_EFFECT = ("threads", "progress", "points_folder")
"""Arguments of functions that compute results which change nothing about the result, and are not saved."""
LEAST_REPLICATES = 5
"""Fewest replicates from which intervals over replicates are computed: below, they say next to nothing."""
ROWS_SHOWN = 8
Value = TypeVar("Value")
Given = ParamSpec("Given")
Named: TypeAlias = Mapping[str, Value | Callable[[], Value]]
Values: TypeAlias = Named[Value] | Callable[[], Named[Value]]
"""Values by name, each or all of them perhaps given as a function that is called when they are asked for."""


class Lazy(Mapping[str, Value], Generic[Value]):
    """Values by name; one that is given as a function is computed when it is first asked for.

    The whole mapping may be given as a function as well.
    """

    def __init__(self, values: Values[Value]) -> None:
        self._given = values

    @cached_property
    def _values(self) -> dict[str, Value | Callable[[], Value]]:
        return dict(self._given() if callable(self._given) else self._given)

    def __getitem__(self, name: str) -> Value:
        if name not in self._values:
            raise KeyError(f"{name}; {nearest(name, self._values)}")
        value = self._values[name]
        if callable(value):
            value = self._values[name] = value()
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Result:
    """Tables, figures and sentences that came of some inputs.

    Parameters
    ----------
    tables
        Tables by name, or functions that return them.
    figures
        Figures by name, or functions that draw them.
    sentences
        What was found, in words, or a function that returns it.
    shown
        Tables as a reader is to see them, on the page and in documents.
    kind
        Name of the kind of result, as in ``RESULT_KINDS``.
    arguments
        The inputs by name, as plain numbers, words and lists.
    provenance
        Model, digest of its sources, scenario, seed and replicates.
    folder
        Folder from which the result was opened; None if it was computed and not saved yet.
    """

    def __init__(
        self,
        tables: Values[pd.DataFrame],
        figures: Values[Figure],
        sentences: Sequence[str] | Callable[[], Sequence[str]] = (),
        shown: Sequence[Table] = (),
        *,
        kind: str = "",
        arguments: Mapping[str, JsonValue] | None = None,
        provenance: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.tables: Mapping[str, pd.DataFrame] = Lazy(tables)
        self.figures: Mapping[str, Figure] = Lazy(figures)
        self._sentences, self.shown = sentences, tuple(shown)
        self.kind, self.arguments = kind, dict(arguments or {})
        self.provenance, self.folder = dict(provenance or {}), folder

    @property
    def sentences(self) -> tuple[str, ...]:
        """The findings in words."""
        if callable(self._sentences):
            self._sentences = self._sentences()
        return tuple(self._sentences)

    def save(self, folder: str | Path) -> Path:
        """Save the result to a *folder* that does not exist yet; it appears whole or not at all.

        Returns
        -------
        The folder.

        Raises
        ------
        InputError
            If the folder exists already or cannot be written.
        """
        target = Path(folder)
        with atomic_folder(target) as partial_folder:
            if self.folder is None:
                self.write(partial_folder)
            else:
                _copy_result(self.folder, partial_folder)
        return target

    def write(self, folder: Path) -> None:
        """Write all that belongs to the result into a new, empty folder."""
        self.write_tables(folder)
        _write_sentences(folder, self.sentences)
        for name, figure in self.figures.items():
            save_figure(folder, name, figure, self.provenance)
        (folder / PAGE).write_text(self.page(), encoding="utf-8")
        more = {
            "arguments": self.arguments,
            "tables": list(self.tables),
            "figures": list(self.figures),
            "sources_digest": sources_digest(),
            "own_scenarios": own_scenarios(self.arguments),
        }
        write_manifest(folder, self.kind, self.provenance, more)

    def write_tables(self, folder: Path) -> None:
        """Write every table as CSV."""
        for name, table in self.tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)

    def page(self) -> str:
        """The result as one HTML file: sentences, figures, tables, and where it comes from."""
        title = self.kind.replace("-", " ").capitalize()
        body: list[Piece | Markup] = [Block("title", title), *(Block("text", sentence) for sentence in self.sentences)]
        body += [figure_html(figure, self.provenance) for figure in self.figures.values()]
        body += self.shown
        note = "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in self.provenance.items())
        return as_html(title, [*body, Block("note", note)])

    def __repr__(self) -> str:
        where = "" if self.folder is None else f" in {self.folder}"
        return f"<{type(self).__name__}: {self.kind}{where}; tables: {', '.join(self.tables)}>"

    def _repr_html_(self) -> str:
        """The first sentence, the first table and the first figure, for notebooks."""
        parts = [f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences[:1]]
        parts += [table.to_html(max_rows=ROWS_SHOWN) for table in list(self.tables.values())[:1]]
        for name in list(self.figures)[:1]:
            png = png_of(self.figures[name], self.provenance, dpi=80, colours=64)
            parts.append(embedded_image(png, "image/png", alt_text(self.figures[name])))
        names = f"tables: {', '.join(self.tables)}; figures: {', '.join(self.figures)}"
        return "\n".join([*parts, f"<p><small>{html.escape(names)}</small></p>"])


class Verdict(NamedTuple):
    """Whether a saved result, computed again, is equal: by table (of a study: by run), and what has changed since.

    ``finished`` is the number of finished runs of a study, of which the runs in ``equal`` are a sample.
    """

    equal: dict[str, bool]
    changed: tuple[str, ...] = ()
    finished: int | None = None

    @property
    def same(self) -> bool:
        """Whether all is equal."""
        return all(self.equal.values())

    def lines(self) -> Iterator[str]:
        """The verdict in lines for a terminal."""
        for change in self.changed:
            yield f"Changed since: {change}."
        different = [name for name, equal in self.equal.items() if not equal]
        if self.finished is None:
            for name, equal in self.equal.items():
                yield f"{name}: {'equal' if equal else 'DIFFERENT'}"
            yield "Every table is equal." if self.same else "Not every table is equal."
        else:
            for name in different[:10]:
                yield f"{name}: DIFFERENT"
            count = len(self.equal)
            yield (
                f"{count - len(different):,} of {count:,} repeated runs are equal; "
                f"the study has {self.finished:,} finished runs."
            )


@dataclass(frozen=True)
class ResultKind:
    """A kind of result: its name in manifests, and the functions, as "module:function", that work with it.

    ``opener(folder)`` returns the result, ``verifier(folder, threads, progress, sample)`` its verdict, and
    ``computer(**arguments)`` computes it (empty for kinds that are no derived results).
    """

    name: str
    opener: str
    verifier: str
    computer: str = ""


def _derived(name: str, computer: str) -> ResultKind:
    return ResultKind(name, f"{__name__}:open_derived", f"{__name__}:verify_derived", f"twoway.experiments.{computer}")


RESULT_KINDS: Registry[ResultKind] = Registry(
    "result",
    [
        ResultKind("run", "twoway.experiments.runs.open:SavedRun", "twoway.experiments.runs.run:verify_run"),
        ResultKind(
            "comparison",
            "twoway.experiments.comparison.comparison:open_comparison",
            "twoway.experiments.comparison.compare:verify_comparison",
        ),
        ResultKind(
            "study", "twoway.experiments.studies.result:StudyResult", "twoway.experiments.studies.manage:verify_study"
        ),
        _derived("posterior-check", "calibration.posterior_check:posterior_check"),
        _derived("trade-offs", "calibration.trade_offs:trade_offs"),
        _derived("calibration", "calibration.calibrate:calibrate"),
        _derived("scoreboard", "validation.scoreboard:scoreboard"),
        _derived("field-study", "derived.field_study:field_study"),
        _derived("landscape", "derived.landscape:landscape"),
        _derived("ablation", "derived.ablation:ablation"),
        _derived("robustness", "derived.robustness:robustness"),
    ],
)
"""Every kind of result by name."""


def _function(address: str) -> Callable[..., Any]:
    """The function at "module:function"."""
    module, _, name = address.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _kind_in(folder: Path) -> ResultKind:
    name = str(read_manifest(folder)["kind"])
    if name not in RESULT_KINDS:
        raise InputError(f"{folder / MANIFEST}: kind = '{name}'; {nearest(name, RESULT_KINDS)}")
    return RESULT_KINDS[name]


def open_result(folder: str | Path) -> Result:
    """Open the folder of any saved result.

    Parameters
    ----------
    folder
        Folder of a run, comparison, study or derived result.

    Returns
    -------
    A ``SavedRun``, ``Comparison``, ``StudyResult`` or ``Result``; its ``kind`` says what it is.

    Raises
    ------
    InputError
        If the folder holds no result, a damaged one, or a run that another version of the package made.

    Examples
    --------
    >>> from twoway.experiments.studies.run import run_study
    >>> from twoway.experiments.studies.study import Study
    >>> small = {"design.clients": 2, "design.days": 3}
    >>> study = Study(title="Small", question="?", changes=small, inputs={"context.control": (1.0, 5.0)}, replicates=2)
    >>> _ = run_study(study, "runs/small", workers=1)
    >>> result = open_result("runs/small")
    >>> result.kind, len(result.table)
    ('study', 4)
    """
    result: Result = _function(_kind_in(Path(folder)).opener)(Path(folder))
    return result


def verify(folder: str | Path, threads: int = 2, progress: bool = False, sample: int | None = 50) -> Verdict:
    """Compute a saved result again from its manifest and compare it, value by value.

    Parameters
    ----------
    folder
        Folder of a run, comparison, study or derived result.
    threads
        Threads or worker processes.
    progress
        Whether to show a bar.
    sample
        Runs of a study that are made again, drawn at random; None for all. Without effect on other kinds.

    Raises
    ------
    InputError
        If the folder holds no result, or one from which it cannot be computed again.

    Examples
    --------
    >>> from twoway.experiments.studies.run import run_study
    >>> from twoway.experiments.studies.study import Study
    >>> small = {"design.clients": 2, "design.days": 3}
    >>> study = Study(title="Small", question="?", changes=small, inputs={"context.control": (1.0, 5.0)}, replicates=2)
    >>> _ = run_study(study, "runs/small", workers=1)
    >>> verify("runs/small").same
    True
    """
    verdict: Verdict = _function(_kind_in(Path(folder)).verifier)(Path(folder), threads, progress, sample)
    return verdict


# ------------------------------------------------------------------------------------------------- derived results


def derived(kind: str) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Mark a function as the one that computes the derived results of a *kind*.

    Its result then carries kind, arguments and provenance. The function needs the arguments ``seed`` and
    ``replicates``; arguments in ``WITHOUT_EFFECT`` are not saved.
    """

    def mark(function: Callable[Given, Result]) -> Callable[Given, Result]:
        signature = inspect.signature(function)

        @wraps(function)
        def compute_result(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            bound = signature.bind(*args, **kwargs)
            result = function(*args, **kwargs)
            result.kind = kind
            result.arguments = {name: v for name, v in bound.arguments.items() if name not in WITHOUT_EFFECT}
            bound.apply_defaults()
            result.provenance = provenance(kind, int(bound.arguments["seed"]), int(bound.arguments["replicates"]))
            return result

        return compute_result

    return mark


def computer_of(kind: str) -> Callable[..., Result]:
    """The function that computes the derived results of a *kind*; ``InputError`` for one that does not exist."""
    address = RESULT_KINDS[kind].computer
    if not address:
        raise InputError(f"a {kind} is no derived result; {nearest(kind, derived_kinds())}")
    return _function(address)


def derived_kinds() -> list[str]:
    """Names of the kinds of derived results."""
    return [kind.name for kind in RESULT_KINDS.values() if kind.computer]


def check_replicates(seed: int, replicates: int) -> None:
    """Refuse an invalid seed, and replicates too few for intervals.

    Parameters
    ----------
    seed
        Random seed, which must be from 0 to 2 ** 63 - 1.
    replicates
        Number of replicates, which must be at least ``LEAST_REPLICATES``.

    Raises
    ------
    InputError
        If either is out of its range.
    """
    check_seed(seed, replicates)
    if replicates < LEAST_REPLICATES:
        raise InputError(
            f"replicates = {replicates}; it must be at least {LEAST_REPLICATES}: intervals come from how they differ"
        )


def own_scenarios(arguments: Mapping[str, JsonValue]) -> dict[str, object]:
    """The user's own scenarios among the *arguments*, by path, with the digests of their data files."""
    given = [arguments[key] for key in SCENARIO_ARGUMENTS if key in arguments]
    names = {str(name) for one in given for name in ([one] if isinstance(one, str) else list(one))}  # type: ignore[arg-type]
    found: dict[str, object] = {}
    for name in sorted(names - set(shipped_names())):
        scenario = load(name)
        data = {field: data_used(field, getattr(scenario.meaning, field)).sha256 for field in FOLDERS}
        found[name] = {"scenario": scenario.model_dump(mode="json"), "data": data}
    return found


def _copy_result(folder: Path, target: Path) -> None:
    """Copy what was saved with a result, each file as it was written, to an empty folder."""
    manifest = read_manifest(folder)
    for name in saved_files(manifest, "*"):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(checked(folder, manifest, name), target / name)
    save_manifest(target, manifest, [target / name for name in saved_files(manifest, "*")])


def _write_sentences(folder: Path, sentences: Sequence[str]) -> None:
    """Write the sentences of a result, a line each."""
    (folder / SENTENCES).write_text("".join(f"{sentence}\n" for sentence in sentences), encoding="utf-8")


def saved_figures(folder: Path, manifest: Manifest) -> dict[str, Callable[[], Figure]]:
    """The figures in the folder of a result, by name, each read when it is asked for.

    Parameters
    ----------
    folder, manifest
        Folder of the result, and its manifest.
    """

    def read(file: str) -> Figure:
        return saved_figure(checked(folder, manifest, file))

    return {Path(file).stem: partial(read, file) for file in saved_files(manifest, "figures/*.png")}


def _read_derived(folder: Path) -> Manifest:
    manifest = read_manifest(folder, needed=("kind", "arguments", "tables", "model"))
    if not isinstance(manifest["arguments"], dict):
        raise InputError(f"{folder / MANIFEST}: is damaged (arguments are not written as name and value)")
    if not isinstance(manifest["tables"], list) or not all(isinstance(name, str) for name in manifest["tables"]):
        raise InputError(f"{folder / MANIFEST}: is damaged (tables are not written as a list of names)")
    return manifest


def open_derived(folder: Path) -> Result:
    """Open the folder of a derived result."""
    manifest = _read_derived(folder)
    return Result(
        {name: partial(saved_csv, folder, manifest, name) for name in manifest["tables"]},
        saved_figures(folder, manifest),
        _text(checked(folder, manifest, SENTENCES)).splitlines(),
        kind=str(manifest["kind"]),
        arguments=manifest["arguments"],
        provenance={k: str(manifest[k]) for k in provenance("", 0, 1) if k in manifest},
        folder=folder,
    )


def verify_derived(folder: Path, threads: int = 2, progress: bool = False, sample: int | None = None) -> Verdict:
    """Compute a derived result again and compare its tables and sentences, as text.

    Parameters
    ----------
    folder
        Folder of the result.
    threads
        Threads or worker processes.
    progress
        Whether to show a bar.
    sample
        Without effect: all of it is computed again.

    Returns
    -------
    Equality by file, and what has changed since.

    Raises
    ------
    InputError
        If the folder holds no derived result or a damaged one, or the arguments no longer fit.
    """
    manifest = _read_derived(folder)
    kind, arguments = str(manifest["kind"]), manifest["arguments"]
    compute, changed = computer_of(kind), []
    try:
        inspect.signature(compute).bind(**arguments)
    except TypeError as error:
        raise InputError(f"{folder / MANIFEST}: arguments of {kind}: {error}") from None
    if manifest.get("sources_digest") != sources_digest():
        changed.append(f"the sources (this was made with {manifest['model']})")
    if manifest.get("own_scenarios", {}) != own_scenarios(arguments):
        changed.append("your own scenarios (as they were they stand in the manifest)")
    names = [f"{name}.csv" for name in manifest["tables"]] + [SENTENCES]
    spoiled = spoiled_files(folder, manifest, names)
    result = compute(**arguments, threads=threads, progress=progress)
    with tempfile.TemporaryDirectory() as temporary:
        again = Path(temporary)
        result.write_tables(again)
        _write_sentences(again, result.sentences)
        equal = {name: name not in spoiled and _text(folder / name) == _text(again / name) for name in names}
    return Verdict(equal, (*changed, *changed_files(spoiled)))


def spoiled_files(folder: Path, manifest: Manifest, names: Iterable[str]) -> list[str]:
    """Those of some saved files that were changed after they were written.

    Parameters
    ----------
    folder, manifest
        Folder of the result, and its manifest.
    names
        Paths of the files in the folder.

    Raises
    ------
    InputError
        If one is missing, or no ordinary file.
    """
    return [name for name in names if not is_as_written(folder, manifest, name)]


def changed_files(names: Iterable[str]) -> list[str]:
    """Phrases about files that were changed after they were written."""
    return [f"{name}, which is not as it was written" for name in names]


def _text(path: Path) -> str:
    try:
        return read_file(path, LARGEST_CSV).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a text file in UTF-8") from None
