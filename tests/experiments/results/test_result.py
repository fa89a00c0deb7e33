"""A result kept: whole or not at all, with a page, and made again to the last value."""

import json

import pandas as pd
import pytest
from matplotlib.figure import Figure

from twoway.analysis.figures.style import say
from twoway.analysis.render.document import Table
from twoway.cli._output import folder_for
from twoway.cli.main import main
from twoway.experiments.results import result as made
from twoway.experiments.results.result import (
    MAKERS,
    Made,
    check_replicates,
    is_made,
    make_and_keep,
    maker_of,
    read_made,
    verify_made,
)
from twoway.simulation.errors import InputError


def tiny(seed, replicates, threads=2, progress=False, kept=None, scenario="ordinary"):
    """A maker that needs no run."""
    figure = Figure()
    say(figure, "Nothing to see.")
    table = pd.DataFrame({"x": range(replicates), "luck": [seed / 3] * replicates})
    return Made({"numbers": table}, {"nothing": figure}, (f"{replicates} <numbers>.",), (Table(("x",), (("1",),)),))


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setitem(MAKERS, "tiny-thing", f"{__name__}:tiny")
    make_and_keep("tiny-thing", tmp_path / "kept", {"seed": 1, "replicates": 3})
    return tmp_path / "kept"


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_of_result_has_its_maker(kind):
    assert callable(maker_of(kind))


def test_a_kind_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'scoreboard'"):
        maker_of("scorebord")


def test_what_is_kept_is_made_again_value_by_value(kept):
    verdict = verify_made(kept)
    assert verdict.equal == {"numbers.csv": True, "answer.txt": True}
    assert verdict.changed == []


def test_a_value_that_was_changed_is_found(kept, capsys):
    path = kept / "numbers.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("0.333", "0.334", 1), encoding="utf-8")
    assert verify_made(kept).equal == {"numbers.csv": False, "answer.txt": True}
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
        make_and_keep("tiny-thing", kept, {"seed": 2, "replicates": 3})
    assert (kept / "manifest.json").read_bytes() == before


def test_a_damaged_manifest_is_refused_by_field(kept):
    manifest = json.loads((kept / "manifest.json").read_text(encoding="utf-8"))
    for field in ("kind", "tables", "model"):
        (kept / "manifest.json").write_text(json.dumps({k: v for k, v in manifest.items() if k != field}))
        with pytest.raises(InputError, match=f"{field} is missing"):
            read_made(kept)
    assert is_made(kept)


def test_what_makes_no_difference_is_not_written_down(tmp_path, monkeypatch):
    monkeypatch.setitem(MAKERS, "tiny-thing", f"{__name__}:tiny")
    make_and_keep("tiny-thing", tmp_path / "kept", {"seed": 1, "replicates": 3}, kept=tmp_path)
    assert read_made(tmp_path / "kept")[1] == {"seed": 1, "replicates": 3}


def test_too_few_replicates_are_refused():
    with pytest.raises(InputError, match="replicates"):
        check_replicates(1, made.LEAST - 1)


def test_an_argument_that_the_maker_does_not_know_is_refused_by_name(kept, capsys):
    path = kept / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["arguments"] |= {"replicas": 3}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["verify", str(kept)]) == 2
    assert "arguments of tiny-thing: got an unexpected keyword argument 'replicas'" in capsys.readouterr().err


def test_a_scenario_of_ones_own_is_kept_whole_and_a_change_of_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(MAKERS, "tiny-thing", f"{__name__}:tiny")
    own = tmp_path / "own.toml"
    own.write_text('question = "What if?"\n[context]\ncontrol = 3\n', encoding="utf-8")
    make_and_keep("tiny-thing", tmp_path / "kept", {"seed": 1, "replicates": 3, "scenario": str(own)})
    written = read_made(tmp_path / "kept")[2]["own_scenarios"][str(own)]
    assert written["scenario"]["context"]["control"] == 3
    assert set(written["data"]) == {"lexicon", "equations", "frames", "situations"}
    assert verify_made(tmp_path / "kept").changed == []
    own.write_text(own.read_text(encoding="utf-8").replace("3", "4"), encoding="utf-8")
    assert "your own scenarios" in verify_made(tmp_path / "kept").changed[0]


def test_where_nothing_can_be_written_is_refused_before_the_work(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="a file is in the place of a folder"):
        folder_for("x", tmp_path / "file" / "deep" / "result")
    with pytest.raises(InputError, match="exists already"):
        folder_for("x", tmp_path / "file")
    assert folder_for("x", tmp_path / "new" / "result") == tmp_path / "new" / "result"
