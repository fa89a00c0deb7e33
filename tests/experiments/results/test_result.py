"""A derived result saved: whole or not at all, with a page, and computed again to the last value."""

import json

import pandas as pd
import pytest
from matplotlib.figure import Figure
from tests.support.manifests import rewrite_manifest

from twoway.analysis.figures.layout import set_alt_text
from twoway.analysis.render.document import Table
from twoway.cli._output import folder_for
from twoway.cli.main import main
from twoway.experiments.results.result import (
    LEAST_REPLICATES,
    RESULT_KINDS,
    Result,
    ResultKind,
    check_replicates,
    computer_of,
    derived,
    derived_kinds,
    open_result,
    verify,
)
from twoway.simulation.errors import InputError


@derived("tiny-thing")
def tiny(seed, replicates, threads=2, progress=False, points_folder=None, scenario="ordinary"):
    """A derived result that needs no run."""
    figure = Figure()
    set_alt_text(figure, "Nothing to see.")
    table = pd.DataFrame({"x": range(replicates), "third": [seed / 3] * replicates})
    return Result({"numbers": table}, {"nothing": figure}, (f"{replicates} <numbers>.",), (Table(("x",), (("1",),)),))


@pytest.fixture(autouse=True)
def tiny_kind(monkeypatch):
    """A kind of derived result for these tests alone."""
    home = "twoway.experiments.results.result"
    kind = ResultKind("tiny-thing", f"{home}:open_derived", f"{home}:verify_derived", f"{__name__}:tiny")
    monkeypatch.setitem(RESULT_KINDS._entries, "tiny-thing", kind)


@pytest.fixture
def kept(tmp_path):
    return tiny(seed=1, replicates=3).save(tmp_path / "kept")


@pytest.mark.parametrize("kind", derived_kinds())
def test_every_kind_of_derived_result_can_be_computed(kind):
    assert callable(computer_of(kind))


def test_a_run_is_no_derived_result():
    with pytest.raises(InputError, match="a run is no derived result"):
        computer_of("run")


def test_a_kind_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'scoreboard'"):
        computer_of("scorebord")


def test_what_is_kept_is_made_again_value_by_value(kept):
    verdict = verify(kept)
    assert verdict.equal == {"numbers.csv": True, "answer.txt": True}
    assert verdict.changed == ()


def test_a_value_that_was_changed_is_found(kept, capsys):
    path = kept / "numbers.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("0.333", "0.334", 1), encoding="utf-8")
    assert verify(kept).equal == {"numbers.csv": False, "answer.txt": True}
    assert main(["verify", str(kept)]) == 1
    assert "numbers.csv: DIFFERENT" in capsys.readouterr().out


def test_the_page_holds_what_is_said_escaped_the_figure_and_the_table(kept):
    page = (kept / "page.html").read_text(encoding="utf-8")
    assert "3 &lt;numbers&gt;." in page
    assert 'alt="Nothing to see."' in page
    assert "<td" in page
    assert "<h1>Tiny thing</h1>" in page
    assert "://" not in page


def test_a_result_is_never_written_over_another(kept):
    before = (kept / "manifest.json").read_bytes()
    with pytest.raises(InputError, match="exists already"):
        tiny(seed=2, replicates=3).save(kept)
    assert (kept / "manifest.json").read_bytes() == before


def test_a_damaged_manifest_is_refused_by_field(kept):
    manifest = json.loads((kept / "manifest.json").read_text(encoding="utf-8"))
    for field in ("kind", "arguments", "tables", "model"):
        (kept / "manifest.json").write_text(json.dumps({k: v for k, v in manifest.items() if k != field}))
        with pytest.raises(InputError, match=f"{field} is missing"):
            open_result(kept)


def test_arguments_without_effect_are_not_saved(tmp_path):
    result = tiny(1, replicates=3, points_folder=tmp_path, threads=5)
    assert result.arguments == {"seed": 1, "replicates": 3}
    assert open_result(result.save(tmp_path / "kept")).arguments == {"seed": 1, "replicates": 3}


def test_what_is_opened_is_what_was_saved_and_can_be_saved_elsewhere(kept, tmp_path):
    result, opened = tiny(seed=1, replicates=3), open_result(kept)
    assert (opened.kind, opened.sentences, opened.provenance) == ("tiny-thing", result.sentences, result.provenance)
    pd.testing.assert_frame_equal(opened.tables["numbers"], result.tables["numbers"])
    assert set(opened.figures) == {"nothing"}
    assert verify(opened.save(tmp_path / "elsewhere")).same


def test_nothing_is_computed_before_it_is_asked_for():
    def never():
        pytest.fail("it was computed")

    result = Result({"one": lambda: pd.DataFrame({"x": [1]}), "other": never}, {"picture": never}, never)
    assert list(result.tables) == ["one", "other"]
    assert len(result.tables["one"]) == 1
    assert result.tables["one"] is result.tables["one"]


def test_a_notebook_shows_a_sentence_a_table_and_a_figure():
    shown = tiny(seed=1, replicates=100)._repr_html_()
    assert "100 &lt;numbers&gt;." in shown
    assert shown.count("<img") == shown.count("<table") == 1
    assert shown.count("<tr") < 15, "the middle of a long table is left out"


def test_a_folder_of_an_unknown_kind_is_refused_with_the_nearest(kept):
    rewrite_manifest(kept, lambda manifest: manifest.update(kind="tiny-thin"))
    with pytest.raises(InputError, match="did you mean 'tiny-thing'"):
        open_result(kept)


def test_too_few_replicates_are_refused():
    with pytest.raises(InputError, match="replicates"):
        check_replicates(1, LEAST_REPLICATES - 1)


def test_an_argument_that_the_maker_does_not_know_is_refused_by_name(kept, capsys):
    rewrite_manifest(kept, lambda manifest: manifest["arguments"].update(replicas=3))
    assert main(["verify", str(kept)]) == 2
    assert "arguments of tiny-thing: got an unexpected keyword argument 'replicas'" in capsys.readouterr().err


def test_a_scenario_of_ones_own_is_kept_whole_and_a_change_of_it_is_told(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('question = "What if?"\n[context]\ncontrol = 3\n', encoding="utf-8")
    tiny(seed=1, replicates=3, scenario=str(own)).save(tmp_path / "kept")
    written = json.loads((tmp_path / "kept" / "manifest.json").read_text(encoding="utf-8"))["own_scenarios"][str(own)]
    assert written["scenario"]["context"]["control"] == 3
    assert set(written["data"]) == {"lexicon", "equations", "frames", "situations", "matters"}
    assert verify(tmp_path / "kept").changed == ()
    own.write_text(own.read_text(encoding="utf-8").replace("3", "4"), encoding="utf-8")
    assert "your own scenarios" in verify(tmp_path / "kept").changed[0]


def test_where_nothing_can_be_written_is_refused_before_the_work(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="a file is in the place of a folder"):
        folder_for("x", tmp_path / "file" / "deep" / "result")
    with pytest.raises(InputError, match="exists already"):
        folder_for("x", tmp_path / "file")
    assert folder_for("x", tmp_path / "new" / "result") == tmp_path / "new" / "result"
