"""Studies and their designs: what they hold, and what is refused in words before anything runs."""

from __future__ import annotations

import re
import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.experiments.studies.designs import (
    AskTell,
    Axis,
    Grid,
    Intervention,
    LatinHypercube,
    Listed,
    MorrisDesign,
    OneAtATime,
    SobolDesign,
    Span,
    axis,
)
from twoway.experiments.studies.outcomes import OUTCOMES
from twoway.experiments.studies.resolved_study import resolve_study
from twoway.experiments.studies.study import SHIPPED, Study, load_study, shipped_studies
from twoway.simulation.data_files import DATA
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import all_declarations, changed, load

TWO = {"context.strictness": (0.0, 0.5, 1.0), "context.control": Span(low=1.0, high=4.0)}
MIXED = {**TWO, "design.clients": Span(low=2.0, high=5.0), "scenario": ("ordinary", "voluntary")}


def study(**fields):
    return Study(**({"title": "Mine", "question": "What then?", "inputs": {"context.control": (1.0, 2.0)}} | fields))


# What a design holds


def test_a_grid_holds_every_combination_once():
    points, _ = study(inputs={"context.control": (1.0, 2.0, 5.0), "scenario": ("ordinary", "voluntary")}).points()
    assert len(points) == 6
    assert not points.duplicated().any()
    assert points.index.name == "point"


def test_levels_of_a_range_are_evenly_spaced_and_include_both_ends():
    points, _ = study(inputs={"context.control": Span(low=1.0, high=4.0, levels=4)}).points()
    assert points["context.control"].tolist() == [1.0, 2.0, 3.0, 4.0]


def test_what_is_not_given_of_a_range_is_as_declared():
    for d in all_declarations():
        found = axis(f"{d.section}.{d.name}", Span())
        assert (found.low, found.high) == (d.low, d.high)


@pytest.mark.parametrize("design", [LatinHypercube(size=40), SobolDesign(size=8), MorrisDesign(size=6)])
def test_sampled_points_stay_in_range_are_the_same_again_and_differ_by_seed(design):
    points, _ = study(inputs=MIXED, design=design).points()
    assert points["context.control"].between(1, 4).all()
    assert set(points["context.strictness"]) == {0.0, 0.5, 1.0}
    assert set(points["design.clients"]) <= {2, 3, 4, 5}
    assert set(points["scenario"]) == {"ordinary", "voluntary"}
    pd.testing.assert_frame_equal(points, study(inputs=MIXED, design=design).points()[0])
    assert not points.equals(study(inputs=MIXED, design=design, seed=2).points()[0])


def test_a_latin_hypercube_uses_every_part_of_a_range_once():
    points, _ = study(
        inputs={"context.control": Span(), "learning.perceptual_noise": Span()}, design=LatinHypercube(size=20)
    ).points()
    for name, d in ((f"{d.section}.{d.name}", d) for d in all_declarations()):
        if name in points:
            parts = np.floor((points[name] - d.low) / (d.high - d.low) * 20).astype(int)
            assert sorted(parts) == list(range(20))


def test_a_saltelli_sample_has_as_many_points_as_its_indices_need():
    assert len(study(inputs=TWO, design=SobolDesign(size=8)).points()[0]) == 8 * 4
    assert len(study(inputs=TWO, design=SobolDesign(size=8, second_order=True)).points()[0]) == 8 * 6


def test_along_a_morris_trajectory_one_input_changes_at_a_time():
    inputs = {"context.control": Span(), "learning.perceptual_noise": Span(), "context.formality": Span()}
    points, _ = study(inputs=inputs, design=MorrisDesign(size=5)).points()
    steps = np.diff(points.to_numpy().reshape(5, 4, 3), axis=1) != 0
    assert (steps.sum(axis=2) == 1).all()
    assert (steps.sum(axis=1) == 1).all()


