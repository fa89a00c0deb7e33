"""The registry of figures: what each is called and means, which tables it needs, and where it is shown.

A figure is declared beside its function, in one file, and everything that lists figures reads the registry: a run, the
report, the gallery and the tests. A file of a user's own declares a figure in the same way:

    import twoway

    @twoway.figure("coercion-by-day", "How coerced clients feel", "Mean felt coercion by day.", needs=("days",))
    def coercion_by_day(days): ...
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from inspect import signature
from typing import Literal, ParamSpec

from matplotlib.figure import Figure

from twoway.analysis import figures as package
from twoway.analysis.figures.layout import alt_text, set_alt_text, settle
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.extensions import Extension, Registry
from twoway.simulation.run import Detail

Arguments = ParamSpec("Arguments")
Place = Literal["run", "report", "gallery"]

LAST = 100
"""Order of figures that are shown after all others."""
RUN_TABLES = {
    "events": "every event of a run",
    "days": "both parties of every dyad at the end of each day",
    "dyads": "every dyad, as it is in the interviews",
    "friends": "pairs of friends in the first centre of the first replicate",
    "day": "a day of the stay before its last, where one is asked for",
}
"""What figures of a run are drawn from, with its meaning."""
RESULT_TABLES = {
    "moves": "dyads by pattern in two scenarios",
    "differences": "differences between scenarios in the share of each pattern",
    "days_of_both": "share of the dyads in each pattern by day, in two scenarios",
    "runs": "outcomes of every run of a study",
    "effects": "effects of each input of a study on each outcome",
    "indices": "Sobol' indices of each input",
    "convergence": "Sobol' indices of growing parts of a design",
    "pairs": "second-order Sobol' indices of each pair of inputs",
    "morris": "mean and spread of each input's elementary effects",
    "groups": "closed first-order and total indices of groups of inputs",
    "error_budget": "variance of an outcome by source",
    "points": "points of a study with the outcome's cases",
    "box": "limits of the box that PRIM found",
    "trajectory": "boxes that PRIM passed through",
    "rules": "change of the patterns' shares without each rule",
    "patterns": "change of each pattern's share without each rule",
    "measures": "change of each measure without each dimension",
    "claims": "claims about context in every variant of the model",
    "summary": "share of the variants in which each claim holds",
    "mix": "shares of the patterns in every variant of the model",
    "scoreboard": "the model's values beside the accepted ranges of facts",
    "predictive": "facts over draws of the posterior sample",
    "numbers": "the free parameters' posterior by number",
    "sample": "accepted points of the posterior sample",
    "landscape": "drift, points of rest and basins of each scenario",
    "field_study": "conclusions of simulated field studies",
}
"""What figures of other results are drawn from, with its meaning."""


@dataclass(frozen=True)
class FigureKind:
    """A declared figure.

    Attributes
    ----------
    name
        Name of the file, such as "where-dyads-stand".
    title
        What the figure is called in lists.
    meaning
        One plain sentence about what the figure shows.
    needs
        Names of the tables that the function takes, which are its parameters' names as well.
    function
        Draws the figure; further parameters have defaults.
    order
        Where the figure is shown, with its place among the others there.
    """

    name: str
    title: str
    meaning: str
    needs: tuple[str, ...]
    function: Callable[..., Figure]
    order: Mapping[Place, int]

    @property
    def detail(self) -> Detail:
        """Least level of detail at which a run saves the tables that the figure needs."""
        levels = {"days": Detail.DAYS, "events": Detail.EVENTS}
        return max((levels.get(name, Detail.DYADS) for name in self.needs), default=Detail.DYADS)

    def draw(self, tables: Mapping[str, object], **options: object) -> Figure:
        """Draw the figure.

        Parameters
        ----------
        tables
            Tables by name; those that the figure does not need are left aside.
        options
            Further arguments, such as ``day``; those that the function does not know are left aside.

        Raises
        ------
        InputError
            If a needed table is missing, or the function fails or returns no figure.
        """
        for name in self.needs:
            if name not in tables:
                raise InputError(f"the figure '{self.name}' needs {name} ({TABLES[name]}); there is none")
        known = signature(self.function).parameters
        chosen = {name: value for name, value in options.items() if name in known}
        return self.function(**chosen | {name: tables[name] for name in self.needs})


TABLES = {**RUN_TABLES, **RESULT_TABLES}
"""Everything that a figure can be drawn from, with its meaning."""
FIGURES: Registry[FigureKind] = Registry("figure")
"""The figures of the package; read them with ``all_figures``, which imports the modules that declare them."""


def figure(
    name: str,
    title: str,
    meaning: str,
    needs: tuple[str, ...],
    *,
    run: int | None = None,
    report: int | None = None,
    gallery: int | None = None,
) -> Callable[[Callable[Arguments, Figure]], Callable[Arguments, Figure]]:
    """Declare the function below as a figure.

    Parameters
    ----------
    name
        Name of the file, in lower case with hyphens.
    title
        What the figure is called in lists.
    meaning
        One plain sentence about what the figure shows.
    needs
        Names of the tables that the function takes, by which its parameters must be named too: "events", "days",
        "dyads", "friends" or "day" for figures of a run, or tables of other results (see ``TABLES``).
    run, report, gallery
        Place among the figures that `twoway run`, the report and the gallery show; None for not there. A figure of a
        user's own that names no place is shown after the others by run and report.

    Returns
    -------
    Callable
        A decorator. The decorated function places its axes for good and has an alt text: title and meaning where it
        sets none of its own.

    Raises
    ------
    InputError
        If the name is taken or not in lower case with hyphens, or a needed table does not exist.

    Examples
    --------
    In a file that a scenario names in ``extensions``:

    >>> @figure("exchanges-by-dyad", "Exchanges", "How often each dyad met.", needs=("dyads",))
    ... def exchanges_by_dyad(dyads):
    ...     drawn = Figure()
    ...     drawn.subplots().bar(range(len(dyads)), dyads["exchanges"])
    ...     return drawn
    """
    if not name or set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise InputError(f"figure {name!r}: the name may have lower-case letters, digits and hyphens")
    for table in needs:
        if table not in TABLES:
            raise InputError(f"figure '{name}': there is no table '{table}'; {nearest(table, TABLES)}")

    def declare(function: Callable[Arguments, Figure]) -> Callable[Arguments, Figure]:
        missing = [table for table in needs if table not in signature(function).parameters]
        if missing:
            raise InputError(f"figure '{name}': the function needs a parameter named '{missing[0]}'")

        @wraps(function)
        def drawn(*arguments: Arguments.args, **named: Arguments.kwargs) -> Figure:
            made = function(*arguments, **named)
            if not isinstance(made, Figure):
                raise InputError(f"figure '{name}': the function returned {type(made).__name__}, not a Figure")
            if not made.get_label():
                set_alt_text(made, f"{kind.title}. {kind.meaning} {alt_text(made)}")
            settle(made)
            return made

        shipped = function.__module__.startswith(f"{package.__name__}.")
        places = {"run": run, "report": report, "gallery": gallery}
        if not shipped and run is report is gallery is None:
            places |= {"run": LAST, "report": LAST}
        order: dict[Place, int] = {place: number for place, number in places.items() if number is not None}  # type: ignore[misc]
        kind = FigureKind(name, title, meaning, needs, drawn, order)
        if not shipped:
            all_figures()  # so that a name of the package is refused
        FIGURES.declare(kind, function)
        return drawn

    return declare


def all_figures(extensions: Iterable[Extension] = ()) -> Registry[FigureKind]:
    """Every figure: those of the package, whose modules are imported, then those of the *extensions*."""
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    return FIGURES.extended(extensions)


def figures_in(place: Place, available: Iterable[str], extensions: Iterable[Extension] = ()) -> list[FigureKind]:
    """The figures that a place shows, in their order, as far as the available tables allow.

    Parameters
    ----------
    place
        Where figures are shown.
    available
        Names of the tables at hand, of ``TABLES``.
    extensions
        A user's own files, whose figures are added.
    """
    tables = set(available)
    kinds = [kind for kind in all_figures(extensions).values() if place in kind.order and tables.issuperset(kind.needs)]
    return sorted(kinds, key=lambda kind: kind.order[place])
