"""The registry of figures: every entry is described, can be drawn from any size of input, and can be read."""

import builtins
import doctest
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from tests.analysis.figures.examples import SIZES, a_run, example
from tests.support.drawn import assert_no_text_is_beyond_the_page_or_on_another, words

from twoway.analysis.figures import layout, style
from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.registry import FIGURES, RUN_TABLES, TABLES, all_figures, figure, figures_in
from twoway.simulation import SCOPE
from twoway.simulation.errors import InputError
from twoway.simulation.extensions import load_extension
from twoway.simulation.run import Detail

KINDS = all_figures()
OWN = """
import twoway
from twoway.analysis.figures.layout import caption, page, title

@twoway.figure("felt-coercion", "Felt coercion", "Mean felt coercion of clients by day.", needs=("days",))
def felt_coercion(days):
    mean = days[days["party"] == "client"].groupby("day")["felt_coercion"].mean()
    made = page(6, 3)
    made.subplots().plot(mean.index, mean)
    title(made, "How coerced clients feel")
    caption(made, "Mean over all clients.")
    return made
"""


@pytest.fixture(scope="module", params=[(name, size) for name in KINDS for size in SIZES], ids="-".join)
def drawn(request):
    """A figure of the registry, drawn without opening a file."""
    name, size = request.param
    kind = KINDS[name]
    if set(kind.needs) <= set(RUN_TABLES):
        tables = options = a_run(size)
    else:
        tables, options = example(name, size)
    warm = Figure()  # fonts are read once
    warm.text(0, 0, "x")
    layout.text_width("x", 8)
    warm.canvas.draw()
    opened, really = [], builtins.open
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "open", lambda file, *rest, **more: opened.append(file) or really(file, *rest, **more))
        figure = kind.draw(tables, **options)
    assert not opened
    return figure


@pytest.mark.slow
def test_no_text_is_beyond_the_page_or_on_another(drawn):
    assert_no_text_is_beyond_the_page_or_on_another(drawn)


def test_title_caption_and_alt_text_are_there(drawn):
    sentence = alt_text(drawn)
    assert sentence.endswith(".")
    assert len(sentence.split()) >= 6
    assert "\n" not in sentence
    assert " ".join(" ".join(words(drawn)).split()).count(SCOPE) == 1
    assert {text.get_gid() for text in drawn.texts} >= {layout.TITLE, layout.CAPTION}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_figure_says_what_it_shows_and_what_it_needs(kind):
    assert kind.title[0].isupper()
    assert not kind.title.endswith(".")
    assert kind.meaning.endswith(".")
    assert kind.needs
    assert set(kind.needs) <= set(TABLES)
    assert kind.function.__doc__.strip()


def test_every_table_that_can_be_needed_is_needed_by_a_figure():
    assert {name for kind in KINDS.values() for name in kind.needs} == set(TABLES)


@pytest.mark.parametrize("place", ["run", "report", "gallery"])
def test_the_figures_of_a_place_have_an_order_without_ties(place):
    numbers = [kind.order[place] for kind in KINDS.values() if place in kind.order]
    assert numbers
    assert len(set(numbers)) == len(numbers)


def test_a_run_shows_as_many_figures_as_its_detail_allows():
    for tables, level in ((("dyads",), Detail.DYADS), (("days", "dyads"), Detail.DAYS)):
        shown = {kind.name for kind in figures_in("run", tables)}
        assert shown == {k.name for k in KINDS.values() if "run" in k.order and k.detail <= level}
    assert "one-dyads-portrait" not in {kind.name for kind in figures_in("run", ("days", "dyads"))}


def test_no_figure_is_drawn_outside_the_registry():
    """Every public function of the package of figures that makes a page is declared."""
    declared = {kind.function.__name__ for kind in KINDS.values()}
    for path in Path(layout.__file__).parent.glob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        names = [line[4:].partition("(")[0] for line in lines if line.startswith("def ") and "-> Figure:" in line]
        helpers = {"page", "agreement_matrix", "centre_network", "rupture_timeline"}
        assert {name for name in names if not name.startswith("_")} <= declared | helpers, path.name


def test_a_user_declares_a_figure_in_a_file_of_her_own(tmp_path):
    own = tmp_path / "mine.py"
    own.write_text(OWN)
    extension = load_extension(own)
    assert "felt-coercion" not in FIGURES
    kinds = figures_in("run", ("events", "days", "dyads"), [extension])
    assert kinds[-1].name == "felt-coercion"
    assert kinds[-1].detail == Detail.DAYS
    drawn = kinds[-1].draw(a_run("middle"))
    assert "Mean felt coercion of clients by day." in alt_text(drawn)
    assert_no_text_is_beyond_the_page_or_on_another(drawn)


def test_a_file_that_reads_figures_of_the_package_declares_only_its_own(tmp_path):
    (tmp_path / "mine.py").write_text(f"from twoway.analysis.figures.patterns import patterns_by_day\n{OWN}")
    program = (
        "from twoway.simulation.extensions import load_extension\n"
        "print([entry.name for _, entry in load_extension('mine.py').entries])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['felt-coercion']"


def test_a_name_of_the_package_or_an_unknown_table_is_refused(tmp_path):
    own = tmp_path / "mine.py"
    own.write_text(OWN.replace('"felt-coercion"', '"patterns-by-day"'))
    with pytest.raises(InputError, match="'patterns-by-day' comes with the package"):
        load_extension(own)
    with pytest.raises(InputError, match="no table 'day_s'; did you mean 'days'"):
        figure("mine", "Mine", "Mine.", ("day_s",))
    with pytest.raises(InputError, match="lower-case letters, digits and hyphens"):
        figure("Mine!", "Mine", "Mine.", ("days",))
    with pytest.raises(InputError, match="needs a parameter named 'days'"):
        figure("mine", "Mine", "Mine.", ("days",))(lambda table: Figure())
    with pytest.raises(InputError, match="needs days"):
        KINDS["patterns-by-day"].draw({})


def test_what_is_no_figure_is_refused(tmp_path):
    own = tmp_path / "mine.py"
    own.write_text(OWN.replace("return made", "return 5"))
    (kind,) = (entry for _, entry in load_extension(own).entries)
    with pytest.raises(InputError, match="returned int, not a Figure"):
        kind.draw(a_run("small"))


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(layout).failed == doctest.testmod(style).failed == 0