def test_one_at_a_time_changes_one_input_of_the_base():
    points, _ = study(inputs=TWO, scenario="voluntary", design=OneAtATime()).points()
    base = load("voluntary").context
    assert points.iloc[0].tolist() == [base.strictness, base.control]
    assert len(points) == 1 + 3 + 2
    assert ((points.iloc[1:] != points.iloc[0]).sum(axis=1) <= 1).all()


def test_an_intervention_compares_a_scenario_as_it_is_with_named_changes():
    arms = {"explained": {"context.transparency": 1.0}, "fair": {"scenario": "strict-but-fair"}}
    mine = study(inputs={}, scenario="strict-and-opaque", design=Intervention(changes=arms))
    points, _ = mine.points()
    assert mine.names(len(points)) == ["baseline", "explained", "fair"]
    assert points["context.transparency"].tolist() == [0.1, 1.0, 0.9]
    assert points["scenario"].tolist() == ["strict-and-opaque", "strict-and-opaque", "strict-but-fair"]


@given(st.floats(0, 1), st.integers(2, 9))
def test_every_place_along_a_list_is_one_of_its_values(place, count):
    values = tuple(f"word {i}" for i in range(count))
    [found] = Axis("scenario", np.nan, np.nan, False, values).at(np.array([place]))
    assert found == values[min(int(place * count), count - 1)]


@given(st.floats(0, 1))
def test_every_place_along_whole_numbers_is_one_of_them(place):
    [found] = axis("design.clients", Span(low=2.0, high=5.0)).at(np.array([place]))
    assert found in (2, 3, 4, 5)


def test_points_can_be_listed_in_a_file_beside_the_study(tmp_path):
    (tmp_path / "points.csv").write_text("context.control,scenario\n1,ordinary\n2.5,voluntary\n")
    (tmp_path / "mine.toml").write_text(
        'title = "Mine"\nquestion = "What then?"\n[design]\nkind = "list"\nfile = "points.csv"\n'
    )
    points, _ = load_study(tmp_path / "mine.toml").points()
    assert points["context.control"].tolist() == [1.0, 2.5]
    assert points["scenario"].tolist() == ["ordinary", "voluntary"]
    frame = pd.DataFrame({"context.control": [1.0, 2.5], "scenario": ["ordinary", "voluntary"]})
    pd.testing.assert_frame_equal(study(inputs={}, design=Listed.of(frame)).points()[0], points)


def test_paths_in_a_study_are_beside_its_file(tmp_path):
    shutil.copy(DATA / "frames" / "six.toml", tmp_path / "mine-frames.toml")
    (tmp_path / "base.toml").write_text('question = "Mine?"\n[context]\ncontrol = 7.0\n')
    (tmp_path / "mine.toml").write_text(
        'title = "Mine"\nquestion = "What then?"\nscenario = "base.toml"\n'
        '[inputs]\nmeaning.frames = ["six", "mine-frames.toml"]\n'
    )
    mine = load_study(tmp_path / "mine.toml")
    points, resolved = mine.points()
    assert resolved.scenario({}).context.control == 7.0
    assert points["meaning.frames"].tolist() == ["six", str(tmp_path / "mine-frames.toml")]


# What identifies a run


def test_a_run_is_known_by_what_is_simulated_not_by_its_titles_or_paths(tmp_path):
    copy = tmp_path / "copy.toml"
    shutil.copy(DATA / "lexicons" / "us2015.toml", copy)
    base = load("ordinary")
    renamed = base.model_copy(update={"title": "Other", "question": "Other?", "sources": ("other",)})
    moved = changed(base, {"meaning.lexicon": str(copy)})
    identities = {resolve_study(s, {}, []).identity(s) for s in (base, renamed, moved)}
    assert len(identities) == 1


@pytest.mark.parametrize("d", all_declarations(), ids=lambda d: f"{d.section}.{d.name}")
def test_every_number_is_part_of_what_identifies_a_run_but_how_it_is_told_afterwards(d):
    resolved = resolve_study("ordinary", {}, [])
    value = d.high if getattr(getattr(load("ordinary"), d.section), d.name) != d.high else d.low
    one, other = resolved.scenario({}), resolved.scenario({f"{d.section}.{d.name}": value})
    assert (resolved.identity(one) == resolved.identity(other)) == (d.section == "analysis")


def test_the_content_of_the_data_files_is_part_of_it(tmp_path):
    mine = tmp_path / "mine.toml"
    text = (DATA / "frames" / "six.toml").read_text(encoding="utf-8")
    mine.write_text(re.sub(r"benign = 0\.7\b", "benign = 0.6", text), encoding="utf-8")
    assert mine.read_text(encoding="utf-8") != text
    resolved = resolve_study("ordinary", {}, [{"meaning.frames": str(mine)}])
    assert resolved.identity(resolved.scenario({})) != resolved.identity(
        resolved.scenario({"meaning.frames": str(mine)})
    )


# Refused in words


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"inputs": {"context.contrl": (1.0, 2.0)}}, "inputs.context.contrl: there is no such field; did you mean"),
        ({"inputs": {"control": (1.0, 2.0)}}, "did you mean 'context.control'"),
        ({"inputs": {"context.control": Span(low=3.0, high=2.0)}}, "low = 3 lies above high = 2"),
        ({"inputs": {"context.control": Span(low=2.0, high=2.0)}}, "is the same as"),
        ({"inputs": {"context.control": Span(high=99.0)}}, "high = 99 is outside the declared range 0 to 14"),
        ({"inputs": {"context.control": (1.0, float("nan"))}}, "inputs.context.control: the list holds nan"),
        ({"inputs": {"context.control": (1.0, float("inf"))}}, "the list holds inf"),
        ({"inputs": {"context.control": (1.0, 99.0)}}, "the list holds 99, which is not in the declared range 0 to 14"),
        ({"inputs": {"context.control": (1.0, 2.0, 1.0)}}, "lists 1.0 twice"),
        ({"inputs": {"context.control": ()}}, "the list is empty"),
        ({"inputs": {"context.control": (1.0, True)}}, "the list holds True"),
        ({"inputs": {"context.control": ("much", "little")}}, "'much' is not a number"),
        ({"inputs": {"context.control": 3.0}}, "inputs.context.control = 3.0; it must be a list of values"),
        ({"inputs": {"context.control": {"lo": 1.0}}}, "context.control.lo is not a field there; did you mean 'low'"),
        ({"inputs": {"design.clients": (4.0, 4.5)}}, "the list holds 4.5, but design.clients must be a whole number"),
        ({"inputs": {"design.clients": Span(low=2.0, high=9.0, levels=3)}}, "must be whole numbers"),
        ({"inputs": {"design.clients": Span(low=2.5, high=9.0)}}, "must be whole numbers"),
        ({"inputs": {"scenario": Span()}}, "has no range; give a list of words"),
        ({"inputs": {"scenario": (1.0, 2.0)}}, "1.0 is not a word"),
        ({"inputs": {"scenario": ("ordinary", "strictt")}}, "scenario 'strictt': there is none of that name"),
        (
            {"inputs": {"meaning.frames": ("six", "eight")}},
            "meaning.frames: there is no 'eight'; valid are 'five', 'seven' and 'six'",
        ),
        ({"inputs": {}}, "at least one input"),
        ({"inputs": {"context.control": Span()}}, "a grid needs single values"),
        ({"design": {"kind": "gird"}}, "design.kind = 'gird'; did you mean 'grid'"),
        ({"design": {"kind": "sobol"}}, "design.size is missing"),
        ({"design": SobolDesign(size=12)}, "needs a power of two"),
        ({"design": MorrisDesign(size=4, levels=3)}, "an even number of levels"),
        ({"design": Grid(), "changes": {"context.controll": 1.0}}, "did you mean 'context.control'"),
        ({"design": Intervention(changes={"x": {"context.control": 99.0}}), "inputs": {}}, "point 1: context.control"),
        ({"design": Intervention(changes={"baseline": {}}), "inputs": {}}, "'baseline' is the name of"),
        ({"design": Intervention(changes={"x": {"context.control": 3.0}})}, "brings its own"),
        ({"outcomes": ("friendy",)}, "there is no outcome 'friendy'; did you mean 'friendly'"),
        ({"replicates": 0}, "replicates = 0"),
        ({"replicates": 2.5}, "replicates = 2.5"),
        ({"seed": -1}, "seed = -1"),
        ({"replicate": 3}, "replicate is not a field there; did you mean 'replicates'"),
        ({"precision": {"outcome": "friendly", "half_width": 0.0}}, "precision.half_width"),
        ({"precision": {"outcome": "nothing", "half_width": 0.1}}, "there is no outcome 'nothing'"),
        ({"precision": {"outcome": "friendly", "half_width": 0.1, "mots": 3}}, "did you mean 'most'"),
        ({"title": ""}, "title"),
        ({"groups": {"rules": ["context.contrl"]}}, "groups.rules: the study varies no input context.contrl; did you"),
        ({"groups": {"rules": ["context.control"]}}, "groups.rules: holds every input"),
        ({"groups": {"rules": "context.control"}}, "groups must be a table of lists of inputs"),
    ],
)  # fmt: skip
def test_a_study_that_cannot_be_is_refused_naming_the_field(fields, why):
    with pytest.raises(InputError, match=re.escape(why)):
        study(**fields).points()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("context.control\n1\n1\n", "row 2 repeats an earlier one"),
        ("context.control\n", "holds no points"),
        ("context.control,context.formality\n1,\n", "row 1 holds nan in context.formality"),
        ("context.control\n1\ninf\n", "row 2 holds inf in context.control"),
        ("context.kontrol\n1\n", "did you mean 'context.control'"),
        ("context.control\n1\n99\n", "the list holds 99, which is not in the declared range"),
        ("design.clients\n4\n4.5\n", "but design.clients must be a whole number"),
        ("context.control\nmuch\n", "'much' is not a number"),
        ("", "cannot be read as CSV"),
    ],
)
def test_a_list_of_points_that_cannot_be_is_refused_naming_file_and_row(tmp_path, content, why):
    path = tmp_path / "points.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=re.escape(why)) as refusal:
        Listed.of(path)
    assert str(path) in str(refusal.value)


def test_a_refusal_about_a_study_file_names_the_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('title = "x"\nquestion = "y"\n[inputs]\ncontext.controle = [1.0, 2.0]\n')
    with pytest.raises(InputError, match=re.escape(f"{path}: inputs.context.controle: there is no such field")):
        load_study(path)
    with pytest.raises(InputError, match="did you mean 'peers'"):
        load_study("peer")


# The studies that come with the package


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_studies())
def test_a_shipped_study_asks_a_question_and_every_point_of_it_can_be_run(name):
    mine = load_study(name)
    points, _ = mine.points()
    assert mine.question.endswith("?")
    assert len(points) > 1
    assert set(mine.outcomes) <= set(OUTCOMES)
    assert mine.name == name


def test_the_studies_are_described_in_their_folder():
    text = (SHIPPED / "README.md").read_text(encoding="utf-8")
    for name in shipped_studies():
        assert f"[{name}]({name}.toml)" in text
        assert load_study(name).question in text


def test_a_study_that_is_asked_has_no_points_of_its_own():
    assert study(design=AskTell()).points()[0].empty


def test_a_study_takes_the_path_of_a_scenario_as_well_as_its_name(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('question = "What if?"\n[context]\ncontrol = 7\n', encoding="utf-8")
    by_path, by_text = (study(scenario=given, inputs={"context.formality": (0.1, 0.2)}) for given in (own, str(own)))
    assert by_path == by_text
    assert by_path.points()[1].scenario({}).context.control == 7
